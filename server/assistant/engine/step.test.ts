import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Input, Session } from '../contract.ts';
import { ACTIONS } from '../actions/table.ts';
import { compile } from './expression.ts';
import { VALUES, facts, name, rest, said, say, set, walk } from './stage.ts';
import { step } from './step.ts';

describe('a turn', () => {
  test('begins with a menu, the likely reason first', () => {
    expect(said(say(null, 'hola'))).toContain('Hola, Ana');
    const next = {
      id: 'a1',
      place: { name: name('Centro') },
      localStart: '2026-11-23T09:30',
      service: name('Visita'),
      practitioner: { name: 'Dra. Vila' },
      confirmed: false,
    };
    const tomorrow = say(null, 'hola', facts({ news: 'appointment', next }));
    expect(said(tomorrow)).toContain('lunes 23 de noviembre a las 09:30');
    expect(tomorrow.says.at(-1)).toMatchObject({
      kind: 'menu',
      options: expect.arrayContaining([expect.objectContaining({ id: 'start.greet_appointment:this_one' })]),
    });
  });

  test('who asks for a department gets its queue', () => {
    for (const [queue, lines] of Object.entries({
      nursing: [
        'hablar con la enfermera',
        'ponme con enfermería',
        "passi'm amb infermeria",
        'put me through to a nurse',
        'quiero hablar con enfermería',
        'talk to a nurse',
        'parlar amb infermeria',
        'falar com a enfermeira',
      ],
      billing: ['quiero hablar con facturación', 'hablar con alguien de facturas', 'falar com a faturação'],
      appointments: ['hablar con alguien de citas', 'talk to someone about my appointment'],
      general: ['quiero hablar con una persona'],
    }))
      for (const line of lines) expect(say(null, line).handover?.queue, line).toBe(queue);
  });

  test('the second wish of a message is offered when the first is done', () => {
    const outcome = walk('cambiar el turno y de paso los resultados', '1', 'el martes', '1', 'sí');
    expect(said(outcome)).toContain('También me dijo: resultados. ¿Lo vemos?');
    const after = say(outcome.session, 'sí', facts({ fresh: false }));
    expect(after.trace).toContainEqual(expect.objectContaining({ step: 'results' }));
  });

  test('a wish that is not clear is asked about before it is acted on', () => {
    expect(said(walk('cardiólogo por favor'))).toContain('¿Quiere esto: pedir cita?');
    expect(said(walk('cardiólogo por favor', 'sí'))).not.toContain('¿Quiere esto');
    expect(said(walk('cardiólogo por favor', 'no'))).toContain('¿En qué le ayudo?');
  });

  test('books: fuzzy specialty, a day in words, a place in the list, yes', () => {
    expect(said(walk('quiero una cita', 'cardiolgia', 'el martes por la tarde'))).toContain(
      'Martes 24 de noviembre, por la tarde',
    );
    expect(said(walk('quiero una cita', 'cardiologo', 'el martes', 'la segunda'))).toContain('a las 10:00');
    expect(said(walk('quiero una cita', 'piel', 'el martes', 'el de las 11', 'dale'))).toContain('Hecho');
    expect(said(walk('quiero una cita', '2', 'el martes', 'mejor el jueves'))).toContain('Jueves 26 de noviembre');
  });

  test('uses what the first words say: whose appointment, which day', () => {
    const next = {
      id: 'a2',
      localStart: '2026-12-01T12:00',
      service: name('Visita'),
      practitioner: { name: 'Dra. Vila' },
      place: { id: 'p', name: name('Centro') },
      confirmed: false,
    };
    const known = facts({ news: 'appointment', next });
    const greeted = say(null, 'hola', known);
    const moving = say(greeted.session, 'cambiarla al martes q viene x la tarde si puede ser', known);
    expect(said(moving)).toContain('Martes 24 de noviembre, por la tarde: estas horas');
    expect(moving.session?.slots['appointment']).toMatchObject({ id: 'a2' });
    // another day after all: asked, not heard again
    expect(said(say(moving.session, 'otro dia', known))).toContain('¿Qué otro día');
    expect(said(walk('cambiar la cita del miercoles 25 al jueves'))).toContain('Jueves 26 de noviembre');
    expect(said(walk('quiero una cita', 'cardiologia el martes por la tarde'))).toContain('Martes 24 de noviembre');
    expect(said(walk('quiero una cita', 'el martes por la tarde', 'cardiologia'))).toContain('Martes 24 de noviembre');
    expect(said(say(greeted.session, 'no', known))).toContain('¿En qué le ayudo?');
  });

  test('a picture, a voice note, a place: a true sentence, and kept inside a complaint', () => {
    const media = (voice: boolean): Input => ({ kind: 'media', voice });
    const here = walk('quiero una cita');
    for (const [sent, words] of [
      [media(false), 'queda en la conversación'],
      [media(true), 'no puedo escucharlo'],
      [{ kind: 'media', voice: false, sticker: true }, 'Aquí sigo'],
      [{ kind: 'other', place: true }, 'ubicación'],
      [{ kind: 'other', contact: true }, 'contacto'],
      [{ kind: 'other' }, 'no puedo abrir'],
      [{ kind: 'text', text: 'mire esto', caption: true }, 'queda en la conversación'],
    ] as [Input, string][]) {
      const answer = rest(here.session, sent);
      expect(said(answer)).toContain(words);
      expect(answer.says.at(-1)?.kind).toBe('menu');
      expect(said(rest(null, sent))).not.toContain('No le he entendido');
    }
    const complaint = walk('quiero poner una queja');
    expect(said(rest(complaint.session, media(false)))).toMatch(/^Lo guardo/);
    expect(rest(complaint.session, media(true)).handover?.reason).toBe('complaint');
    const long = 'quiero poner una queja: ayer me hicieron esperar dos horas sin explicarme nada y con malas formas';
    expect(walk(long).handover?.summary).toContainEqual({ key: 'complaint', value: long });
  });

  test('cancel, no, change it: what was begun with the same appointment is not gone back to', () => {
    const kept = walk('cancelar la cita', '1', 'no espera, mejor cambiala', 'el martes', '1', 'si');
    expect(said(kept)).not.toMatch(/cancelo|, , con/);
    expect(kept.session?.stack.map((frame) => frame.flow)).not.toContain('cancel');
  });

  test('an earlier menu of the same errand may be answered again', () => {
    const when = walk('quiero una cita', '1');
    const again = rest(when.session, { kind: 'choice', id: 'book.ask_specialty:dermatology', title: 'Dermatología' });
    expect(again.session?.slots['specialty']).toMatchObject({ key: 'dermatology' });
    expect(said(again)).not.toContain('menú anterior');
    const gone = rest(when.session, { kind: 'choice', id: 'change.offer:s9', title: 'Mar 24 nov, 16:00' });
    expect(said(gone)).toContain('menú anterior');
  });

  test('small words: no sé, me da igual, signs, thanks after the end', () => {
    expect(said(walk('quiero una cita', 'no se'))).toContain('No pasa nada');
    expect(said(walk('quiero una cita', '??'))).toContain('Aquí sigo');
    expect(walk('quiero una cita', '??', '.', '🙃').handover?.reason).toBe('not_understood');
    expect(said(walk('quiero una cita', '1', 'me da igual'))).toContain('Cualquier día');
    expect(walk('me encuentro mal', 'no', 'vale gracias').close).toEqual({ outcome: 'solved' });
    const ended = facts({ ended: true });
    for (const word of ['gracias', 'ok', '👍', 'no, gracias']) {
      const answer = say(null, word, ended);
      expect(answer.says, word).toEqual([{ kind: 'text', text: expect.stringContaining('De nada') }]);
      expect(answer.close, word).toBeDefined();
    }
    expect(said(say(null, 'hola', ended))).toContain('Hola, Ana');
  });

  test('who is not the one we greet sees nothing of theirs', () => {
    for (const word of ['no soy Ana', 'soy su hija', 'número equivocado'])
      expect(step(set, walk('hola').session, { kind: 'text', text: word }, facts()).effects[0]?.action, word).toBe(
        'unknown_writer',
      );
  });

  test('hands over what it learned, for the staff to read', () => {
    const { handover } = walk('hola', 'quiero una cita', 'cardiologia', 'el martes por la tarde', 'persona');
    expect(handover?.summary).toEqual([
      { key: 'wish', value: 'Pedir cita' },
      { key: 'identity', value: 'Comprobada' },
      { key: 'specialty', value: 'Cardiología' },
      { key: 'when', value: 'Martes 24 de noviembre, por la tarde' },
      { key: 'text', value: 'quiero una cita' },
    ]);
  });

  test('pages a long list, counts only what is shown', () => {
    const first = walk('quiero una cita', '1', 'el martes');
    const menu = first.says.at(-1)!;
    expect(menu.kind === 'menu' && menu.options.length).toBe(10);
    const more = say(first.session, 'ver más');
    expect(more.says.at(-1)).toMatchObject({
      options: expect.arrayContaining([expect.objectContaining({ title: 'Mar 24 nov, 20:00' })]),
    });
  });

  test('asks which day when it could be two', () => {
    const asked = walk('quiero una cita', '1', 'el lunes o el martes');
    expect(asked.says.at(-1)).toMatchObject({ kind: 'menu' });
    expect(said(say(asked.session, '2'))).toContain('Martes 24');
  });

  test.each(['persona', 'AGENTE', 'human', '0', 'quiero hablar con una persona', 'pessoa', 'una persona si us plau'])(
    '%s reaches a person, even in free words',
    (word) => {
      for (const lines of [
        ['hola'],
        ['quiero una cita'],
        ['quiero poner una queja'],
        ['cancelar la cita'],
        ['quiero una cita', '1'],
      ]) {
        expect(walk(...lines, word).handover?.reason).toBe('asked_for_person');
      }
    },
  );

  test('a complaint about an agent is a complaint', () => {
    expect(walk('quiero poner una queja', 'La agente me trató mal').handover?.reason).toBe('complaint');
  });

  test('stops, goes back, changes language, greets again, digresses and comes back', () => {
    expect(said(walk('quiero una cita', 'cancelar'))).toContain('no cambio nada');
    expect(said(walk('quiero una cita', '1', 'volver'))).toContain('especialidad');
    const english = walk('quiero una cita', 'english please');
    expect(english.language).toBe('en');
    expect(said(english)).toContain('Which specialty');
    expect(said(walk('quiero una cita', 'hola'))).toContain('Seguimos');
    const back = walk('quiero una cita', 'a qué hora abren?');
    expect(said(back)).toContain('especialidad');
  });

  test('re-asks in other words, then a person comes', () => {
    const [a, b, c] = [
      walk('quiero una cita', '1', 'zzz'),
      walk('quiero una cita', '1', 'zzz', 'qqq'),
      walk('quiero una cita', '1', 'zzz', 'qqq', 'www'),
    ];
    expect(said(a)).not.toBe(said(b));
    expect(c.handover).toMatchObject({ reason: 'not_understood', queue: 'appointments' });
    expect(c.handover!.summary).toContainEqual({ key: 'specialty', value: 'Cardiología' });
  });

  test('health data waits for proof', () => {
    const unknown = facts({ proof: 'none', first: null });
    for (const wish of ['mis resultados', 'mi medicación', 'cancelar la cita', 'quiero una cita'])
      expect(said(say(null, wish, unknown)), wish).toContain('documento');
  });

  test('a row of an old menu begins again there', () => {
    const now = walk('quiero una cita', '1');
    expect(
      said(rest(now.session, { kind: 'choice', id: 'start.greet:complaint', title: 'Queja o sugerencia' })),
    ).toContain('Siento');
  });

  test('a session whose flows are gone begins anew', () => {
    const broken = { set: 'x', stack: [{ flow: 'gone', step: 'x' }], slots: {}, effects: 0 } as Session;
    expect(say(broken, 'hola').says.at(-1)?.kind).toBe('menu');
  });

  test('is the same for the same arguments', () => {
    const session = say(null, 'hola').session;
    expect(say(session, 'quiero una cita')).toEqual(say(session, 'quiero una cita'));
  });
});

