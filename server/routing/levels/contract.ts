import { z } from 'zod';
import { priority } from '../../conversation/contract.ts';

/** Why a target was missed; what each means is in `causeOf` (rules.ts). */
export const CAUSES = [
  'outside_hours',
  'named',
  'ignored',
  'overflow',
  'nobody',
  'skill_missing',
  'away',
  'full',
  'late',
] as const;
export const cause = z.enum(CAUSES);
export type Cause = z.infer<typeof cause>;

export const PERIODS = ['day', 'week', 'month'] as const;
export const period = z.enum(PERIODS);
export type Period = z.infer<typeof period>;

const count = z.number().int();
/** Sums of what came in; `offered` = answered + abandoned + calledBack + withdrawn + waiting, always. */
export const sums = z.object({
  offered: count,
  answered: count,
  answeredInTarget: count,
  /** The patient gave up before anyone answered. */
  abandoned: count,
  /** Of those, within the organisation's `levels.shortSeconds`. */
  shortAbandons: count,
  /** Left the queue to be called back. */
  calledBack: count,
  /** Closed while it waited: nobody needed to answer any more. */
  withdrawn: count,
  waiting: count,
  /** Still waiting, and past the target already. */
  waitingLate: count,
  /** Whose target ran out before they were answered or left. */
  missed: count,
  /** Queue wait of the answered, in all. */
  waitSeconds: z.number(),
});
export type Sums = z.infer<typeof sums>;

/** What is made of the sums; null where nothing was counted. Definitions: `figuresOf` (rules.ts). */
export const figures = z.object({
  serviceLevel: z.number().nullable(),
  withoutShortAbandons: z.number().nullable(),
  ofAnswered: z.number().nullable(),
  abandonment: z.number().nullable(),
  /** Average speed of answer, seconds. */
  averageWait: z.number().nullable(),
});
export type Figures = z.infer<typeof figures>;

const line = sums.extend(figures.shape).extend({ causes: z.partialRecord(cause, count) });
export type LevelLine = z.infer<typeof line>;

/** `GET /api/levels` */
export const levelsQuery = z.object({
  period: period.default('day'),
  /** A day in it, by the organisation's clock; today where none is given. */
  date: z.iso.date().optional(),
});
export const levelsReport = z.object({
  period,
  timezone: z.string(),
  /** From (included) to (not included), as days of the organisation's clock and as moments. */
  from: z.iso.date(),
  until: z.iso.date(),
  fromAt: z.iso.datetime(),
  untilAt: z.iso.datetime(),
  at: z.iso.datetime(),
  shortSeconds: count,
  warnShare: z.number(),
  all: line,
  entities: z.array(
    z.object({
      /** Null: the organisation itself. */
      entityId: z.uuid().nullable(),
      name: z.string().nullable(),
      line,
      classes: z.array(z.object({ priority, line })),
      queues: z.array(
        z.object({
          queueId: z.uuid(),
          names: z.object({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() }),
          /** What the queue set out to answer within its target, 0 to 1. */
          goal: z.number(),
          line,
          classes: z.array(z.object({ priority, targetSeconds: count, line })),
        }),
      ),
    }),
  ),
});
export type LevelsReport = z.infer<typeof levelsReport>;

/** `GET /api/levels/now`: what waits and is near the end of its target or past it, by queue. */
export const levelsNow = z.object({
  warnShare: z.number(),
  queues: z.array(z.object({ queueId: z.uuid(), warned: count, missed: count })),
});

/** Kinds of events that this room writes, with what their payload holds. */
export type LevelEvents = {
  /** Its target runs out soon; once for each item. */
  'level.warned': { itemId: string; queueId: string; priority: string };
  /** Its target ran out; once for each item. */
  'level.missed': { itemId: string; queueId: string; cause: Cause };
};
