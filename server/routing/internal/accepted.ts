import { type RawBuilder, sql } from 'kysely';

/** What an item (`i`) is from when its agent has it: asked for by nobody, pinned to nobody, ignored by nobody. */
export const accepted = (
  now: Date,
): RawBuilder<unknown> => sql`state = 'accepted', accepted_at = ${now}, answered_by = i.agent_id, front = false,
  wanted_agent_id = null, wanted_since = null, wanted_until = null, pinned_by = null, ignored_by = '{}', ignored_until = '{}'`;
