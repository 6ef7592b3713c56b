-- Service levels by contracting entity: for whom a queue worked when, warnings before a target runs out, and what missed it and why.

-- Every stretch in which a queue worked for an entity (null: for the organisation itself), one open at a time.
create table queue_worked_for (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  queue_id uuid not null references queue on delete cascade,
  entity_id uuid references entity,
  -- the first has no beginning: what was there before counts for whom the queue was made
  from_at timestamptz not null default '-infinity',
  until_at timestamptz,
  check (until_at > from_at)
);
select hebra.wall('queue_worked_for');
create unique index queue_worked_for_open on queue_worked_for (queue_id) where until_at is null;
create index queue_worked_for_queue on queue_worked_for (queue_id, from_at);
insert into queue_worked_for (organisation_id, queue_id, entity_id) select organisation_id, id, entity_id from queue;

create function hebra.queue_worked_for_stretch() returns trigger
language plpgsql
as $$
declare
  moment timestamptz := clock_timestamp();
begin
  if tg_op = 'UPDATE' then
    update queue_worked_for set until_at = moment where queue_id = new.id and until_at is null;
    insert into queue_worked_for (organisation_id, queue_id, entity_id, from_at) values (new.organisation_id, new.id, new.entity_id, moment);
  else
    insert into queue_worked_for (organisation_id, queue_id, entity_id) values (new.organisation_id, new.id, new.entity_id);
  end if;
  return null;
end
$$;
create trigger queue_worked_for_begins after insert on queue for each row execute function hebra.queue_worked_for_stretch();
create trigger queue_worked_for_changes after update on queue for each row
  when (old.entity_id is distinct from new.entity_id) execute function hebra.queue_worked_for_stretch();

-- Seconds in which something should be answered: what it was promised when it came, else what the queue promises its class.
create function hebra.target_of(promised integer, targets jsonb, priority text, standing integer) returns integer
language sql immutable parallel safe
return coalesce(promised, (targets ->> priority)::integer, standing);

-- From when on somebody waits: tasks and call-backs are due later than they were made.
create function hebra.waits_from(queued_at timestamptz, not_before timestamptz) returns timestamptz
language sql immutable parallel safe
return greatest(queued_at, not_before);

-- Told once that its target is about to run out.
create table level_warning (
  organisation_id uuid not null references organisation,
  item_id uuid primary key references item,
  queue_id uuid not null references queue,
  at timestamptz not null
);
select hebra.wall('level_warning');
create index level_warning_at on level_warning (organisation_id, at);

-- Not answered within its target: once, with why.
create table breach (
  organisation_id uuid not null references organisation,
  item_id uuid primary key references item,
  -- where it came in, and for whom that queue worked then
  queue_id uuid not null references queue,
  entity_id uuid references entity,
  priority text not null check (priority in ('critical', 'urgent', 'standard', 'low')),
  target_seconds integer not null,
  -- when the target ran out
  at timestamptz not null,
  -- null: it left the queue late before anyone looked; said within a second
  cause text check (cause in ('outside_hours', 'named', 'ignored', 'overflow', 'nobody', 'skill_missing', 'away', 'full', 'late')),
  -- the figures it was judged by
  detail jsonb not null default '{}'
);
select hebra.wall('breach');
create index breach_at on breach (organisation_id, at);
create index breach_unexplained on breach (organisation_id) where cause is null;

-- Who is answered or leaves after the target ran out is noted in the same transaction: no sweep can be too late for it.
create function hebra.left_late() returns trigger
language plpgsql
as $$
declare
  due timestamptz;
begin
  select hebra.waits_from(new.queued_at, new.not_before)
    + hebra.target_of(new.target_seconds, q.targets, new.priority, q.target_seconds) * interval '1 second'
    into due from queue q where q.id = coalesce(new.first_queue_id, new.queue_id);
  if coalesce(new.accepted_at, new.ended_at) > due
    and not exists (select 1 from offer o where o.item_id = new.id and o.state = 'accepted' and o.answered_at <= due) then
    perform hebra.note_breach(new.id);
  end if;
  return null;
