import { expect, test } from 'vitest';
import { agentSettings, queueSettings } from '../../../server/routing/contract.ts';
import {
  agentDraft,
  agentFrom,
  durationOf,
  faultsFrom,
  figure,
  newQueue,
  queueDraft,
  queueFrom,
  spansFrom,
} from './draft.ts';

const words = (text: string) => ({ es: text, ca: text, en: text, pt: text });
const WHOLE = {
  ...queueSettings.parse({
    key: 'citas',
    names: words('Citas'),
    entity: 'mutua',
    priority: 'urgent',
    cost: 2.5,
    goal: 0.925,
    targets: { critical: 60, low: 7_200 },
    levels: { nurse: 4 },
    skills: ['nurse', 'video'],
    rings: [
      { after: 0.5, levels: 1 },
      { after: 1.25, without: ['video'] },
    ],
    overflow: [{ to: 'general' }, { to: 'nursing', after: 2, when: { mon: [['08:00', '14:00']] } }],
    hours: {
      mon: [
        ['08:00', '14:00'],
        ['16:00', '24:00'],
      ],
    },
    holidays: [{ date: '2026-12-25' }, { date: '2026-12-24', spans: [['08:00', '13:30']] }],
    targetSeconds: 90,
    offerSeconds: 20,
  }),
  outOfHours: words('Abrimos {opens}'),
};

test('what is loaded and not touched is what is saved', () => {
  expect(queueFrom(queueDraft(WHOLE))).toEqual({ settings: WHOLE, faults: {} });
  const agent = agentSettings.parse({
    capacity: 8,
    skills: ['nurse'],
    levels: { nurse: 5 },
    weights: { video: 8, fax: 2 },
    interrupts: { call: ['call_back'], conversation: [] },
    paceLeast: 3,
    queues: ['citas'],
  });
  expect(agentFrom(agentDraft(agent), agent)).toEqual({ settings: agent, faults: {} });
  const plain = agentSettings.parse({});
  expect(agentFrom(agentDraft(plain), plain)).toEqual({ settings: plain, faults: {} });
});

test.each([
  [
    '08:00-14:00, 16-20',
    [
      ['08:00', '14:00'],
      ['16:00', '20:00'],
    ],
  ],
  [
    '16:00–20:00; 8.30 – 14h',
    [
      ['08:30', '14:00'],
      ['16:00', '20:00'],
    ],
  ],
  ['0-24', [['00:00', '24:00']]],
  ['', []],
  ['8', null],
  ['14:00-08:00', null],
  ['08:00-25:00', null],
  ['08:60-09:00', null],
  ['24:00-24:00', null],
  ['mañana', null],
] as const)('hours written as “%s”', (text, spans) => {
  expect(spansFrom(text)).toEqual(spans);
});

test.each([
  [45, '45', 's'],
  [90, '90', 's'],
  [120, '2', 'min'],
  [3_600, '1', 'h'],
  [5_400, '90', 'min'],
] as const)('%d seconds are %s %s', (seconds, n, unit) => {
  expect(durationOf(seconds)).toEqual({ n, unit });
});

test('figures with a comma or a point; the rest is none', () => {
  expect(['2,5', ' 2.5 ', '80'].map(figure)).toEqual([2.5, 2.5, 80]);
  expect(['', 'x', '1e9', '0x10', '1,2,3', 'Infinity'].map(figure).every(Number.isNaN)).toBe(true);
});

