-- Who asked to be called or written to when it is their turn, or at a time of their own: what was promised, and every try.

-- What a queue promises of calling back; without a row: the defaults of the house (contract.ts).
create table call_back_settings (
  organisation_id uuid not null references organisation,
  queue_id uuid primary key references queue,
  settings jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by uuid references membership
);
select hebra.wall('call_back_settings');

-- What usually comes and is answered in each quarter of an hour of a week, newer weeks counting more.
create table call_back_forecast (
  organisation_id uuid not null references organisation,
  queue_id uuid not null references queue on delete cascade,
  -- 1 is Monday, by the organisation's clock
  weekday smallint not null check (weekday between 1 and 7),
  quarter smallint not null check (quarter between 0 and 95),
  arrivals double precision not null check (arrivals >= 0),
  handled double precision not null check (handled >= 0),
  primary key (queue_id, weekday, quarter)
);
select hebra.wall('call_back_forecast');

create table call_back_history (
  organisation_id uuid not null references organisation,
  queue_id uuid primary key references queue on delete cascade,
  -- how many weeks there are to go by, at most eight
  weeks smallint not null check (weeks between 0 and 8),
  -- how long an answer takes, in seconds; null: not known yet
  handle_seconds double precision,
  computed_at timestamptz not null
);
select hebra.wall('call_back_history');

-- A slot that somebody has taken a place of. However many ask at once, the places are the places.
create table call_back_slot (
  organisation_id uuid not null references organisation,
  queue_id uuid not null references queue,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  places integer not null check (places >= 0),
  taken integer not null default 0 check (taken >= 0),
  primary key (queue_id, starts_at),
  constraint call_back_slot_full check (taken <= places)
);
select hebra.wall('call_back_slot');

