-- The ground: organisations, the wall between them, and the log of what happened.
-- The application signs in as hebra_app, which owns nothing and cannot bypass row-level security.

create schema if not exists hebra;
grant usage on schema hebra to hebra_app;

-- The organisation whose rows this transaction may see; null when none was named, and then nothing is seen.
create function hebra.organisation() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('hebra.organisation', true), '')::uuid $$;

-- Walls a table: forced row-level security by organisation_id, and the application's rights on it.
create function hebra.wall(target regclass) returns void
language plpgsql
as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy organisation on %s using (organisation_id = hebra.organisation()) with check (organisation_id = hebra.organisation())',
    target);
  execute format('grant select, insert, update, delete on %s to hebra_app', target);
end
$$;

create table organisation (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  country text not null default 'ES' check (country ~ '^[A-Z]{2}$'),
  timezone text not null default 'Europe/Madrid',
  -- languages it answers in, the first is its own
  languages text[] not null default '{es,ca,en,pt}' check (cardinality(languages) >= 1),
  emergency_number text not null default '112',
  -- what the organisation decided: proof asked for health data, reopening window, colours, widget origins, …
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);
-- Names and settings of organisations hold nothing of patients: any process may find an organisation, only its own may change it.
alter table organisation enable row level security;
alter table organisation force row level security;
create policy found on organisation for select using (true);
create policy changed on organisation for update using (id = hebra.organisation());
-- only the owner of the tables founds one: the application has no right to insert
create policy founded on organisation for insert with check (id = hebra.organisation());
grant select, update on organisation to hebra_app;

-- Key of the organisation, wrapped by the master key or a KMS; wraps the keys of its persons.
create table organisation_key (
  organisation_id uuid primary key references organisation,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
select hebra.wall('organisation_key');

-- What happened, in commit order for readers: ids commit out of order, so a reader takes only rows
-- whose xid is below pg_snapshot_xmin(pg_current_snapshot()) and goes on from (xid, id).
create table event (
  organisation_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  kind text not null,
  conversation_id uuid,
  at timestamptz not null default now(),
  -- ids and states only, never a patient's words
  payload jsonb not null default '{}',
  primary key (organisation_id, xid, id)
);
select hebra.wall('event');
create index event_at on event (organisation_id, at);

-- What could not be taken, kept with its reason and shown to the administrator.
create table dead_letter (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  source text not null,
  external_id text,
  reason text not null,
  sealed bytea,
  at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid
);
select hebra.wall('dead_letter');

-- Jobs live in graphile-worker's own schema, which only the owner of the database may touch.
-- Late-bound on purpose: that schema is made after this file has run.
create function hebra.enqueue(task text, payload json, run_at timestamptz, key text) returns void
language plpgsql security definer set search_path = pg_catalog, graphile_worker
as $$
begin
  perform graphile_worker.add_job(task, payload, run_at => run_at, job_key => key, max_attempts => 12);
end
$$;
create function hebra.cancel(key text) returns void
language plpgsql security definer set search_path = pg_catalog, graphile_worker
as $$
begin
  perform graphile_worker.remove_job(key);
end
$$;
revoke execute on function hebra.enqueue, hebra.cancel from public;
grant execute on function hebra.enqueue, hebra.cancel to hebra_app;
