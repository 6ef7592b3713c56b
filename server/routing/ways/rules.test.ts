import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONSENT_OF,
  CONSENTS,
  DECISIONS,
  type OfferedWay,
  PERSON_WAYS,
  SEGMENTS,
  URGENCIES,
  type WayKind,
  type WayRule,
  waysContent,
  type WaysContent,
  wayRule,
  WAYS,
} from './contract.ts';
import {
  check,
  explain,
  fits,
  inMinutes,
  isEmergency,
  offered,
  type Situation,
  type Standing,
  type Words,
} from './rules.ts';

const words = {
  ...Object.fromEntries(
    [...WAYS, 'emergency'].map((kind) => [kind, { label: kind, hint: `hint ${kind}`, says: null }]),
  ),
  fastest: 'fastest',
  slowest: 'slowest',
} as Words;
const NUMBER = '112';
const LINKS: Partial<Record<WayKind, string>> = {
  call: 'tel:+34900000118',
  email: 'mailto:citas@vegaclara.example',
  whatsapp: 'https://wa.me/34600000000',
  video: 'https://video.vegaclara.example/sala',
};
const OWN = WAYS.map((kind) => ({ kind, href: LINKS[kind] ?? null }));
const content = (rules: unknown[] = [], ways: unknown[] = OWN): WaysContent => waysContent.parse({ ways, rules });
const rule = (
  parts: Omit<Partial<WayRule>, 'when'> & Pick<WayRule, 'ways' | 'then'> & { when?: object },
  id = 'r',
): unknown => ({
  id,
  name: id,
  ...parts,
});

const usual: Standing = {
  queue: 'general',
  entity: null,
  open: true,
  opensAt: null,
  staffed: true,
  full: false,
  wait: { seconds: 300, low: 120, high: 700 },
};
function situation(
  change: {
    standing?: Partial<Standing>;
    works?: Partial<Situation['works']>;
    visitor?: Partial<Situation['visitor']>;
    now?: Date;
  } = {},
): Situation {
  return {
    works: { ...(Object.fromEntries(WAYS.map((kind) => [kind, 'yes'])) as Situation['works']), ...change.works },
    standing: Object.fromEntries(WAYS.map((kind) => [kind, { ...usual, ...change.standing }])) as Situation['standing'],
    visitor: {
      segments: ['unknown'],
      insurers: [],
      age: null,
      language: 'es',
      urgency: 'standard',
      prefers: null,
      consent: {},
      ...change.visitor,
    },
    now: change.now ?? new Date('2026-11-23T10:00:00Z'),
    timezone: 'Europe/Madrid',
  };
}
const kinds = (rules: WaysContent, at: Situation): OfferedWay['kind'][] =>
  offered(rules, at, words, NUMBER).map((way) => way.kind);

