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
  -- what is done there, in the four languages
  service jsonb not null,
  prepared boolean not null default false,
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

-- What a greeting may want to name first, for the patients of one batch of messages. A function for its cached plan:
-- planned anew each time, the statement costs more to plan than to run. Names of places and professionals are left to
-- the caller, who knows them: whole resources of 64 patients weigh 200 kB.
create function hebra.patient_facts(organisation uuid, patients text[], at_time timestamptz, news_days integer)
returns table (
  patient_id text, given_name text, family_name text, birth_date text, tongue text, employee boolean, dependants integer,
  appointment_id text, starts_at timestamptz, local_start text, days_away integer, confirmed boolean, specialty text, service jsonb,
  practitioner_id text, place_id text, prepared boolean, appointments integer,
  result_id text, result_code jsonb, days_ago integer, pending integer,
  order_id text, order_code jsonb, order_for jsonb, bill_id text, bill_total jsonb
)
language plpgsql stable
-- one plan for any list of patients
set plan_cache_mode = force_generic_plan
as $$
declare
  zone text;
  today date;
begin
  select timezone into zone from organisation o where o.id = organisation;
  today := (at_time at time zone zone)::date;
  return query
  select p.id, p.content #>> '{name,0,given,0}', p.content #>> '{name,0,family}', p.content ->> 'birthDate',
    p.content #>> '{communication,0,language,coding,0,code}',
    coalesce(p.content #> '{meta,tag}' @> '[{"system":"urn:hebra:segment","code":"employee"}]', false),
    coalesce(jsonb_array_length(p.content -> 'link'), 0),
    a.id, a.starts_at, to_char(a.starts_at at time zone zone, 'YYYY-MM-DD"T"HH24:MI'), (a.starts_at at time zone zone)::date - today,
    a.confirmed_at is not null, a.specialty, a.service, a.practitioner_id, a.place_id, a.prepared, coalesce(a.total, 0)::integer,
    r.news ->> 'id', r.news -> 'code', today - ((r.news ->> 'at')::timestamptz at time zone zone)::date, coalesce(r.pending, 0)::integer,
    r.asked ->> 'id', r.asked -> 'code', r.asked -> 'for', r.bill ->> 'id', r.bill -> 'total'
  from unnest(patients) as wanted(id)
  join resource p on p.organisation_id = organisation and p.type = 'Patient' and p.id = wanted.id
  join chart c on c.organisation_id = organisation and c.patient_id = p.id and c.erased_at is null
  left join lateral (
    select f.*, count(*) over () as total from appointment f
    where f.organisation_id = organisation and f.patient_id = p.id and f.status = 'booked' and f.starts_at > at_time
    order by f.starts_at limit 1) a on true
  left join lateral (
    -- one pass over the chart; of each kind the newest counts
    select
      (array_agg(jsonb_build_object('id', o.id, 'at', o.at, 'code', o.content -> 'code') order by o.at desc)
        filter (where o.type = 'DiagnosticReport' and o.status in ('final', 'amended', 'corrected')
          and o.at > at_time - news_days * interval '1 day' and o.at <= at_time
          and not coalesce(o.content #> '{meta,tag}' @> '[{"system":"urn:hebra:telling","code":"professional"}]', false)))[1] as news,
      count(*) filter (where o.type = 'DiagnosticReport' and o.status in ('registered', 'partial', 'preliminary')) as pending,
      (array_agg(jsonb_build_object('id', o.id, 'code', o.content -> 'code', 'for', o.content -> 'performerType') order by o.at desc)
        filter (where o.type = 'ServiceRequest' and o.status = 'active' and not exists (select from appointment b
          where b.organisation_id = organisation and b.order_id = o.id and b.status in ('booked', 'arrived'))))[1] as asked,
      (array_agg(jsonb_build_object('id', o.id, 'total', o.content -> 'totalGross') order by o.at)
        filter (where o.type = 'Invoice' and o.status = 'issued'))[1] as bill
    from resource o
    where o.organisation_id = organisation and o.patient_id = p.id and o.type in ('DiagnosticReport', 'ServiceRequest', 'Invoice')) r on true;
end
$$;
grant execute on function hebra.patient_facts to hebra_app;
