-- Who waits, who works, and what is put before whom.

-- A state may only be followed by those its trigger names; anything else is refused here, whoever asks.
create function hebra.refuse_step() returns trigger
language plpgsql
as $$
begin
  raise exception '%: % may not follow %', tg_table_name, to_jsonb(new) ->> tg_argv[0],
    case when tg_op = 'INSERT' then 'nothing' else to_jsonb(old) ->> tg_argv[0] end
    using errcode = 'check_violation', table = tg_table_name, constraint = tg_name;
end
$$;

create table queue (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  key text not null check (key ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- in each language
  names jsonb not null,
  -- opening spans by weekday in the organisation's clock; null: always open
  hours jsonb,
  -- days with other hours: [{date, spans}]
  holidays jsonb not null default '[]',
  -- an answer should come within this many seconds
  target_seconds integer not null default 120 check (target_seconds between 1 and 86400),
  -- an offer lapses after this many; null: as the organisation says
  offer_seconds integer check (offer_seconds between 5 and 3600),
  -- what a patient reads out of hours, in each language; {opens} stands for the next opening
  out_of_hours jsonb not null,
  -- what an agent must be able to do to get anything from here
  skills text[] not null default '{}',
  position integer not null default 0,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organisation_id, key)
);
select hebra.wall('queue');

-- A member who takes work. Places are counted in chats: a call takes capacity / calls of them.
create table agent (
  organisation_id uuid not null references organisation,
  id uuid primary key references membership,
  capacity integer not null default 15 check (capacity between 0 and 100),
  calls integer not null default 1 check (calls between 0 and 10),
  skills text[] not null default '{}',
  languages text[] not null default '{es,ca,en,pt}',
  -- serves all queues that ask no skill it lacks; else those of agent_queue
  every_queue boolean not null default true,
  presence text not null default 'offline'
    check (presence in ('offline', 'available', 'busy', 'break', 'training', 'wrapping')),
  presence_reason text,
  presence_since timestamptz not null default now(),
  -- places taken by what is offered to it and what it holds
  load integer not null default 0 check (load >= 0),
  -- the connection was lost then; null while it is here
  gone_at timestamptz,
  -- who waits longest for work gets it first
  last_offer_at timestamptz not null default now(),
  -- promise 4: whatever happens at once
  constraint agent_capacity check (load <= capacity),
  -- full is busy, and only full is
  constraint agent_full check ((presence <> 'busy' or load >= capacity) and (presence <> 'available' or load < capacity))
);
select hebra.wall('agent');
create index agent_here on agent (organisation_id, presence) where presence in ('available', 'busy');

create function hebra.agent_full() returns trigger
language plpgsql
as $$
begin
  if new.presence = 'available' and new.load >= new.capacity then
    new.presence := 'busy';
  elsif new.presence = 'busy' and new.load < new.capacity then
    new.presence := 'available';
  end if;
  if new.presence is distinct from old.presence or new.presence_reason is distinct from old.presence_reason then
    new.presence_since := clock_timestamp();
  end if;
  return new;