describe('without any rule', () => {
  test('every way that works, in the organisation’s order, with its wait', () => {
    expect(kinds(content(), situation())).toEqual([...WAYS]);
    const [chat] = offered(content(), situation(), words, NUMBER);
    expect(chat).toEqual({
      kind: 'chat',
      label: 'chat',
      hint: 'hint chat',
      href: null,
      says: null,
      wait: { minutes: 5, low: 2, high: 12 },
      opensAt: null,
      reason: 'usual',
      pace: null,
      asks: false,
    });
  });

  test('a way that cannot work is not there', () => {
    expect(kinds(content(), situation({ works: { video: 'not_connected', callback: 'no_place' } }))).toEqual(
      WAYS.filter((kind) => kind !== 'video' && kind !== 'callback'),
    );
  });

  test('closed: nothing that needs a person there, and when it opens', () => {
    const opensAt = new Date('2026-11-24T07:00:00Z');
    const ways = offered(content(), situation({ standing: { open: false, opensAt, wait: null } }), words, NUMBER);
    expect(ways.map((way) => way.kind)).toEqual(['chat', 'callback_at', 'whatsapp', 'email']);
    expect(ways[0]).toMatchObject({ wait: null, opensAt: opensAt.toISOString() });
  });

  test('a telephone alone stays when it is closed, with when it opens', () => {
    const only = content([], [{ kind: 'call', href: LINKS.call }]);
    const works = {
      chat: 'not_connected',
      callback: 'not_connected',
      callback_at: 'not_connected',
      whatsapp: 'not_connected',
      video: 'not_connected',
      email: 'not_connected',
    } as const;
    expect(offered(only, situation({ works, standing: { open: false, wait: null } }), words, NUMBER)).toMatchObject([
      { kind: 'call', reason: 'kept', wait: null },
    ]);
  });

  test('who took consent back is not offered that way; a call-back nobody agreed to asks for it', () => {
    const ways = offered(content(), situation({ visitor: { consent: { whatsapp: 'withdrawn' } } }), words, NUMBER);
    expect(ways.map((way) => way.kind)).not.toContain('whatsapp');
    expect(ways.find((way) => way.kind === 'callback')!.asks).toBe(true);
    const agreed = offered(content(), situation({ visitor: { consent: { call: 'given' } } }), words, NUMBER);
    expect(agreed.find((way) => way.kind === 'callback')!.asks).toBe(false);
    expect(agreed.filter((way) => way.asks)).toEqual([]);
  });

  test('what a person prefers stands first', () => {
    expect(offered(content(), situation({ visitor: { prefers: 'call' } }), words, NUMBER)[0]).toMatchObject({
      kind: 'call',
      reason: 'preferred',
    });
  });
});

