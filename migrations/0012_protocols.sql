-- Triage protocols: immutable versions by the hash of their content, the states that each went through, who signed what, and
-- every passage of a patient through one.

alter table membership drop constraint membership_roles_check;
alter table membership add constraint membership_roles_check check (
  cardinality(roles) >= 1
  and roles <@ array['agent', 'nurse', 'supervisor', 'planner', 'quality', 'author', 'clinician', 'administrator', 'privacy']
);

create table protocol_version (
  organisation_id uuid not null references organisation,
  -- sha256 of the canonical content, in hex: what is signed
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  protocol text not null check (protocol ~ '^[a-z][a-z0-9_]{0,39}$'),
  version integer not null check (version >= 1),
  content jsonb not null,
  imported_at timestamptz not null default now(),
  imported_by uuid references membership,
  primary key (organisation_id, hash),
  unique (organisation_id, protocol, version)
);
select hebra.wall('protocol_version');

create table protocol_signature (
  organisation_id uuid not null,
  id uuid primary key,
  hash text not null,
  -- as the clinician wrote them
  name text not null check (length(name) between 3 and 200),
  licence text not null check (length(licence) between 2 and 60),
  signed_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > signed_at),
  membership_id uuid not null references membership,
  -- keyed hash over all of the above by a key that the database does not hold
  mac bytea not null,
  foreign key (organisation_id, hash) references protocol_version (organisation_id, hash)
);
select hebra.wall('protocol_signature');
create index protocol_signature_hash on protocol_signature (organisation_id, hash, expires_at desc);

-- Every state of a version, with who brought it there; the last one holds.
create table protocol_state (
  organisation_id uuid not null,
  id bigint generated always as identity primary key,
  hash text not null,
  state text not null check (state in ('draft', 'reviewed', 'signed', 'active', 'retired')),
  at timestamptz not null,
  actor_kind text not null,
  actor_id uuid,
  reason text check (length(reason) <= 500),
  foreign key (organisation_id, hash) references protocol_version (organisation_id, hash)
);
select hebra.wall('protocol_state');
create index protocol_state_latest on protocol_state (organisation_id, hash, id desc);

-- draft → reviewed → signed → active → retired; no step is left out, none goes back, one version of a protocol is active, and
-- only what bears a signature that still holds becomes so. Here too, so that no program can do otherwise.
create function hebra.protocol_step() returns trigger
language plpgsql
as $$
declare
  last text;
  mine text;
begin
  select protocol into mine from protocol_version where organisation_id = new.organisation_id and hash = new.hash;
  perform pg_advisory_xact_lock(hashtextextended(new.organisation_id::text || ':protocol:' || mine, 0));
  select state into last from protocol_state
    where organisation_id = new.organisation_id and hash = new.hash order by id desc limit 1;
  if not coalesce(case new.state
      when 'draft' then last is null
      when 'reviewed' then last = 'draft'
      when 'signed' then last = 'reviewed'
      when 'active' then last = 'signed'
      when 'retired' then last = 'active' end, false) then
    raise exception 'a protocol does not go from % to %', coalesce(last, 'nothing'), new.state using errcode = 'check_violation';
  end if;
  if new.state in ('signed', 'active') and not exists (
      select from protocol_signature s
      where s.organisation_id = new.organisation_id and s.hash = new.hash and s.expires_at > new.at) then
    raise exception 'a protocol needs a signature that holds to be %', new.state using errcode = 'check_violation';
  end if;
  if new.state = 'active' and exists (
      select from protocol_version v cross join lateral (
        select state from protocol_state p where p.organisation_id = v.organisation_id and p.hash = v.hash order by id desc limit 1) p
      where v.organisation_id = new.organisation_id and v.protocol = mine and v.hash <> new.hash and p.state = 'active') then
    raise exception 'another version of the protocol is active' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger protocol_step before insert on protocol_state for each row execute function hebra.protocol_step();

-- What was written once is never written over.
revoke update, delete on protocol_version, protocol_signature, protocol_state from hebra_app;

-- One passage of a patient through a protocol.
create table triage_run (
  organisation_id uuid not null,
  id uuid primary key,
  conversation_id uuid not null references conversation,
  -- whom it is about; under whose key it is sealed
  person_id uuid not null references person,
  protocol text not null,
  protocol_hash text not null,
  -- the version was not in force: only where drafts are allowed
  draft boolean not null,
  language text not null,
  channel text not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  -- running: a question waits · done: it came to a disposition · left: they left or a person took over before that
  state text not null check (state in ('running', 'done', 'left')),
  level text check (
    level in ('information', 'appointment', 'appointment_24h', 'nurse_within_hour', 'nurse_now', 'emergency_now')),
  -- facts, each question as shown, each answer verbatim, the rule that fired, what the patient was told
  content_sealed bytea not null,
  foreign key (organisation_id, protocol_hash) references protocol_version (organisation_id, hash),
  check ((state = 'done') = (level is not null)),
  check ((state = 'running') = (ended_at is null))
);
select hebra.wall('triage_run');
revoke delete on triage_run from hebra_app;
create index triage_run_person on triage_run (organisation_id, person_id, begun_at desc);
create index triage_run_conversation on triage_run (conversation_id);
