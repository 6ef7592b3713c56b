-- What the desk keeps at hand: ready answers, and the reasons with which work is closed.

create table canned_reply (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- typed after a slash
  shortcut text not null check (shortcut ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  -- in each language
  titles jsonb not null,
  texts jsonb not null,
  position integer not null default 0,
  retired_at timestamptz,
  unique (organisation_id, shortcut)
);
select hebra.wall('canned_reply');

create table wrap_up_reason (
  organisation_id uuid not null references organisation,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,59}$'),
  names jsonb not null,
  position integer not null default 0,
  retired_at timestamptz,
  primary key (organisation_id, key)
);
select hebra.wall('wrap_up_reason');

-- Which message a desk's reply became: the same reply again is the same message.
create table desk_reply (
  organisation_id uuid not null references organisation,
  agent_id uuid not null references membership,
  client_id uuid not null,
  message_id uuid not null references message,
  at timestamptz not null default now(),
  primary key (organisation_id, agent_id, client_id)
);
select hebra.wall('desk_reply');
create index desk_reply_message on desk_reply (message_id);
