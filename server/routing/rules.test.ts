import { describe, expect, test } from 'vitest';
import type { Priority } from '../conversation/contract.ts';
import { ITEM_STATES, PRESENCE_STATES } from './contract.ts';
import {
  assign,
  byTurn,
  type Free,
  isOpen,
  ITEM_STEPS,
  mayChoose,
  nextOpening,
  PRESENCE_STEPS,
  type Waiting,
  weightOf,
} from './rules.ts';
import { waitText } from './texts.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

function item(id: string, change: Partial<Waiting> = {}): Waiting {
  return {
    id,
    kind: 'conversation',
    queueId: 'q',
    priority: 'standard',
    front: false,
    queuedAt: NOW - 60_000,
    targetSeconds: 120,
    skills: [],
    language: 'es',
    wantedAgentId: null,
    wantedUntil: null,
    ignoredBy: null,
    ignoredUntil: null,
    ...change,
  };
}

function agent(id: string, change: Partial<Free> = {}): Free {
  return {
    id,
    capacity: 15,
    calls: 1,
    load: 0,
    skills: [],
    languages: ['es', 'ca', 'en', 'pt'],
    queues: null,
    lastOfferAt: 0,
    ...change,
  };
}

const order = (items: Waiting[]): string[] => [...items].sort(byTurn(NOW)).map((one) => one.id);

describe('the turn', () => {
  test('is by priority class first, whatever the age', () => {
    const by = (priority: Priority, queuedAt: number) => item(priority, { priority, queuedAt });
    expect(order([by('low', 0), by('standard', NOW - 1e7), by('urgent', NOW - 1e5), by('critical', NOW)])).toEqual([
      'critical',
      'urgent',
      'standard',
      'low',
    ]);
  });

  test('is then by the share of the target used, so that what waits longest for its promise goes first', () => {
    expect(
      order([
        item('promised 120', { queuedAt: NOW - 100_000 }),
        item('promised 30', { queuedAt: NOW - 60_000, targetSeconds: 30 }),
      ]),
    ).toEqual(['promised 30', 'promised 120']);
  });

  test('gives the front of its class to what comes back from an agent who vanished', () => {
    const back = item('back', { front: true, queuedAt: NOW - 1_000 });
    expect(order([item('old', { queuedAt: NOW - 1e6 }), back, item('urgent', { priority: 'urgent' })])).toEqual([
      'urgent',
      'back',
      'old',
    ]);
  });
});

describe('who gets it', () => {
  test('only who serves the queue and has the skill', () => {
    const agents = [
      agent('elsewhere', { queues: ['x'] }),
      agent('unskilled'),
      agent('nurse', { skills: ['nurse'], load: 14 }),
    ];
    expect(assign([item('a', { skills: ['nurse'] })], agents, NOW)).toEqual([
      { itemId: 'a', agentId: 'nurse', weight: 1 },
    ]);
  });

  test('rather who speaks the language, then who is least loaded, then who waits longest', () => {
    const items = [item('ca', { language: 'ca' })];
    expect(assign(items, [agent('es', { languages: ['es'] }), agent('ca', { load: 9 })], NOW)[0]?.agentId).toBe('ca');
    expect(assign(items, [agent('es', { languages: ['es'] })], NOW)[0]?.agentId).toBe('es');
    expect(assign(items, [agent('half', { load: 2, capacity: 4 }), agent('third', { load: 5 })], NOW)[0]?.agentId).toBe(
      'third',
    );
    expect(assign(items, [agent('b', { lastOfferAt: 5 }), agent('a', { lastOfferAt: 9 })], NOW)[0]?.agentId).toBe('b');
  });

  test('never over capacity, and a call takes the places of many chats', () => {
    expect(weightOf('call', { capacity: 15, calls: 1 })).toBe(15);
    expect(weightOf('call', { capacity: 15, calls: 0 })).toBeNull();
    const many = Array.from({ length: 20 }, (_, i) => item(`i${i}`, { queuedAt: NOW - 1_000 + i }));
    expect(assign(many, [agent('a')], NOW).map((pair) => pair.itemId)).toEqual(many.slice(0, 15).map((one) => one.id));
    expect(assign([item('call', { kind: 'call' })], [agent('a', { load: 1 })], NOW)).toEqual([]);
  });

  test('not the one who ignored it just now, until a while has passed', () => {
    const ignored = item('a', { ignoredBy: 'x', ignoredUntil: NOW + 1 });
    expect(assign([ignored], [agent('x')], NOW)).toEqual([]);
    expect(assign([ignored], [agent('x'), agent('y', { load: 14 })], NOW)[0]?.agentId).toBe('y');
    expect(assign([ignored], [agent('x')], NOW + 1)[0]?.agentId).toBe('x');
  });

  test('the colleague who was named, for a while; then the queue', () => {
    const wanted = item('a', { wantedAgentId: 'w', wantedUntil: NOW + 1 });
    expect(assign([wanted], [agent('x')], NOW)).toEqual([]);
    expect(assign([wanted], [agent('x'), agent('w', { queues: [] })], NOW)[0]?.agentId).toBe('w');
    expect(assign([wanted], [agent('x')], NOW + 1)[0]?.agentId).toBe('x');
  });
});

