-- What answers from outside this process: bots of others, a language model. Both are off until an administrator turns them on.

create table bot (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- how flows name it
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  -- as patients' agents see it in the thread
  name text not null check (length(name) between 1 and 100),
  url text not null check (length(url) <= 1000),
  -- identifiers that may leave in words and values: none unless named here
  allows text[] not null default '{}' check (allows <@ array['name', 'document', 'phone', 'email', 'birth_date', 'address', 'number']),
  -- an address inside the house's own network, or without https: an administrator says so
  private_address boolean not null default false,
  timeout_seconds integer not null default 20 check (timeout_seconds between 1 and 600),
  most_turns integer not null default 30 check (most_turns between 1 and 200),
  created_at timestamptz not null default now(),
  created_by uuid references membership,
  updated_at timestamptz not null default now(),
  disabled_at timestamptz,
  unique (organisation_id, key)
);
select hebra.wall('bot');

-- Secrets that sign both ways. The newest signs; an older one is believed until it retires.
create table bot_secret (
  organisation_id uuid not null,
  id uuid primary key,
  bot_id uuid not null references bot on delete cascade,
  secret_sealed bytea not null,
  created_at timestamptz not null default now(),
  retires_at timestamptz
);
select hebra.wall('bot_secret');
create index bot_secret_bot on bot_secret (bot_id, created_at desc);

-- One stay of a conversation with a bot. Its id is all that the bot knows of who writes.
create table bot_passage (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  bot_id uuid not null references bot,
  -- written at the end of the transaction that begins it
  conversation_id uuid not null references conversation deferrable initially deferred,
  -- the step that it serves: which effect its answers belong to, which slots and outcomes they may name
  effect text not null,
  takes jsonb not null,
  outcomes text[] not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  outcome text
);
select hebra.wall('bot_passage');
create index bot_passage_conversation on bot_passage (conversation_id) where ended_at is null;
create index bot_passage_bot on bot_passage (organisation_id, bot_id, begun_at desc);

-- What a bot sent by itself: the same id again changes nothing. Kept as long as a signature could be sent again.
create table bot_reply (
  organisation_id uuid not null,
  bot_id uuid not null references bot on delete cascade,
  reply_id text not null check (length(reply_id) between 1 and 100),
  received_at timestamptz not null,
  answer jsonb not null,
  primary key (bot_id, reply_id)
);
select hebra.wall('bot_reply');
create index bot_reply_old on bot_reply (organisation_id, received_at);

-- Work that is done outside the transaction that asked for it; its result comes back once, or never.
create table outside_request (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  kind text not null check (kind in ('bot', 'understand', 'rephrase', 'summary')),
  conversation_id uuid not null references conversation deferrable initially deferred,
  -- under whose key it is sealed
  person_id uuid not null references person deferrable initially deferred,
  effect text not null,
  passage_id uuid references bot_passage,
  -- what it needs; gone once it is answered
  payload_sealed bytea,
  state text not null default 'pending' check (state in ('pending', 'done', 'stale')),
  outcome text,
  attempts integer not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null,
  -- then it counts as not answered
  deadline_at timestamptz not null,
  ended_at timestamptz,
  check ((state = 'pending') = (ended_at is null))
);
select hebra.wall('outside_request');
create index outside_request_pending on outside_request (organisation_id, created_at) where state = 'pending';
create index outside_request_old on outside_request (organisation_id, ended_at) where state <> 'pending';
create index outside_request_passage on outside_request (passage_id, created_at desc) where passage_id is not null;

create table model_settings (
  organisation_id uuid primary key references organisation,
  url text not null check (length(url) <= 1000),
  model text not null check (length(model) between 1 and 200),
  key_sealed bytea,
  private_address boolean not null default false,
  timeout_ms integer not null default 8000 check (timeout_ms between 500 and 30000),
  -- a month's tokens, and its cost in millionths of the currency; both stop hard
  budget_tokens bigint not null default 1000000 check (budget_tokens >= 0),
  budget_micros bigint check (budget_micros >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  -- price of a million tokens, in millionths
  price_in_micros bigint not null default 0 check (price_in_micros >= 0),
  price_out_micros bigint not null default 0 check (price_out_micros >= 0),
  retention_days integer not null default 30 check (retention_days between 1 and 365),
  -- the kill switch: set, nothing leaves
  stopped_at timestamptz,
  stopped_by uuid references membership,
  updated_at timestamptz not null default now(),
  updated_by uuid references membership
);
select hebra.wall('model_settings');

-- Who agreed to what leaving, and who took that back. Without a row that holds, a purpose is off.
create table model_agreement (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  purpose text not null check (purpose in ('understand', 'rephrase', 'summary')),
  -- the text that was read, its version and hash
  text_version text not null,
  text_hash text not null check (text_hash ~ '^[0-9a-f]{64}$'),
  language text not null,
  -- to whom it goes: another address or another model needs another agreement
  provider text not null,
  agreed_by uuid not null references membership,
  agreed_at timestamptz not null,
  revoked_by uuid references membership,
  revoked_at timestamptz,
  check ((revoked_by is null) = (revoked_at is null))
);
select hebra.wall('model_agreement');
create unique index model_agreement_holds on model_agreement (organisation_id, purpose) where revoked_at is null;
revoke delete on model_agreement from hebra_app;

-- What a month has used. `held`: asked for and not yet answered; it counts, so that many at once cannot pass the limit.
create table model_month (
  organisation_id uuid not null references organisation,
  month date not null,
  calls integer not null default 0,
  tokens_in bigint not null default 0,
  tokens_out bigint not null default 0,
  micros bigint not null default 0,
  held_tokens bigint not null default 0,
  held_micros bigint not null default 0,
  primary key (organisation_id, month)
);
select hebra.wall('model_month');

-- Every call, for review: the redacted words that left and what came back. It names neither a person nor a conversation.
create table model_log (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  at timestamptz not null,
  purpose text not null check (purpose in ('understand', 'rephrase', 'summary', 'test')),
  provider text not null,
  -- answered · refused (its answer did not hold) · blocked (nothing left) · failed · budget
  outcome text not null check (outcome in ('answered', 'refused', 'blocked', 'failed', 'budget')),
  reason text,
  tokens_in integer not null default 0,
  tokens_out integer not null default 0,
  micros bigint not null default 0,
  ms integer not null default 0,
  sent_sealed bytea,
  answer_sealed bytea,
  expires_at timestamptz not null
);
select hebra.wall('model_log');
create index model_log_latest on model_log (organisation_id, id desc);
create index model_log_old on model_log (organisation_id, expires_at);
