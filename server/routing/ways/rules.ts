import type { Language } from '../../conversation/contract.ts';
import { isOpen } from '../rules.ts';
import {
  CONSENT_OF,
  type ConsentKind,
  type DecidedWay,
  type Decider,
  type Finding,
  type OfferedWay,
  type OwnWay,
  PERSON_WAYS,
  type Segment,
  type Urgency,
  type WayCondition,
  type WayKind,
  type WayRule,
  type WaysContent,
  WAYS,
  type WayWait,
} from './contract.ts';

// ── what is known ───────────────────────────────────────────────────────────────────────────────────────────────

/** Who asks, as far as it is proved. */
export type Visitor = {
  segments: Segment[];
  insurers: string[];
  age: number | null;
  language: Language;
  urgency: Urgency;
  prefers: WayKind | null;
  /** What they agreed to or took back; what was never asked is missing. */
  consent: Partial<Record<ConsentKind, 'given' | 'withdrawn'>>;
};

/** How the queue stands that answers a way. Waits in seconds. */
export type Standing = {
  queue: string | null;
  entity: string | null;
  open: boolean;
  opensAt: Date | null;
  /** Somebody of it is signed in and works. */
  staffed: boolean;
  /** All who are signed in have all their places taken. */
  full: boolean;
  /** Null: nobody is there, or it is longer than anyone can say. */
  wait: { seconds: number; low: number; high: number } | null;
};

/** Whether a way works: yes, never here, or not at this moment (no place to be called back at). */
export type Works = 'yes' | 'not_connected' | 'no_place';

export type Situation = {
  works: Record<WayKind, Works>;
  standing: Record<WayKind, Standing>;
  visitor: Visitor;
  now: Date;
  timezone: string;
};

/** What a way is called and says of itself where the organisation says nothing. */
export type Words = Record<WayKind | 'emergency', { label: string; hint: string; says: string | null }> & {
  fastest: string;
  slowest: string;
};

// ── which rule fits ─────────────────────────────────────────────────────────────────────────────────────────────

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').trim().toLowerCase();

export const isEmergency = (urgency: Urgency): boolean => urgency === 'red_flag' || urgency === 'critical';

/** Minutes as rules compare them: without anybody there, longer than any; closed, none. */
function minutesOf({ open, wait }: Standing): number | null {
  if (!open) return null;
  return wait ? wait.seconds / 60 : Infinity;
}

const among = <One>(asked: readonly One[], has: readonly One[]): boolean =>
  asked.length === 0 || has.some((one) => asked.includes(one));

/** Whether every part of a condition holds for this way. */
export function fits(when: WayCondition, way: WayKind, situation: Situation): boolean {
  const { visitor, now, timezone } = situation;
  const at = situation.standing[way];
  const minutes = minutesOf(at);
  const { ages } = when;
  const consent = CONSENT_OF[way];
  return (
    among(when.segments, visitor.segments) &&
    among(when.insurers.map(plain), visitor.insurers.map(plain)) &&
    (when.entities.length === 0 || (at.entity !== null && when.entities.includes(at.entity))) &&
    (ages === null ||
      (visitor.age !== null && visitor.age >= (ages.from ?? 0) && visitor.age <= (ages.to ?? Infinity))) &&
    among(when.languages, [visitor.language]) &&
    (when.queues.length === 0 || (at.queue !== null && when.queues.includes(at.queue))) &&
    among(when.urgency, [visitor.urgency]) &&
    (when.during === null || isOpen({ hours: when.during, holidays: [], timezone }, now)) &&
    (when.open === null || when.open === at.open) &&
    (when.staffed === null || when.staffed === at.staffed) &&
    (when.full === null || when.full === (at.staffed && at.full)) &&
    (when.waitOver === null || (minutes !== null && minutes > when.waitOver)) &&
    (when.waitUnder === null || (minutes !== null && minutes < when.waitUnder)) &&
    (when.preferred === null || when.preferred === (visitor.prefers === way)) &&
    (when.consent === null ||
      (consent !== undefined && (visitor.consent[consent] === 'given') === (when.consent === 'given')))
  );
}

// ── what is decided ─────────────────────────────────────────────────────────────────────────────────────────────

type Decided = { way: OwnWay; offered: boolean; by: Decider; rule: WayRule | null; first: number; own: number };