describe('states', () => {
  test('what has ended stays ended', () => {
    for (const state of ITEM_STATES.filter((one) => ['done', 'abandoned', 'called_back', 'withdrawn'].includes(one)))
      expect(ITEM_STEPS[state]).toEqual([]);
  });
  test('nobody wraps up who did not work', () => {
    for (const from of PRESENCE_STATES)
      expect(mayChoose(from, 'wrapping')).toBe(['available', 'busy', 'wrapping'].includes(from));
    for (const from of PRESENCE_STATES) expect(PRESENCE_STEPS[from]).not.toContain(from);
  });
});

describe('hours', () => {
  const calendar = {
    hours: {
      mon: [
        ['08:00', '14:00'],
        ['15:00', '20:00'],
      ] as [string, string][],
      fri: [['08:00', '24:00']] as [string, string][],
    },
    holidays: [
      { date: '2026-12-07', spans: [] as [string, string][] },
      { date: '2026-12-08', spans: [['10:00', '11:00']] as [string, string][] },
    ],
    timezone: 'Europe/Madrid',
  };
  const at = (text: string): Date => new Date(text);

  test('are those of the organisation, with its holidays', () => {
    expect(isOpen(calendar, at('2026-11-23T07:00:00Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-11-23T06:59:59Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-11-23T13:30:00Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-11-27T22:59:00Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-12-07T09:00:00Z'))).toBe(false);
    expect(isOpen({ hours: null, holidays: [], timezone: 'Europe/Madrid' }, at('2026-12-07T03:00:00Z'))).toBe(true);
  });

  test('say when they open next: later today, another day, after a holiday, never', () => {
    expect(nextOpening(calendar, at('2026-11-23T13:30:00Z'))).toEqual(at('2026-11-23T14:00:00Z'));
    expect(nextOpening(calendar, at('2026-11-23T19:30:00Z'))).toEqual(at('2026-11-27T07:00:00Z'));
    expect(nextOpening(calendar, at('2026-12-05T10:00:00Z'))).toEqual(at('2026-12-08T09:00:00Z'));
    expect(nextOpening({ ...calendar, hours: {}, holidays: [] }, at('2026-12-05T10:00:00Z'))).toBeNull();
  });

  test('across the change of the clock the wall decides', () => {
    const sundays = {
      hours: { sun: [['08:00', '09:00']] as [string, string][] },
      holidays: [],
      timezone: 'Europe/Madrid',
    };
    expect(nextOpening(sundays, at('2026-10-24T20:00:00Z'))).toEqual(at('2026-10-25T07:00:00Z'));
    expect(nextOpening(sundays, at('2027-03-27T20:00:00Z'))).toEqual(at('2027-03-28T06:00:00Z'));
  });
});

test('the patient is told the truth about the wait, with a next step, in each language', () => {
  const standing = {
    open: true,
    opensAt: null as Date | null,
    outOfHours: {
      es: 'Cerrado. Abrimos {opens}.',
      ca: 'Tancat. Obrim {opens}.',
      en: 'Closed. We open {opens}.',
      pt: 'Fechado. Abrimos {opens}.',
    },
    timezone: 'Europe/Madrid',
    ahead: 0,
    staffed: true,
    returned: false,
    emergencyNumber: '112',
    address: 'usted' as const,
  };
  const now = new Date(NOW);
  expect(waitText('es', standing, now)).toMatch(/la siguiente/);
  expect(waitText('es', { ...standing, address: 'vos' }, now)).toMatch(/^Sos la siguiente persona\. Podés/);
  expect(waitText('pt', { ...standing, ahead: 2, address: 'tu' }, now)).toMatch(/à tua frente/);
  expect(waitText('ca', { ...standing, ahead: 3 }, now)).toMatch(/Hi ha 3 persones/);
  expect(waitText('en', { ...standing, ahead: 50 }, now)).toMatch(/more than 50/);
  expect(waitText('pt', { ...standing, staffed: false }, now)).toMatch(/112/);
  const opens = new Date('2026-11-24T07:00:00Z');
  expect(waitText('es', { ...standing, open: false, opensAt: opens }, now)).toBe(
    'Cerrado. Abrimos mañana a partir de las 8:00. Si es una urgencia, llame al 112.',
  );
  for (const language of ['es', 'ca', 'en', 'pt'] as const)
    expect(
      waitText(language, { ...standing, open: false, opensAt: new Date('2026-11-30T07:00:00Z') }, now),
    ).not.toMatch(/[{}]/);
});