end
$$;
create trigger agent_full before update on agent for each row execute function hebra.agent_full();
create trigger agent_step before update on agent for each row
  when (old.presence <> new.presence and not (old.presence || '>' || new.presence) = any (
    '{offline>available,offline>busy,offline>break,offline>training,
      available>busy,available>break,available>training,available>wrapping,available>offline,
      busy>available,busy>break,busy>training,busy>wrapping,busy>offline,
      break>available,break>busy,break>training,break>offline,
      training>available,training>busy,training>break,training>offline,
      wrapping>available,wrapping>busy,wrapping>break,wrapping>training,wrapping>offline}'::text[]))
  execute function hebra.refuse_step('presence');
create trigger agent_begins before insert on agent for each row
  when (new.presence <> 'offline' or new.load <> 0) execute function hebra.refuse_step('presence');

create table agent_queue (
  organisation_id uuid not null references organisation,
  agent_id uuid not null references agent on delete cascade,
  queue_id uuid not null references queue on delete cascade,
  primary key (agent_id, queue_id)
);
select hebra.wall('agent_queue');
create index agent_queue_queue on agent_queue (organisation_id, queue_id);

-- Every stretch of an agent's presence, one open at a time.
create table presence (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  agent_id uuid not null references agent on delete cascade,
  state text not null check (state in ('offline', 'available', 'busy', 'break', 'training', 'wrapping')),
  reason text,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  check (ended_at >= began_at)
);
select hebra.wall('presence');
create unique index presence_open on presence (agent_id) where ended_at is null;
create index presence_began on presence (organisation_id, began_at);

create function hebra.presence_stretch() returns trigger
language plpgsql
as $$
begin
  update presence set ended_at = new.presence_since where agent_id = new.id and ended_at is null;
  insert into presence (organisation_id, agent_id, state, reason, began_at)
  values (new.organisation_id, new.id, new.presence, new.presence_reason, new.presence_since);
  return null;
end
$$;
create trigger presence_stretch after update on agent for each row
  when (old.presence is distinct from new.presence or old.presence_reason is distinct from new.presence_reason)
  execute function hebra.presence_stretch();

-- A desk that is open somewhere: a tab, in some process. An agent with no fresh one is gone.
create table connection (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  agent_id uuid not null references agent on delete cascade,
  process_id uuid,
  opened_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- believed to be there until then, unless it is heard again
  seen_until timestamptz not null
);
select hebra.wall('connection');
create index connection_agent on connection (organisation_id, agent_id, seen_until);

-- Work waiting for a person; the only thing that is routed.
create table item (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  kind text not null default 'conversation' check (kind in ('conversation', 'call', 'call_back', 'task', 'review')),
  conversation_id uuid references conversation,
  person_id uuid references person,
  queue_id uuid not null references queue,
  state text not null default 'queued'
    check (state in ('queued', 'offered', 'accepted', 'done', 'abandoned', 'called_back', 'withdrawn')),
  priority text not null default 'standard' check (priority in ('critical', 'urgent', 'standard', 'low')),
  rank smallint not null generated always as (
    case priority when 'critical' then 0 when 'urgent' then 1 when 'standard' then 2 else 3 end) stored,
  skills text[] not null default '{}',
  language text not null default 'es',
  channel text,
  reason text,
  -- back from an agent who vanished: before its class
  front boolean not null default false,
  -- its age, which it keeps whatever happens to it
  queued_at timestamptz not null default now(),
  -- before whom it is or who holds it
  agent_id uuid references agent,
  -- the places it takes of that agent
  weight integer check (weight >= 0),
  accepted_at timestamptz,
  -- the only one asked, until then or until an offer to it was refused or lapsed
  wanted_agent_id uuid references agent,
  wanted_until timestamptz,
  -- who declined it or let it lapse just now, and until when it is not put before that agent again
  ignored_by uuid,
  ignored_until timestamptz,
  offers integer not null default 0,
  ended_at timestamptz,
  end_reason text,
  check ((state in ('offered', 'accepted')) = (agent_id is not null)),
  check ((agent_id is null) = (weight is null)),
  check ((state in ('done', 'abandoned', 'called_back', 'withdrawn')) = (ended_at is not null)),
  check (kind <> 'conversation' or conversation_id is not null)
);
select hebra.wall('item');
create unique index item_live on item (conversation_id) where state in ('queued', 'offered', 'accepted');
create index item_next on item (organisation_id, queue_id, rank, front desc, queued_at, id) where state = 'queued';
create index item_agent on item (organisation_id, agent_id) where agent_id is not null;
create index item_queued_at on item (organisation_id, queued_at);
create trigger item_step before update on item for each row
  when (old.state <> new.state and not (old.state || '>' || new.state) = any (
    '{queued>offered,offered>accepted,accepted>done,offered>queued,accepted>queued,
      queued>abandoned,queued>called_back,queued>withdrawn,offered>abandoned,offered>called_back,offered>withdrawn}'::text[]))
  execute function hebra.refuse_step('state');
create trigger item_begins before insert on item for each row
  when (new.state <> 'queued') execute function hebra.refuse_step('state');

-- An item before one agent, until it expires.
create table offer (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  item_id uuid not null references item,
  agent_id uuid not null references agent,
  state text not null default 'pending' check (state in ('pending', 'accepted', 'declined', 'lapsed', 'withdrawn')),
  -- taken from the queue by hand, not put before the agent
  by_hand boolean not null default false,
  offered_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  reason text,
  check ((state = 'pending') = (answered_at is null)),
  check (expires_at >= offered_at)
);
select hebra.wall('offer');
create unique index offer_pending on offer (item_id) where state = 'pending';
create index offer_due on offer (organisation_id, expires_at) where state = 'pending';
create index offer_agent on offer (organisation_id, agent_id) where state = 'pending';
create index offer_item on offer (item_id, answered_at);
create index offer_offered_at on offer (organisation_id, offered_at);
create trigger offer_step before update on offer for each row
  when (old.state <> new.state and old.state <> 'pending') execute function hebra.refuse_step('state');
create trigger offer_begins before insert on offer for each row
  when (new.state <> 'pending') execute function hebra.refuse_step('state');
