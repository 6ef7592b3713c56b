import {
  type AgentSettings,
  type Hours,
  type ItemKind,
  ITEM_KINDS,
  type QueueSettings,
  type Texts,
  type Weekday,
  WEEKDAYS,
} from '../../../server/routing/contract.ts';
import { PRIORITIES, type Priority } from '../../../server/conversation/contract.ts';

/*
 * What stands in the fields of a form, as it is typed, and the settings that it means. Pure.
 * A fault is a key of the texts (`fault.…`) by the path of its field, as the server names it too; `range:1:100` says the bounds.
 * The desk carries no zod: the bounds stand here again, and a test holds them to the server's.
 */
export type Faults = Record<string, string>;

export const UNITS = { s: 1, min: 60, h: 3_600 } as const;
export type Unit = keyof typeof UNITS;
export type Duration = { n: string; unit: Unit };
export type Week = Record<Weekday, string>;
export type Skill = { name: string; level: number };

export type QueueDraft = {
  key: string;
  names: Texts;
  entity: string;
  priority: Priority;
  cost: string;
  goal: string;
  target: Duration;
  targets: Record<Priority, Duration>;
  skills: Skill[];
  rings: { after: string; levels: number; without: string[] }[];
  overflow: { to: string; after: string; timed: boolean; week: Week }[];
  autoAccept: boolean;
  sticky: string;
  offer: string;
  always: boolean;
  week: Week;
  holidays: { date: string; spans: string }[];
  outOfHours: Texts;
};

/** A duration in the largest unit that it fills. */
export function durationOf(seconds: number | undefined | null): Duration {
  if (seconds === undefined || seconds === null) return { n: '', unit: 's' };
  const unit = seconds % 3_600 === 0 && seconds > 0 ? 'h' : seconds % 60 === 0 && seconds > 0 ? 'min' : 's';
  return { n: String(seconds / UNITS[unit]), unit };
}

/** A figure as people write it, with a comma or a point; NaN where it is none. */
export function figure(text: string): number {
  const plain = text.trim().replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

const seconds = ({ n, unit }: Duration): number => Math.round(figure(n) * UNITS[unit] * 1_000) / 1_000;

/** `08:00-14:00, 16-20` → spans; null where it cannot be read. Empty: none. */
export function spansFrom(text: string): [string, string][] | null {
  const spans: [string, string][] = [];
  for (const part of text
    .split(/[,;]/)
    .map((one) => one.trim())
    .filter(Boolean)) {
    const found = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|a|to)\s*(\d{1,2})(?:[:.h](\d{2}))?h?$/i.exec(part);
    if (!found) return null;
    const [from, to] = [clock(found[1]!, found[2]), clock(found[3]!, found[4])];
    if (from === null || to === null || from >= to || from === '24:00') return null;
    spans.push([from, to]);
  }
  return spans.sort(([a], [b]) => (a < b ? -1 : 1));
}

function clock(hour: string, minute = '00'): string | null {
  const [h, m] = [Number(hour), Number(minute)];
  return h > 24 || m > 59 || (h === 24 && m > 0) ? null : `${String(h).padStart(2, '0')}:${minute}`;
}

export const spansText = (spans: [string, string][]): string => spans.map(([a, b]) => `${a}–${b}`).join(', ');

const weekOf = (hours: Hours): Week =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, spansText(hours?.[day] ?? [])])) as Week;

function hoursFrom(week: Week, path: string, faults: Faults): NonNullable<Hours> {
  const hours: NonNullable<Hours> = {};
  for (const day of WEEKDAYS) {
    const spans = spansFrom(week[day]);
    if (spans === null) faults[`${path}/${day}`] = 'not_hours';
    else if (spans.length > 0) hours[day] = spans;
  }
  return hours;
}

/** A share as it is typed: a percentage. */
const percent = (share: number): string => String(Math.round(share * 10_000) / 100).replace('.', ',');
const shareFrom = (text: string): number => Math.round(figure(text) * 100) / 10_000;

export function queueDraft(settings: QueueSettings & { outOfHours: Texts }): QueueDraft {
  return {
    key: settings.key,
    names: settings.names,
    entity: settings.entity ?? '',
    priority: settings.priority,
    cost: String(settings.cost).replace('.', ','),
    goal: percent(settings.goal),
    target: durationOf(settings.targetSeconds),
    targets: Object.fromEntries(
      PRIORITIES.map((one) => [one, durationOf(settings.targets[one])]),
    ) as QueueDraft['targets'],
    skills: settings.skills.map((name) => ({ name, level: settings.levels[name] ?? 1 })),
    rings: settings.rings.map((ring) => ({ after: percent(ring.after), levels: ring.levels, without: ring.without })),
    overflow: settings.overflow.map(({ to, after, when }) => ({
      to,
      after: after === null ? '' : percent(after),
      timed: when !== null,
      week: weekOf(when),
    })),
    autoAccept: settings.autoAccept,
    sticky: String(settings.stickySeconds),
    offer: settings.offerSeconds === null ? '' : String(settings.offerSeconds),
    always: settings.hours === null,
    week: weekOf(settings.hours),
    holidays: settings.holidays.map(({ date, spans }) => ({ date, spans: spansText(spans) })),
    outOfHours: settings.outOfHours,
  };
}

