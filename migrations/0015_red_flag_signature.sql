-- Who answers for the red-flag pack. The pack itself is files of the installation (clinical/red-flags): here stands which exact
-- content a clinician of the organisation signed, until when, and whether they took it back.

create table red_flag_signature (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- sha256 of the pack's content, in hex: what is signed
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  version text not null check (length(version) between 1 and 20),
  -- as the clinician wrote them
  name text not null check (length(name) between 3 and 200),
  licence text not null check (length(licence) between 2 and 60),
  signed_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > signed_at),
  membership_id uuid not null references membership,
  -- keyed hash over all of the above by a key that the database does not hold
  mac bytea not null
);
select hebra.wall('red_flag_signature');
create index red_flag_signature_latest on red_flag_signature (organisation_id, signed_at desc);

-- What became of a content: signed, withdrawn, signed again. None: a draft. It screens in every state; a pack is never switched off.
create table red_flag_state (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('signed', 'withdrawn')),
  at timestamptz not null,
  membership_id uuid not null references membership,
  reason text check (length(reason) <= 500),
  check ((state = 'withdrawn') = (reason is not null))
);
select hebra.wall('red_flag_state');
create index red_flag_state_latest on red_flag_state (organisation_id, hash, id desc);

-- signed → withdrawn → signed; and signed only with a signature that holds and was not withdrawn. Here too, so that no program
-- can do otherwise.
create function hebra.red_flag_step() returns trigger
language plpgsql
as $$
declare
  last red_flag_state;
begin
  perform pg_advisory_xact_lock(hashtextextended(new.organisation_id::text || ':red flags', 0));
  select * into last from red_flag_state
    where organisation_id = new.organisation_id and hash = new.hash order by id desc limit 1;
  if not coalesce(case new.state
      when 'signed' then last.state is null or last.state = 'withdrawn'
      when 'withdrawn' then last.state = 'signed' end, false) then
    raise exception 'a red-flag pack does not go from % to %', coalesce(last.state, 'draft'), new.state
      using errcode = 'check_violation';
  end if;
  if new.state = 'signed' and not exists (
      select from red_flag_signature s
      where s.organisation_id = new.organisation_id and s.hash = new.hash and s.expires_at > new.at
        and s.signed_at > coalesce(last.at, '-infinity')) then
    raise exception 'a red-flag pack needs a signature that holds to be signed' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger red_flag_step before insert on red_flag_state for each row execute function hebra.red_flag_step();

-- What was written once is never written over.
revoke update, delete on red_flag_signature, red_flag_state from hebra_app;
