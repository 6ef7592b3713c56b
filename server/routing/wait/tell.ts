import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { announce } from '../../platform/events.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { type Language, LANGUAGES, type MenuOption, type Priority } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import { organisationIds, organisationOf } from '../../trust/organisation.ts';
import { mayLeave } from '../leaving/rules.ts';
import { lineButtons } from '../leaving/texts.ts';
import type { Queue } from '../queues.ts';
import { isOpen, nextOpening, RANK } from '../rules.ts';
import { COUNTED, type Minutes, waitText } from '../texts.ts';
import { type Estimate, estimateAll } from './rules.ts';
import { isStaffed, precedence } from './world/rules.ts';
import { inMinutes, sayAgain, type Standing, type Told } from './say.ts';
import { ANEW, type Known, knownAt } from './state.ts';

/** In the transaction that receives a message nothing is read that was read so lately; it is kept fresh beside it. */
const HANDING_OVER_MS = 15_000;
/** So many of those who wait are looked at in one sweep, who were told longest ago first. */
const AT_ONCE = 500;
/** WhatsApp takes free words for a day after the patient's last; some minutes are kept for the way. */
const WINDOW_HOURS = 23.5;

/** One whose patient is told of the wait in this transaction. */
export type First = {
  itemId: string;
  queueId: string;
  priority: Priority;
  channel: string;
  /** Of its queue before it, at most `COUNTED`. */
  ahead: number;
  open: boolean;
  staffed: boolean;
};

/**
 * What patients who were just handed over are told in minutes, kept in this transaction as told.
 * @returns by item; none where minutes are not known or not said
 */
export async function tellFirst(
  trx: Trx,
  organisationId: string,
  placed: First[],
  now: Date,
): Promise<Map<string, Minutes>> {
  const said = new Map<string, Minutes>();
  if (placed.length === 0) return said;
  const { settings } = await organisationOf(trx, organisationId);
  // nobody in danger is given minutes to wait
  const timed = settings.wait.minutes
    ? placed.filter((one) => one.open && one.staffed && one.priority !== 'critical')
    : [];
  const known = timed.length > 0 ? await knownAt(trx, organisationId, now.getTime(), HANDING_OVER_MS) : undefined;
  const rows = placed.map((one): Row => {
    const found = known && timed.includes(one) ? foretell(known, one) : null;
    if (found && !found.beyond) said.set(one.itemId, inMinutes(found.low, found.high));
    return rowOf(one.itemId, one.open ? (one.staffed ? 'minutes' : 'nobody') : 'closed', found, now);
  });
  await keepTold(trx, organisationId, rows);
  return said;
}

const foretold = new WeakMap<Known, Map<string, (Estimate | null)[]>>();
/** Places in line that are foretold in one go; further back one more or less changes little. The last: at the end of all. */
const PLACES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 20, 25, 30, 35, 40, 45];

/** The estimate for one more at this place; of many who come at once each kind is played out once. */
function foretell(known: Known, { queueId, priority, channel, ahead }: First): Estimate | null {
  const key = `${queueId} ${priority} ${channel}`;
  const found = foretold.get(known) ?? new Map<string, (Estimate | null)[]>();
  foretold.set(known, found);
  if (!found.has(key))
    found.set(
      key,
      estimateAll(known.state, [
        ...PLACES.map((place) => ({ queueId, priority, channel, ahead: place })),
        { queueId, priority, channel },
      ]),
    );
  const place = ahead >= COUNTED ? PLACES.length : PLACES.findLastIndex((one) => one <= ahead);
  return found.get(key)![place]!;
}

type Row = Told & { itemId: string };

function rowOf(itemId: string, what: Told['what'], found: Estimate | null, now: Date): Row {
  const later = (seconds: number): Date => new Date(now.getTime() + Math.round(seconds) * 1_000);
  if (what !== 'minutes') return { itemId, what, at: now, low: null, high: null };
  if (!found || found.beyond) return { itemId, what: 'next', at: now, low: null, high: null };
  return { itemId, what, at: now, low: later(found.low), high: later(found.high) };
}

