-- Who else is asked into a conversation, errands of the assistant, and what is to be done later.

-- A colleague is asked to take a conversation (`transfer`), to write in it too (`join`), or for advice in a side thread (`consult`).
create table joining (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  kind text not null check (kind in ('transfer', 'join', 'consult')),
  from_agent_id uuid not null references membership,
  -- as what somebody joins
  role text check (role in ('interpreter', 'supervisor', 'colleague')),
  -- of an interpreter
  language text,
  -- whom was meant: one colleague, the people of a queue or of a contracting entity; none: whoever has the role
  to_agent_id uuid references membership,
  to_queue_id uuid references queue,
  to_entity_id uuid references entity,
  state text not null default 'offered' check (state in ('offered', 'accepted', 'refused', 'lapsed', 'withdrawn', 'ended')),
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  answered_at timestamptz,
  -- who took it
  agent_id uuid references membership,
  ended_at timestamptz,
  ended_by uuid references membership,
  -- why it was refused, withdrawn or ended: a key
  reason text,
  check ((kind = 'join') = (role is not null)),
  check ((role is not distinct from 'interpreter') = (language is not null)),
  check (num_nonnulls(to_agent_id, to_queue_id, to_entity_id) <= 1),
  check ((state = 'offered') = (answered_at is null)),
  check ((state in ('accepted', 'ended')) = (agent_id is not null)),
  check ((state = 'ended') = (ended_at is not null)),
  check (agent_id <> from_agent_id)
);
select hebra.wall('joining');
-- one colleague at a time is asked to take a conversation over
create unique index joining_transfer on joining (conversation_id) where kind = 'transfer' and state = 'offered';
create unique index joining_member on joining (conversation_id, agent_id) where kind = 'join' and state = 'accepted';
create index joining_conversation on joining (organisation_id, conversation_id);
create index joining_due on joining (organisation_id, expires_at) where state = 'offered';
create index joining_agent on joining (organisation_id, agent_id) where state = 'accepted';
create index joining_from on joining (organisation_id, from_agent_id) where state in ('offered', 'accepted');
create trigger joining_step before update on joining for each row
  when (old.state <> new.state and not (old.state || '>' || new.state) = any (
    '{offered>accepted,offered>refused,offered>lapsed,offered>withdrawn,accepted>ended}'::text[]))
  execute function hebra.refuse_step('state');
create trigger joining_begins before insert on joining for each row
  when (new.state <> 'offered') execute function hebra.refuse_step('state');

-- Before whom it was put, and who said no.
create table joining_asked (
  organisation_id uuid not null references organisation,
  joining_id uuid not null references joining,
  agent_id uuid not null references membership,
  refused_at timestamptz,
  primary key (joining_id, agent_id)
);
select hebra.wall('joining_asked');
create index joining_asked_agent on joining_asked (organisation_id, agent_id) where refused_at is null;

-- What is said in the side thread of a consult; sealed under the key of whom the conversation is with.
create table joining_message (
  organisation_id uuid not null,
  id uuid primary key,
  joining_id uuid not null references joining,
  seq integer not null,
  author_id uuid not null references membership,
  person_id uuid not null references person,
  content_sealed bytea not null,
  at timestamptz not null,
  unique (joining_id, seq)
);
select hebra.wall('joining_message');

-- What an agent gave back to the assistant, or to an outside bot: when it ends the conversation comes back.
create table errand (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  kind text not null check (kind in ('flow', 'bot')),
  -- key of the flow or of the bot
  purpose text not null,
  agent_id uuid not null references membership,
  queue_id uuid references queue,
  priority text not null check (priority in ('critical', 'urgent', 'standard', 'low')),
  begun_at timestamptz not null,
  ended_at timestamptz,
  -- how: done, left, silent, asked_for_person, flagged, taken_back, closed, or why the assistant failed
  outcome text,
  check ((ended_at is null) = (outcome is null))
);
select hebra.wall('errand');
create unique index errand_open on errand (conversation_id) where ended_at is null;
create index errand_agent on errand (organisation_id, agent_id) where ended_at is null;

-- What is to be done for somebody at a certain time.
create table task (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  -- where it was made, if in a conversation
  conversation_id uuid references conversation,
  made_by uuid not null references membership,
  made_at timestamptz not null,
  -- who is asked first; null: anyone of the queue
  agent_id uuid references membership,
  queue_id uuid not null references queue,
  priority text not null check (priority in ('urgent', 'standard', 'low')),
  due_at timestamptz not null,
  -- sealed under the person's key
  text_sealed bytea not null,
  state text not null default 'open' check (state in ('open', 'taken', 'done', 'cancelled')),
  -- what is routed for it
  item_id uuid not null unique references item,
  -- who works on it, or did it
  taken_by uuid references membership,
  ended_at timestamptz,
  ended_by uuid references membership,
  outcome text check (outcome in ('solved', 'no_answer', 'referred', 'not_needed')),
  note_sealed bytea,
  version integer not null default 0,
  check ((state = 'open') = (taken_by is null) or state = 'cancelled'),
  check ((state in ('done', 'cancelled')) = (ended_at is not null)),
  check ((state = 'done') = (outcome is not null))
);
select hebra.wall('task');
create index task_due on task (organisation_id, due_at) where state in ('open', 'taken');
create index task_person on task (organisation_id, person_id, due_at desc);
create index task_ended on task (organisation_id, ended_at desc) where ended_at is not null;
create trigger task_step before update on task for each row
  when (old.state <> new.state and not (old.state || '>' || new.state) = any (
    '{open>taken,taken>open,open>done,taken>done,open>cancelled,taken>cancelled}'::text[]))
  execute function hebra.refuse_step('state');
create trigger task_begins before insert on task for each row
  when (new.state <> 'open') execute function hebra.refuse_step('state');

-- A task follows its item: taken with it, open again when it goes back to the queue.
create function hebra.task_follows() returns trigger
language plpgsql
as $$
begin
  update task set state = case when new.state = 'accepted' then 'taken' else 'open' end,
    taken_by = case when new.state = 'accepted' then new.agent_id end, version = version + 1
  where item_id = new.id and state = case when new.state = 'accepted' then 'open' else 'taken' end;
  return null;
end
$$;
create trigger item_task after update on item for each row
  when (new.kind = 'task' and old.state <> new.state and new.state in ('accepted', 'queued'))
  execute function hebra.task_follows();