end
$$;

-- Writes down that an item missed its target, if nobody did yet. @returns whether it was now
create function hebra.note_breach(item uuid) returns boolean
language sql
as $$
  with missed as (
    insert into breach (organisation_id, item_id, queue_id, entity_id, priority, target_seconds, at)
    select i.organisation_id, i.id, q.id, s.entity_id, i.priority, t.seconds, w.since + t.seconds * interval '1 second'
    from item i join queue q on q.id = coalesce(i.first_queue_id, i.queue_id)
    cross join lateral (select hebra.waits_from(i.queued_at, i.not_before) as since) w
    cross join lateral (select hebra.target_of(i.target_seconds, q.targets, i.priority, q.target_seconds) as seconds) t
    left join queue_worked_for s on s.queue_id = q.id and w.since >= s.from_at and (s.until_at is null or w.since < s.until_at)
    where i.id = note_breach.item
    on conflict (item_id) do nothing returning 1)
  select exists (select 1 from missed)
$$;

create trigger item_left_late after update on item for each row
  when (old.state in ('queued', 'offered') and new.state not in ('queued', 'offered'))
  execute function hebra.left_late();

-- Everything a patient waited for, as service levels count it. As whoever asks: the walls between organisations hold.
create view contact with (security_invoker = true) as
select i.organisation_id, i.id as item_id, i.kind, i.channel, i.state, i.priority, q.id as queue_id, s.entity_id,
  i.queued_at as began_at, t.seconds as target_seconds, i.queued_at + t.seconds * interval '1 second' as due_at,
  -- first: who comes back after an agent vanished was answered then
  least((select min(o.answered_at) from offer o where o.item_id = i.id and o.state = 'accepted'), i.accepted_at) as answered_at,
  i.ended_at
from item i join queue q on q.id = coalesce(i.first_queue_id, i.queue_id)
cross join lateral (select hebra.target_of(i.target_seconds, q.targets, i.priority, q.target_seconds) as seconds) t
left join queue_worked_for s on s.queue_id = q.id and i.queued_at >= s.from_at and (s.until_at is null or i.queued_at < s.until_at)
where i.kind in ('conversation', 'call');
grant select on contact to hebra_app;

-- What came in from one moment to another, by entity, queue and class, as it stands at a third. Ratios are made of these sums.
create function hebra.service_level(since timestamptz, until timestamptz, at timestamptz, short_seconds integer)
returns table (
  entity_id uuid, queue_id uuid, priority text, target_seconds integer,
  offered bigint, answered bigint, answered_in_target bigint, abandoned bigint, short_abandons bigint, called_back bigint,
  withdrawn bigint, waiting bigint, waiting_late bigint, missed bigint, wait_seconds double precision)
language sql stable
as $$
  select c.entity_id, c.queue_id, c.priority, max(c.target_seconds),
    count(*), count(*) filter (where a.answered), count(*) filter (where a.answered and c.answered_at <= c.due_at),
    count(*) filter (where not a.answered and c.state = 'abandoned'),
    count(*) filter (where not a.answered and c.state = 'abandoned' and c.ended_at <= c.began_at + short_seconds * interval '1 second'),
    count(*) filter (where not a.answered and c.state = 'called_back'),
    count(*) filter (where not a.answered and c.state = 'withdrawn'),
    count(*) filter (where not a.answered and c.ended_at is null),
    count(*) filter (where not a.answered and c.ended_at is null and c.due_at < at),
    count(*) filter (where case when a.answered then c.answered_at > c.due_at else coalesce(c.ended_at, at) > c.due_at end),
    coalesce(sum(extract(epoch from c.answered_at - c.began_at)) filter (where a.answered), 0)
  from contact c cross join lateral (select c.answered_at is not null as answered) a
  where c.organisation_id = hebra.organisation() and c.began_at >= since and c.began_at < until
  group by c.entity_id, c.queue_id, c.priority
$$;
