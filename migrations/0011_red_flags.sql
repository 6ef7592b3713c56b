-- The way of a red flag: raised, asked about, answered or not, raised further, attended, lowered. Each step with its time.
alter table flag
  -- since when a word is waited for: the patient's answer to our question, or the word of the agent who holds the conversation
  add column asked_at timestamptz,
  -- without that word it goes up at this time; set only while it is waited for
  add column due_at timestamptz,
  -- the agent who was told to ask or to answer; null: the patient was asked by the assistant
  add column agent_id uuid,
  add column answer text check (answer in ('no', 'yes', 'unclear', 'attended')),
  add column answered_at timestamptz,
  -- when and why a soft one became a hard one
  add column raised_at timestamptz,
  add column raised_why text check (raised_why in ('words', 'answer', 'silence', 'repeat')),
  -- when the emergency text went out for it: not again for every word of a panic
  add column said_at timestamptz,
  -- when the agent who held it had not answered in time and it went to the urgent queue
  add column unattended_at timestamptz,
  add constraint flag_answered check ((answer is null) = (answered_at is null)),
  add constraint flag_raised check ((raised_at is null) = (raised_why is null)),
  add constraint flag_waited_for check (due_at is null or (asked_at is not null and lowered_at is null));
create index flag_due on flag (organisation_id, due_at) where due_at is not null;