const bare = (kind: WayKind): OwnWay => ({ kind, on: true, href: null, label: null, hint: null, queue: null });
const PERSON = new Set(PERSON_WAYS);
/** Nobody to speak with there while its queue is closed. */
const CLOSES = new Set<WayKind>(['call', 'video', 'callback']);

/**
 * What becomes of each way, and why. First what cannot be otherwise: a way that cannot work and one that the person does not
 * want are never offered; in an emergency no rule hides a way to a person. Then the first rule that fits; without one, what is
 * usual: what needs a person there is not offered while its queue is closed. If that leaves no way to a person, one comes back.
 */
function decide(content: WaysContent, situation: Situation): Decided[] {
  const { visitor, works, standing } = situation;
  const emergency = isEmergency(visitor.urgency);
  const wanted = (kind: WayKind): boolean => {
    const consent = CONSENT_OF[kind];
    return consent === undefined || visitor.consent[consent] !== 'withdrawn';
  };
  const listed = [
    ...content.ways,
    ...WAYS.filter((kind) => !content.ways.some((one) => one.kind === kind)).map((kind) => ({
      ...bare(kind),
      on: false,
    })),
  ];
  const decided = listed.map((way, own): Decided => {
    const { kind } = way;
    const closed = CLOSES.has(kind) && !standing[kind].open;
    const at = (offered: boolean, by: Decider, rule: WayRule | null = null, first = Infinity): Decided => ({
      way,
      offered,
      by,
      rule,
      first,
      own,
    });
    if (works[kind] !== 'yes') return at(false, works[kind] === 'no_place' && way.on ? 'no_place' : 'not_connected');
    if (!wanted(kind)) return at(false, 'withdrawn');
    if (!way.on) return at(false, 'off');
    if (emergency && PERSON.has(kind)) return closed ? at(false, 'closed') : at(true, 'emergency');
    const nth = content.rules.findIndex(
      (rule) => rule.on && rule.ways.includes(kind) && fits(rule.when, kind, situation),
    );
    const rule = content.rules[nth];
    if (rule) return at(rule.then !== 'hide', 'rule', rule, rule.then === 'first' ? nth : Infinity);
    if (closed) return at(false, 'closed');
    return at(true, visitor.prefers === kind ? 'preferred' : 'usual');
  });
  if (!decided.some((one) => one.offered && PERSON.has(one.way.kind))) {
    const last = PERSON_WAYS.map((kind) => decided.find((one) => one.way.kind === kind)!).find(
      ({ way: { kind } }) => works[kind] === 'yes' && wanted(kind),
    );
    if (last) Object.assign(last, { offered: true, by: 'kept' });
  }
  return decided.sort(order(situation));
}

/** In an emergency who can be spoken with at once; else what a rule puts first, what the person prefers, and as the organisation has them. */
function order({ visitor, standing }: Situation): (a: Decided, b: Decided) => number {
  const emergency = isEmergency(visitor.urgency);
  const rank = ({ way: { kind } }: Decided): number => {
    const { open, staffed } = standing[kind];
    const place = (PERSON_LIVE as readonly WayKind[]).indexOf(kind);
    return place < 0 ? 200 + WAYS.indexOf(kind) : place + (open && staffed ? 0 : 100);
  };
  return (a, b) =>
    (emergency ? rank(a) - rank(b) : 0) ||
    (a.first === b.first ? 0 : a.first - b.first) ||
    Number(b.way.kind === visitor.prefers) - Number(a.way.kind === visitor.prefers) ||
    a.own - b.own;
}
const PERSON_LIVE = ['call', 'video', 'chat', 'callback', 'whatsapp'] as const;

/** For each way what decided about it, in the order in which they would stand: what a what-if shows. */
export function explain(content: WaysContent, situation: Situation): DecidedWay[] {
  return decide(content, situation).map(({ way, offered, by, rule }) => ({
    kind: way.kind,
    offered,
    by,
    rule: rule && { id: rule.id, name: rule.name, then: rule.then },
  }));
}

/** Waits as a patient is told them: whole minutes, never less than what it is. */
export function inMinutes(wait: { seconds: number; low: number; high: number }): WayWait {
  const minutes = Math.max(1, Math.ceil(wait.seconds / 60));
  return {
    minutes,
    low: Math.min(minutes, Math.floor(Math.max(0, wait.low) / 60)),
    high: Math.max(minutes, Math.ceil(wait.high / 60)),
  };
}

