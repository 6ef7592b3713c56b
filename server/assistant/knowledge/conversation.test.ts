import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedDemo } from '../../../demo/seed.ts';
import { testDatabase } from '../../../test/postgres.ts';
import type { Language, OutboundContent, Situation, Turn } from '../../conversation/contract.ts';
import { addContactPoint } from '../../patient/contact-points.ts';
import { addPerson } from '../../patient/people.ts';
import { uuid } from '../../platform/ids.ts';
import { openDatabase, within } from '../../platform/postgres.ts';
import { createVault } from '../../trust/vault.ts';
import { createAssistant } from '../assistant.ts';
import { publishFlows } from '../publish.ts';
import { listUnanswered } from './unanswered.ts';

/* A patient asks, on a real database: the approved article answers, and the way goes on where it was. */

const postgres = await testDatabase();
const vault = createVault(randomBytes(32));
const NOW = new Date('2026-11-23T09:00:00Z');
const assistant = createAssistant({ vault, clock: () => NOW });
let organisationId = '';
let accountId = '';

beforeAll(async () => {
  const owner = openDatabase(postgres.ownerUrl);
  organisationId = await seedDemo(owner.db, vault, {
    now: NOW,
    webOrigins: [],
    number: {
      phoneNumberId: '1',
      displayNumber: '3490',
      secrets: { accessToken: 'a', appSecret: 'b', verifyToken: 'c' },
    },
    more: async (trx, id) => void (await publishFlows(trx, id)),
  });
  await owner.close();
  accountId = await within(
    postgres.db,
    organisationId,
    async (trx) =>
      (await sql<{ id: string }>`select distinct account_id as id from contact_point limit 1`.execute(trx)).rows[0]!.id,
  );
});
afterAll(() => postgres.close());

async function someone(language: Language = 'es', name?: string) {
  let situation = await within(postgres.db, organisationId, async (trx): Promise<Situation> => {
    const personId = await addPerson(trx, vault, { organisationId, language, ...(name ? { name } : {}) });
    const contactPointId = await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address: uuid(),
      people: [{ personId, proof: 'none' }],
    });
    return {
      organisationId,
      contactPointId,
      accountId,
      channel: 'whatsapp',
      personId,
      aboutId: personId,
      conversationId: uuid(),
      fresh: true,
      state: 'assistant',
      language,
      proof: 'none',
      session: null,
      receivedAt: NOW,
      content: { kind: 'text', text: '' },
    };
  });
  return {
    personId: situation.personId,
    async say(text: string): Promise<Turn & { text: string }> {
      const [turn] = await within(postgres.db, organisationId, (trx) =>
        assistant.turns(trx, [{ ...situation, content: { kind: 'text', text } }]),
      );
      situation = {
        ...situation,
        fresh: false,
        session: turn!.session === null ? null : JSON.parse(JSON.stringify(turn!.session)),
        ...(turn!.language ? { language: turn!.language } : {}),
      };
      if (process.env['SHOW']) process.stdout.write(`> ${text}\n${turn!.says.map(shown).join('\n')}\n`);
      return { ...turn!, text: turn!.says.map(shown).join('\n') };
    },
  };
}
function shown(content: OutboundContent): string {
  if (content.kind === 'menu') return `${content.text}\n${content.options.map((one) => `[${one.title}]`).join(' ')}`;
  return content.kind === 'text' ? content.text : content.kind;
}
const rows = <Row>(query: string): Promise<Row[]> =>
  within(postgres.db, organisationId, async (trx) => (await sql.raw<Row>(query).execute(trx)).rows);