test('each fault at its field', () => {
  const draft = newQueue(words('Abrimos {opens}'));
  expect(queueFrom(draft).faults).toEqual({
    'names/es': 'empty',
    'names/ca': 'empty',
    'names/en': 'empty',
    'names/pt': 'empty',
  });
  expect(
    queueFrom({
      ...draft,
      names: words('Citas'),
      goal: '120',
      cost: 'mucho',
      target: { n: '0', unit: 's' },
      targets: { ...draft.targets, critical: { n: 'x', unit: 's' } },
      sticky: '-1',
      always: false,
      week: { ...draft.week, mon: '14-8' },
      holidays: [{ date: '', spans: '' }],
      rings: [{ after: 'x', levels: 1, without: [] }],
      overflow: [{ to: '', after: '', timed: true, week: draft.week }],
    }).faults,
  ).toEqual({
    goal: 'range:1:100',
    cost: 'no_figure',
    targetSeconds: 'range:1:86400',
    'targets/critical': 'no_figure',
    stickySeconds: 'range:0:86400',
    'hours/mon': 'not_hours',
    'holidays/0/date': 'empty',
    'rings/0/after': 'no_figure',
    'overflow/0/to': 'empty',
    'overflow/0/when': 'never_open',
  });
  // closed the whole week
  expect(queueFrom({ ...draft, names: words('Citas'), always: false }).faults).toEqual({ hours: 'never_open' });
});

test('what the server finds wrong, by field', () => {
  expect(
    faultsFrom({
      errors: [
        { path: 'body/settings/overflow/0/to', message: 'unknown_queue' },
        { path: 'body/settings/goal', message: 'Too big: expected number to be <=1' },
      ],
    }),
  ).toEqual({ 'overflow/0/to': 'unknown_queue', goal: 'wrong' });
  expect(faultsFrom({})).toEqual({});
});

/** The least and most that are let through, one beyond on either side, and one between whole figures. */
const AT = (least: number, most: number, step = 1) =>
  (
    [
      [least, true],
      [most, true],
      [least - step, false],
      [most + step, false],
      [least + 0.5, false],
    ] as const
  ).map(([value, fits]) => [String(value), fits] as const);

test('the bounds of the form are the bounds of the server', () => {
  const draft = { ...newQueue(words('Abrimos {opens}')), names: words('Citas') };
  const whole: [keyof typeof draft, readonly (readonly [string, boolean])[], (value: string) => object][] = [
    ['sticky', AT(0, 86_400), (sticky) => ({ sticky })],
    ['offer', AT(5, 3_600), (offer) => ({ offer })],
    ['target', AT(1, 86_400), (n) => ({ target: { n, unit: 's' } })],
    ['targets', AT(1, 604_800), (n) => ({ targets: { ...draft.targets, low: { n, unit: 's' } } })],
  ];
  for (const [name, values, part] of whole)
    for (const [value, fits] of values) {
      const { settings, faults } = queueFrom({ ...draft, ...part(value) });
      expect([Object.keys(faults).length === 0, queueSettings.safeParse(settings).success], `${name} ${value}`).toEqual(
        [fits, fits],
      );
    }
  for (const [part, fits] of [
    [{ goal: '1' }, true],
    [{ goal: '100' }, true],
    [{ goal: '100,5' }, false],
    [{ goal: '0' }, false],
    [{ cost: '0,01' }, true],
    [{ cost: '100' }, true],
    [{ cost: '0' }, false],
    [{ cost: '101' }, false],
    [{ rings: [{ after: '10000', levels: 1, without: [] }] }, true],
    [{ rings: [{ after: '10001', levels: 1, without: [] }] }, false],
    [{ overflow: [{ to: 'general', after: '-1', timed: false, week: draft.week }] }, false],
  ] as const) {
    const { settings, faults } = queueFrom({ ...draft, ...(part as object) });
    expect([Object.keys(faults).length === 0, queueSettings.safeParse(settings).success], JSON.stringify(part)).toEqual(
      [fits, fits],
    );
  }
  const plain = agentSettings.parse({});
  const agent = agentDraft(plain);
  for (const [name, least, most] of [
    ['capacity', 0, 100],
    ['calls', 0, 10],
  ] as const)
    for (const [value, fits] of AT(least, most)) {
      const { settings, faults } = agentFrom({ ...agent, [name]: value }, plain);
      expect([Object.keys(faults).length === 0, agentSettings.safeParse(settings).success], `${name} ${value}`).toEqual(
        [fits, fits],
      );
    }
  expect(newQueue(words('a'))).toEqual(
    queueDraft({ ...queueSettings.parse({ key: 'x', names: words('') }), key: '', outOfHours: words('a') }),
  );
});