/** A queue that nobody has decided anything of yet. */
export function newQueue(outOfHours: Texts): QueueDraft {
  return queueDraft({
    key: '',
    names: { es: '', ca: '', en: '', pt: '' },
    entity: null,
    priority: 'standard',
    cost: 1,
    goal: 0.8,
    targets: {},
    levels: {},
    rings: [],
    overflow: [],
    autoAccept: false,
    stickySeconds: 30,
    hours: null,
    holidays: [],
    targetSeconds: 120,
    offerSeconds: null,
    outOfHours,
    skills: [],
  });
}

/** What a draft means. Its settings are whole where there is no fault. */
export function queueFrom(draft: QueueDraft): { settings: QueueSettings & { outOfHours: Texts }; faults: Faults } {
  const faults: Faults = {};
  const targets: QueueSettings['targets'] = {};
  for (const priority of PRIORITIES)
    if (draft.targets[priority].n.trim() !== '') targets[priority] = seconds(draft.targets[priority]);
  for (const [language, name] of Object.entries(draft.names))
    if (name.trim() === '') faults[`names/${language}`] = 'empty';
  if (!draft.always)
    for (const [language, text] of Object.entries(draft.outOfHours))
      if (text.trim() === '') faults[`outOfHours/${language}`] = 'empty';
  const settings = {
    key: draft.key || 'new',
    names: trimmed(draft.names),
    entity: draft.entity || null,
    priority: draft.priority,
    cost: figure(draft.cost),
    goal: shareFrom(draft.goal),
    targetSeconds: seconds(draft.target),
    targets,
    skills: draft.skills.map((skill) => skill.name),
    levels: Object.fromEntries(draft.skills.flatMap(({ name, level }) => (level > 1 ? [[name, level]] : []))),
    rings: draft.rings.map((ring) => ({ after: shareFrom(ring.after), levels: ring.levels, without: ring.without })),
    overflow: draft.overflow.map(({ to, after, timed, week }, i) => ({
      to,
      after: after.trim() === '' ? null : shareFrom(after),
      when: timed ? hoursFrom(week, `overflow/${i}/when`, faults) : null,
    })),
    autoAccept: draft.autoAccept,
    stickySeconds: figure(draft.sticky),
    offerSeconds: draft.offer.trim() === '' ? null : figure(draft.offer),
    hours: draft.always ? null : hoursFrom(draft.week, 'hours', faults),
    holidays: draft.holidays.map(({ date, spans }, i) => {
      const read = spansFrom(spans);
      if (read === null) faults[`holidays/${i}/spans`] = 'not_hours';
      if (date === '') faults[`holidays/${i}/date`] = 'empty';
      return { date, spans: read ?? [] };
    }),
    outOfHours: draft.outOfHours,
  };
  if (
    settings.hours &&
    Object.keys(settings.hours).length === 0 &&
    !Object.keys(faults).some((path) => path.startsWith('hours/'))
  )
    faults['hours'] = 'never_open';
  settings.overflow.forEach(({ when }, i) => {
    if (when && Object.keys(when).length === 0) faults[`overflow/${i}/when`] ??= 'never_open';
  });
  bounded(faults, 'cost', settings.cost, 0.01, 100, false);
  // typed as a percentage, so said as one
  bounded(faults, 'goal', figure(draft.goal), 1, 100, false);
  bounded(faults, 'targetSeconds', settings.targetSeconds, 1, 86_400);
  for (const [priority, target] of Object.entries(targets)) bounded(faults, `targets/${priority}`, target, 1, 604_800);
  bounded(faults, 'stickySeconds', settings.stickySeconds, 0, 86_400);
  if (settings.offerSeconds !== null) bounded(faults, 'offerSeconds', settings.offerSeconds, 5, 3_600);
  draft.rings.forEach((ring, i) => bounded(faults, `rings/${i}/after`, figure(ring.after), 0, 10_000, false));
  draft.overflow.forEach((one, i) => {
    if (one.to === '') faults[`overflow/${i}/to`] = 'empty';
    if (one.after.trim() !== '') bounded(faults, `overflow/${i}/after`, figure(one.after), 0, 10_000, false);
  });
  return { settings, faults };
}

