import { describe, expect, test } from 'vitest';
import type { Json } from '../contract.ts';
import { VALUES, facts, name, rest, said, talk } from './stage.ts';

/*
 * Whole conversations, as patients write them, in the four languages: expected of the last turn's words, or of where the
 * session stands after it.
 */

type Language = 'es' | 'ca' | 'en' | 'pt';
const BOOK: Record<Language, string[]> = {
  es: ['quiero turno', 'cardiologia', 'la doctora ruiz', 'el martes'],
  ca: ['vull demanar hora', 'cardiologia', 'la doctora ruiz', 'dimarts'],
  en: ['I want to book an appointment', 'cardiologia', 'doctor ruiz', 'tuesday'],
  pt: ['quero marcar uma consulta', 'cardiologia', 'a doutora ruiz', 'terça'],
};
const slots = (
  outcome: ReturnType<typeof rest>,
): Record<string, { id?: string; key?: string; from?: string; partOfDay?: string }> =>
  (outcome.session?.slots ?? {}) as never;
const at = (outcome: ReturnType<typeof rest>): string =>
  outcome.session?.stack.map((frame) => `${frame.flow}/${frame.step}`).join(' ') ?? '';
/** The conversation as far as the times that are free, or the reading back of one of them. */
const offered = (language: Language, ...lines: string[]): ReturnType<typeof talk> =>
  talk(language, ...BOOK[language], ...lines);

describe('an answer that corrects an earlier one', () => {
  test.each<[Language, string]>([
    ['es', 'no, el jueves'],
    ['es', 'perdón, quise decir el jueves'],
    ['es', 'mejor el jueves'],
    ['es', 'el jueves mejor'],
    ['ca', 'no, dijous'],
    ['ca', 'perdó, volia dir dijous'],
    ['en', 'no, thursday'],
    ['en', 'sorry, I meant thursday'],
    ['pt', 'não, quinta'],
    ['pt', 'desculpe, quis dizer quinta-feira'],
  ])('%s: another day: %s', (language, line) => {
    for (const before of [[], ['1']]) {
      const outcome = offered(language, ...before, line);
      expect(slots(outcome)['when']).toMatchObject({ from: '2026-11-26', to: '2026-11-26' });
      expect(slots(outcome)['professional']).toMatchObject({ id: 'ruiz' });
      expect(at(outcome)).toBe('book/offer');
    }
  });

  test.each<[Language, string]>([
    ['es', 'perdón, con la otra doctora'],
    ['es', 'no, con la doctora soler'],
    ['es', 'mejor con soler'],
    ['ca', "perdó, amb l'altra doctora"],
    ['ca', 'millor amb la doctora soler'],
    ['en', 'sorry, with the other doctor'],
    ['en', 'actually with doctor soler'],
    ['pt', 'desculpe, com a outra doutora'],
    ['pt', 'melhor com a doutora soler'],
  ])('%s: another doctor: %s', (language, line) => {
    for (const before of [[], ['1']]) {
      const outcome = offered(language, ...before, line);
      expect(slots(outcome)['professional']).toMatchObject({ id: 'soler' });
      expect(slots(outcome)['specialty']).toMatchObject({ key: 'cardiology' });
      expect(slots(outcome)['when']).toMatchObject({ from: '2026-11-24' });
      expect(at(outcome)).toBe('book/offer');
    }
  });

  test.each<[Language, string]>([
    ['es', 'mejor a la tarde'],
    ['es', 'sí, pero a la tarde'],
    ['es', 'si pero por la tarde porfa'],
    ['ca', 'millor a la tarda'],
    ['ca', 'sí, però a la tarda'],
    ['en', 'actually in the afternoon'],
    ['en', 'yes but in the afternoon'],
    ['pt', 'melhor à tarde'],
    ['pt', 'sim, mas à tarde'],
  ])('%s: another time of the same day, and nothing is booked: %s', (language, line) => {
    const outcome = offered(language, '1', line);
    expect(slots(outcome)['when']).toEqual({ from: '2026-11-24', to: '2026-11-24', partOfDay: 'afternoon' });
    expect(at(outcome)).toBe('book/offer');
  });

  test('a day leaves the time of day as it was; another of the times that stood there is taken', () => {
    expect(slots(offered('es', 'mejor a la tarde', 'no, el jueves'))['when']).toMatchObject({
      from: '2026-11-26',
      partOfDay: 'afternoon',
    });
    expect(slots(offered('es', '1', 'mejor el de las 11'))['slot']).toMatchObject({ id: '2026-11-24T11:00' });
  });

  test.each<[Language, string]>([
    ['es', 'no, dermatología'],
    ['es', 'perdón, era para dermatologia'],
    ['ca', 'no, dermatologia'],
    ['en', 'sorry, dermatologia'],
    ['pt', 'não, dermatologia'],
  ])('%s: another specialty keeps the day: %s', (language, line) => {
    const outcome = offered(language, '1', line);
    expect(slots(outcome)['specialty']).toMatchObject({ key: 'dermatology' });
    expect(at(outcome)).toBe('book/ask_professional');
    expect(slots(offered(language, '1', line, 'soler'))['when']).toMatchObject({ from: '2026-11-24' });
  });

  test('of two appointments, the other', () => {
    for (const [language, ...lines] of [
      ['es', 'cancelar mi cita', '1', 'no, la otra'],
      ['ca', 'cancel·lar la meva visita', '1', "no, l'altra"],
      ['en', 'cancel my appointment', '1', 'no, the other one'],
      ['pt', 'cancelar a minha consulta', '1', 'não, a outra'],
    ] as [Language, string, string, string][])
      expect(slots(talk(language, ...lines))['appointment'], lines[2]).toMatchObject({ id: 'a2' });
  });
});