/** Ways without a person at their end have no wait; neither has an hour that one chooses oneself. */
const WAITS = new Set<WayKind>(['chat', 'call', 'callback', 'video', 'whatsapp']);

/**
 * The ways that somebody is offered, best first. In an emergency the organisation's emergency number comes before all.
 * At least one way to a person is always there, if any works; each way once.
 */
export function offered(
  content: WaysContent,
  situation: Situation,
  words: Words,
  emergencyNumber: string,
): OfferedWay[] {
  const { visitor, standing } = situation;
  const emergency = isEmergency(visitor.urgency);
  const ways = decide(content, situation)
    .filter((one) => one.offered)
    .map(({ way, by, rule }): OfferedWay => {
      const { kind } = way;
      const at = standing[kind];
      const consent = CONSENT_OF[kind];
      return {
        kind,
        label: way.label?.[visitor.language] ?? words[kind].label,
        hint:
          (by === 'rule' ? rule?.says?.[visitor.language] : null) ?? way.hint?.[visitor.language] ?? words[kind].hint,
        href: way.href,
        says: words[kind].says,
        wait: WAITS.has(kind) && at.open && at.wait ? inMinutes(at.wait) : null,
        opensAt: WAITS.has(kind) && !at.open ? (at.opensAt?.toISOString() ?? null) : null,
        reason: reasonOf(by, rule, kind === visitor.prefers),
        pace: null,
        asks: consent === 'call' && visitor.consent[consent] !== 'given',
      };
    });
  compare(ways, words);
  if (!emergency) return ways;
  const first: OfferedWay = {
    kind: 'emergency',
    ...words.emergency,
    href: `tel:${emergencyNumber}`,
    wait: null,
    opensAt: null,
    reason: 'emergency',
    pace: null,
    asks: false,
  };
  return [first, ...ways];
}

/** Marks the shortest and the longest wait, and says so where the organisation has nothing of its own to say. */
function compare(ways: OfferedWay[], words: Words): void {
  const timed = ways.filter((one) => one.wait !== null);
  if (timed.length < 2) return;
  const all = timed.map((one) => one.wait!.minutes);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (least === most) return;
  for (const way of timed) {
    const { minutes } = way.wait!;
    way.pace = minutes === least ? 'fastest' : minutes === most ? 'slowest' : null;
  }
  // one of each is said; who stands before another is named
  const said = new Set<string>();
  for (const way of timed) {
    if (way.pace === null) continue;
    if (said.has(way.pace)) way.pace = null;
    else {
      said.add(way.pace);
      if (way.kind !== 'emergency' && way.hint === words[way.kind].hint) way.hint = words[way.pace];
    }
  }
}

/** Whether who writes in the chat waits longer than the organisation calls long; closed is no wait, nobody there is a long one. */
export const isLong = (content: WaysContent, { standing }: Situation): boolean =>
  (minutesOf(standing.chat) ?? 0) > content.longMinutes;

function reasonOf(by: Decider, rule: WayRule | null, preferred: boolean): OfferedWay['reason'] {
  if (by === 'emergency') return 'urgent';
  if (by === 'kept') return 'kept';
  if (rule?.then === 'first') return 'first';
  if (preferred) return 'preferred';
  return by === 'rule' ? 'rule' : 'usual';
}

// ── what is wrong with a set of rules ───────────────────────────────────────────────────────────────────────────

export type Known = { queues: string[]; entities: string[]; works: Record<WayKind, Works> };

const hasSpans = (during: WayCondition['during']): boolean =>
  during === null || Object.values(during).some((spans) => (spans ?? []).length > 0);

/** Whether no situation can ever fit. */
function neverFits({ when, ways }: WayRule): boolean {
  const strangers = when.segments.length > 0 && when.segments.every((one) => one === 'unknown');
  const aboutWait = when.waitOver !== null || when.waitUnder !== null;
  return (
    !hasSpans(when.during) ||
    (when.waitOver !== null && when.waitUnder !== null && when.waitUnder <= when.waitOver) ||
    (when.open === false && aboutWait) ||
    (when.staffed === false && (when.full === true || when.waitUnder !== null)) ||
    (when.consent !== null && ways.every((way) => CONSENT_OF[way] === undefined)) ||
    (strangers &&
      (when.insurers.length > 0 || when.ages !== null || when.preferred === true || when.consent === 'given'))
  );
}

