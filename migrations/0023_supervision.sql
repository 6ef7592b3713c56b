-- What supervisors do in the live room: a queue opened or closed for a while, words to the team, and who listens to what.

-- Opens a queue outside its hours, or closes it within them, until a moment. The latest that still stands counts.
create table queue_opening (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  queue_id uuid not null references queue,
  open boolean not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  reason text not null check (length(reason) between 1 and 500),
  set_by uuid not null references membership,
  -- taken back before its time, by whom
  ended_at timestamptz,
  ended_by uuid references membership,
  check (until_at > from_at),
  check ((ended_at is null) = (ended_by is null))
);
select hebra.wall('queue_opening');
create index queue_opening_standing on queue_opening (organisation_id, queue_id, until_at) where ended_at is null;

-- Words of a supervisor to the team or to the agents of one queue, sealed under the organisation's key.
create table broadcast (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  author_id uuid not null references membership,
  -- null: everybody
  queue_id uuid references queue,
  text_sealed bytea not null,
  sent_at timestamptz not null default now(),
  -- who has not read it by then is not shown it any more
  until_at timestamptz not null,
  check (until_at > sent_at)
);
select hebra.wall('broadcast');
create index broadcast_sent on broadcast (organisation_id, sent_at desc);

-- What one agent is told: a broadcast, or what a supervisor did with their work. On their desk until it is read.
create table notice (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  agent_id uuid not null references membership,
  kind text not null check (kind in ('broadcast', 'presence', 'taken_over', 'assigned', 'whisper')),
  author_id uuid not null references membership,
  broadcast_id uuid references broadcast on delete cascade,
  conversation_id uuid references conversation,
  -- keys and short reasons; never a patient's words
  detail jsonb not null default '{}',
  at timestamptz not null default now(),
  until_at timestamptz not null,
  read_at timestamptz,
  check ((kind = 'broadcast') = (broadcast_id is not null))
);
select hebra.wall('notice');
create index notice_unread on notice (organisation_id, agent_id, at) where read_at is null;
create unique index notice_broadcast on notice (broadcast_id, agent_id) where broadcast_id is not null;

-- A supervisor reads along in a conversation. It stands while its lease is renewed: a page that dies listens no more.
create table listening (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  supervisor_id uuid not null references membership,
  reason text not null check (length(reason) between 1 and 500),
  -- the agent sees it, as the organisation decided when it began
  visible boolean not null,
  began_at timestamptz not null default now(),
  lease_until timestamptz not null,
  ended_at timestamptz
);
select hebra.wall('listening');
create index listening_standing on listening (organisation_id, conversation_id) where ended_at is null;

-- What the day's figures are counted from.
create index conversation_closed on conversation (organisation_id, closed_at) where closed_at is not null;
create index flag_at on flag (organisation_id, at) where level = 'hard';
