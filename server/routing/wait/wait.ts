import type { Trx } from '../../platform/postgres.ts';
import type { Language, Priority } from '../../conversation/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { ItemKind } from '../contract.ts';
import type { Queue } from '../queues.ts';
import { isOpen, nextOpening, RANK } from '../rules.ts';
import { type Estimate, estimateAll, LONG } from './rules.ts';
import { isStaffed } from './world/rules.ts';
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
  const key = keyOf({ queue, priority, kind });
  const told = answers.get(known) ?? new Map<string, Wait>();
  answers.set(known, told);
  const before = told.get(key);
  if (before) return before;
  // in a long line one look at all of it answers for every queue: the board asks for each
  const others = known.state.waiting.length > LONG ? known.queues.filter((one) => !one.retired) : [];
  const asking = [
    { queue, priority, kind },
    ...others
      .map((one): Asking => ({ queue: one, priority: one.priority, kind: 'conversation' }))
      .filter((one) => keyOf(one) !== key),
  ];
  const open = asking.filter((one) => isOpen(one.queue.calendar, now));
  const found = estimateAll(
    known.state,
    open.map((one) => ({ queueId: one.queue.id, priority: one.priority, kind: one.kind })),
  );
  for (const one of asking) {
    const place = open.indexOf(one);
    told.set(keyOf(one), waitOf(known, one, place === -1 ? undefined : found[place]!, now));
  }
  return told.get(key)!;
}

type Asking = { queue: Queue; priority: Priority; kind: ItemKind };
const keyOf = ({ queue, priority, kind }: Asking): string => `${queue.id} ${priority} ${kind}`;

/** @param found undefined: it is closed */
function waitOf(known: Known, { queue, priority }: Asking, found: Estimate | null | undefined, now: Date): Wait {
  const certain = found && !found.beyond ? found : null;
  return {
    seconds: certain?.seconds ?? null,
    low: certain?.low ?? null,
    high: certain?.high ?? null,
    position: 1 + (found?.ahead ?? aheadOf(known, queue.id, priority)),
    open: found !== undefined,
    opensAt: found === undefined ? nextOpening(queue.calendar, now) : null,
    staffed: isStaffed(known.state, queue),
  };
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
