import { expect, test } from 'vitest';
import { agentSettings, queueSettings } from '../../routing/contract.ts';
import { agentFaults, isCountry, isOrigin, isTimezone, keyFrom, type Member, queueFaults, whoCould } from './rules.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const member = (name: string, more: Partial<Member> = {}): Member => ({
  name,
  skills: [],
  levels: {},
  queues: null,
  here: true,
  free: true,
  ...more,
});
const hands = (able: number, here = able, free = here) => ({ able, here, free });

test('who could serve, at once and as the wait grows', () => {
  const members = [
    member('Lucía', { skills: ['nurse'], levels: { nurse: 5 } }),
    member('Joana', { skills: ['nurse'], levels: { nurse: 3 }, free: false }),
    member('Amadou', { skills: ['nurse'], here: false, free: false }),
    member('Irene'),
    member('Marcos', { queues: ['other'] }),
  ];
  const could = whoCould(
    'q',
    {
      skills: ['nurse'],
      levels: { nurse: 4 },
      rings: [
        { after: 0.5, without: [], levels: 1 },
        { after: 1, without: ['nurse'], levels: 0 },
      ],
      overflow: [{ queueId: 'other', after: 2, when: null }],
    },
    members,
    'Europe/Madrid',
    NOW,
  );
  expect(could).toEqual({
    members: 5,
    atOnce: hands(1),
    names: ['Lucía'],
    later: [
      // a skill without a level is had at 3
      { after: 0.5, hands: hands(3, 2, 1) },
      { after: 1, hands: hands(4, 3, 2) },
      { after: 2, hands: hands(5, 4, 3) },
    ],
    inTheEnd: hands(5, 4, 3),
    missing: [],
  });
});

test('nobody could: which skill is missing, and who has it less well', () => {
  const asking = { skills: ['nurse', 'video'], levels: { nurse: 5 }, rings: [], overflow: [] };
  const could = whoCould('q', asking, [member('Joana', { skills: ['nurse'] }), member('Irene')], 'Europe/Madrid', NOW);
  expect(could.atOnce).toEqual(hands(0));
  expect(could.inTheEnd).toEqual(hands(0));
  expect(could.missing).toEqual([
    { skill: 'nurse', level: 5, agents: 1 },
    { skill: 'video', level: 1, agents: 0 },
  ]);
});

const NAMES = { es: 'a', ca: 'a', en: 'a', pt: 'a' };
const known = { queues: ['a', 'b'], entities: ['mutua'] };
test.each<[string, Record<string, unknown>, string[]]>([
  ['all in order', { entity: 'mutua', overflow: [{ to: 'b' }] }, []],
  ['an entity that is not there', { entity: 'gone' }, ['entity unknown_entity']],
  ['a skill twice', { skills: ['nurse', 'nurse'] }, ['skills/1 repeated']],
  ['a level for a skill that is not asked', { levels: { nurse: 3 } }, ['levels/nurse not_asked']],
  [
    'rings out of order, of nothing, and of a skill that is not asked',
    { rings: [{ after: 1, levels: 1 }, { after: 0.5 }, { after: 2, without: ['nurse'] }] },
    ['rings/1/after before_the_last', 'rings/1/levels asks_nothing_less', 'rings/2/without/0 not_asked'],
  ],
  [
    'overflow to itself, to nobody, and twice',
    { overflow: [{ to: 'a' }, { to: 'gone' }, { to: 'b' }, { to: 'b' }] },
    ['overflow/0/to itself', 'overflow/1/to unknown_queue', 'overflow/3/to repeated'],
  ],
  ['a holiday twice', { holidays: [{ date: '2026-12-25' }, { date: '2026-12-25' }] }, ['holidays/1/date repeated']],
  [
    'hours that overlap',
    {
      hours: {
        mon: [
          ['08:00', '14:00'],
          ['13:00', '20:00'],
        ],
        tue: [
          ['08:00', '14:00'],
          ['14:00', '20:00'],
        ],
      },
    },
    ['hours/mon overlap'],
  ],
  ['a week without an hour', { hours: { mon: [] } }, ['hours never_open']],
  ['no words out of hours in one language', { outOfHours: { ...NAMES, ca: ' ' } }, ['outOfHours/ca empty']],
])('a queue with %s', (_, settings, faults) => {
  const found = queueFaults(queueSettings.parse({ key: 'a', names: NAMES, ...settings }), known);
  expect(found.map(({ path, message }) => `${path.replace('body/settings/', '')} ${message}`)).toEqual(faults);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['all in order', { skills: ['nurse'], levels: { nurse: 4 }, queues: ['a'], paceLeast: 3 }, []],
  ['a least pace above its capacity', { capacity: 2, paceLeast: 3 }, ['paceLeast above_capacity']],
  ['a level of a skill it has not', { levels: { nurse: 4 } }, ['levels/nurse not_had']],
  ['a queue that is gone', { queues: ['a', 'gone'] }, ['queues/1 unknown_queue']],
  ['no language', { languages: [] }, ['languages none']],
])('an agent with %s', (_, settings, faults) => {
  const found = agentFaults(agentSettings.parse(settings), known);
  expect(found.map(({ path, message }) => `${path.replace('body/settings/', '')} ${message}`)).toEqual(faults);
});

test('keys are made of names', () => {
  expect(keyFrom('Otorrinolaringología', [])).toBe('otorrinolaringologia');
  expect(keyFrom('  Citas — 2.ª planta ', ['citas-2-planta'])).toBe('citas-2-planta-2');
  expect(keyFrom('Citas', ['citas', 'citas-2'])).toBe('citas-3');
  expect(keyFrom('24 horas', [])).toBe('horas');
  expect(keyFrom('急', [])).toBe('queue');
  expect(keyFrom('x'.repeat(300), []).length).toBeLessThanOrEqual(63);
});

test.each([
  ['https://www.hospital.example', true],
  ['https://hospital.example:8443', true],
  ['http://localhost:8080', true],
  ['http://hospital.example', false],
  ['https://hospital.example/', false],
  ['https://hospital.example/page', false],
  ['https://*.hospital.example', false],
  ['*', false],
  ['javascript:alert(1)', false],
])('%s is an origin: %s', (text, is) => {
  expect(isOrigin(text)).toBe(is);
});

test('zones and countries that exist', () => {
  expect(['Europe/Madrid', 'America/Argentina/Buenos_Aires', 'UTC'].map(isTimezone)).toEqual([true, true, true]);
  expect(['Europe/Nowhere', '+02:00', '', "x'; drop"].map(isTimezone)).toEqual([false, false, false, false]);
  expect(['ES', 'AR', 'XX', 'ZZ', 'QQ'].map(isCountry)).toEqual([true, true, false, false, false]);
});