describe('whatever is said', () => {
  const words = fc.oneof(
    fc.constantFrom(
      'hola',
      '1',
      '2',
      '3',
      'sí',
      'no',
      'quiero una cita',
      'cancelar',
      'volver',
      'mis resultados',
      'el martes',
      'english please',
      'ver más',
      'gracias',
      'lunes o martes',
      'cambiar mi cita',
      '12345678Z',
      '9/5/1963',
      'queja',
    ),
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const input: fc.Arbitrary<Input> = fc.oneof(
    { weight: 6, arbitrary: words.map((text): Input => ({ kind: 'text', text })) },
    fc.record({
      kind: fc.constant('choice' as const),
      id: fc.oneof(fc.string(), fc.constantFrom('start.greet:book', 'book.read_back:yes', 'which:0', 'more.ask:menu')),
      title: fc.string(),
    }),
    fc.constant<Input>({ kind: 'timeout' }),
    fc.record({ kind: fc.constant('media' as const), voice: fc.boolean() }),
    fc.constant<Input>({ kind: 'other' }),
  );
  const language = fc.constantFrom('es' as const, 'ca' as const, 'en' as const, 'pt' as const);

  test('never throws, always answers, and a person is always one word away', () => {
    fc.assert(
      fc.property(
        fc.array(input, { maxLength: 12 }),
        language,
        fc.boolean(),
        fc.integer({ min: 0, max: 5 }),
        (inputs, spoken, proved, luck) => {
          const given = facts({ language: spoken, ...(proved ? {} : { proof: 'none', first: null }) });
          let session: Session | null = null;
          for (const one of inputs) {
            let outcome = step(set, session, one, given);
            let count = outcome.says.length;
            for (let i = 0; outcome.effects.length; i++) {
              expect(i).toBeLessThan(60);
              const effect = outcome.effects[0]!;
              const { outcomes } = ACTIONS[effect.action]!;
              const ways = ['success', 'error', ...outcomes];
              const usual = VALUES[effect.action];
              const result = usual && luck < 3 ? usual : { outcome: ways[(luck + i) % ways.length]!, value: null };
              outcome = step(set, outcome.session, { kind: 'effect', id: effect.id, result }, given);
              count += outcome.says.length;
            }
            if (one.kind !== 'timeout' || session) expect(count).toBeGreaterThan(0);
            session = JSON.parse(JSON.stringify(outcome.session)) as Session | null;
            if (session) {
              expect(outcome.wakeAt).toBeGreaterThan(given.at);
              for (const word of ['persona', '0', 'agente', 'human', 'pessoa'])
                expect(step(set, session, { kind: 'text', text: word }, given).handover).toBeDefined();
              for (const menu of outcome.says)
                if (menu.kind === 'menu')
                  expect(menu.options.some((option) => option.id === 'person') && menu.options.length <= 10).toBe(true);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('at every wait of every flow, in every language', () => {
    for (const [flow, { flow: content }] of set.flows) {
      for (const [name, one] of Object.entries(content.steps)) {
        if (!('ask' in one) && !('choose' in one)) continue;
        for (const spoken of ['es', 'ca', 'en', 'pt'] as const) {
          const session: Session = {
            set: set.hash,
            stack: [{ flow, step: name }],
            slots: {},
            effects: 0,
            wait: { kind: 'ask' in one ? 'ask' : 'choose', tries: 0 },
          };
          for (const word of [
            'persona',
            'agente',
            'human',
            '0',
            'operador',
            'I want to talk to a person',
            'quero falar com uma pessoa',
            'vull parlar amb una persona',
          ]) {
            expect(
              step(set, session, { kind: 'text', text: word }, facts({ language: spoken })).handover,
              `${flow}/${name} ${word}`,
            ).toBeDefined();
          }
          const silence = step(set, session, { kind: 'timeout' }, facts({ language: spoken }));
          expect(
            silence.says.length + silence.effects.length + (silence.close ? 1 : 0),
            `${flow}/${name}`,
          ).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe('expressions', () => {
  const scope = (name: string): unknown => ({ a: 1, s: 'x', list: [1, 2], o: { p: { q: 'deep' } }, none: null })[name];
  test.each<[string, unknown]>([
    ['a == 1', true],
    ["s == 'x' and a < 2", true],
    ['not a', false],
    ['count(list) > 1', true],
    ['has(none)', false],
    ["o.p.q == 'deep'", true],
    ['a in list', true],
    ["s in ['y', 'x']", true],
    ['(a == 2 or a == 1) and not has(missing)', true],
    ['list.0', 1],
    ['o.constructor', undefined],
    ['o.__proto__', undefined],
    ['missing.deep == null', true],
    ['s > a', false],
    ['a >= 1', true],
    ['a != 1', false],
  ])('%s', (source, value) => expect(compile(source).run(scope)).toEqual(value));
  test.each(['a ==', '(a', 'a b', '1 +', "'open", 'and', '[1', 'a == == b', '('.repeat(90) + 'a'])(
    'refuses %s',
    (source) => expect(() => compile(source)).toThrow(SyntaxError),
  );
  test('any text is read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        try {
          compile(source).run(scope);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
