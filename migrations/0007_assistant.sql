-- What the assistant says and asks: flows, immutable and named by the hash of their content.

create table flow_version (
  organisation_id uuid not null references organisation,
  -- sha256 of the canonical content, in hex
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  flow text not null,
  content jsonb not null,
  created_at timestamptz not null default now(),
  primary key (organisation_id, hash)
);
select hebra.wall('flow_version');
create index flow_version_flow on flow_version (organisation_id, flow, created_at);

-- A whole set of flows that go together; a session ends on the set that it began with.
create table flow_set (
  organisation_id uuid not null references organisation,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  -- the hashes of its flows, by name
  flows jsonb not null,
  created_at timestamptz not null default now(),
  primary key (organisation_id, hash)
);
select hebra.wall('flow_set');

-- Which set new sessions begin with: the last one published.
create table flow_publication (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  set_hash text not null,
  published_by uuid,
  published_at timestamptz not null default now(),
  foreign key (organisation_id, set_hash) references flow_set (organisation_id, hash)
);
select hebra.wall('flow_publication');
create index flow_publication_latest on flow_publication (organisation_id, id desc);

-- What was written once is never written over: a version, a set and the history of publishing stand as they are.
revoke update, delete on flow_version, flow_set, flow_publication from hebra_app;
