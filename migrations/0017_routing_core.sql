-- What matching needs to decide at once among thousands, and what it keeps of how an item was answered.

-- Items that ask the same of an agent have the same shape: matching looks at the head of each and not at all that waits.
create function hebra.item_shape(kind text, channel text, skills text[]) returns bigint
language plpgsql immutable parallel safe
as $$
begin
  return hashtextextended(kind || ' ' || coalesce(channel, '') || ' ' || array_to_string(skills, ','), 0);
end
$$;

alter table item
  add column shape bigint not null generated always as (hebra.item_shape(kind, channel, skills)) stored,
  -- since when wanted_agent_id is waited for: a clock that is put back is noticed by it
  add column wanted_since timestamptz,
  -- the queue by whose agents it is or was answered, when that is not its own
  add column overflow_queue_id uuid references queue,
  -- who accepted it last; it stays when it has ended
  add column answered_by uuid references agent;

-- Everybody who said no to it just now, each with the end of their pause; it was only the last of them.
alter table item alter column ignored_by type uuid[] using case when ignored_by is null then '{}' else array[ignored_by] end;
alter table item alter column ignored_by set default '{}', alter column ignored_by set not null;
alter table item alter column ignored_until type timestamptz[] using case when ignored_until is null then '{}' else array[ignored_until] end;
alter table item alter column ignored_until set default '{}', alter column ignored_until set not null;
alter table item add constraint item_ignored check (cardinality(ignored_by) = cardinality(ignored_until));
alter table item add constraint item_pinned check (pinned_by is null or wanted_agent_id is not null);

-- A task or a call-back about a conversation lives beside the conversation's own item.
drop index item_live;
create unique index item_live on item (conversation_id)
  where kind = 'conversation' and state in ('queued', 'offered', 'accepted');
create index item_about on item (conversation_id)
  where kind <> 'conversation' and state in ('queued', 'offered', 'accepted');

create index item_shape on item (organisation_id, queue_id, shape, rank, front desc, queued_at, id) where state = 'queued';
create index item_wanted on item (organisation_id, wanted_agent_id, wanted_until)
  where state = 'queued' and wanted_agent_id is not null;
create index item_ignored on item (organisation_id) where state = 'queued' and ignored_by <> '{}';
create index item_answered on item (organisation_id, person_id, accepted_at desc) where answered_by is not null;
-- what lets nothing else come beside it
create index item_exclusive on item (organisation_id, agent_id)
  where agent_id is not null and (kind = 'call' or channel in ('voice', 'video'));

-- A desk that fell silent is forgotten an hour after that was noticed, not by its own stamp: a clock put forward forgets nobody.
alter table connection add column silent_since timestamptz;

-- The clock of the database may be put back: no stretch ends before it began.
create or replace function hebra.presence_stretch() returns trigger
language plpgsql
as $$
begin
  update presence set ended_at = greatest(began_at, new.presence_since) where agent_id = new.id and ended_at is null;
  insert into presence (organisation_id, agent_id, state, reason, began_at)
  values (new.organisation_id, new.id, new.presence, new.presence_reason, new.presence_since);
  return null;
end
$$;
