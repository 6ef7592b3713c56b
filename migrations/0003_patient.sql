-- Who is writing: people, their addresses, how sure we are, who acts for whom.

create table person (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- the FHIR Patient this person is, once known
  patient_id text,
  language text not null default 'es',
  -- the name as the record or the channel gives it, sealed under the person's key
  name_sealed bytea,
  merged_into uuid references person,
  erased_at timestamptz,
  created_at timestamptz not null default now()
);
select hebra.wall('person');
create unique index person_patient on person (organisation_id, patient_id) where patient_id is not null and merged_into is null;

-- The key that seals everything a person said; destroying it erases the words.
create table person_key (
  organisation_id uuid not null references organisation,
  person_id uuid primary key references person,
  wrapped bytea,
  destroyed_at timestamptz
);
select hebra.wall('person_key');

-- Search by name: keyed hashes of normalised words and their prefixes of three letters and more.
create table person_token (
  organisation_id uuid not null references organisation,
  person_id uuid not null references person,
  token bytea not null,
  primary key (organisation_id, token, person_id)
);
select hebra.wall('person_token');

-- An address on a channel. Found by kind and keyed hash; the address itself is sealed under the organisation's key.
create table contact_point (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  channel text not null,
  account_id uuid not null,
  address_hash bytea not null,
  address_sealed bytea not null,
  -- who wrote last from here; a family shares one address
  person_id uuid not null references person,
  profile_name_sealed bytea,
  blocked_at timestamptz,
  last_inbound_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organisation_id, account_id, address_hash)
);
select hebra.wall('contact_point');

-- Who is known to write from an address, and how that was proved.
create table contact_point_person (
  organisation_id uuid not null references organisation,
  contact_point_id uuid not null references contact_point,
  person_id uuid not null references person,
  proof text not null default 'none' check (proof in ('none', 'claimed', 'matched', 'confirmed')),
  proved_at timestamptz,
  expires_at timestamptz,
  primary key (contact_point_id, person_id)
);
select hebra.wall('contact_point_person');
create index contact_point_person_person on contact_point_person (organisation_id, person_id);

-- How each proof came about.
create table proof (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  contact_point_id uuid references contact_point,
  level text not null check (level in ('none', 'claimed', 'matched', 'confirmed')),
  method text not null,
  by_account uuid,
  at timestamptz not null default now()
);
select hebra.wall('proof');
create index proof_person on proof (organisation_id, person_id);

-- One person may act for another, for a purpose and until a day.
create table proxy (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  for_person_id uuid not null references person,
  relation text not null,
  scope text[] not null default '{appointments,orders,results,medication}',
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  check (person_id <> for_person_id)
);
select hebra.wall('proxy');
create index proxy_person on proxy (organisation_id, person_id);
create index proxy_for on proxy (organisation_id, for_person_id);

-- Wrong tries at proving who one is; the third locks the address for a while.
create table identification_attempt (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  contact_point_id uuid not null references contact_point,
  succeeded boolean not null,
  at timestamptz not null default now()
);
select hebra.wall('identification_attempt');
create index identification_attempt_point on identification_attempt (organisation_id, contact_point_id, at);