describe('a question that an article answers', () => {
  test.each<[Language, string, RegExp]>([
    [
      'es',
      '¿dónde puedo aparcar el coche?',
      /\*Aparcamiento\*[\s\S]*1,20 €[\s\S]*_Fuente: Hospital Vega Clara, 26 de julio de 2026_\n¿Le ha servido\?\n\[Sí\] \[No\] \[Hablar con alguien\]/,
    ],
    ['ca', 'es pot aparcar el cotxe aquí?', /\*Aparcament\*[\s\S]*_Font: Hospital Vega Clara, 26 de juliol de 2026_/],
    ['en', 'is there a car park?', /\*Parking\*[\s\S]*_Source: Hospital Vega Clara, 26 July 2026_/],
    [
      'pt',
      'há parque de estacionamento?',
      /\*Estacionamento\*[\s\S]*_Fonte: Hospital Vega Clara, 26 de julho de 2026_/,
    ],
  ])('in %s: %s', async (language, question, answer) => {
    const { text } = await (await someone(language)).say(question);
    expect(text).toMatch(answer);
  });

  test('is found with the slips of a thumb, and with no question mark', async () => {
    expect((await (await someone()).say('cuanto cuesta el aparcamineto')).text).toContain('*Aparcamiento*');
  });

  test('a yes and a no are kept, once each; after a no a person is offered', async () => {
    const count = async (): Promise<{ yes: number; no: number }> =>
      (
        await rows<{ yes: number; no: number }>(
          'select count(*) filter (where helped)::int as yes, count(*) filter (where not helped)::int as no from article_feedback',
        )
      )[0]!;
    const before = await count();
    const glad = await someone();
    await glad.say('hay wifi en las habitaciones?');
    expect((await glad.say('sí, gracias')).text).toContain('Me alegro');
    const sad = await someone();
    await sad.say('hay wifi en las habitaciones?');
    expect((await sad.say('no')).text).toMatch(/no sea lo que buscaba[\s\S]*persona/);
    expect((await sad.say('sí')).handover?.reason).toBe('not_answered');
    expect(await count()).toEqual({ yes: before.yes + 1, no: before.no + 1 });
  });

  test('of a question that none surely answers, what may be meant is shown; one of them answers, and it is kept', async () => {
    const question = '¿quién firma los papeles cuando salga?';
    const asked = await someone();
    const { text } = await asked.say(question);
    expect(text).toMatch(/una de estas preguntas\?\n(?:\[[^\]]+\] ){2,3}\[Otra cosa\] \[Hablar con alguien\]$/);
    expect((await asked.say('la primera')).text).toMatch(/_Fuente: Hospital Vega Clara, [^\n]+_\n¿Le ha servido\?/);
    const kept = async (): Promise<number> =>
      (await rows<{ count: number }>('select count(*)::int as count from unanswered_question'))[0]!.count;
    const before = await kept();
    const other = await someone();
    await other.say(question);
    expect(await kept()).toBe(before + 1);
    expect((await other.say('ninguna')).text).toContain('con una persona?');
    expect(await kept()).toBe(before + 1);
  });

  test('what is none of ours is not taken for an article by one word', async () => {
    expect((await (await someone('es')).say('¿los perros pueden comer chocolate?')).text).not.toContain('Es esto');
  });

  test('a person is one word away', async () => {
    const asked = await someone();
    await asked.say('hay wifi en las habitaciones?');
    expect((await asked.say('persona')).handover).toBeDefined();
  });

  test('in the middle of something else: afterwards the question that stood stands again', async () => {
    const busy = await someone();
    await busy.say('quiero poner una queja');
    const stood = await busy.say('hola');
    const asked = await someone();
    const first = await asked.say('necesito cambiar mi cita');
    const digression = await asked.say('¿cuánto cuesta el aparcamiento?');
    expect(digression.text).toContain('*Aparcamiento*');
    const back = await asked.say('sí');
    expect(back.text).toContain('Me alegro');
    const question = first.says.at(-1)! as { text: string };
    expect(back.text).toContain(question.text);
    expect(stood.text).not.toBe('');
  });

  test('nobody has to say whether it helped: other words are heard where the way stood', async () => {
    const asked = await someone();
    await asked.say('necesito cambiar mi cita');
    await asked.say('¿cuánto cuesta el aparcamiento?');
    // the document that identification asked for
    const answered = await asked.say('12345678Z');
    expect(answered.text).not.toContain('¿Le ha servido?');
    expect(answered.text).not.toMatch(/no le he entendido/i);
    const more = await someone();
    await more.say('hay wifi en las habitaciones?');
    expect((await more.say('y cafeteria hay?')).text).toContain('*Cafetería');
  });

  test('what is for agents or employees alone is not told to a patient', async () => {
    for (const question of ['¿cómo pido mis vacaciones de empleado?', 'qué pregunto para identificar al paciente?'])
      expect((await (await someone()).say(question)).text).not.toMatch(/portal del empleado|Antes de dar un dato/);
  });
});