/** Whether whatever fits the later condition fits the earlier one too. */
function covers(earlier: WayCondition, later: WayCondition): boolean {
  const list = <One>(wide: readonly One[], narrow: readonly One[]): boolean =>
    wide.length === 0 || (narrow.length > 0 && narrow.every((one) => wide.includes(one)));
  const same = <Value>(wide: Value | null, narrow: Value | null): boolean => wide === null || wide === narrow;
  const ages =
    earlier.ages === null ||
    (later.ages !== null &&
      (earlier.ages.from ?? 0) <= (later.ages.from ?? 0) &&
      (earlier.ages.to ?? Infinity) >= (later.ages.to ?? Infinity));
  return (
    list(earlier.segments, later.segments) &&
    list(earlier.insurers.map(plain), later.insurers.map(plain)) &&
    list(earlier.entities, later.entities) &&
    ages &&
    list(earlier.languages, later.languages) &&
    list(earlier.queues, later.queues) &&
    list(earlier.urgency, later.urgency) &&
    (earlier.during === null || JSON.stringify(earlier.during) === JSON.stringify(later.during)) &&
    same(earlier.open, later.open) &&
    same(earlier.staffed, later.staffed) &&
    same(earlier.full, later.full) &&
    (earlier.waitOver === null || (later.waitOver !== null && later.waitOver >= earlier.waitOver)) &&
    (earlier.waitUnder === null || (later.waitUnder !== null && later.waitUnder <= earlier.waitUnder)) &&
    same(earlier.preferred, later.preferred) &&
    same(earlier.consent, later.consent)
  );
}

/** What an author should know before publishing: rules that never decide anything, and whom they would leave without anybody. */
export function check(content: WaysContent, known: Known): Finding[] {
  const found: Finding[] = [];
  const rules = content.rules.filter((rule) => rule.on);
  const say = (kind: Finding['kind'], rule: WayRule, what: string | null = null): void =>
    void found.push({ kind, ruleId: rule.id, way: null, what, visitor: null });
  for (const [nth, rule] of rules.entries()) {
    if (neverFits(rule)) {
      say('never', rule);
      continue;
    }
    for (const queue of rule.when.queues) if (!known.queues.includes(queue)) say('unknown_queue', rule, queue);
    for (const entity of rule.when.entities) if (!known.entities.includes(entity)) say('unknown_entity', rule, entity);
    const before = rules.slice(0, nth);
    const shadows = rule.ways.map((way) =>
      before.find((one) => !neverFits(one) && one.ways.includes(way) && covers(one.when, rule.when)),
    );
    if (shadows.every((one) => one !== undefined)) say('shadowed', rule, shadows[0]!.id);
    else if (
      rule.then === 'hide' &&
      rule.when.urgency.length > 0 &&
      rule.when.urgency.every(isEmergency) &&
      rule.ways.every((way) => PERSON.has(way))
    )
      say('no_effect', rule);
    else if (rule.ways.every((way) => known.works[way] === 'not_connected')) say('not_connected', rule);
  }
  for (const way of content.ways) {
    if (way.queue !== null && !known.queues.includes(way.queue))
      found.push({ kind: 'unknown_queue', ruleId: null, way: way.kind, what: way.queue, visitor: null });
  }
  const left = whoIsLeft(content, known);
  if (left) found.push(left);
  return found;
}

