import type { Trx } from '../../platform/postgres.ts';
import type { Language, Priority } from '../../conversation/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { ItemKind } from '../contract.ts';
import type { Queue } from '../queues.ts';
import { isOpen, nextOpening, RANK } from '../rules.ts';
import { estimate, HORIZON_SECONDS, isStaffed } from './rules.ts';
import { type Known, knownAt } from './state.ts';

/** The state is read at most once a second for all who ask. */
const FRESH_MS = 1_000;

export type Wait = {
  /** Half wait at most so long, eight of ten between low and high, in seconds; null: nobody is there or it is closed. */
  seconds: number | null;
  low: number | null;
  high: number | null;
  /** The place in its queue: 1 is next. */
  position: number;
  open: boolean;
  /** The next opening of a queue that is closed. */
  opensAt: Date | null;
  /** Somebody who may take it is signed in and works. */
  staffed: boolean;
};

const answers = new WeakMap<Known, Map<string, Wait>>();

/**
 * How long somebody who came now would wait, to say it before they choose: the queue by key or id, else the
 * organisation's own first; the class is at least the queue's own.
 * @returns null where there is no such queue
 */
export async function waitFor(
  trx: Trx,
  organisationId: string,
  asked: { queueKey?: string; queueId?: string; priority?: Priority; kind?: ItemKind; language?: Language },
  now: Date,
): Promise<Wait | null> {
  const known = await knownAt(trx, organisationId, now.getTime(), FRESH_MS);
  const queue = await queueOf(trx, organisationId, known.queues, asked);
  if (!queue) return null;
  const priority = leastOf(queue, asked.priority);
  const kind = asked.kind ?? 'conversation';
  const key = `${queue.id} ${priority} ${kind}`;
  const told = answers.get(known) ?? new Map<string, Wait>();
  answers.set(known, told);
  const before = told.get(key);
  if (before) return before;

  const open = isOpen(queue.calendar, now);
  const found = open ? estimate(known.state, { queueId: queue.id, priority, kind }) : null;
  const certain = found !== null && found.seconds < HORIZON_SECONDS;
  const wait: Wait = {
    seconds: certain ? found.seconds : null,
    low: certain ? found.low : null,
    high: certain ? found.high : null,
    position: 1 + (found?.ahead ?? aheadOf(known, queue.id, priority)),
    open,
    opensAt: open ? null : nextOpening(queue.calendar, now),
    staffed: isStaffed(known.state, queue),
  };
  told.set(key, wait);
  return wait;
}

async function queueOf(
  trx: Trx,
  organisationId: string,
  queues: Queue[],
  asked: { queueKey?: string; queueId?: string },
): Promise<Queue | undefined> {
  const open = queues.filter((queue) => !queue.retired);
  if (asked.queueId !== undefined) return open.find((queue) => queue.id === asked.queueId);
  if (asked.queueKey !== undefined) return open.find((queue) => queue.key === asked.queueKey);
  const { settings } = await organisationOf(trx, organisationId);
  return open.find((queue) => queue.key === settings.defaultQueue) ?? open[0];
}

/** The class that work of this wish has in this queue. */
function leastOf(queue: Queue, wished: Priority | undefined): Priority {
  return wished !== undefined && RANK[wished] < RANK[queue.priority] ? wished : queue.priority;
}

function aheadOf(known: Known, queueId: string, priority: Priority): number {
  return known.state.waiting.filter((item) => item.queueId === queueId && RANK[item.priority] <= RANK[priority]).length;
}
