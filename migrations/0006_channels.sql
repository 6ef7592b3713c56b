-- Where people write to us: numbers and windows, their templates, the visitors of the web window.

create table channel_account (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  channel text not null check (channel in ('whatsapp', 'webchat', 'sms', 'email', 'messenger', 'voice', 'video')),
  -- as staff see it: "WhatsApp appointments"
  name text not null check (length(name) between 1 and 200),
  -- the vendor's id of it: phone_number_id on WhatsApp, the organisation's slug on the web
  external_id text not null,
  -- addresses, API version, messages a second: nothing secret
  settings jsonb not null default '{}',
  -- tokens and app secret, sealed under the organisation's key
  secrets_sealed bytea,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organisation_id, channel, external_id)
);
select hebra.wall('channel_account');

-- Finds whose an account is before any organisation is known: a webhook names only the vendor's id. Nothing of patients in it.
create table channel_directory (
  organisation_id uuid not null references organisation,
  channel text not null,
  external_id text not null,
  account_id uuid not null references channel_account on delete cascade,
  primary key (channel, external_id)
);
alter table channel_directory enable row level security;
alter table channel_directory force row level security;
create policy found on channel_directory for select using (true);
create policy added on channel_directory for insert with check (organisation_id = hebra.organisation());
create policy changed on channel_directory for update using (organisation_id = hebra.organisation());
create policy removed on channel_directory for delete using (organisation_id = hebra.organisation());
grant select, insert, update, delete on channel_directory to hebra_app;

-- Texts approved by the vendor, for writing outside the 24-hour window.
create table channel_template (
  organisation_id uuid not null references organisation,
  account_id uuid not null references channel_account on delete cascade,
  name text not null,
  language text not null,
  category text not null,
  -- with {{1}}, {{2}} … where parameters go
  body text not null,
  status text not null default 'approved' check (status in ('pending', 'approved', 'rejected', 'paused', 'disabled')),
  updated_at timestamptz not null default now(),
  primary key (account_id, name, language)
);
select hebra.wall('channel_template');

-- A browser that opened the web window. Its id is its address; the token is known to the browser alone.
create table web_visit (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  account_id uuid not null references channel_account on delete cascade,
  language text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
select hebra.wall('web_visit');

-- Finds the visit by its token's SHA-256 before any organisation is known.
create table web_visit_token (
  organisation_id uuid not null references organisation,
  token_hash bytea primary key check (length(token_hash) = 32),
  visit_id uuid not null references web_visit on delete cascade,
  expires_at timestamptz not null
);
alter table web_visit_token enable row level security;
alter table web_visit_token force row level security;
create policy found on web_visit_token for select using (true);
create policy added on web_visit_token for insert with check (organisation_id = hebra.organisation());
create policy removed on web_visit_token for delete using (organisation_id = hebra.organisation());
grant select, insert, delete on web_visit_token to hebra_app;
create index web_visit_token_expires on web_visit_token (expires_at);

-- A file that a visitor uploaded and has not sent yet, sealed under the organisation's key: before the first
-- message there is no person whose key could seal it. It becomes an attachment when its message is stored.
create table web_file (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  visit_id uuid not null references web_visit on delete cascade,
  mime text not null,
  size integer not null check (size > 0),
  sha256 bytea not null,
  filename_sealed bytea,
  content_sealed bytea not null,
  created_at timestamptz not null default now()
);
select hebra.wall('web_file');
create index web_file_visit on web_file (organisation_id, visit_id);
create index web_file_created on web_file (organisation_id, created_at);