describe('what must not be taken for a yes', () => {
  test.each<[Language, string, string]>([
    ['es', 'cancelar mi cita', 'no, la primera'],
    ['es', 'cancelar mi cita', 'no esa no, la del 25'],
    ['ca', 'vull anul·lar la visita', 'no, la primera'],
    ['en', 'cancel my appointment', 'no, the first one'],
    ['pt', 'quero cancelar a consulta', 'não, a primeira'],
  ])('%s: %s: %s', (language, begin, line) => {
    const outcome = talk(language, begin, '2', line);
    expect(at(outcome)).toBe('cancel/sure');
    expect(slots(outcome)['appointment']).toMatchObject({ id: 'a1' });
  });

  test.each<[Language, string]>([
    ['es', 'no, gracias'],
    ['es', 'espera, mejor no'],
    ['ca', 'no, gràcies'],
    ['en', 'no thanks'],
    ['pt', 'não, obrigado'],
  ])('%s: a polite no is a no to what was asked, not a goodbye: %s', (language, line) => {
    expect(at(offered(language, '1', line))).toBe('book/ask_when_again');
  });

  test('just what was read back, said again, is a yes', () => {
    expect(offered('es', '1', 'sí, el martes a las 9 está bien').trace).toContainEqual({
      step: 'book',
      detail: { outcome: 'success' },
    });
  });

  test('another appointment is named while its new day is asked', () => {
    const outcome = talk('es', 'cambiar mi cita', '2', 'no, la del miércoles');
    expect(slots(outcome)['appointment']).toMatchObject({ id: 'a1' });
    expect(at(outcome)).toBe('change/ask_when');
  });
});