/** The situations that the rules tell apart, one of each kind; the first that would leave nobody to talk with. */
function whoIsLeft(content: WaysContent, known: Known): Finding | null {
  const conditions = content.rules.filter((rule) => rule.on).map((rule) => rule.when);
  if (conditions.length === 0) return null;
  const limits = [
    ...new Set(
      conditions.flatMap((when) => [when.waitOver, when.waitUnder]).filter((one): one is number => one !== null),
    ),
  ];
  const waits = [...new Set([1, ...limits.flatMap((one) => [Math.max(0, one - 1), one + 1])])].slice(0, 12);
  const people = whoThereIs(conditions);
  const houses: Pick<Standing, 'open' | 'staffed' | 'full' | 'wait'>[] = [
    ...waits.flatMap((minutes) => {
      const wait = { seconds: minutes * 60, low: minutes * 60, high: minutes * 60 };
      return [
        { open: true, staffed: true, full: false, wait },
        { open: true, staffed: true, full: true, wait },
      ];
    }),
    { open: true, staffed: false, full: false, wait: null },
    { open: false, staffed: false, full: false, wait: null },
  ];
  const queues = [
    null,
    ...new Set(conditions.flatMap((when) => when.queues).filter((key) => known.queues.includes(key))),
  ];
  const entities = [null, ...new Set(conditions.flatMap((when) => when.entities))];
  const moments = momentsOf(conditions);
  // a bound on how long an author waits; what a form can hold stays far below it
  let budget = 20_000;
  for (const visitor of people)
    for (const house of houses)
      for (const queue of queues)
        for (const entity of entities)
          for (const now of moments) {
            if ((budget -= 1) < 0) return null;
            const standing = { ...house, queue, entity, opensAt: null };
            const situation: Situation = {
              works: known.works,
              standing: Object.fromEntries(WAYS.map((way) => [way, standing])) as Situation['standing'],
              visitor,
              now,
              timezone: 'UTC',
            };
            const decided = decide(content, situation);
            const kept = decided.find((one) => one.by === 'kept');
            const by = kept && hidesMost(decided);
            if (kept && by)
              return {
                kind: 'nobody_left',
                ruleId: by.id,
                way: kept.way.kind,
                what: null,
                visitor: {
                  segments: visitor.segments,
                  insurer: visitor.insurers[0] ?? null,
                  age: visitor.age,
                  language: visitor.language,
                  urgency: visitor.urgency,
                  open: house.open,
                  staffed: house.staffed,
                  full: house.full,
                  wait: house.wait ? house.wait.seconds / 60 : null,
                },
              };
          }
  return null;
}

/** The rule that takes most ways to a person away; the first of them. */
function hidesMost(decided: Decided[]): WayRule | null {
  const count = new Map<WayRule, number>();
  for (const { way, rule } of decided)
    if (rule?.then === 'hide' && PERSON.has(way.kind)) count.set(rule, (count.get(rule) ?? 0) + 1);
  return [...count].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

const NOBODY: Visitor = {
  segments: ['unknown'],
  insurers: [],
  age: null,
  language: 'es',
  urgency: 'standard',
  prefers: null,
  consent: {},
};

/** Visitors that differ in what the conditions ask, the plainest first. */
function whoThereIs(conditions: WayCondition[]): Visitor[] {
  const insurers = [...new Set(conditions.flatMap((when) => when.insurers))].slice(0, 8);
  const ages = [
    ...new Set(conditions.flatMap(({ ages: one }) => (one ? [one.from ?? one.to ?? 0, one.to ?? one.from ?? 0] : []))),
  ].slice(0, 8);
  const urgencies = [
    ...new Set<Urgency>(['standard', ...conditions.flatMap((when) => when.urgency).filter((one) => !isEmergency(one))]),
  ];
  const languages = [...new Set<Language>(['es', ...conditions.flatMap((when) => when.languages)])];
  const known: Visitor = { ...NOBODY, segments: ['known'], age: 40 };
  const kinds: Visitor[] = [
    NOBODY,
    known,
    ...insurers.map((one) => ({ ...known, insurers: [one] })),
    ...ages.map((age) => ({ ...known, age })),
    { ...known, segments: ['known', 'relative'] },
    { ...known, segments: ['known', 'employee'] },
    ...(conditions.some((when) => when.consent === 'given')
      ? [{ ...known, consent: { call: 'given', whatsapp: 'given', email: 'given' } } as Visitor]
      : []),
    ...(conditions.some((when) => when.preferred === true) ? WAYS.map((prefers) => ({ ...known, prefers })) : []),
  ];
  return kinds.flatMap((kind) =>
    urgencies.flatMap((urgency) => languages.map((language) => ({ ...kind, urgency, language }))),
  );
}

/** A moment inside each span that some rule names, and one outside all, in a week of UTC. */
function momentsOf(conditions: WayCondition[]): Date[] {
  const monday = Date.UTC(2026, 10, 23);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const at = (day: number, minute: string): Date =>
    new Date(monday + day * 86_400_000 + Date.parse(`1970-01-01T${minute}:00Z`));
  const named = conditions.flatMap(({ during }) =>
    during === null ? [] : days.flatMap((day, nth) => (during[day] ?? []).map(([from]) => at(nth, from))),
  );
  const quiet = days.flatMap((_, nth) => ['03:33', '12:17', '22:47'].map((minute) => at(nth, minute)));
  return named.length === 0
    ? [at(1, '10:00')]
    : [...new Map([...named, ...quiet].map((one) => [one.getTime(), one])).values()].slice(0, 24);
}
