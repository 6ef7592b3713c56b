-- Which ways to reach the organisation a patient is offered: what authors published, what a person prefers and agreed to.

-- Every publishing is a version; none is written over. The last one holds; without any, what the house does of itself.
create table ways_version (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  number integer not null check (number >= 1),
  -- ways and rules, as server/routing/ways/contract.ts has them
  content jsonb not null,
  note text check (length(note) between 1 and 300),
  -- the version whose content this one has again
  restored integer check (restored >= 1 and restored < number),
  published_at timestamptz not null,
  published_by uuid references membership,
  unique (organisation_id, number)
);
select hebra.wall('ways_version');

create function hebra.ways_version_stands() returns trigger
language plpgsql
as $$
begin
  raise exception 'a published version of the ways is never changed' using errcode = 'check_violation';
end
$$;
create trigger ways_version_stands before update or delete on ways_version
  for each row execute function hebra.ways_version_stands();

-- The way and the language that a person likes best; the language they speak stays beside it.
alter table person
  add column preferred_way text check (preferred_way in ('chat', 'callback', 'callback_at', 'whatsapp', 'video', 'email', 'call')),
  add column preferred_language text check (preferred_language in ('es', 'ca', 'en', 'pt'));

-- What a person agreed to be reached by, and took back: every word of it a row, the last one holds.
create table contact_consent (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person,
  kind text not null check (kind in ('call', 'whatsapp', 'email')),
  given boolean not null,
  -- whose word it was
  source text not null check (source in ('patient', 'staff', 'integration', 'system')),
  by_id uuid,
  at timestamptz not null
);
select hebra.wall('contact_consent');
create index contact_consent_latest on contact_consent (organisation_id, person_id, kind, at desc, id desc);
