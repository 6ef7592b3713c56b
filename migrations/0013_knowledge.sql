-- What the organisation knows and says: articles in each language as versions, what each was answered with, and what nobody could answer.

create table article (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  -- a name for files and addresses
  key text not null check (key ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  created_at timestamptz not null,
  created_by uuid references membership,
  unique (organisation_id, key)
);
select hebra.wall('article');

-- Every saving is a version; none is written over.
create table article_version (
  organisation_id uuid not null,
  id uuid primary key,
  article_id uuid not null references article,
  language text not null check (language in ('es', 'ca', 'en', 'pt')),
  number integer not null check (number >= 1),
  title text not null check (length(title) between 1 and 120),
  body text not null check (length(body) between 1 and 8000),
  -- other wordings that it answers
  questions text[] not null default '{}' check (cardinality(questions) <= 40),
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  audience text not null check (audience in ('patient', 'agent', 'employee')),
  owner_id uuid references membership,
  review_on date,
  valid_from timestamptz,
  valid_to timestamptz,
  saved_at timestamptz not null,
  saved_by uuid references membership,
  unique (organisation_id, article_id, language, number),
  check (valid_to is null or valid_from is null or valid_to > valid_from)
);
select hebra.wall('article_version');

-- Every state of a version, with who brought it there; the last one holds.
create table article_state (
  organisation_id uuid not null references organisation,
  id bigint generated always as identity primary key,
  version_id uuid not null references article_version,
  state text not null check (state in ('draft', 'published', 'withdrawn')),
  -- another version took its place, or somebody withdrew it
  reason text check (reason in ('replaced', 'withdrawn')),
  at timestamptz not null,
  actor_id uuid references membership,
  check ((state = 'withdrawn') = (reason is not null))
);
select hebra.wall('article_state');
create index article_state_latest on article_state (version_id, id desc);

-- draft → published → withdrawn, and one version of an article and language is published. Here too, so that no program can do otherwise.
create function hebra.article_step() returns trigger
language plpgsql
as $$
declare
  last text;
  mine article_version;
begin
  select * into mine from article_version where id = new.version_id and organisation_id = new.organisation_id;
  if mine.id is null then
    raise exception 'no such version' using errcode = 'foreign_key_violation';
  end if;
  perform pg_advisory_xact_lock(hashtextextended(mine.article_id::text || ':' || mine.language, 0));
  select state into last from article_state where version_id = new.version_id order by id desc limit 1;
  if not coalesce(case new.state
      when 'draft' then last is null
      when 'published' then last = 'draft'
      when 'withdrawn' then last = 'published' end, false) then
    raise exception 'an article does not go from % to %', coalesce(last, 'nothing'), new.state using errcode = 'check_violation';
  end if;
  if new.state = 'published' and exists (
      select from article_version v cross join lateral (
        select state from article_state s where s.version_id = v.id order by s.id desc limit 1) s
      where v.article_id = mine.article_id and v.language = mine.language and v.id <> mine.id and s.state = 'published') then
    raise exception 'another version of the article is published' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger article_step before insert on article_state for each row execute function hebra.article_step();
revoke update, delete on article, article_version, article_state from hebra_app;

-- Once that a version was given as an answer.
create table article_answer (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  version_id uuid not null references article_version,
  -- conversation: the assistant said it · desk: put into a reply
  place text not null check (place in ('conversation', 'desk')),
  conversation_id uuid,
  at timestamptz not null
);
select hebra.wall('article_answer');
create index article_answer_version on article_answer (version_id, at);

-- Whether it helped, as the patient said.
create table article_feedback (
  organisation_id uuid not null references organisation,
  answer_id uuid primary key references article_answer,
  helped boolean not null,
  at timestamptz not null
);
select hebra.wall('article_feedback');
revoke update, delete on article_answer, article_feedback from hebra_app;

-- A question that no article answered, under the key of who asked: erasing the person erases it.
create table unanswered_question (
  organisation_id uuid not null references organisation,
  id uuid primary key,
  person_id uuid not null references person deferrable initially deferred,
  conversation_id uuid,
  language text not null check (language in ('es', 'ca', 'en', 'pt')),
  audience text not null check (audience in ('patient', 'employee')),
  -- found: an article was given and did not help
  version_id uuid references article_version,
  question_sealed bytea not null,
  at timestamptz not null,
  -- what became of it: an article was written, or nothing is to be done
  settled_at timestamptz,
  settled_by uuid references membership,
  settled_as text check (settled_as in ('article', 'dismissed')),
  article_id uuid references article,
  check ((settled_at is null) = (settled_as is null))
);
select hebra.wall('unanswered_question');
revoke delete on unanswered_question from hebra_app;
create index unanswered_question_open on unanswered_question (organisation_id, at desc) where settled_at is null;