describe('going back', () => {
  test.each<[Language, string]>([
    ['es', 'atrás'],
    ['es', 'volver'],
    ['es', 'me equivoqué'],
    ['es', 'perdón me he equivocado'],
    ['ca', 'enrere'],
    ['ca', "m'he equivocat"],
    ['en', 'go back'],
    ['en', 'I made a mistake'],
    ['pt', 'voltar'],
    ['pt', 'enganei-me'],
  ])('%s: one question: %s', (language, line) => {
    expect(at(offered(language, '1', line))).toBe('book/offer');
    expect(at(offered(language, '1', line, line))).toBe('book/ask_when');
    expect(at(offered(language, '1', line, line, line, line))).toBe('book/ask_specialty');
  });

  test.each<[Language, string, string]>([
    ['es', 'volver a la especialidad', 'ask_specialty'],
    ['es', 'me equivoqué de especialidad', 'ask_specialty'],
    ['es', 'otro día', 'ask_when'],
    ['es', 'quiero cambiar la hora', 'offer'],
    ['es', 'quiero cambiar de doctora', 'ask_professional'],
    ['ca', "m'he equivocat d'especialitat", 'ask_specialty'],
    ['ca', 'un altre dia', 'ask_when'],
    ['en', 'go back to the specialty', 'ask_specialty'],
    ['en', 'another day', 'ask_when'],
    ['pt', 'voltar à especialidade', 'ask_specialty'],
    ['pt', 'outro dia', 'ask_when'],
  ])('%s: to a named one: %s', (language, line, step) => {
    expect(at(offered(language, '1', line))).toBe(`book/${step}`);
  });

  test('after a digression the way back is still there', () => {
    expect(at(offered('es', 'a qué hora abren?', 'atrás'))).toBe('book/ask_when');
  });
});

