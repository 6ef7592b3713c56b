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