async function keepTold(trx: Trx, organisationId: string, rows: Row[]): Promise<void> {
  const column = <Value>(pick: (row: Row) => Value): Value[] => rows.map(pick);
  await sql`
    insert into wait_told (organisation_id, item_id, what, told_at, low_at, high_at)
    select ${organisationId}::uuid, * from unnest(${column((row) => row.itemId)}::uuid[], ${column((row) => row.what)}::text[],
      ${column((row) => row.at)}::timestamptz[], ${column((row) => row.low)}::timestamptz[], ${column((row) => row.high)}::timestamptz[])
    on conflict (item_id) do update set what = excluded.what, told_at = excluded.told_at, low_at = excluded.low_at, high_at = excluded.high_at`.execute(
    trx,
  );
}

// ── again, while they wait ──────────────────────────────────────────────────────────────────────────────────────

export type TellDeps = {
  db: Database;
  clock: Clock;
  conversations: Pick<Conversations, 'reply'>;
  /** To be called instead, as a button, for whoever waits in a conversation and is offered that. */
  callBeside?(trx: Trx, organisationId: string, conversationId: string, now: Date): Promise<MenuOption[]>;
};

type Waits = {
  itemId: string;
  conversationId: string;
  queueId: string;
  priority: Priority;
  language: string;
  channel: string | null;
  since: Date;
  toldWhat: Told['what'] | null;
  toldAt: Date | null;
  lowAt: Date | null;
  highAt: Date | null;
  shownSeconds: number | null;
  shownAt: Date | null;
  writable: boolean;
};

/**
 * Goes through those who wait, in every organisation: who would be surprised by what was said is told anew, and the web
 * windows show the wait as it is now. Safe in several processes: each word is said under the conversation's lock.
 * @returns how many were told
 */
export async function tellAgain(deps: TellDeps): Promise<number> {
  let told = 0;
  for (const organisationId of await organisationIds(deps.db)) {
    const due = await within(deps.db, organisationId, (trx) => findDue(trx, organisationId, deps.clock()));
    for (const one of due) {
      try {
        if (await within(deps.db, organisationId, (trx) => tellOne(deps, trx, organisationId, one))) told += 1;
      } catch (error) {
        log.warn({ error }, 'a patient who waits could not be told; tried again at the next sweep');
      }
    }
  }
  return told;
}

/** Who asks again within this of having been told reads it just above. */
const JUST_TOLD_MS = 20_000;

/**
 * Tells one who waits how it stands now, because they asked: the place, the minutes where they are known, or that nobody is
 * there. Nothing where they wait no more or read it a moment ago.
 */
export async function tellAsked(deps: TellDeps, organisationId: string, conversationId: string): Promise<void> {
  await within(deps.db, organisationId, async (trx) => {
    const now = deps.clock();
    const { waiting } = await findWaiting(trx, organisationId, now, conversationId);
    const one = waiting[0];
    if (!one || (one.waits.toldAt && now.getTime() - one.waits.toldAt.getTime() < JUST_TOLD_MS)) return;
    const { open, staffed, estimate, priority } = one.standing;
    const what = !open ? 'closed' : !staffed ? 'nobody' : estimate && priority !== 'critical' ? 'minutes' : 'next';
    if (one.waits.writable) await tellOne(deps, trx, organisationId, { ...one, again: { what } });
  });
}

type Due = {
  waits: Waits;
  queue: Queue;
  again: NonNullable<ReturnType<typeof sayAgain>>;
  found: Estimate | null;
};

async function findDue(trx: Trx, organisationId: string, now: Date): Promise<Due[]> {
  const { settings } = await organisationOf(trx, organisationId);
  const { waiting, shown } = await findWaiting(trx, organisationId, now, null);
  await show(trx, organisationId, shown, now);
  return waiting.flatMap(({ standing, ...one }): Due[] => {
    const { waits } = one;
    const again = waits.writable ? sayAgain(toldOf(waits), standing, settings.wait.againMinutes, now) : null;
    return again ? [{ ...one, again }] : [];
  });
}

type Found = {
  waiting: (Omit<Due, 'again'> & { standing: Standing })[];
  /** Whose windows show the wait otherwise than it is. */
  shown: { itemId: string; conversationId: string; seconds: number }[];
};

