import { z } from 'zod';

/** Why an agent has as many places as now: `agent.pace_reason`, numbers for a sentence in any language. */
export const paceReason = z.object({
  /** More or fewer by a step · nothing new until the delay is down · taken up again after that. */
  what: z.enum(['more', 'fewer', 'stopped', 'resumed']),
  /** Places now. */
  places: z.number().int().min(0),
  /** Seconds that patients wait for a reply of this agent, on average lately; and at most. */
  replySeconds: z.number().int().min(0),
  goalSeconds: z.number().int().min(0),
  /** Seconds of work a reply takes, and seconds that patients take to answer. */
  workSeconds: z.number().int().min(0),
  thinkSeconds: z.number().int().min(0),
  /** Who waits longest for a reply now. */
  oldestSeconds: z.number().int().min(0),
});
export type PaceReason = z.infer<typeof paceReason>;
