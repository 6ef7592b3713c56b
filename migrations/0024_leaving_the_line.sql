-- A patient who waits may leave the line by a word. When it was not clear, they were asked then: a bare "yes" answers that.
alter table wait_told add column leave_asked_at timestamptz;
