-- Who may do what, and the proof of who did: accounts, memberships, sessions, keys, the audit trail.

-- The account that a transaction signs in or acts for; lets it find its own memberships in every organisation.
create function hebra.account() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('hebra.account', true), '')::uuid $$;

-- Keyed or plain hash of the secret that a request presented (an API key, an invitation): who holds the secret may see its row.
create function hebra.presented() returns bytea
language sql stable parallel safe
as $$ select decode(nullif(current_setting('hebra.presented', true), ''), 'hex') $$;

-- A human who signs in. Of no organisation: one account may be a member of several.
create table account (
  id uuid primary key,
  -- lower case, trimmed
  email text not null unique check (email = lower(btrim(email)) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 200),
  language text not null default 'es' check (language in ('es', 'ca', 'en', 'pt')),
  -- argon2id, with its parameters
  password_hash text,
  password_changed_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
grant select, insert, update on account to hebra_app;

-- An account's place in an organisation. Its id is the agent's id everywhere.
create table membership (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  account_id uuid not null references account,
  -- as colleagues and patients read it
  name text not null check (length(name) between 1 and 200),
  roles text[] not null check (
    cardinality(roles) >= 1
    and roles <@ array['agent', 'nurse', 'supervisor', 'planner', 'quality', 'author', 'administrator', 'privacy']
  ),
  created_at timestamptz not null default now(),
  deactivated_at timestamptz,
  unique (organisation_id, account_id)
);
select hebra.wall('membership');
revoke delete on membership from hebra_app;
create policy own on membership for select using (account_id = hebra.account());
create index membership_account on membership (account_id);

-- Signed-in browsers. Only the token's hash is kept; ending one takes effect with the next request.
create table sign_in_session (
  id uuid primary key,
  token_hash bytea not null unique,
  account_id uuid not null references account,
  membership_id uuid not null references membership,
  -- how it was proved: password · password+totp · password+recovery · passkey
  method text not null check (method in ('password', 'password+totp', 'password+recovery', 'passkey')),
  address inet,
  user_agent text,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  check ((ended_at is null) = (end_reason is null))
);
grant select, insert, update, delete on sign_in_session to hebra_app;
create index sign_in_session_account on sign_in_session (account_id) where ended_at is null;

-- A sign-in or an enrolment half done: what was proved so far, for a few minutes, once.
create table sign_in_ticket (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('totp', 'organisation', 'passkey', 'passkey_registration')),
  account_id uuid references account,
  method text,
  -- WebAuthn challenge
  challenge text,
  -- the organisation asked for, once known
  organisation text,
  expires_at timestamptz not null
);
grant select, insert, update, delete on sign_in_ticket to hebra_app;
create index sign_in_ticket_expires on sign_in_ticket (expires_at);

-- Wrong tries, by keyed hash of the e-mail or of the network address; the delay rises with each.
create table sign_in_throttle (
  key bytea primary key,
  tries integer not null,
  last_at timestamptz not null,
  locked_until timestamptz
);
grant select, insert, update, delete on sign_in_throttle to hebra_app;
create index sign_in_throttle_last on sign_in_throttle (last_at);

-- Second factor: RFC 6238.
create table account_totp (
  account_id uuid primary key references account,
  secret_sealed bytea not null,
  -- null until the first right code
  confirmed_at timestamptz,
  -- the newest time step that was used: no code works twice
  last_step bigint not null default 0
);
grant select, insert, update, delete on account_totp to hebra_app;

create table recovery_code (
  account_id uuid not null references account,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (account_id, code_hash)
);
grant select, insert, update, delete on recovery_code to hebra_app;