describe('one word in common with an article is no answer', () => {
  test.each<[Language, string]>([
    ['es', '¿qué medicación tengo?'],
    ['es', 'como tomo la metformina?'],
    ['es', 'tengo que ir en ayunas a la prueba?'],
    ['es', '¿tengo que ir en ayunas?'],
    ['es', 'donde tengo que ir mañana?'],
    ['es', 'donde queda?'],
    ['es', 'donde es mi cita?'],
    ['ca', 'quin horari teniu?'],
    ['pt', 'como me preparo para o exame?'],
    ['pt', 'posso comer antes?'],
    ['es', 'cuanto es 2 mas 2'],
  ])('%s: %s', async (language, words) => {
    expect((await (await someone(language)).say(words)).text).not.toMatch(/_(?:Fuente|Font|Source|Fonte): /);
  });

  test.each<[Language, string, string[]]>([
    ['es', 'quiero pedir cita', ['quiero pedir cita', 'qualquer um', 'el segundo']],
    ['en', 'I want to see my results', ['the second one', 'whoever']],
  ])('nor where an answer was not understood, in %s', async (language, wish, answers) => {
    const asked = await someone(language);
    await asked.say(wish);
    for (const answer of answers) expect((await asked.say(answer)).text).not.toMatch(/_(?:Fuente|Source): /);
  });

  test.each<[Language, string, string]>([
    ['es', 'wifi', '*Wifi'],
    ['es', 'puedo beber agua antes de la colonoscopia?', '*Preparación de la colonoscopia*'],
    ['es', 'tengo que ir en ayunas para un analisis de sangre?', '*Análisis de sangre, ayunas*'],
    ['ca', "puc beure aigua abans de l'anàlisi?", '*Anàlisi de sang, dejú*'],
    ['pt', 'horário de visitas', '*Visitas a doentes internados*'],
  ])('an article that speaks of all of it still answers, in %s: %s', async (language, words, title) => {
    expect((await (await someone(language)).say(words)).text).toContain(title);
  });
});

describe('a question that none answers', () => {
  test('is owned up to, and kept without who asked', async () => {
    const asked = await someone('es', 'Benigno Etxeberria');
    const { text } = await asked.say('¿hacen ozonoterapia? me llamo Benigno, 12345678Z');
    expect(text).toMatch(/no sé responderle con seguridad[\s\S]*Hablar con alguien/);
    const author = {
      kind: 'staff' as const,
      organisationId,
      membershipId: (await rows<{ id: string }>(`select id from membership where 'author' = any(roles) limit 1`))[0]!
        .id,
      accountId: uuid(),
      sessionId: uuid(),
      roles: ['author' as const],
      name: 'A',
    };
    const read = () => within(postgres.db, organisationId, (trx) => listUnanswered(trx, vault, author));
    const { groups } = await read();
    const own = groups.find((group) => group.question.includes('ozonoterapia'))!;
    expect(own.question).not.toMatch(/Benigno|12345678/i);
    expect(JSON.stringify(own)).not.toContain(asked.personId);
    // in the database it is sealed, and reading it left an entry about whom it belongs to
    const kept = await rows<{ id: string; question_sealed: Buffer }>(
      `select id, question_sealed from unanswered_question where person_id = '${asked.personId}'`,
    );
    expect(kept).toHaveLength(1);
    expect(kept[0]!.question_sealed.toString('latin1')).not.toContain('ozono');
    expect(
      await rows(
        `select 1 from audit_entry where subject_id = '${kept[0]!.id}' and action = 'read' and person_id = '${asked.personId}'`,
      ),
    ).toHaveLength(1);
    // the same in other words is counted with it
    await (await someone()).say('hacen ozonoterapia?');
    expect((await read()).groups.find((group) => group.question.includes('ozonoterapia'))!.count).toBe(2);
  });

  test('small talk and other wishes are no questions', async () => {
    const before = (await rows<{ n: number }>('select count(*)::int as n from unanswered_question'))[0]!.n;
    for (const words of ['hola', 'gracias', 'quiero una cita', 'jajaja vale']) await (await someone()).say(words);
    expect((await rows<{ n: number }>('select count(*)::int as n from unanswered_question'))[0]!.n).toBe(before);
  });
});
