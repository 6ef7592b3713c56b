import { type Calendar, isOpen, nextOpening } from '../rules.ts';
import type { CallBackSettings, CallBackState, Spacing } from './contract.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Which state may follow which. Who is told "later" asks again; who asks again while it is due is asked again. */
export const CALL_BACK_STEPS: Record<CallBackState, readonly CallBackState[]> = {
  asked: ['due', 'revoked', 'merged'],
  due: ['trying', 'asked', 'revoked', 'merged'],
  trying: ['due', 'asked', 'reached', 'gave_up', 'revoked', 'merged'],
  reached: [],
  gave_up: [],
  revoked: [],
  merged: [],
};

// ── the clock on the wall ───────────────────────────────────────────────────────────────────────────────────────

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock of a time zone shows: `2026-11-26T10:15`. */
export function wallClock(at: Date, timezone: string): string {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(timezone, format);
  }
  return format.format(at).replace(' ', 'T').slice(0, 16);
}

const minuteOf = (wall: string): number => Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14, 16));
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Monday is 1. */
export function weekdayOf(wall: string): number {
  return new Date(`${wall.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7;
}

/** Which quarter of an hour of its day, 0 to 95. */
export function quarterOf(wall: string): number {
  return Math.floor(minuteOf(wall) / 15);
}

// ── slots ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type Span = { startsAt: Date; endsAt: Date; local: string };

/** Zones differ from UTC by whole quarters of an hour, and slots begin at whole multiples of their length. */
const STEP_MS = 5 * MINUTE_MS;

/**
 * The slots of a calendar from a moment on, within so many days of the wall's calendar. Moments are walked, not the wall's
 * hours: in the night when the clock goes forward no slot is made of an hour that is not there, and when it goes back the
 * hour that comes twice is two hours long.
 */
export function slotsOf(
  calendar: Calendar,
  settings: Pick<CallBackSettings, 'slotMinutes' | 'daysAhead'>,
  from: Date,
): Span[] {
  const length = settings.slotMinutes;
  const step = length % 15 === 0 ? 15 * MINUTE_MS : STEP_MS;
  const last = wallClock(new Date(from.getTime() + settings.daysAhead * DAY_MS), calendar.timezone).slice(0, 10);
  const spans: Span[] = [];
  for (let at = Math.ceil(from.getTime() / step) * step; ; at += step) {
    const local = wallClock(new Date(at), calendar.timezone);
    if (local.slice(0, 10) > last) return spans;
    if (minuteOf(local) % length !== 0) continue;
    const endsAt = new Date(at + length * MINUTE_MS);
    if (!isOpen(calendar, new Date(at)) || !isOpen(calendar, new Date(endsAt.getTime() - MINUTE_MS))) continue;
    spans.push({ startsAt: new Date(at), endsAt, local });
  }
}

// ── how many ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The newest week counts this much; 7-limits: an exponentially weighted weekday and slot mean had the least error. */
const NEWEST = 0.3;
/** Fewer weeks than this are no forecast. */
export const ENOUGH_WEEKS = 3;

/** The exponentially weighted mean of what was counted in the weeks before: the first is the newest. */
export function weighted(counts: number[]): number {
  let sum = 0;
  let weights = 0;
  for (const [week, count] of counts.entries()) {
    const weight = (1 - NEWEST) ** week;
    sum += weight * count;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

export type Load = {
  /** What usually comes and is answered in the slot. */
  arrivals: number;
  handled: number;
  weeks: number;
  /** Who serves the queue. */
  agents: number;
  handleSeconds: number;
};

/**
 * How many may be called back in a slot: the share of what the team answers in it, less what comes beyond that. With little
 * history, the share of what those who serve the queue could answer. At least one while somebody serves it and it keeps up;
 * never more than the organisation's cap.
 */
export function placesOf(load: Load, settings: Pick<CallBackSettings, 'share' | 'slotMinutes' | 'most'>): number {
  if (load.agents === 0) return 0;
  if (load.weeks < ENOUGH_WEEKS) {
    const each = (settings.slotMinutes * 60) / Math.max(60, load.handleSeconds);
    return Math.min(settings.most, Math.max(1, Math.floor(load.agents * each * settings.share)));
  }
  const beyond = Math.max(0, load.arrivals - load.handled);
  const places = Math.floor(load.handled * settings.share - beyond + 1e-9);
  const keepsUp = load.handled >= 0.5 && beyond <= load.handled * 0.1;
  return Math.min(settings.most, Math.max(places, keepsUp ? 1 : 0));
}

// ── tries ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Quiet = Pick<CallBackSettings, 'quietFrom' | 'quietTo'>;

/** Whether a moment lies in the hours in which nobody is called unasked. */
export function isQuiet(at: Date, timezone: string, { quietFrom, quietTo }: Quiet): boolean {
  const now = minuteOf(wallClock(at, timezone));
  const from = minutesOf(quietFrom);
  const to = minutesOf(quietTo);
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

/** The first moment from one on at which the queue is open and the hour is not quiet; null: none within 15 days. */
export function nextCallable(calendar: Calendar, quiet: Quiet, from: Date): Date | null {
  const end = from.getTime() + 15 * DAY_MS;
  let at = from;
  while (at.getTime() <= end) {
    if (!isOpen(calendar, at)) {
      const opens = nextOpening(calendar, at);
      if (!opens) return null;
      at = opens;
    } else if (isQuiet(at, calendar.timezone, quiet)) {
      at = new Date((Math.floor(at.getTime() / STEP_MS) + 1) * STEP_MS);
    } else return at;
  }
  return null;
}

/** When to try again after a try without an answer: by rule, only while the queue is open and never in quiet hours. */
export function nextTry(
  missed: number,
  from: Date,
  settings: Pick<CallBackSettings, 'tries' | 'spacing' | 'quietFrom' | 'quietTo'>,
  calendar: Calendar,
): Date | null {
  if (missed >= settings.tries) return null;
  const rest: Spacing = settings.spacing[Math.min(missed, settings.spacing.length) - 1] ?? 'morning';
  return nextCallable(
    calendar,
    settings,
    rest === 'morning' ? nextMidnight(from, calendar.timezone) : new Date(from.getTime() + rest * MINUTE_MS),
  );
}

function nextMidnight(from: Date, timezone: string): Date {
  const today = wallClock(from, timezone).slice(0, 10);
  let at = Math.ceil(from.getTime() / STEP_MS) * STEP_MS;
  while (wallClock(new Date(at), timezone).slice(0, 10) === today) at += STEP_MS;
  return new Date(at);
}

/** A number with all but its last three figures covered. */
export function covered(number: string): string {
  return `••• ${number.slice(-3)}`;
}