create table passkey (
  -- credential id, base64url
  id text primary key,
  account_id uuid not null references account,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
grant select, insert, update, delete on passkey to hebra_app;
create index passkey_account on passkey (account_id);

-- One-time links: for the first administrator, for staff, for a forgotten password.
create table invitation (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  kind text not null check (kind in ('first_administrator', 'staff', 'password')),
  token_hash bytea not null unique,
  email text check (email = lower(btrim(email))),
  name text,
  roles text[] not null default '{}',
  -- the account whose password may be set
  account_id uuid references account,
  invited_by uuid references membership,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  revoked_at timestamptz,
  check (kind = 'first_administrator' or email is not null),
  check ((kind = 'password') = (account_id is not null))
);
select hebra.wall('invitation');
create policy presented on invitation for select using (token_hash = hebra.presented());
create index invitation_open on invitation (organisation_id) where redeemed_at is null and revoked_at is null;

-- Keys of other programs. Shown once, kept as a hash.
create table api_key (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  -- its first characters, to recognise it
  prefix text not null,
  key_hash bytea not null unique,
  -- permissions of trust/access.ts
  scopes text[] not null check (cardinality(scopes) >= 1),
  created_by uuid references membership,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
select hebra.wall('api_key');
create policy presented on api_key for select using (key_hash = hebra.presented());

-- The two functions below name an account or a secret for their own reading and take it back: a SET clause would do that
-- by itself, but only a superuser may write one for a parameter of ours.

-- The signed-in membership behind a session token, in one statement per request; no row when ended, idle or expired.
-- Marks the session as seen, at most every half minute.
create function hebra.signed_in(hash bytea, moment timestamptz, idle interval)
returns table (
  session_id uuid, account_id uuid, membership_id uuid, organisation_id uuid,
  roles text[], name text, language text, expires_at timestamptz
)
language plpgsql
as $$
#variable_conflict use_column
declare
  before text := coalesce(current_setting('hebra.account', true), '');
  found_session sign_in_session;
begin
  select s.* into found_session from sign_in_session s
  where s.token_hash = hash and s.ended_at is null and s.expires_at > moment and s.last_seen_at > moment - idle;
  if not found then return; end if;
  if found_session.last_seen_at < moment - interval '30 seconds' then
    update sign_in_session s set last_seen_at = moment
    where s.id = found_session.id and s.ended_at is null and s.last_seen_at < moment;
  end if;
  perform set_config('hebra.account', found_session.account_id::text, true);
  return query
    select found_session.id, a.id, m.id, m.organisation_id, m.roles, m.name, a.language, found_session.expires_at
    from membership m join account a on a.id = m.account_id
    where m.id = found_session.membership_id and m.account_id = found_session.account_id
      and m.deactivated_at is null and a.disabled_at is null;
  perform set_config('hebra.account', before, true);
end
$$;

-- The API key behind a bearer token's hash; no row when revoked or expired. Marks its use, at most every minute.
create function hebra.bearer(hash bytea, moment timestamptz)
returns table (api_key_id uuid, organisation_id uuid, scopes text[])
language plpgsql
as $$
#variable_conflict use_column
declare
  presented_before text := coalesce(current_setting('hebra.presented', true), '');
  organisation_before text := coalesce(current_setting('hebra.organisation', true), '');
  found_key api_key;
begin
  perform set_config('hebra.presented', encode(hash, 'hex'), true);
  select k.* into found_key from api_key k
  where k.key_hash = hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > moment);
  if found and (found_key.last_used_at is null or found_key.last_used_at < moment - interval '1 minute') then
    perform set_config('hebra.organisation', found_key.organisation_id::text, true);
    update api_key k set last_used_at = moment where k.id = found_key.id;
    perform set_config('hebra.organisation', organisation_before, true);
  end if;
  perform set_config('hebra.presented', presented_before, true);
  if found_key.id is not null then
    return query select found_key.id, found_key.organisation_id, found_key.scopes;
  end if;
end
$$;
grant execute on function hebra.signed_in, hebra.bearer, hebra.account, hebra.presented to hebra_app;

-- Who saw or changed what. Appended in the transaction that read; never changed afterwards.
-- The linker fills position and hash: sha256 over the entry and the hash before it.
create table audit_entry (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('staff', 'integration', 'patient', 'assistant', 'system')),
  -- membership, API key or person
  actor_id uuid,
  session_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id text,
  -- whose data it was; no foreign key: the trail outlives the person's erasure
  person_id uuid,
  reason text,
  detail jsonb not null default '{}',
  position bigint check (position > 0),
  hash bytea check (length(hash) = 32),
  check ((position is null) = (hash is null)),
  unique (organisation_id, position)
);
select hebra.wall('audit_entry');
revoke update, delete on audit_entry from hebra_app;
grant update (position, hash) on audit_entry to hebra_app;
create index audit_entry_unlinked on audit_entry (organisation_id, id) where hash is null;
create index audit_entry_at on audit_entry (organisation_id, at);
create index audit_entry_person on audit_entry (organisation_id, person_id, at) where person_id is not null;

-- The newest link of each organisation's chain, signed with a key that the database does not hold.
create table audit_head (
  organisation_id uuid primary key references organisation,
  position bigint not null,
  hash bytea not null,
  signature bytea not null,
  at timestamptz not null default now()
);
select hebra.wall('audit_head');
revoke delete on audit_head from hebra_app;

create function hebra.refuse_audit_change() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'UPDATE' and old.hash is null
    and (to_jsonb(old) - 'position' - 'hash') = (to_jsonb(new) - 'position' - 'hash') then
    return new;
  end if;
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete on audit_entry for each row execute function hebra.refuse_audit_change();
create trigger append_only_whole before truncate on audit_entry for each statement execute function hebra.refuse_audit_change();