describe('changes of mind', () => {
  test.each<[Language, string]>([
    ['es', 'mejor cancelo'],
    ['es', 'déjalo'],
    ['es', 'no, mejor lo dejo'],
    ['es', 'ya no quiero el turno'],
    ['es', 'olvídalo'],
    ['ca', 'deixa-ho'],
    ['ca', 'millor cancel·lo'],
    ['ca', 'ja no ho vull'],
    ['en', 'forget it'],
    ['en', 'actually never mind'],
    ['pt', 'deixa isso'],
    ['pt', 'esquece'],
  ])('%s: stops: %s', (language, line) => {
    for (const before of [[], ['1']]) expect(at(offered(language, ...before, line)), String(before)).toBe('more/ask');
  });

  test.each<[Language, string]>([
    ['es', 'dejalo, quiero los resultados'],
    ['es', 'olvídalo y dame los resultados'],
    ['es', 'mejor lo dejo. quiero ver mis resultados'],
    ['ca', 'deixa-ho, vull els resultats'],
    ['en', 'forget it, I want my results'],
    ['pt', 'deixa isso, quero os resultados'],
  ])('%s: something else in its place: %s', (language, line) => {
    expect(at(offered(language, line))).toMatch(/^results\//);
  });

  test('a change becomes a cancellation of the same appointment, and the other way about; each is read back', () => {
    const cancelled = talk('es', 'cambiar mi cita', '2', 'mejor cancelala');
    expect(at(cancelled)).toBe('cancel/sure');
    expect(slots(cancelled)['appointment']).toMatchObject({ id: 'a2' });
    const changed = talk('es', 'cancelar mi cita', '2', 'sí, pero quiero cambiarla');
    expect(at(changed)).toBe('change/ask_when');
    expect(slots(changed)['appointment']).toMatchObject({ id: 'a2' });
  });

  test.each<[Language, string]>([
    ['es', 'si la cancelo me cobran?'],
    ['es', 'prefiero que no la cancelen'],
    ['es', 'no la canceles'],
    ['es', 'sí, pero no sé'],
    ['ca', "no l'anul·lis"],
    ['en', "don't cancel it"],
    ['en', 'yes but I am not sure'],
    ['pt', 'não cancele'],
  ])('%s: nothing is cancelled by: %s', (language, line) => {
    const begin = {
      es: 'cancelar mi cita',
      ca: 'cancel·lar la meva visita',
      en: 'cancel my appointment',
      pt: 'cancelar a minha consulta',
    };
    expect(talk(language, begin[language], '1', line).trace.map((one) => one.step)).not.toContain('cancel');
  });
});

describe('several things at once', () => {
  test.each<[Language, string[], RegExp]>([
    ['es', ['cambiar el turno y de paso los resultados', '1', 'el martes', '1', 'sí'], /También me dijo: resultados/],
    [
      'es',
      ['quiero cambiar la cita, y ver los resultados también', '1', 'el martes', '1', 'sí'],
      /También me dijo: resultados/,
    ],
    ['ca', ["vull canviar l'hora i de pas els resultats", '1', 'dimarts', '1', 'sí'], /També m'ha dit: resultats/],
    [
      'en',
      ['I need to change my appointment and also my test results', '1', 'tuesday', '1', 'yes'],
      /You also mentioned: results/,
    ],
    ['pt', ['quero mudar a consulta e também os resultados', '1', 'terça', '1', 'sim'], /Também me disse: resultados/],
  ])('%s: %s', (language, lines, expected) => {
    expect(talk(language, ...(lines as [string])).turns.at(-1)).toMatch(expected);
  });

  test('three wishes, one after the other, each offered once', () => {
    const lines = [
      'quiero cambiar mi cita, ver los resultados y saber el horario',
      '1',
      'el martes',
      '1',
      'sí',
    ] as const;
    expect(talk('es', ...lines).turns.at(-1)).toContain('También me dijo: resultados');
    const then = talk('es', ...lines, 'no');
    expect(then.turns.at(-1)).toContain('También me dijo: horarios');
    expect(talk('es', ...lines, 'no', 'no').turns.at(-1)).not.toContain('También me dijo');
  });

  test('an answer and a wish: the answer now, the wish afterwards', () => {
    for (const [language, line] of [
      ['es', 'la primera, y de paso quiero mis resultados'],
      ['en', 'the first one and also I want my results'],
    ] as [Language, string][]) {
      const outcome = offered(language, line);
      expect(at(outcome), line).toBe('book/read_back');
      expect(outcome.session?.also?.[0]?.intent, line).toBe('lab_results');
    }
    const agreed = offered('es', '1', 'sí, y también los resultados');
    expect(agreed.turns.at(-1)).toMatch(/Hecho[\s\S]*También me dijo: resultados/);
  });

  test('a person is told of what is still waiting', () => {
    const { handover } = talk('es', 'quiero turno y de paso los resultados', 'persona');
    expect(handover?.summary.filter((line) => line.key === 'wish').map((line) => line.value)).toEqual([
      'Pedir cita',
      'Resultados',
    ]);
  });
});

describe('what the first sentence says is not asked again', () => {
  test.each<[Language, string]>([
    ['es', 'quiero turno de cardiologia con la doctora Ruiz el martes a la tarde'],
    ['ca', 'vull demanar hora de cardiologia amb la doctora Ruiz dimarts a la tarda'],
    ['en', "I'd like to book an appointment in cardiologia with doctor Ruiz on tuesday afternoon"],
    ['pt', 'quero marcar uma consulta de cardiologia com a doutora Ruiz terça à tarde'],
  ])('%s: %s', (language, line) => {
    const outcome = talk(language, line);
    expect(at(outcome)).toBe('book/offer');
    expect(slots(outcome)['professional']).toMatchObject({ id: 'ruiz' });
    expect(slots(outcome)['when']).toMatchObject({ from: '2026-11-24', partOfDay: 'afternoon' });
  });
});

describe('which one, and where it should go', () => {
  test.each<[Language, string]>([
    ['es', 'quiero cambiar mi cita del miércoles al viernes por la tarde'],
    ['es', 'necesito pasar el turno del miércoles para el viernes por la tarde'],
    ['ca', 'vull canviar la visita de dimecres a divendres a la tarda'],
    ['en', 'I need to move my wednesday appointment to friday afternoon'],
    ['pt', 'quero mudar a consulta de quarta para sexta à tarde'],
  ])('%s: %s', (language, line) => {
    const outcome = talk(language, line);
    expect(slots(outcome)['appointment']).toMatchObject({ id: 'a1' });
    expect(slots(outcome)['when']).toMatchObject({ from: '2026-11-27', to: '2026-11-27', partOfDay: 'afternoon' });
  });
});

test('where it should go is not which one it is', () => {
  // one of the two is on a Tuesday
  const outcome = talk('es', 'quiero cambiar mi cita al martes');
  expect(at(outcome)).toBe('change/pick');
  expect(slots(talk('es', 'quiero cambiar mi cita al martes', '1'))['when']).toMatchObject({ from: '2026-11-24' });
});

describe('in the middle of something', () => {
  test.each<[Language, string]>([
    ['es', 'más tarde'],
    ['ca', 'més tard'],
    ['en', 'later'],
    ['pt', 'mais tarde'],
  ])('%s: later the same day: %s', (language, line) => {
    expect(slots(offered(language, line))['when']).toMatchObject({ from: '2026-11-24', partOfDay: 'afternoon' });
    expect(slots(offered(language, '1', line))['when']).toMatchObject({ from: '2026-11-24', after: '09:05' });
  });

  test.each<[Language, string]>([
    ['es', 'a primera hora'],
    ['es', 'mejor a primera hora'],
    ['ca', 'a primera hora'],
    ['en', 'first thing'],
    ['pt', 'de manhã cedo'],
  ])('%s: early is a time of day, not the first of the list: %s', (language, line) => {
    const outcome = offered(language, line);
    expect(slots(outcome)['when']).toMatchObject({ from: '2026-11-24', partOfDay: 'morning' });
    expect(at(outcome)).toBe('book/offer');
  });

  test.each<[Language, string]>([
    ['es', 'ninguna me sirve'],
    ['ca', "cap d'aquestes"],
    ['en', 'none of these'],
    ['pt', 'nenhuma dessas'],
  ])('%s: none of them: %s', (language, line) => {
    expect(at(offered(language, line))).toBe('book/ask_when_again');
  });

  test('not to mind who is not to mind when', () => {
    for (const [language, line] of [
      ['es', 'me da igual'],
      ['ca', 'tant me fa'],
      ['en', "i don't mind"],
      ['pt', 'tanto faz'],
    ] as [Language, string][])
      expect(at(talk(language, ...BOOK[language].slice(0, 2), line)), line).toBe('book/ask_when');
  });

  test('who is asked who they are goes back to that, with what it is for', () => {
    const given = facts({ proof: 'none', first: null });
    const asked = rest(null, { kind: 'text', text: 'mis resultados' }, given);
    const back = rest(asked.session, { kind: 'text', text: 'a qué hora abren?' }, { ...given, fresh: false });
    expect(said(back)).toMatch(/Seguimos con esto: resultados\.\n.*documento/);
    // not having it is no wish for something else
    const without = rest(asked.session, { kind: 'text', text: 'no lo tengo a mano' }, { ...given, fresh: false });
    expect(said(without)).toContain('escriba «persona»');
  });

  test('how to prepare is told, and the booking goes on', () => {
    expect(at(offered('es', '1', 'tengo que ir en ayunas?'))).toBe('book/read_back');
  });

  test.each<[Language, string, RegExp]>([
    ['es', 'a qué hora abren?', /Seguimos con esto: pedir cita\.\n/],
    ['en', 'what time do you open?', /Back to this: book an appointment\.\n/],
    ['pt', 'a que horas abrem?', /Continuamos com isto: marcar consulta\.\n/],
  ])('%s: a question, and back to what was asked: %s', (language, line, expected) => {
    const outcome = offered(language, line);
    expect(outcome.turns.at(-1)).toMatch(expected);
    expect(at(outcome)).toBe('book/offer');
    expect(at(offered(language, line, '1'))).toBe('book/read_back');
  });

  test.each<[Language, string, string]>([
    ['es', 'la segunda', '11:00'],
    ['es', 'la opción 2', '11:00'],
    ['es', '2', '11:00'],
    ['es', 'el último', '18:00'],
    ['es', 'el de las 4', '16:00'],
    ['ca', 'la segona', '11:00'],
    ['ca', "l'última", '18:00'],
    ['en', 'the second one', '11:00'],
    ['en', 'the last one', '18:00'],
    ['pt', 'a segunda', '11:00'],
    ['pt', 'a última', '18:00'],
  ])('%s: one of the times: %s', (language, line, hour) => {
    expect(slots(offered(language, line))['slot']).toMatchObject({ id: `2026-11-24T${hour}` });
  });

  test.each<[Language, string]>([
    ['es', 'sí'],
    ['es', 'si dale'],
    ['es', 'sí, resérvala'],
    ['es', 'sí por favor, muchas gracias'],
    ['ca', 'sí, reserva-la'],
    ['en', 'yes please book it'],
    ['pt', 'sim, pode marcar'],
  ])('%s: yes, and more of the same: %s', (language, line) => {
    expect(offered(language, '1', line).trace).toContainEqual({ step: 'book', detail: { outcome: 'success' } });
  });

  test('what is not understood three times brings a person, wherever it is said', () => {
    const lines = ['quiero turno', 'asdf', 'cardiologia', 'asdf', 'qwer', 'zxcv'] as const;
    expect(talk('es', ...lines).handover?.reason).toBe('not_understood');
    // said anew and anew without anything new, or proposed in vain
    const again = talk('es', 'quiero turno', 'quiero turno', 'quiero turno', 'quiero turno', 'quiero turno');
    expect(again.handover?.reason).toBe('not_understood');
  });

  test('a person is reached from the last of many sentences', () => {
    const long = `La verdad es que ${'llevo días esperando y nadie me dice nada, '.repeat(10)}. Quiero hablar con una persona.`;
    for (const line of [
      long,
      'el martes. Bueno, mejor pásame con alguien',
      'no. persona',
      'Sí, el martes. ¿Me puede atender una persona?',
    ])
      expect(offered('es', line).handover?.reason, line).toBe('asked_for_person');
  });
});

describe('what is said not to be wanted', () => {
  test.each<[Language, string[], string]>([
    ['es', [], 'mejor no la cancelo'],
    ['es', [], 'no quiero cancelar'],
    ['ca', [], 'no vull anul·lar-la'],
    ['en', [], "I don't want to cancel"],
    ['pt', [], 'não quero cancelar'],
  ])('%s: begins nothing, %j, then %s', (language, before, line) => {
    const first = talk(language, ...before, line);
    expect(at(first)).not.toContain('cancel');
    const busy = offered(language, line);
    expect(at(busy)).not.toContain('cancel');
    expect(at(busy)).toContain('more');
  });

  test('what is wanted instead begins', () => {
    expect(at(talk('es', 'no quiero cancelarla, quiero pedir cita'))).toContain('book');
  });

  test.each<[Language, string]>([
    ['es', 'no gracias'],
    ['ca', 'no, gràcies'],
    ['en', 'no thanks'],
    ['pt', 'não, obrigado'],
  ])('%s: a thank you with a no leaves a list: %s', (language, line) => {
    const outcome = talk(language, BOOK[language][0]!, line);
    expect(at(outcome)).toContain('more');
  });
});

describe('which of a list', () => {
  test.each<[Language, string]>([
    ['es', 'me da igual'],
    ['es', 'la que sea'],
    ['ca', "tant m'és"],
    ['ca', 'tant me fa'],
    ['en', 'whatever'],
    ['pt', 'tanto faz'],
  ])('%s: any of the hours is the first, read back: %s', (language, line) => {
    const outcome = offered(language, line);
    expect(at(outcome)).toBe('book/read_back');
    expect(slots(outcome)['slot']?.id).toBe('2026-11-24T09:00');
  });

  test('the one in the middle, where there is one', () => {
    const outcome = talk('es', 'quiero turno', 'cardiologia', 'la doctora ruiz', 'el martes');
    expect(at(outcome)).toBe('book/offer');
    // four hours: none of them is in the middle
    expect(at(offered('es', 'la del medio'))).toBe('book/offer');
  });
});

describe('a family behind one who writes', () => {
  const relatives = {
    outcome: 'success',
    value: [
      { id: 'me', name: 'Para mí', relation: name('Ana'), words: 'mi me jo eu myself', self: true },
      { id: 'leo', name: 'Leo Gil', relation: name('Como madre'), words: 'hijo fill son filho', self: false },
    ] as Json,
  };
  const spoken = (language: Language, ...lines: string[]): ReturnType<typeof rest> => {
    let outcome: ReturnType<typeof rest> | null = null;
    for (const text of lines)
      outcome = rest(
        outcome?.session ?? null,
        { kind: 'text', text },
        facts({ language, acts_for: 1, fresh: outcome === null }),
        { ...VALUES, relatives },
      );
    return outcome!;
  };

  test.each<[Language, string, string, string, string]>([
    ['es', 'quiero una cita', 'para mi hijo, el miércoles en la mañana', 'cardiologia', 'Para Leo Gil: '],
    ['ca', 'vull demanar hora', 'per al meu fill, dimecres al matí', 'cardiologia', 'Per a Leo Gil: '],
    ['en', 'I want to book an appointment', 'for my son, wednesday morning', 'cardiologia', 'For Leo Gil: '],
    ['pt', 'quero marcar consulta', 'para o meu filho, quarta de manhã', 'cardiologia', 'Para Leo Gil: '],
  ])('%s: for whom, with the day, which is kept and read back with the name', (language, wish, whom, what, read) => {
    const offer = spoken(language, wish, whom, what);
    expect(slots(offer)['when']).toEqual({ from: '2026-11-25', to: '2026-11-25', partOfDay: 'morning' });
    expect(said(spoken(language, wish, whom, what, '1'))).toContain(read);
    // of oneself it is not said
    expect(said(spoken(language, wish, '1', what, whom.split(', ')[1]!, '1'))).not.toContain('Para mí');
  });
});

describe('one more appointment, said in the middle of something', () => {
  test.each<[Language, string, string]>([
    ['es', 'quiero cancelar la cita', 'y pídeme otra para la semana que viene'],
    ['ca', 'vull anul·lar la visita', "i demana'm una altra per la setmana que ve"],
    ['en', 'cancel my appointment', 'and book me another one for next week'],
    ['pt', 'quero desmarcar a consulta', 'e marca outra para a semana que vem'],
  ])('%s: waits until what is at hand is done', (language, wish, more) => {
    const asked = talk(language, wish, '1', more);
    expect(at(asked)).toBe('cancel/sure');
    expect(slots(asked)['appointment']).toMatchObject({ id: 'a1' });
    expect(asked.session?.also).toEqual([{ intent: 'appointment_book', words: more }]);
  });

  test('also of booking itself, with an answer before it', () => {
    const outcome = talk('es', ...BOOK.es, '1', 'sí, y pídeme otra para la semana que viene');
    expect(said(outcome)).toContain('Hecho.');
    expect(at(outcome)).toBe('propose/ask');
    expect(outcome.session?.slots['to']).toBe('book');
  });
});

describe('an appointment of a specialty of which there is none', () => {
  const one = {
    id: 'a1',
    start: '2026-11-25T09:30',
    day: '2026-11-25',
    service: name('Medicina general'),
    practitioner: 'Dra. Vila',
    place: name('Centro'),
  } as Json;
  const answers = (list: Json[]): typeof VALUES => ({
    ...VALUES,
    next_appointments: { outcome: list.length === 1 ? 'one' : 'success', value: list },
    other_specialty: { outcome: 'success', value: { name: name('Cardiología') } },
  });

  test.each<[Language, string, string, string]>([
    ['es', 'quiero cancelar mi cita de cardiología', 'ninguna cita de cardiología', 'cancel'],
    ['es', 'quiero cambiar mi cita de cardiología', 'ninguna cita de cardiología', 'change'],
    ['es', 'confirmo mi cita de cardiología', 'ninguna cita de cardiología', 'confirm'],
    ['ca', 'vull anul·lar la visita de cardiologia', 'cap visita de cardiología', 'cancel'],
    ['en', 'cancel my cardiology appointment', 'no cardiología appointment', 'cancel'],
    ['pt', 'queria desmarcar a minha consulta de cardiologia', 'nenhuma marcação de cardiología', 'cancel'],
  ])('%s: %s', (language, text, words, flow) => {
    const given = facts({ language });
    const asked = rest(null, { kind: 'text', text }, given, answers([one]));
    expect(said(asked)).toContain(words);
    expect(said(asked)).toContain('medicina general');
    expect(at(asked)).toBe(`${flow}/this_one`);
    const no = rest(asked.session, { kind: 'text', text: 'no' }, { ...given, fresh: false }, answers([one]));
    expect(at(no)).toBe('more/ask');
    const several = rest(null, { kind: 'text', text }, given, answers([one, { ...(one as object), id: 'a2' }]));
    expect(at(several)).toBe(`${flow}/these`);
    expect(said(several)).toContain(words);
  });
});

const titles = (outcome: ReturnType<typeof rest>): string[] =>
  outcome.says.flatMap((one) => (one.kind === 'menu' ? one.options.map((option) => option.title) : []));

describe('a wish of which it is not sure', () => {
  test.each<[Language, string, string[]]>([
    ['es', 'análisis', ['Resultados', 'Pruebas y preparación', 'Otra cosa']],
    ['es', 'la cita', ['Pedir cita', 'Mis citas', 'Otra cosa']],
    ['en', 'the appointment', ['Book an appointment', 'My appointments', 'Something else']],
  ])('%s: what may be meant is shown to be tapped: %s', (language, line, expected) => {
    const outcome = talk(language, line);
    expect(at(outcome)).toBe('propose/which');
    expect(titles(outcome).slice(0, -1)).toEqual(expected);
  });

  test('one of them is taken by its place or its words; none of them leads to the menu', () => {
    expect(at(talk('es', 'la cita', 'la primera'))).toMatch(/^book\//);
    expect(at(talk('es', 'la cita', 'mis citas'))).toMatch(/^mine\//);
    expect(at(talk('es', 'la cita', 'ninguna'))).toBe('start/greet');
    expect(at(talk('es', 'la cita', 'quiero mis resultados'))).toMatch(/^results\//);
    expect(at(talk('es', 'la cita', 'sí'))).toBe('propose/which');
  });

  test('a one-word answer in the middle of something calls nobody', () => {
    for (const line of ['a', 'una', 'un', 'real']) expect(talk('es', line).handover, line).toBeUndefined();
  });
});

describe('what was said first', () => {
  test('two specialties are the two that are asked about', () => {
    expect(titles(talk('es', 'quiero cita con cardiologia o dermatologia'))).toEqual([
      'Cardiología',
      'Dermatología',
      'Hablar con alguien',
    ]);
  });

  test.each<[Language, string]>([
    ['es', 'hola, soy Tránsito'],
    ['ca', 'Bon dia, soc la Gal·la Puigdomènech'],
    ['en', 'Hello, this is Harriet'],
    ['pt', 'Bom dia, aqui é a Conceição'],
  ])('%s: who says who they are has greeted: %s', (language, line) => {
    expect(at(talk(language, line))).toBe('start/greet');
  });

  test('in English "I" joins nothing', () => {
    const outcome = talk('en', 'can I come a bit later and where do I go?');
    expect(at(outcome)).toBe('change/pick');
    expect(outcome.session?.also?.[0]?.intent).toBe('where_to_go');
  });
});
