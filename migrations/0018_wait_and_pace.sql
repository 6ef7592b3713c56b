-- What each patient was last told of the wait, so that it is said again only when it changed much.
create table wait_told (
  organisation_id uuid not null references organisation,
  item_id uuid primary key references item on delete cascade,
  -- a range of minutes · the next · nobody is there · it is closed; null: nothing was said, only shown
  what text check (what in ('minutes', 'next', 'nobody', 'closed')),
  told_at timestamptz,
  -- when, by what was said, somebody would answer: not before, not after
  low_at timestamptz,
  high_at timestamptz,
  -- what the web window shows now, in seconds from shown_at
  shown_seconds integer check (shown_seconds >= 0),
  shown_at timestamptz,
  check ((what is null) = (told_at is null)),
  check ((what is not distinct from 'minutes') = (low_at is not null and high_at is not null))
);
select hebra.wall('wait_told');
