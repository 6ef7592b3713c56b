-- When the patient was told of the freed slot; an offer is told once.
alter table slot_offer add column told_at timestamptz;
