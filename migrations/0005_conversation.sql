-- The heart: conversations, their legs, every utterance in and out.
-- What is written with every message points at its conversation, which points at the organisation: a second pointer would lock the
-- organisation's one row for every message of everyone.

create table conversation (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- who writes, and whom it is about (a mother for her child)
  person_id uuid not null references person,
  about_id uuid not null references person,
  state text not null default 'assistant' check (state in ('assistant', 'waiting', 'with_agent', 'on_hold', 'wrapping', 'closed')),
  language text not null default 'es',
  priority text not null default 'standard' check (priority in ('critical', 'urgent', 'standard', 'low')),
  queue_id uuid,
  -- the agent who holds it (membership), only while one does
  agent_id uuid,
  handover_reason text,
  -- what the assistant learned, sealed JSON lines
  summary_sealed bytea,
  -- under whose key the summary is sealed
  summary_person_id uuid references person,
  outcome text,
  reason text,
  opened_at timestamptz not null default now(),
  waiting_since timestamptz,
  -- last words of the patient not answered yet by an agent; null when the patient has the word
  unanswered_since timestamptz,
  last_message_at timestamptz not null default now(),
  last_inbound_at timestamptz,
  -- the latest time at which the patient sent something, as the vendor says
  last_sent_at timestamptz,
  last_message_id uuid,
  unread integer not null default 0 check (unread >= 0),
  closed_at timestamptz,
  -- order of the thread: the number of messages so far
  message_count integer not null default 0,
  version integer not null default 0,
  check ((state in ('with_agent', 'on_hold', 'wrapping')) = (agent_id is not null)),
  check ((state = 'closed') = (closed_at is not null))
);
select hebra.wall('conversation');
-- Promise 3: at most one open conversation for a person unless the person asks for another.
create unique index conversation_open on conversation (organisation_id, person_id) where state <> 'closed';
create index conversation_agent on conversation (organisation_id, agent_id) where agent_id is not null;
create index conversation_waiting on conversation (organisation_id, queue_id, waiting_since) where state = 'waiting';
create index conversation_person on conversation (organisation_id, person_id, opened_at desc);
create index conversation_about on conversation (organisation_id, about_id, opened_at desc);

-- One for each channel the conversation used.
create table leg (
  organisation_id uuid not null,
  conversation_id uuid not null references conversation,
  contact_point_id uuid not null references contact_point,
  channel text not null,
  began_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (conversation_id, contact_point_id)
);
select hebra.wall('leg');
create index leg_contact on leg (organisation_id, contact_point_id);

create table message (
  organisation_id uuid not null,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  -- order of arrival, from 1, without a gap
  seq integer not null,
  direction text not null check (direction in ('in', 'out', 'note', 'system')),
  -- patient · assistant · staff · system
  author text not null check (author in ('patient', 'assistant', 'staff', 'system')),
  author_id uuid,
  channel text,
  account_id uuid,
  contact_point_id uuid references contact_point,
  -- under whose key the content is sealed
  person_id uuid not null references person,
  kind text not null,
  content_sealed bytea not null,
  external_id text,
  reply_to text,
  -- as the vendor says, clamped to what is possible; order within one sender
  sent_at timestamptz not null,
  -- the thread is read by (shown_at, sent_at, seq): arrival, except that what comes late stands where its sender put it
  shown_at timestamptz not null,
  created_at timestamptz not null default now(),
  -- only of outgoing ones
  delivery text check (delivery in ('pending', 'sending', 'sent', 'delivered', 'read', 'failed')),
  failure_code text,
  failure_reason text,
  delivered_at timestamptz,
  read_at timestamptz,
  -- set once: who resent this one
  resent_as uuid,
  check ((direction = 'out') = (delivery is not null)),
  unique (conversation_id, seq)
);
select hebra.wall('message');
-- Promise 1: the same webhook again changes nothing.
create unique index message_external on message (organisation_id, account_id, external_id) where direction = 'in';
-- found by receipts; the vendor's ids are its own affair, and one that came twice must not hold up the rest
create index message_external_out on message (organisation_id, account_id, external_id) where direction = 'out' and external_id is not null;

-- Replies on their way. Born leased to the process that wrote them; a lapsed lease is taken over.
create table departure (
  organisation_id uuid not null,
  message_id uuid primary key references message,
  conversation_id uuid not null,
  account_id uuid not null,
  contact_point_id uuid not null references contact_point,
  -- order within one contact point
  position bigint generated always as identity,
  attempt integer not null default 0,
  lease_owner uuid,
  lease_until timestamptz,
  next_try_at timestamptz not null default now()
);
select hebra.wall('departure');
create index departure_due on departure (organisation_id, next_try_at, position);
create index departure_point on departure (organisation_id, contact_point_id, position);

-- A receipt that came before we had marked its message as sent waits here.
create table early_receipt (
  organisation_id uuid not null references organisation,
  account_id uuid not null,
  external_id text not null,
  state text not null,
  at timestamptz not null,
  error_code text,
  error_title text,
  primary key (organisation_id, account_id, external_id, state)
);
select hebra.wall('early_receipt');

-- The assistant's place in a conversation.
create table session (
  organisation_id uuid not null,
  conversation_id uuid primary key references conversation,
  -- under whose key the state is sealed
  person_id uuid not null references person,
  state_sealed bytea not null,
  wake_at timestamptz,
  updated_at timestamptz not null default now()
);
select hebra.wall('session');
create index session_wake on session (organisation_id, wake_at) where wake_at is not null;

-- Every state a conversation was in, with who brought it there.
create table conversation_state (
  organisation_id uuid not null,
  conversation_id uuid not null references conversation,
  id bigint generated always as identity primary key,
  state text not null,
  actor_kind text not null,
  actor_id uuid,
  reason text,
  at timestamptz not null default now()
);
select hebra.wall('conversation_state');
create index conversation_state_conversation on conversation_state (organisation_id, conversation_id, id);

-- Files that patients and agents sent: sealed under the person's key, one row each, content in the database.
create table attachment (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  conversation_id uuid references conversation,
  state text not null default 'ready' check (state in ('expected', 'ready', 'refused')),
  mime text not null,
  size integer not null default 0 check (size >= 0),
  sha256 bytea,
  filename_sealed bytea,
  content_sealed bytea,
  -- the vendor's id of the file, and why it was refused
  external_id text,
  refused text,
  created_at timestamptz not null default now()
);
select hebra.wall('attachment');
create index attachment_conversation on attachment (organisation_id, conversation_id);

-- A red-flag hit: which rules, in which utterance. Raised by anyone, lowered only by a nurse with a reason.
create table flag (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  message_id uuid references message,
  level text not null check (level in ('hard', 'soft')),
  rules text[] not null,
  categories text[] not null,
  at timestamptz not null default now(),
  lowered_at timestamptz,
  lowered_by uuid,
  lowered_reason text,
  check ((lowered_at is null) = (lowered_by is null)),
  check ((lowered_at is null) = (lowered_reason is null))
);
select hebra.wall('flag');
create index flag_conversation on flag (organisation_id, conversation_id);
create index message_thread on message (conversation_id, shown_at, sent_at, seq);