describe('rules', () => {
  test('the first that fits decides, for each way by itself', () => {
    const rules = content([
      rule({ ways: ['chat'], then: 'offer', when: { segments: ['known'] } }, 'a'),
      rule({ ways: ['chat', 'whatsapp'], then: 'hide', when: { waitOver: 20 } }, 'b'),
      rule({ ways: ['email'], then: 'first', when: { waitOver: 20 } }, 'c'),
    ]);
    const long = { wait: { seconds: 1_500, low: 1_000, high: 2_000 } };
    expect(kinds(rules, situation({ standing: long }))).toEqual(['email', 'callback', 'callback_at', 'video', 'call']);
    expect(kinds(rules, situation({ standing: long, visitor: { segments: ['known'] } }))).toContain('chat');
    expect(kinds(rules, situation())).toContain('chat');
    const why = explain(rules, situation({ standing: long }));
    expect(why.find((one) => one.kind === 'chat')).toEqual({
      kind: 'chat',
      offered: false,
      by: 'rule',
      rule: { id: 'b', name: 'b', then: 'hide' },
    });
  });

  test('twenty minutes are not over twenty; nobody there is over any', () => {
    const rules = content([rule({ ways: ['chat'], then: 'hide', when: { waitOver: 20 } })]);
    const at = (seconds: number) => situation({ standing: { wait: { seconds, low: 0, high: seconds } } });
    expect(kinds(rules, at(1_200))).toContain('chat');
    expect(kinds(rules, at(1_201))).not.toContain('chat');
    expect(kinds(rules, situation({ standing: { staffed: false, wait: null } }))).not.toContain('chat');
    // closed is not a long wait: there is none
    expect(kinds(rules, situation({ standing: { open: false, wait: null } }))).toContain('chat');
  });

  test('a rule may open the telephone that is usually closed, and say why', () => {
    const says = { es: 'Centralita 24 h', ca: 'Centraleta 24 h', en: 'Switchboard, 24 h', pt: 'Central 24 h' };
    const rules = content([rule({ ways: ['call'], then: 'offer', says })]);
    const call = offered(rules, situation({ standing: { open: false, wait: null } }), words, NUMBER).find(
      (way) => way.kind === 'call',
    );
    expect(call).toMatchObject({ hint: 'Centralita 24 h', reason: 'rule' });
  });

  test.each<[string, object, Parameters<typeof situation>[0], Parameters<typeof situation>[0]]>([
    ['segment', { segments: ['employee'] }, { visitor: { segments: ['known', 'employee'] } }, {}],
    [
      'insurer, however it is written',
      { insurers: ['Mútua Llevant'] },
      { visitor: { insurers: ['MUTUA LLEVANT '] } },
      { visitor: { insurers: ['Otra'] } },
    ],
    ['contracting entity', { entities: ['mutua'] }, { standing: { entity: 'mutua' } }, {}],
    ['age', { ages: { from: 75 } }, { visitor: { age: 75 } }, { visitor: { age: 74 } }],
    ['no age known', { ages: { to: 17 } }, { visitor: { age: 0 } }, {}],
    ['language', { languages: ['pt'] }, { visitor: { language: 'pt' } }, {}],
    ['queue', { queues: ['billing'] }, { standing: { queue: 'billing' } }, {}],
    ['urgency', { urgency: ['urgent'] }, { visitor: { urgency: 'urgent' } }, {}],
    [
      'hour of the organisation',
      { during: { mon: [['11:00', '12:00']] } },
      {},
      { now: new Date('2026-11-23T09:59:59Z') },
    ],
    ['open', { open: false }, { standing: { open: false } }, {}],
    ['staffed', { staffed: false }, { standing: { staffed: false } }, {}],
    ['full', { full: true }, { standing: { full: true } }, {}],
    ['short wait', { waitUnder: 6 }, {}, { standing: { wait: { seconds: 360, low: 0, high: 360 } } }],
    ['preferred', { preferred: true }, { visitor: { prefers: 'whatsapp' } }, { visitor: { prefers: 'chat' } }],
    ['consent', { consent: 'given' }, { visitor: { consent: { whatsapp: 'given' } } }, {}],
    ['no consent', { consent: 'not_given' }, {}, { visitor: { consent: { whatsapp: 'given' } } }],
  ])('by %s', (_, when, holds, fails) => {
    const { when: condition } = wayRule.parse(rule({ ways: ['whatsapp'], then: 'hide', when }));
    expect(fits(condition, 'whatsapp', situation(holds))).toBe(true);
    expect(fits(condition, 'whatsapp', situation(fails))).toBe(false);
  });

  test('in an emergency the number comes first, then who can be spoken with at once', () => {
    const rules = content([
      rule({ ways: [...WAYS], then: 'hide' }, 'all'),
      rule({ ways: ['email'], then: 'first' }, 'post'),
    ]);
    const ways = offered(rules, situation({ visitor: { urgency: 'red_flag', prefers: 'email' } }), words, NUMBER);
    expect(ways[0]).toMatchObject({ kind: 'emergency', href: 'tel:112', reason: 'emergency' });
    expect(ways.slice(1).map((way) => way.kind)).toEqual([
      'call',
      'video',
      'chat',
      'callback',
      'whatsapp',
      'callback_at',
    ]);
    expect(new Set(ways.slice(1).map((way) => way.reason))).toEqual(new Set(['urgent']));
  });

  test('the shortest and the longest wait are said where the organisation says nothing itself', () => {
    const at = situation();
    at.standing.call = { ...usual, wait: { seconds: 1_800, low: 900, high: 2_400 } };
    at.standing.chat = { ...usual, wait: { seconds: 60, low: 20, high: 120 } };
    const own = { es: 'Propio', ca: 'Propi', en: 'Own', pt: 'Próprio' };
    const ways = (hint: unknown) =>
      offered(
        content(
          [],
          [
            { kind: 'chat', hint },
            { kind: 'whatsapp', href: LINKS.whatsapp },
            { kind: 'call', href: LINKS.call },
          ],
        ),
        at,
        words,
        NUMBER,
      );
    expect(ways(null).map(({ hint, pace }) => [hint, pace])).toEqual([
      ['fastest', 'fastest'],
      ['hint whatsapp', null],
      ['slowest', 'slowest'],
    ]);
    expect(ways(own)[0]).toMatchObject({ hint: 'Propio', pace: 'fastest' });
  });

  test('waits are said in whole minutes that are never short of the truth', () => {
    expect(inMinutes({ seconds: 20, low: 5, high: 50 })).toEqual({ minutes: 1, low: 0, high: 1 });
    expect(inMinutes({ seconds: 1_741, low: 1_500, high: 2_400 })).toEqual({ minutes: 30, low: 25, high: 40 });
  });
});

