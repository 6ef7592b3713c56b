-- Whom work is done for, what each queue promises and asks, and what each agent can take.

-- Who contracts the service: a mutual, an insurer, a ministry. Its queues carry its name and its service levels.
create table entity (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  key text not null check (key ~ '^[a-z][a-z0-9_-]{0,62}$'),
  name text not null check (name <> ''),
  position integer not null default 0,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organisation_id, key)
);
select hebra.wall('entity');

alter table queue
  -- null: the organisation's own
  add column entity_id uuid references entity,
  -- the class of what comes in without one of its own, and the least it has here
  add column priority text not null default 'standard' check (priority in ('critical', 'urgent', 'standard', 'low')),
  -- what a minute of wait beyond the target weighs against the same of another queue (the c of generalised c-mu)
  add column cost numeric not null default 1 check (cost > 0 and cost <= 100),
  -- the share to be answered within the target
  add column goal numeric not null default 0.8 check (goal > 0 and goal <= 1),
  -- seconds by class where they differ: {"critical": 60}
  add column targets jsonb not null default '{}',
  -- how well what it asks must be done, 1 to 5: {"nurse": 3}; a skill that is not named: 1
  add column levels jsonb not null default '{}',
  -- what is asked less as the wait grows: [{"after": share of the target, "without": ["skill"], "levels": less}]
  add column rings jsonb not null default '[]',
  -- where else it may be answered: [{"to": "queue key", "after": share of the target | null, "when": hours | null}]
  add column overflow jsonb not null default '[]',
  -- an offer counts as taken at once
  add column auto_accept boolean not null default false,
  -- who answered the same person last is asked first, for this long
  add column sticky_seconds integer not null default 30 check (sticky_seconds between 0 and 86400);
create index queue_entity on queue (organisation_id, entity_id);

alter table agent
  -- how well a skill is had, 1 to 5: {"nurse": 4}; one that is not named: 3
  add column levels jsonb not null default '{}',
  -- places by channel or kind where they differ from one: {"call": 15, "video": 15, "webchat": 2}
  add column weights jsonb not null default '{}',
  -- which kinds may come while one of another kind is held: {"call": ["call_back"]}; not named: none while on a call or video, all while writing
  add column interrupts jsonb not null default '{}',
  add column auto_accept boolean not null default false,
  -- bounds of adaptive concurrency; null: the capacity stands as it is
  add column pace_least integer check (pace_least >= 1),
  -- places that the measured reply delay allows now; null: not measured, the capacity counts
  add column pace integer check (pace >= 0),
  add column pace_reason jsonb,
  add column pace_at timestamptz;

alter table agent drop constraint agent_full;
-- Places that an agent has at this moment.
create function hebra.places(capacity integer, pace integer) returns integer
language sql immutable parallel safe
return least(capacity, coalesce(pace, capacity));

create or replace function hebra.agent_full() returns trigger
language plpgsql
as $$
begin
  if new.presence = 'available' and new.load >= hebra.places(new.capacity, new.pace) then
    new.presence := 'busy';
  elsif new.presence = 'busy' and new.load < hebra.places(new.capacity, new.pace) then
    new.presence := 'available';
  end if;
  if new.presence is distinct from old.presence or new.presence_reason is distinct from old.presence_reason then
    new.presence_since := clock_timestamp();
  end if;
  return new;
end
$$;
alter table agent add constraint agent_full check (
  (presence <> 'busy' or load >= hebra.places(capacity, pace)) and (presence <> 'available' or load < hebra.places(capacity, pace)));

alter table item
  -- where it came in, when overflow or a person moved it
  add column first_queue_id uuid references queue,
  -- not put before anybody until then: tasks and call-backs that are due later
  add column not_before timestamptz,
  -- the supervisor who said that exactly wanted_agent_id shall have it, for as long as it takes
  add column pinned_by uuid references membership,
  -- seconds in which it should be answered, as its queue promised its class when it came
  add column target_seconds integer check (target_seconds between 1 and 604800);
create index item_not_before on item (organisation_id, not_before) where state = 'queued' and not_before is not null;