create table call_back (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  -- the story, and where the person is told; made in the same transaction, sometimes after this row
  conversation_id uuid not null references conversation deferrable initially deferred,
  queue_id uuid not null references queue,
  state text not null default 'asked' check (state in ('asked', 'due', 'trying', 'reached', 'gave_up', 'revoked', 'merged')),
  -- a place that is kept, or a time that was chosen
  kind text not null check (kind in ('place', 'slot')),
  way text not null check (way in ('phone', 'message')),
  -- E.164, sealed under the person's key; the keyed hash only counts how often a number is asked for
  number_sealed bytea,
  number_hash bytea,
  priority text not null check (priority in ('critical', 'urgent', 'standard', 'low')),
  skills text[] not null default '{}',
  -- since when the person waits: the age that is kept
  since timestamptz not null,
  slot_at timestamptz,
  slot_ends_at timestamptz,
  -- when it goes into the line, or into it again
  due_at timestamptz not null,
  item_id uuid unique references item,
  -- tries without an answer
  missed smallint not null default 0 check (missed >= 0),
  -- the person was told that it is late; that it is their turn
  late_told_at timestamptz,
  turn_told_at timestamptz,
  consent_at timestamptz not null,
  -- who did the last step and why, as a key: what call_back_step keeps
  actor_kind text not null,
  actor_id uuid,
  reason text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  ended_at timestamptz,
  version integer not null default 0,
  check ((way = 'phone') = (number_sealed is not null)),
  check ((number_sealed is null) = (number_hash is null)),
  check ((kind = 'slot') = (slot_at is not null)),
  check ((slot_at is null) = (slot_ends_at is null)),
  check ((state in ('reached', 'gave_up', 'revoked', 'merged')) = (ended_at is not null)),
  -- in the line exactly while it is due; an agent has it, or the next try is waited for, while trying
  check (state <> 'due' or item_id is not null),
  check (item_id is null or state in ('due', 'trying'))
);
select hebra.wall('call_back');
-- Never two for one person.
create unique index call_back_open on call_back (person_id) where state in ('asked', 'due', 'trying');
create index call_back_conversation on call_back (conversation_id) where state in ('asked', 'due', 'trying');
create index call_back_due on call_back (organisation_id, due_at) where state in ('asked', 'trying') and item_id is null;
create index call_back_live on call_back (organisation_id) where item_id is not null;
create index call_back_number on call_back (organisation_id, number_hash, created_at) where number_hash is not null;
create index call_back_listed on call_back (organisation_id, due_at desc);
create index call_back_person on call_back (organisation_id, person_id, created_at desc);
create trigger call_back_moves before update on call_back for each row
  when (old.state <> new.state and not (old.state || '>' || new.state) = any (
    '{asked>due,asked>revoked,asked>merged,
      due>trying,due>asked,due>revoked,due>merged,
      trying>due,trying>asked,trying>reached,trying>gave_up,trying>revoked,trying>merged}'::text[]))
  execute function hebra.refuse_step('state');
create trigger call_back_begins before insert on call_back for each row
  when (new.state <> 'asked') execute function hebra.refuse_step('state');

-- Every step, with who took it.
create table call_back_step (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  call_back_id uuid not null references call_back,
  state text not null,
  actor_kind text not null,
  actor_id uuid,
  reason text,
  slot_at timestamptz,
  at timestamptz not null
);
select hebra.wall('call_back_step');
create index call_back_step_of on call_back_step (call_back_id);

create function hebra.call_back_steps() returns trigger
language plpgsql
as $$
begin
  insert into call_back_step (organisation_id, call_back_id, state, actor_kind, actor_id, reason, slot_at, at)
  values (new.organisation_id, new.id, new.state, new.actor_kind, new.actor_id, new.reason, new.slot_at, new.changed_at);
  return null;
end
$$;
create trigger call_back_first after insert on call_back for each row execute function hebra.call_back_steps();
create trigger call_back_then after update on call_back for each row
  when (old.state <> new.state or old.slot_at is distinct from new.slot_at) execute function hebra.call_back_steps();

-- A place of a slot is taken with the call-back that wants it, and free again when it is moved or taken back. Slots are
-- locked in the order of their times.
create function hebra.call_back_places() returns trigger
language plpgsql
as $$
declare
  had timestamptz;
  has timestamptz;
begin
  if tg_op = 'UPDATE' and old.state not in ('revoked', 'merged') then had := old.slot_at; end if;
  if new.state not in ('revoked', 'merged') then has := new.slot_at; end if;
  if tg_op = 'UPDATE' and had is not distinct from has and old.queue_id = new.queue_id then return null; end if;
  perform 1 from call_back_slot
    where (had is not null and queue_id = old.queue_id and starts_at = had) or (queue_id = new.queue_id and starts_at = has)
    order by queue_id, starts_at for update;
  if had is not null then
    update call_back_slot set taken = taken - 1 where queue_id = old.queue_id and starts_at = had;
  end if;
  if has is not null then
    update call_back_slot set taken = taken + 1 where queue_id = new.queue_id and starts_at = has;
    if not found then
      raise exception 'no such slot' using errcode = 'check_violation', constraint = 'call_back_slot_full';
    end if;
  end if;
  return null;
end
$$;
create trigger call_back_takes after insert on call_back for each row
  when (new.slot_at is not null) execute function hebra.call_back_places();
create trigger call_back_gives after update on call_back for each row
  when (old.slot_at is distinct from new.slot_at or old.queue_id <> new.queue_id or old.state <> new.state)
  execute function hebra.call_back_places();

-- Each time that an agent had it before them.
create table call_back_try (
  organisation_id uuid not null references organisation,
  id uuid primary key default gen_random_uuid(),
  call_back_id uuid not null references call_back,
  item_id uuid not null references item,
  agent_id uuid not null references agent,
  began_at timestamptz not null,
  ended_at timestamptz,
  -- left: the agent was lost, or it went to another one
  outcome text check (outcome in ('reached', 'no_answer', 'wrong_number', 'later', 'left', 'revoked', 'merged')),
  check ((ended_at is null) = (outcome is null))
);
select hebra.wall('call_back_try');
create unique index call_back_try_open on call_back_try (call_back_id) where ended_at is null;
create index call_back_try_of on call_back_try (call_back_id, began_at);

-- A call-back follows its item, whatever process moved that: tried when an agent takes it, due again when the agent is lost,
-- reached when the agent ends what they had without another word.
create function hebra.call_back_follows() returns trigger
language plpgsql
as $$
declare
  its uuid;
  moment timestamptz := coalesce(new.ended_at, new.accepted_at, clock_timestamp());
begin
  select id into its from call_back where item_id = new.id and state in ('due', 'trying') for update;
  if its is null then return null; end if;
  if new.state = 'accepted' then
    insert into call_back_try (organisation_id, call_back_id, item_id, agent_id, began_at)
    values (new.organisation_id, its, new.id, new.agent_id, moment);
    update call_back set state = 'trying', actor_kind = 'staff', actor_id = new.agent_id, reason = 'taken',
      changed_at = moment, version = version + 1 where id = its and state = 'due';
  elsif new.state = 'queued' and old.state = 'accepted' then
    update call_back_try set outcome = 'left', ended_at = greatest(began_at, moment) where call_back_id = its and ended_at is null;
    update call_back set state = 'due', actor_kind = 'system', actor_id = null, reason = 'agent_left',
      changed_at = moment, version = version + 1 where id = its and state = 'trying';
  elsif new.state = 'done' then
    update call_back_try set outcome = 'reached', ended_at = greatest(began_at, moment) where call_back_id = its and ended_at is null;
    update call_back set state = 'reached', item_id = null, ended_at = moment, actor_kind = 'staff', actor_id = old.agent_id,
      reason = 'closed', changed_at = moment, version = version + 1 where id = its and state = 'trying';
  elsif new.state in ('abandoned', 'called_back', 'withdrawn') then
    update call_back set state = 'revoked', item_id = null, ended_at = moment, actor_kind = 'system', actor_id = null,
      reason = coalesce(new.end_reason, new.state), changed_at = moment, version = version + 1 where id = its and state = 'due';
  end if;
  return null;
end
$$;
create trigger item_call_back after update on item for each row
  when (old.state <> new.state and new.state <> 'offered' and (new.kind = 'call_back' or new.kind = 'conversation'))
  execute function hebra.call_back_follows();