describe('whatever the rules and the situation', () => {
  const texts = fc.constant({ es: 'a', ca: 'b', en: 'c', pt: 'd' });
  const flag = fc.option(fc.boolean(), { nil: null });
  const someOf = <One>(all: readonly One[]) => fc.subarray([...all], { minLength: 0 });
  const insurer = fc.constantFrom('Mutua', 'Sanitas');
  const when = fc.record(
    {
      segments: someOf(SEGMENTS),
      insurers: fc.uniqueArray(insurer, { maxLength: 2 }),
      urgency: someOf(URGENCIES),
      queues: someOf(['general', 'billing']),
      ages: fc.option(fc.record({ from: fc.integer({ min: 0, max: 60 }), to: fc.integer({ min: 60, max: 130 }) }), {
        nil: null,
      }),
      open: flag,
      staffed: flag,
      full: flag,
      waitOver: fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }),
      waitUnder: fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }),
      preferred: flag,
      consent: fc.option(fc.constantFrom('given', 'not_given'), { nil: null }),
    },
    { requiredKeys: [] },
  );
  const anyRules = fc
    .array(
      fc.record({
        on: fc.boolean(),
        ways: fc.subarray([...WAYS], { minLength: 1 }),
        then: fc.constantFrom(...DECISIONS),
        when,
        says: fc.option(texts, { nil: null }),
      }),
      { maxLength: 8 },
    )
    .map((all) => all.map((one, nth) => ({ ...one, id: `r${nth}`, name: `r${nth}` })));
  const anyWays = fc
    .subarray([...WAYS])
    .chain((all) =>
      fc.tuple(...all.map((kind) => fc.boolean().map((on) => ({ kind, on, href: LINKS[kind] ?? null })))),
    );
  const standing = fc.record({
    queue: fc.constantFrom('general', 'billing', null),
    entity: fc.constant(null),
    open: fc.boolean(),
    opensAt: fc.constant(null),
    staffed: fc.boolean(),
    full: fc.boolean(),
    wait: fc.option(
      fc.integer({ min: 0, max: 7_200 }).map((s) => ({ seconds: s, low: s / 2, high: s * 2 })),
      { nil: null },
    ),
  });
  const each = <Value>(arbitrary: fc.Arbitrary<Value>) =>
    fc.tuple(...WAYS.map(() => arbitrary)).map((all) => Object.fromEntries(WAYS.map((way, nth) => [way, all[nth]])));
  const anySituation = fc.record({
    works: each(fc.constantFrom('yes', 'yes', 'not_connected', 'no_place')),
    standing: each(standing),
    visitor: fc.record({
      segments: fc.subarray([...SEGMENTS], { minLength: 1 }),
      insurers: fc.uniqueArray(insurer, { maxLength: 1 }),
      age: fc.option(fc.integer({ min: 0, max: 110 }), { nil: null }),
      language: fc.constantFrom('es', 'ca', 'en', 'pt'),
      urgency: fc.constantFrom(...URGENCIES),
      prefers: fc.option(fc.constantFrom(...WAYS), { nil: null }),
      consent: fc.record(Object.fromEntries(CONSENTS.map((kind) => [kind, fc.constantFrom('given', 'withdrawn')])), {
        requiredKeys: [],
      }),
    }),
    now: fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
    timezone: fc.constantFrom('Europe/Madrid', 'America/Bogota'),
  }) as unknown as fc.Arbitrary<Situation>;
  const reachable = (at: Situation): WayKind[] =>
    PERSON_WAYS.filter((way) => {
      const consent = CONSENT_OF[way];
      return at.works[way] === 'yes' && (consent === undefined || at.visitor.consent[consent] !== 'withdrawn');
    });

  test('a way to a person is left, none stands twice, none that cannot work or is not wanted stands at all', () => {
    fc.assert(
      fc.property(anyRules, anyWays, anySituation, (rules, ways, at) => {
        const ask = content(rules, ways);
        const answer = offered(ask, at, words, NUMBER);
        const got = answer.map((way) => way.kind);
        const can = reachable(at);
        expect(new Set(got).size).toBe(got.length);
        if (can.length > 0) expect(got.some((kind) => (can as string[]).includes(kind))).toBe(true);
        for (const kind of got)
          if (kind !== 'emergency') {
            expect(at.works[kind]).toBe('yes');
            const consent = CONSENT_OF[kind];
            if (consent) expect(at.visitor.consent[consent]).not.toBe('withdrawn');
          }
        // what is explained is what is offered
        expect(
          explain(ask, at)
            .filter((one) => one.offered)
            .map((one) => one.kind),
        ).toEqual(got.filter((kind) => kind !== 'emergency'));
        expect(new Set(explain(ask, at).map((one) => one.kind)).size).toBe(WAYS.length);
      }),
      { numRuns: 600 },
    );
  });

  test('in an emergency the number is first, a person next, and no rule takes an open way to a person away', () => {
    fc.assert(
      fc.property(anyRules, anySituation, fc.constantFrom('red_flag', 'critical'), (rules, at, urgency) => {
        at.visitor.urgency = urgency as 'red_flag';
        const got = offered(content(rules), at, words, NUMBER).map((way) => way.kind);
        expect(got[0]).toBe('emergency');
        const can = reachable(at);
        if (can.length > 0) expect(can as string[]).toContain(got[1]);
        expect(got).toEqual(kinds(content(), at).filter((kind) => got.includes(kind)));
        for (const kind of can) if (at.standing[kind].open) expect(got).toContain(kind);
      }),
      { numRuns: 400 },
    );
  });

  test('no emergency, no emergency number among the ways', () => {
    fc.assert(
      fc.property(anyRules, anySituation, (rules, at) => {
        fc.pre(!isEmergency(at.visitor.urgency));
        expect(kinds(content(rules), at)).not.toContain('emergency');
      }),
      { numRuns: 200 },
    );
  });

  test('a rule that is said to decide nothing decides nothing', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anySituation, { minLength: 1, maxLength: 6 }), (rules, situations) => {
        const ask = content(rules);
        const known = { queues: ['general', 'billing'], entities: [], works: situation().works };
        const idle = check(ask, known)
          .filter((one) => one.kind === 'never' || one.kind === 'shadowed' || one.kind === 'no_effect')
          .map((one) => one.ruleId);
        // strangers have nothing that only a proven person can have: no situation is otherwise
        for (const at of situations.filter((one) => !one.visitor.segments.includes('unknown'))) {
          const without = content(rules.filter((one) => !idle.includes(one.id)));
          expect(kinds(without, at)).toEqual(kinds(ask, at));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('what an author is told', () => {
  const known = {
    queues: ['general'],
    entities: ['mutua'],
    works: { ...situation().works, video: 'not_connected' as const },
  };
  const found = (...rules: unknown[]) =>
    check(content(rules), known).map(({ kind, ruleId, what }) => ({ kind, ruleId, what }));

  test.each<[string, object]>([
    ['over thirty and under ten minutes', { waitOver: 30, waitUnder: 10 }],
    ['a wait while it is closed', { open: false, waitOver: 5 }],
    ['full with nobody there', { staffed: false, full: true }],
    ['no hour', { during: {} }],
    ['a stranger of eighty', { segments: ['unknown'], ages: { from: 80, to: null } }],
    ['the insurer of a stranger', { segments: ['unknown'], insurers: ['Mutua'] }],
    ['consent to chat', { consent: 'given' }],
  ])('a rule that can never fit: %s', (_, when) => {
    expect(found(rule({ ways: ['chat'], then: 'offer', when }))).toEqual([{ kind: 'never', ruleId: 'r', what: null }]);
  });

  test('a rule that another always forestalls, one that changes nothing, what is not there', () => {
    expect(
      found(
        rule({ ways: ['email', 'call'], then: 'offer', when: { waitOver: 10 } }, 'wide'),
        rule({ ways: ['email'], then: 'hide', when: { waitOver: 20, segments: ['known'] } }, 'narrow'),
      ),
    ).toEqual([{ kind: 'shadowed', ruleId: 'narrow', what: 'wide' }]);
    expect(found(rule({ ways: ['call'], then: 'hide', when: { urgency: ['red_flag', 'critical'] } }))).toEqual([
      { kind: 'no_effect', ruleId: 'r', what: null },
    ]);
    expect(found(rule({ ways: ['email'], then: 'hide', when: { queues: ['gone'], entities: ['nobody'] } }))).toEqual([
      { kind: 'unknown_queue', ruleId: 'r', what: 'gone' },
      { kind: 'unknown_entity', ruleId: 'r', what: 'nobody' },
    ]);
    expect(found(rule({ ways: ['video'], then: 'first' }))).toEqual([
      { kind: 'not_connected', ruleId: 'r', what: null },
    ]);
    expect(found(rule({ ways: ['email'], then: 'hide', when: { waitOver: 10 } }))).toEqual([]);
  });

  test('whom the rules would leave without anybody, by the rule that does it', () => {
    const all = check(
      content([rule({ ways: [...PERSON_WAYS], then: 'hide', when: { waitOver: 45, segments: ['employee'] } })]),
      known,
    );
    expect(all).toMatchObject([
      {
        kind: 'nobody_left',
        ruleId: 'r',
        way: 'chat',
        visitor: { segments: ['known', 'employee'], open: true, wait: 46 },
      },
    ]);
    // the telephone is left, so is a person
    expect(
      found(rule({ ways: PERSON_WAYS.filter((way) => way !== 'call'), then: 'hide', when: { waitOver: 45 } })),
    ).toEqual([]);
  });
});

test('what cannot be read is no content', () => {
  const bad = (ways: unknown[], rules: unknown[] = []) => waysContent.safeParse({ ways, rules }).success;
  expect(bad([{ kind: 'call', href: 'tel:+34900000118' }])).toBe(true);
  for (const href of ['javascript:alert(1)', 'tel:<b>', 'https://x', 'tel:'])
    expect(bad([{ kind: 'call', href }]), href).toBe(false);
  expect(bad([{ kind: 'video', href: 'javascript:alert(1)' }])).toBe(false);
  expect(bad([{ kind: 'video', href: 'https://a.example/"onmouseover=1' }])).toBe(false);
  expect(bad([{ kind: 'chat', href: 'https://a.example' }])).toBe(false);
  expect(bad([{ kind: 'email', href: 'mailto:a@b.example?bcc=all@c.example' }])).toBe(false);
  expect(bad([{ kind: 'chat' }, { kind: 'chat' }])).toBe(false);
  expect(bad([{ kind: 'fax' }])).toBe(false);
  expect(bad([], [rule({ ways: [], then: 'hide' })])).toBe(false);
  expect(bad([], [rule({ ways: ['chat', 'chat'], then: 'hide' })])).toBe(false);
  expect(bad([], [rule({ ways: ['chat'], then: 'hide', when: { unheard: true } })])).toBe(false);
  expect(bad([], [rule({ ways: ['chat'], then: 'hide' }), rule({ ways: ['call'], then: 'hide' })])).toBe(false);
  expect(bad([], [rule({ ways: ['chat'], then: 'hide', says: { es: 'x', ca: '', en: 'x', pt: 'x' } })])).toBe(false);
});
