-- Call-backs as every desk follows them, and what their patients are told and asked while they wait.

alter table call_back
  -- nobody could call at the time that was promised: the person was told, since it was last due
  add column due_told_at timestamptz,
  -- the assistant did what they had wanted somebody for, and asked whether they are still to be called
  add column still_asked_at timestamptz;

-- Every change that a list of call-backs shows is an event, whatever process and whatever statement made it.
create function hebra.call_back_changed() returns trigger
language plpgsql
as $$
begin
  insert into event (organisation_id, kind, conversation_id, payload)
  values (new.organisation_id, 'call_back.changed', new.conversation_id,
    jsonb_build_object('callBackId', new.id, 'queueId', new.queue_id, 'state', new.state));
  return null;
end
$$;
create trigger call_back_told after insert or update on call_back for each row execute function hebra.call_back_changed();

-- Before whom it is, and how urgent, stands in its item: while it waits, and when an agent who has it passes it on.
create function hebra.call_back_item_changed() returns trigger
language plpgsql
as $$
begin
  insert into event (organisation_id, kind, conversation_id, payload)
  select organisation_id, 'call_back.changed', conversation_id,
    jsonb_build_object('callBackId', id, 'queueId', queue_id, 'state', state)
  from call_back where item_id = new.id;
  return null;
end
$$;
create trigger item_call_back_told after update on item for each row
  when ((new.kind = 'call_back' and (old.state, old.agent_id, old.priority) is distinct from (new.state, new.agent_id, new.priority))
    or (old.state = 'accepted' and new.state = 'accepted' and old.agent_id is distinct from new.agent_id))
  execute function hebra.call_back_item_changed();