const trimmed = (names: Texts): Texts =>
  Object.fromEntries(Object.entries(names).map(([language, name]) => [language, name.trim()])) as Texts;

/** Notes a figure that is none, not whole where it must be, or out of its bounds. */
export function bounded(faults: Faults, path: string, value: number, least: number, most: number, whole = true): void {
  if (Number.isNaN(value)) faults[path] ??= 'no_figure';
  else if (value < least || value > most) faults[path] ??= `range:${least}:${most}`;
  else if (whole && !Number.isInteger(value)) faults[path] ??= 'whole';
}

/** The faults that the server found, by field. */
export function faultsFrom(extra: Record<string, unknown>): Faults {
  const faults: Faults = {};
  for (const error of Array.isArray(extra['errors'])
    ? (extra['errors'] as { path?: unknown; message?: unknown }[])
    : []) {
    const path = String(error.path ?? '').replace(/^body\/settings\//, '');
    const message = String(error.message ?? '');
    faults[path] ??= /^[a-z_]+$/.test(message) && message !== 'invalid' ? message : 'wrong';
  }
  return faults;
}

// ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Channels and kinds whose places may differ from one. */
export const WEIGHED = [
  'whatsapp',
  'webchat',
  'email',
  'sms',
  'messenger',
  'video',
  'call',
  'call_back',
  'task',
  'review',
] as const;

export type AgentDraft = {
  capacity: string;
  calls: string;
  skills: Skill[];
  weights: Record<string, string>;
  interrupts: Record<ItemKind, ItemKind[]>;
  autoAccept: boolean;
  adapts: boolean;
  paceLeast: string;
  languages: AgentSettings['languages'];
  everyQueue: boolean;
  queues: string[];
};

/** What may come while something of a kind is held, where nobody said otherwise: nothing beside a call, anything beside writing. */
const usual = (held: ItemKind): ItemKind[] => (held === 'call' ? [] : [...ITEM_KINDS]);

export function agentDraft(settings: AgentSettings): AgentDraft {
  return {
    capacity: String(settings.capacity),
    calls: String(settings.calls),
    skills: settings.skills.map((name) => ({ name, level: settings.levels[name] ?? 3 })),
    weights: Object.fromEntries(
      WEIGHED.map((one) => [one, settings.weights[one] === undefined ? '' : String(settings.weights[one])]),
    ),
    interrupts: Object.fromEntries(
      ITEM_KINDS.map((held) => [held, settings.interrupts[held] ?? usual(held)]),
    ) as AgentDraft['interrupts'],
    autoAccept: settings.autoAccept,
    adapts: settings.paceLeast !== null,
    paceLeast: String(settings.paceLeast ?? Math.min(3, Math.max(1, settings.capacity))),
    languages: settings.languages,
    everyQueue: settings.queues === null,
    queues: settings.queues ?? [],
  };
}

/** @param before what was there: weights that this form does not know stay */
export function agentFrom(draft: AgentDraft, before: AgentSettings): { settings: AgentSettings; faults: Faults } {
  const faults: Faults = {};
  const weights = Object.fromEntries(
    Object.entries(before.weights).filter(([name]) => !(WEIGHED as readonly string[]).includes(name)),
  );
  for (const [name, text] of Object.entries(draft.weights)) if (text.trim() !== '') weights[name] = figure(text);
  const interrupts: AgentSettings['interrupts'] = {};
  for (const held of ITEM_KINDS) {
    const may = ITEM_KINDS.filter((kind) => draft.interrupts[held].includes(kind));
    if (may.join() !== usual(held).join()) interrupts[held] = may;
  }
  const settings: AgentSettings = {
    capacity: figure(draft.capacity),
    calls: figure(draft.calls),
    skills: draft.skills.map((skill) => skill.name),
    levels: Object.fromEntries(draft.skills.flatMap(({ name, level }) => (level !== 3 ? [[name, level]] : []))),
    weights,
    interrupts,
    autoAccept: draft.autoAccept,
    paceLeast: draft.adapts ? figure(draft.paceLeast) : null,
    languages: draft.languages,
    queues: draft.everyQueue ? null : draft.queues,
  };
  if (settings.languages.length === 0) faults['languages'] = 'none';
  if (settings.paceLeast !== null && settings.paceLeast > settings.capacity) faults['paceLeast'] = 'above_capacity';
  bounded(faults, 'capacity', settings.capacity, 0, 100);
  bounded(faults, 'calls', settings.calls, 0, 10);
  for (const [name, weight] of Object.entries(weights)) bounded(faults, `weights/${name}`, weight, 0, 100);
  if (settings.paceLeast !== null) bounded(faults, 'paceLeast', settings.paceLeast, 1, 100);
  return { settings, faults };
}