/** Who waits in line and how, who were told longest ago first; of all, or of one conversation. */
async function findWaiting(trx: Trx, organisationId: string, now: Date, conversationId: string | null): Promise<Found> {
  const { settings } = await organisationOf(trx, organisationId);
  const { rows } = await sql<Waits>`
    select i.id as "itemId", i.conversation_id as "conversationId", i.queue_id as "queueId", i.priority, i.language, i.channel,
      i.queued_at as since, t.what as "toldWhat", t.told_at as "toldAt", t.low_at as "lowAt", t.high_at as "highAt",
      t.shown_seconds as "shownSeconds", t.shown_at as "shownAt",
      i.channel <> 'whatsapp' or c.last_inbound_at > ${new Date(now.getTime() - WINDOW_HOURS * 3_600_000)} as writable
    from item i join conversation c on c.id = i.conversation_id left join wait_told t on t.item_id = i.id
    where i.organisation_id = ${organisationId} and i.state = 'queued' and i.kind = 'conversation' and c.state = 'waiting'
      and (${conversationId}::uuid is null or c.id = ${conversationId}::uuid)
    order by t.told_at nulls first, i.queued_at limit ${AT_ONCE}`.execute(trx);
  if (rows.length === 0) return { waiting: [], shown: [] };
  const known = await knownAt(trx, organisationId, now.getTime(), 1_000);
  const queues = new Map(known.queues.map((queue) => [queue.id, queue]));
  const estimates = estimateAll(
    known.state,
    rows.map((row) => ({ itemId: row.itemId })),
  );
  const shown: Found['shown'] = [];
  const waiting = rows.flatMap((waits, index): Found['waiting'] => {
    const queue = queues.get(waits.queueId);
    if (!queue) return [];
    const found = estimates[index] ?? null;
    const open = isOpen(queue.calendar, now);
    if (waits.channel === 'webchat' && found && open && showsOther(waits, found, now))
      shown.push({ itemId: waits.itemId, conversationId: waits.conversationId, seconds: Math.round(found.seconds) });
    const standing: Standing = {
      open,
      staffed: isStaffed(known.state, queue),
      estimate: found && !found.beyond && settings.wait.minutes ? found : null,
      priority: waits.priority,
      since: waits.since,
    };
    return [{ waits, queue, found, standing }];
  });
  return { waiting, shown };
}

const toldOf = (waits: Waits): Told | null =>
  waits.toldWhat && waits.toldAt
    ? { what: waits.toldWhat, at: waits.toldAt, low: waits.lowAt, high: waits.highAt }
    : null;

/** Whether a window that shows the wait as last read would show it otherwise now. */
function showsOther(waits: Waits, found: Estimate, now: Date): boolean {
  if (waits.shownSeconds === null || waits.shownAt === null) return true;
  const passed = (now.getTime() - waits.shownAt.getTime()) / 1_000;
  return passed >= 60 || Math.abs(found.seconds - (waits.shownSeconds - passed)) > 60;
}

/** Has the windows of these read their standing anew. */
async function show(
  trx: Trx,
  organisationId: string,
  shown: { itemId: string; conversationId: string; seconds: number }[],
  now: Date,
): Promise<void> {
  if (shown.length === 0) return;
  await sql`
    insert into wait_told (organisation_id, item_id, shown_seconds, shown_at)
    select ${organisationId}::uuid, i, s, ${now}::timestamptz from unnest(${shown.map((one) => one.itemId)}::uuid[],
      ${shown.map((one) => one.seconds)}::int[]) u(i, s)
    on conflict (item_id) do update set shown_seconds = excluded.shown_seconds, shown_at = excluded.shown_at`.execute(
    trx,
  );
  await announce(
    trx,
    ...shown.map((one) => ({ organisationId, kind: 'wait.changed', conversationId: one.conversationId })),
  );
}

