-- The health record: FHIR R4 resources as they are, index rows to find them by, and the book of appointments.

-- A patient's chart: the key that seals what names them outside (documents, telephones, addresses), and the row
-- that is locked first by whatever changes their appointments. Without the key what was sealed is erased.
create table chart (
  organisation_id uuid not null references organisation,
  patient_id text not null check (patient_id ~ '^[A-Za-z0-9.-]{1,64}$'),
  wrapped bytea,
  erased_at timestamptz,
  primary key (organisation_id, patient_id),
  check ((wrapped is null) = (erased_at is not null))
);
select hebra.wall('chart');

create table resource (
  organisation_id uuid not null references organisation,
  type text not null,
  id text not null check (id ~ '^[A-Za-z0-9.-]{1,64}$'),
  version integer not null default 1 check (version >= 1),
  -- whose chart it belongs to (of a Patient: its own)
  patient_id text,
  status text,
  -- when it is about: an appointment's start, a report's issue, a prescription's day
  at timestamptz,
  content jsonb not null,
  -- identifiers, telecom and addresses of people, as JSON under the chart's key
  sealed bytea,
  updated_at timestamptz not null default now(),
  primary key (organisation_id, type, id),
  foreign key (organisation_id, patient_id) references chart,
  check (content ->> 'resourceType' = type and content ->> 'id' = id),
  check (type <> 'Patient' or patient_id = id)
);
select hebra.wall('resource');
create index resource_chart on resource (organisation_id, patient_id, type, at desc) where patient_id is not null;
create index resource_type_at on resource (organisation_id, type, at, id);

-- What a resource was before each change, and who changed it.
create table resource_history (
  organisation_id uuid not null,
  type text not null,
  id text not null,
  version integer not null,
  content jsonb not null,
  sealed bytea,
  updated_at timestamptz not null,
  replaced_at timestamptz not null default now(),
  replaced_by_kind text not null,
  replaced_by uuid,
  primary key (organisation_id, type, id, version),
  foreign key (organisation_id, type, id) references resource
);
select hebra.wall('resource_history');

-- Found by a code, a reference, a category: param and value as FHIR's search parameters name them.
create table resource_index (
  organisation_id uuid not null,
  type text not null,
  param text not null,
  value text not null,
  id text not null,
  primary key (organisation_id, type, param, value, id),
  foreign key (organisation_id, type, id) references resource on delete cascade
);
select hebra.wall('resource_index');
create index resource_index_id on resource_index (organisation_id, type, id);

-- Found by what must not be read: keyed hashes of documents, telephones and the words of names.
create table resource_hash (
  organisation_id uuid not null,
  purpose text not null check (purpose in ('document', 'phone', 'name')),
  hash bytea not null,
  type text not null,
  id text not null,
  primary key (organisation_id, purpose, hash, type, id),
  foreign key (organisation_id, type, id) references resource on delete cascade
);
select hebra.wall('resource_hash');
create index resource_hash_id on resource_hash (organisation_id, type, id);

-- A FHIR Slot is this row; it has no other content.
create table slot (
  organisation_id uuid not null references organisation,
  id text not null check (id ~ '^[A-Za-z0-9.-]{1,64}$'),
  schedule_id text not null,
  specialty text not null,
  service_id text not null,
  practitioner_id text not null,
  place_id text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- busy: one of our appointments has it; blocked: the hospital keeps it (FHIR: busy-unavailable)
  status text not null default 'free' check (status in ('free', 'busy', 'blocked')),
  version integer not null default 1,
  primary key (organisation_id, id),
  unique (organisation_id, schedule_id, starts_at),
  check (ends_at > starts_at)
);
select hebra.wall('slot');
create index slot_free on slot (organisation_id, specialty, starts_at, practitioner_id, place_id) where status = 'free';

-- The index rows of Appointments: what booking decides by. Times, names and the rest stand in the resource.
create table appointment (
  organisation_id uuid not null references organisation,
  id text not null,
  patient_id text not null,
  slot_id text,
  status text not null check (status in ('booked', 'arrived', 'fulfilled', 'cancelled', 'noshow')),
  specialty text not null,
  practitioner_id text not null,
  place_id text not null,
  order_id text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  confirmed_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, patient_id) references chart,
  foreign key (organisation_id, slot_id) references slot,
  check (ends_at > starts_at),
  check (status <> 'booked' or slot_id is not null)
);
select hebra.wall('appointment');
-- One slot, one appointment: whatever the code above forgets.
create unique index appointment_slot on appointment (organisation_id, slot_id)
  where slot_id is not null and status in ('booked', 'arrived', 'fulfilled');
create index appointment_patient on appointment (organisation_id, patient_id, starts_at);
create index appointment_starts on appointment (organisation_id, starts_at) where status = 'booked';
-- One order, one appointment to come.
create unique index appointment_order on appointment (organisation_id, order_id)
  where order_id is not null and status in ('booked', 'arrived');

-- Who would take an earlier slot; the oldest that fits is told first.
create table waiting_entry (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  patient_id text not null,
  specialty text not null,
  practitioner_id text,
  place_id text,
  part_of_day text check (part_of_day in ('morning', 'afternoon', 'evening')),
  -- the appointment they would give for it
  appointment_id text,
  since timestamptz not null default now(),
  -- they left, or their wish came true
  ended_at timestamptz,
  ended_as text check (ended_as in ('left', 'booked')),
  foreign key (organisation_id, patient_id) references chart,
  foreign key (organisation_id, appointment_id) references appointment,
  check ((ended_at is null) = (ended_as is null))
);
select hebra.wall('waiting_entry');
create unique index waiting_entry_once on waiting_entry (organisation_id, patient_id, specialty) where ended_at is null;
create index waiting_entry_turn on waiting_entry (organisation_id, specialty, since) where ended_at is null;

-- A slot that came free was put before someone; it stays free until somebody books it.
create table slot_offer (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  entry_id uuid not null references waiting_entry,
  slot_id text not null,
  offered_at timestamptz not null default now(),
  until timestamptz not null,
  foreign key (organisation_id, slot_id) references slot,
  unique (entry_id, slot_id)
);
select hebra.wall('slot_offer');
create index slot_offer_slot on slot_offer (organisation_id, slot_id);
