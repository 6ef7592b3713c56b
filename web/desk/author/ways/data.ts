import { queryOptions } from '@tanstack/react-query';
import type {
  OwnWay,
  PublicWays,
  SampleVisitor,
  TriedWays,
  WayCondition,
  WayKind,
  WayRule,
  WaysContent,
  WaysVersion,
  WaysView,
} from '../../../../server/routing/ways/contract.ts';
import { ask } from '../../api.ts';
import { store } from '../../store.ts';

export type {
  OwnWay,
  PublicWays,
  SampleVisitor,
  TriedWays,
  WayCondition,
  WayKind,
  WayRule,
  WaysContent,
  WaysVersion,
  WaysView,
};

export const waysQuery = queryOptions<WaysView>({
  queryKey: ['ways', 'view'],
  staleTime: 0,
  queryFn: ({ signal }) => ask('/api/ways', { signal }),
});
export const pastQuery = (number: number) =>
  queryOptions<{ version: WaysVersion; content: WaysContent }>({
    queryKey: ['ways', 'past', number],
    staleTime: Infinity,
    queryFn: ({ signal }) => ask(`/api/ways/versions/${number}`, { signal }),
  });
export const tryQuery = (content: WaysContent, visitor: SampleVisitor) =>
  queryOptions<TriedWays>({
    queryKey: ['ways', 'try', content, visitor],
    staleTime: 10_000,
    gcTime: 30_000,
    placeholderData: (before) => before,
    queryFn: ({ signal }) => ask('/api/ways/try', { body: { content, visitor }, signal }),
  });

/** What is written and not published, of the organisation in which it was begun, while this tab is open. */
export type Draft = { organisationId: string; base: number; content: WaysContent };
export const draft = store<Draft | null>(null);

export const NO_CONDITION: WayCondition = {
  segments: [],
  insurers: [],
  entities: [],
  ages: null,
  languages: [],
  queues: [],
  urgency: [],
  during: null,
  open: null,
  staffed: null,
  full: null,
  waitOver: null,
  waitUnder: null,
  preferred: null,
  consent: null,
};

export const newRule = (): WayRule => ({
  id: crypto.randomUUID(),
  name: '',
  on: true,
  ways: ['chat'],
  when: { ...NO_CONDITION, waitOver: 20 },
  then: 'hide',
  says: null,
});

/** The parts of a condition as a form shows them, in the order in which they are said. */
export const PARTS = [
  'wait',
  'team',
  'open',
  'during',
  'urgency',
  'queues',
  'entities',
  'segments',
  'insurers',
  'ages',
  'languages',
  'preferred',
  'consent',
] as const;
export type Part = (typeof PARTS)[number];

const OF_PART: Record<Part, (keyof WayCondition)[]> = {
  wait: ['waitOver', 'waitUnder'],
  team: ['staffed', 'full'],
  open: ['open'],
  during: ['during'],
  urgency: ['urgency'],
  queues: ['queues'],
  entities: ['entities'],
  segments: ['segments'],
  insurers: ['insurers'],
  ages: ['ages'],
  languages: ['languages'],
  preferred: ['preferred'],
  consent: ['consent'],
};

export const asksFor = (when: WayCondition, part: Part): boolean =>
  OF_PART[part].some((key) => {
    const value = when[key];
    return Array.isArray(value) ? value.length > 0 : value !== null;
  });

export const without = (when: WayCondition, part: Part): WayCondition => ({
  ...when,
  ...Object.fromEntries(OF_PART[part].map((key) => [key, NO_CONDITION[key]])),
});

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];
export type Spell = { days: Day[]; from: string; to: string };

/** Hours of a week, days of the same hours together. */
export function spellsOf(during: WayCondition['during']): Spell[] {
  const spells: Spell[] = [];
  for (const day of DAYS)
    for (const [from, to] of during?.[day] ?? []) {
      const same = spells.find((one) => one.from === from && one.to === to);
      if (same) same.days.push(day);
      else spells.push({ days: [day], from, to });
    }
  return spells;
}

export function duringOf(spells: Spell[]): NonNullable<WayCondition['during']> {
  const during: Partial<Record<Day, [string, string][]>> = {};
  for (const day of DAYS) {
    const spans = spells
      .filter((one) => one.days.includes(day) && one.from < one.to)
      .map(({ from, to }): [string, string] => [from, to]);
    if (spans.length > 0) during[day] = spans;
  }
  return during;
}
export { DAYS };

/** Whether two contents say the same. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