async function tellOne(deps: TellDeps, trx: Trx, organisationId: string, due: Due): Promise<boolean> {
  const { waits, queue, again, found } = due;
  // whoever acts on the conversation waits here or was before us
  await sql`select 1 from conversation where id = ${waits.conversationId} for update`.execute(trx);
  const { rows } = await sql<{ told_at: Date | null }>`
    select t.told_at from item i left join wait_told t on t.item_id = i.id
    where i.id = ${waits.itemId} and i.state = 'queued' and i.queue_id = ${queue.id}`.execute(trx);
  if (!rows[0] || rows[0].told_at?.getTime() !== waits.toldAt?.getTime()) return false;
  const now = deps.clock();
  const { emergencyNumber, settings } = await organisationOf(trx, organisationId);
  const open = again.what !== 'closed';
  const language = (LANGUAGES as readonly string[]).includes(waits.language) ? (waits.language as Language) : 'es';
  const text = waitText(
    language,
    {
      open,
      opensAt: open ? null : nextOpening(queue.calendar, now),
      outOfHours: queue.outOfHours,
      timezone: queue.calendar.timezone,
      ahead: found?.ahead ?? 0,
      staffed: again.what !== 'nobody',
      returned: false,
      minutes: again.what === 'minutes' && found ? inMinutes(found.low, found.high) : null,
      ...(again.change && { change: again.change }),
      emergencyNumber,
      address: settings.address,
    },
    now,
  );
  await keepTold(trx, organisationId, [rowOf(waits.itemId, again.what, found, now)]);
  const [stay, leave] = mayLeave(waits.priority) ? lineButtons(language, waits.itemId) : [];
  const call = (await deps.callBeside?.(trx, organisationId, waits.conversationId, now)) ?? [];
  const options = [...(stay ? [stay] : []), ...call, ...(leave ? [leave] : [])];
  await deps.conversations.reply(
    trx,
    { kind: 'assistant', organisationId },
    {
      conversationId: waits.conversationId,
      content: options.length > 0 ? { kind: 'menu', text, options } : { kind: 'text', text },
    },
  );
  return true;
}

// ── the web window ──────────────────────────────────────────────────────────────────────────────────────────────

/** A window shows the wait as it was at most so long ago. */
const SHOWN_MS = 5_000;
const placesOf = new WeakMap<Known, Map<string, Estimate | null>>();

/**
 * Where a conversation that waits stands now: its place, and the minutes where they are known and said.
 * @returns null when it does not wait
 */
export async function standingOf(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  now: Date,
): Promise<{ position: number; minutes?: Minutes } | null> {
  const { rows } = await sql<{ id: string; queue_id: string; state: string; low: Date | null; high: Date | null }>`
    select i.id, i.queue_id, i.state, t.low_at as low, t.high_at as high from item i left join wait_told t on t.item_id = i.id
    where i.organisation_id = ${organisationId} and i.conversation_id = ${conversationId}
      and i.kind = 'conversation' and i.state in ('queued', 'offered')`.execute(trx);
  const item = rows[0];
  if (!item) return null;
  if (item.state === 'offered') return { position: 1 };
  let known = await knownAt(trx, organisationId, now.getTime(), SHOWN_MS);
  // it came since: it is not in what is remembered
  if (!isIn(known, item.id)) known = await knownAt(trx, organisationId, now.getTime(), ANEW);
  const { settings } = await organisationOf(trx, organisationId);
  const places = placesOf.get(known) ?? new Map<string, Estimate | null>();
  placesOf.set(known, places);
  if (!places.has(item.id)) {
    // all of a queue in one go: who asks next finds its answer
    const mine = known.state.waiting.filter((one) => one.queueId === item.queue_id).slice(0, AT_ONCE);
    const found = estimateAll(
      known.state,
      mine.map((one) => ({ itemId: one.id })),
    );
    for (const [index, one] of mine.entries()) places.set(one.id, found[index]!);
  }
  const found = places.get(item.id) ?? null;
  const queue = known.queues.find((one) => one.id === item.queue_id);
  const told = settings.wait.minutes && found && !found.beyond && queue && isOpen(queue.calendar, now);
  // where nobody is there who could, nothing is foretold, and the line is as long as it is
  const ahead = found?.ahead ?? aheadOf(known, item.id);
  return { position: 1 + ahead, ...(told && { minutes: asTold(item, found, now) }) };
}

/** The minutes of an estimate; what is left of what was said, while the estimate bears it out: a window shows no second figure. */
function asTold(told: { low: Date | null; high: Date | null }, found: Estimate, now: Date): Minutes {
  if (told.low && told.high) {
    const low = (told.low.getTime() - now.getTime()) / 1_000;
    const high = (told.high.getTime() - now.getTime()) / 1_000;
    if (low <= found.seconds && found.seconds <= high) return inMinutes(Math.max(0, low), high);
  }
  return inMinutes(found.low, found.high);
}

function aheadOf(known: Known, itemId: string): number {
  const item = known.state.waiting.find((one) => one.id === itemId);
  if (!item) return 0;
  return precedence(known.state.waiting)(item.queueId, RANK[item.priority], item.front, item.ageSeconds);
}

const isIn = (known: Known, itemId: string): boolean => known.state.waiting.some((one) => one.id === itemId);
