import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHospital } from '../../demo/hospital/hospital.ts';
import { seedDemo } from '../../demo/seed.ts';
import { testDatabase } from '../../test/postgres.ts';
import type { InboundContent, OutboundContent, Situation, Turn } from '../conversation/contract.ts';
import { addContactPoint } from '../patient/contact-points.ts';
import { addPerson } from '../patient/people.ts';
import { openDatabase, within } from '../platform/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { practitioners } from '../record/queries.ts';
import { createVault } from '../trust/vault.ts';
import { createAssistant } from './assistant.ts';
import { publishFlows } from './publish.ts';

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
      displayNumber: '34900000000',
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

type Talk = {
  situation: Situation;
  say(what: string | InboundContent): Promise<Turn>;
  tap(title: RegExp): Promise<Turn>;
  last: Turn | null;
};

/** Somebody who writes: a stranger, or a patient proved from this address. */
async function talk(patient?: string, language: Situation['language'] = 'es'): Promise<Talk> {
  const situation = await within(postgres.db, organisationId, async (trx): Promise<Situation> => {
    const known = patient
      ? (
          await sql<{
            id: string;
          }>`select id from person where patient_id = ${patient} and merged_into is null`.execute(trx)
        ).rows[0]?.id
      : undefined;
    const personId = known ?? (await addPerson(trx, vault, { organisationId, language }));
    const contactPointId = await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address: uuid(),
      people: [{ personId, proof: patient ? 'matched' : 'none' }],
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
      proof: patient ? 'matched' : 'none',
      session: null,
      receivedAt: NOW,
      content: { kind: 'text', text: '' },
    };
  });
  const talking: Talk = {
    situation,
    last: null,
    async say(what) {
      const content: InboundContent = typeof what === 'string' ? { kind: 'text', text: what } : what;
      const [turn] = await within(postgres.db, organisationId, (trx) =>
        assistant.turns(trx, [{ ...talking.situation, content }]),
      );
      talking.last = turn!;
      // as it is stored: plain JSON
      talking.situation = {
        ...talking.situation,
        fresh: false,
        session: turn!.session === null ? null : JSON.parse(JSON.stringify(turn!.session)),
        ...(turn!.language ? { language: turn!.language } : {}),
        ...turn!.person,
      };
      if (process.env['SHOW'])
        process.stdout.write(
          `> ${typeof what === 'string' ? what : JSON.stringify(what)}\n${turn!.says.map(shown).join('\n')}\n${turn!.handover ? `HANDOVER ${JSON.stringify(turn!.handover)}\n` : ''}${turn!.close ? 'CLOSED\n' : ''}`,
        );
      return turn!;
    },
    tap(title) {
      const menu = talking.last!.says.findLast((said) => said.kind === 'menu')!;
      const option = menu.options.find((one) => title.test(one.title))!;
      expect(option, `${title} in ${menu.options.map((one) => one.title).join(' | ')}`).toBeDefined();
      return talking.say({ kind: 'choice', id: option.id, title: option.title });
    },
  };
  return talking;
}

const shown = (said: OutboundContent): string =>
  said.kind === 'menu'
    ? `  ${said.text}\n${said.options.map((one) => `    [${one.title}] ${one.description ?? ''}`).join('\n')}`
    : said.kind === 'text'
      ? `  ${said.text}`
      : said.kind;
const text = (turn: Turn): string => turn.says.map((said) => ('text' in said ? said.text : '')).join('\n');

/** A patient of the record by what they have. */
async function patientWith(where: string): Promise<{ id: string; birthDate: string; document: string }> {
  return within(postgres.db, organisationId, async (trx) => {
    const { rows } = await sql<{
      id: string;
      content: { birthDate: string };
    }>`select p.id, p.content from resource p where p.type = 'Patient' and ${sql.raw(where)} order by p.id limit 1`.execute(
      trx,
    );
    return { id: rows[0]!.id, birthDate: rows[0]!.content.birthDate, document: '' };
  });
}

const ADULT = `p.content->>'birthDate' < '1990-01-01'`;
const BOOKED = `${ADULT} and (select count(*) from appointment a where a.patient_id = p.id and a.status = 'booked' and a.starts_at > '2026-11-25') = 1 and (select count(*) from appointment a where a.patient_id = p.id and a.status = 'booked' and a.starts_at > '2026-11-23T09:00Z') = 1 and not exists (select 1 from resource r where r.type = 'RelatedPerson' and r.content::text like '%' || p.id || '%')`;

describe('conversations', () => {
  test('a bare hola gets a menu, in the language it is said in', async () => {
    const stranger = await talk();
    const turn = await stranger.say('hola');
    expect(turn.says.at(-1)?.kind).toBe('menu');
    const english = await (await talk()).say('good morning, I need some help please');
    expect(english.language).toBe('en');
  });

  test('books by specialty, professional and a day in words, after identification', async () => {
    const someone = await patientWith(BOOKED);
    const writer = await talk(someone.id);
    await writer.say('hola');
    await writer.say('quiero una cita con dermatologia');
    if (/Para quién/.test(text(writer.last!))) await writer.say('1');
    for (let i = 0; i < 3 && !/Qué día/.test(text(writer.last!)); i++) await writer.say('1');
    expect(text(writer.last!)).toMatch(/Qué día/);
    await writer.say('a partir del jueves por la mañana');
    expect(writer.last!.says.at(-1)?.kind).toBe('menu');
    await writer.say('la segunda');
    expect(text(writer.last!)).toMatch(/¿La reservo\?/);
    await writer.say('sí, claro');
    expect(text(writer.last!)).toMatch(/Hecho\. Su cita/);
    expect(writer.last!.says.at(-1)?.kind).toBe('menu');
    const { rows } = await within(postgres.db, organisationId, (trx) =>
      sql<{
        n: number;
      }>`select count(*)::int as n from appointment where patient_id = ${someone.id} and status = 'booked'`.execute(
        trx,
      ),
    );
    expect(rows[0]!.n).toBe(2);
  });

  test('confirms, changes and cancels', async () => {
    const someone = await patientWith(
      BOOKED.replace('= 1 and (', "= 1 and p.id > (select min(id) from resource where type = 'Patient') and ("),
    );
    const writer = await talk(someone.id);
    await writer.say('cambiar mi cita');
    if (/Para quién/.test(text(writer.last!))) await writer.say('1');
    if (/Qué cita/.test(text(writer.last!))) await writer.say('1');
    expect(text(writer.last!)).toMatch(/Qué día le va mejor/);
    await writer.say('a partir del viernes');
    await writer.say('1');
    expect(text(writer.last!)).toMatch(/De acuerdo\?/);
    await writer.tap(/Sí, cambiar/);
    expect(text(writer.last!)).toMatch(/Su cita pasa/);
    await writer.say('confirmar mi cita');
    expect(text(writer.last!)).toMatch(/Confirmada|Qué cita/);
    await writer.say('cancelar la cita');
    if (/Qué cita/.test(text(writer.last!))) await writer.say('1');
    expect(text(writer.last!)).toMatch(/¿La cancelo\?/);
    await writer.say('sí');
    expect(text(writer.last!)).toMatch(/Cancelada/);
  });

  test('asks who writes before any health data, and three wrong tries lock without telling why', async () => {
    const stranger = await talk();
    await stranger.say('mis resultados');
    expect(text(stranger.last!)).toMatch(/número de documento/);
    const answers: string[] = [];
    for (const left of [2, 1, 0]) {
      await stranger.say('12345678Z');
      await stranger.say('9/5/1963');
      answers.push(text(stranger.last!));
      if (left) expect(text(stranger.last!)).toContain(`intentos: ${left}`);
    }
    expect(answers[2]).toMatch(/media hora/);
    await stranger.say('más tarde');
    await stranger.say('mis resultados');
    expect(text(stranger.last!)).toMatch(/media hora/);
    const person = await stranger.say('persona');
    expect(person.handover).toMatchObject({ reason: 'asked_for_person', queue: 'nursing' });
    expect(JSON.stringify(person.handover)).not.toContain('12345678');
  });

  test('results, tests, medication and places', async () => {
    const someone = await patientWith(
      `${ADULT} and exists (select 1 from resource r where r.type = 'MedicationRequest' and r.patient_id = p.id and r.status = 'active') and not exists (select 1 from resource r where r.type = 'RelatedPerson' and r.content::text like '%' || p.id || '%')`,
    );
    const writer = await talk(someone.id);
    await writer.say('cómo tomo la medicación');
    if (/Para quién/.test(text(writer.last!))) await writer.say('1');
    expect(text(writer.last!)).toMatch(/en su historia clínica:\n·/);
    await writer.say('no gracias');
    await writer.say('a qué hora abren');
    expect(writer.last!.says.length).toBeGreaterThan(0);
    await writer.say('1');
    await writer.say('resultados');
    expect(writer.last!.handover).toBeUndefined();
    await writer.say('tengo que ir en ayunas?');
    expect(writer.last!.handover).toBeUndefined();
  });

  test('a complaint goes to a person with its words; a person is never refused', async () => {
    const stranger = await talk();
    await stranger.say('quiero poner una queja');
    const turn = await stranger.say('La agente que me atendió ayer fue muy brusca');
    expect(turn.handover).toMatchObject({ reason: 'complaint', queue: 'general' });
    expect(turn.handover!.summary.find((line) => line.key === 'complaint')?.value).toContain('brusca');
    for (const word of ['0', 'quiero hablar con una persona', 'agent', 'pessoa', 'parlar amb algú'])
      expect((await (await talk()).say(word)).handover?.reason, word).toBe('asked_for_person');
  });

  test('one of a family behind one phone says who writes, and proves it before health data', async () => {
    const shared = await within(
      postgres.db,
      organisationId,
      async (trx) =>
        (
          await sql<{ id: string; person_id: string }>`
      select cp.id, min(l.person_id::text) as person_id from contact_point cp join contact_point_person l on l.contact_point_id = cp.id
      join person p on p.id = l.person_id join resource r on r.type = 'Patient' and r.id = p.patient_id
      where l.proof = 'claimed' and r.content->>'birthDate' < '2000-01-01' group by cp.id having count(*) > 1 order by cp.id limit 1`.execute(
            trx,
          )
        ).rows[0]!,
    );
    const writer = await talk();
    writer.situation = {
      ...writer.situation,
      contactPointId: shared.id,
      personId: shared.person_id,
      aboutId: shared.person_id,
      proof: 'claimed',
    };
    await writer.say('hola');
    expect(text(writer.last!)).toContain('¿Quién escribe?');
    const turn = await writer.say('1');
    expect(turn.person?.proof).toBe('claimed');
    expect(text(turn)).toContain('¿En qué le ayudo?');
    await writer.say('mis citas');
    expect(text(writer.last!)).toMatch(/número de documento/);
  });

  test('identifies with the document and goes on to what was wanted; a mother acts for her child', async () => {
    const persona = makeHospital(NOW).personas;
    for (const one of persona) {
      const writer = await talk();
      await writer.say(one.language === 'en' ? 'I want to see my appointments' : 'quiero ver mis citas');
      await writer.say(one.documentNumber);
      const [year, month, day] = one.birthDate.split('-');
      await writer.say(one.language === 'en' ? `${one.birthDate}` : `${day}/${month}/${year}`);
      expect(writer.situation.proof, one.name).toBe('matched');
      expect(text(writer.last!)).not.toMatch(/no coinciden/);
      if (/Para quién|Who is it for/.test(text(writer.last!))) {
        const child = await writer.say('2');
        expect(child.person!.aboutId).not.toBe(child.person!.personId);
      }
      expect(writer.last!.handover).toBeUndefined();
      expect(JSON.stringify(writer.situation.session)).not.toContain(one.documentNumber);
    }
  });

  test('a demo patient writes as people do, and every line is acted upon', async () => {
    for (const [lines, expected] of [
      [
        ['hola', 'cambiarla al viernes q viene x la tarde si puede ser', 'persona'],
        /viernes \d+ de \w+, por la tarde: estas horas|No hay nada libre para/i,
      ],
      [['gracias'], /De nada/],
      [['no puedo ir el jueves'], /Ecocardiograma, /],
      [['a donde tengo que ir?'], /Para su cita, Ecocardiograma/],
      [['necesito la nómina'], /temas del personal/],
      [['tengo que pagar una factura'], /persona de la oficina/],
      [['me encuentro fatal, tengo mareos'], /Enfermería le puede orientar/],
    ] as [string[], RegExp][]) {
      const writer = await talk('p-0008');
      const said: string[] = [];
      for (const line of lines) said.push(text(await writer.say(line)));
      expect(said.join('\n'), lines.join(' / ')).toMatch(expected);
      expect(said.join('\n')).not.toContain('No le he entendido');
    }
  });

  test('a new appointment is not the one that was named; a bit later is the same day', async () => {
    for (const line of ['quiero cita con mi médico de cabecera', 'cita con mi médico de cabecera']) {
      const writer = await talk('p-0008');
      await writer.say('hola');
      await writer.say(line);
      if (/Para quién/.test(text(writer.last!))) await writer.say('1');
      expect(writer.last!.trace).not.toContainEqual(expect.objectContaining({ detail: { flow: 'mine' } }));
      expect(JSON.stringify(writer.situation.session)).toMatch(/"specialty":\{"key":"(?:family|general|primary)/);
    }
    const later = await talk('p-0008');
    await later.say('hola');
    await later.say('¿puedo ir un poco más tarde?');
    if (/Para quién/.test(text(later.last!))) await later.say('1');
    const session = later.situation.session as { slots: Record<string, Record<string, string>> };
    const start = session.slots['appointment']!['start']!;
    expect(session.slots['when']!['from']).toBe(start.slice(0, 10));
    // later than it: its own hour is not offered again
    const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
    expect(minutes(session.slots['when']!['after']!)).toBe(minutes(start.slice(11, 16)) + 5);
  });

  test('a doctor and a day said first are not asked for again, and may be corrected, in four languages', async () => {
    // a surname that only one of them has
    const names = await within(postgres.db, organisationId, (trx) => practitioners(trx, organisationId));
    const surnames = names.map((one) => one.name.split(' ').slice(-2)[0]!);
    const at = names.findIndex((one, index) => {
      const surname = surnames[index]!;
      return (
        surname.length >= 5 &&
        names.filter((other) => other.name.includes(surname)).length === 1 &&
        one.specialties.length === 1
      );
    });
    const [doctor, surname] = [names[at]!, surnames[at]!];
    for (const [language, first, other, stop] of [
      ['es', `quiero turno con la doctora ${surname} el martes a la tarde`, 'mejor el jueves', 'mejor lo dejo'],
      ['ca', `vull hora amb la doctora ${surname} dimarts a la tarda`, 'millor dijous', 'deixa-ho'],
      [
        'en',
        `I would like an appointment with doctor ${surname} on tuesday afternoon`,
        'actually thursday',
        'forget it',
      ],
      ['pt', `quero marcar consulta com a doutora ${surname} terça à tarde`, 'melhor quinta', 'deixa isso'],
    ] as [Situation['language'], string, string, string][]) {
      const writer = await talk('p-0008', language);
      await writer.say(first);
      const slots = (): Record<string, { id?: string; from?: string; partOfDay?: string }> =>
        (writer.situation.session as { slots: Record<string, never> }).slots;
      const step = (): string =>
        (writer.situation.session as { stack: { flow: string; step: string }[] }).stack.at(-1)!.step;
      if (step() === 'ask') await writer.say('1');
      expect(slots()['professional'], first).toMatchObject({ id: doctor.id });
      expect(slots()['when'], first).toMatchObject({ from: '2026-11-24', partOfDay: 'afternoon' });
      expect(step(), first).toMatch(/^(?:offer|offer_nearby|none)$/);
      if (step() === 'none') continue;
      await writer.say(other);
      expect(slots()['when'], other).toMatchObject({ from: '2026-11-26', partOfDay: 'afternoon' });
      // another of the same specialty, by surname
      const second = names.find(
        (one) => one.id !== doctor.id && one.specialties.some((key) => doctor.specialties.includes(key)),
      );
      if (second) {
        const corrected = { es: 'perdón, con ', ca: 'perdó, amb ', en: 'sorry, with ', pt: 'desculpe, com ' }[language];
        await writer.say(corrected + second.name.split(' ').slice(-2)[0]!);
        expect(slots()['professional'], second.name).toMatchObject({ id: second.id });
        expect(slots()['when'], second.name).toMatchObject({ from: '2026-11-26' });
      }
      await writer.say(stop);
      expect(step(), stop).toBe('ask');
      expect(writer.last!.handover).toBeUndefined();
    }
  });

  test('one medicine that is asked for, by its name or a brand, is told alone; another than theirs never is', async () => {
    const ask = async (words: string): Promise<string> => text(await (await talk('p-0006')).say(words));
    const one = await ask('que dosis de bisoprolol tomo?');
    expect(one).toContain('Bisoprolol');
    expect(one).not.toContain('Enalapril');
    const brand = await ask('como tomo el sintrom');
    expect(brand).toContain('Acenocumarol');
    expect(brand).not.toContain('Bisoprolol');
    expect(await ask('que dosis de bisoprolo tomo')).not.toContain('Enalapril');
    for (const words of ['qué medicación tengo?', 'como tomo la metformina', '¿puedo tomar ibuprofeno con el sintrom?'])
      expect(await ask(words), words).toMatch(/Acenocumarol[\s\S]*Bisoprolol[\s\S]*Enalapril/);
  });

  test('a document and a birth date said with the wish are not asked for again; other figures are no document', async () => {
    const said = async (words: string): Promise<string> => {
      const writer = await talk();
      await writer.say(words);
      return (writer.situation.session as { stack: { step: string }[] } | null)?.stack.at(-1)?.step ?? '';
    };
    expect(await said('quiero ver mis citas, mi dni es 90008042A')).toBe('ask_birth');
    expect(await said('quiero ver mis citas, mi telefono es 600123456')).toBe('ask_document');
    expect(await said('quiero cita el 12/12/2026 a las 10')).toBe('ask_document');
    // what was wrong is tried once, and asked for
    const wrong = await talk();
    expect(text(await wrong.say('quiero ver mis resultados, mi dni es 90008042A y nací el 12/04/1964'))).toMatch(
      /intentos: 2[\s\S]*número de documento/,
    );
    const writer = await talk();
    expect(text(await writer.say('quiero ver mis resultados, mi dni es 90008042A y nací el 12/04/1963'))).toMatch(
      /Gracias, Benigno/,
    );
    expect(writer.situation.proof).toBe('matched');
  });

  test.each<['es' | 'ca' | 'en' | 'pt', string, string, RegExp, RegExp]>([
    [
      'es',
      'quiero cancelar mi cita de ',
      'cardiología',
      /ninguna cita de cardiología\. Sí tiene esta/,
      /¿La cancelo\?/,
    ],
    [
      'ca',
      'vull anul·lar la visita de ',
      'cardiologia',
      /cap visita de cardiologia\. Sí que té aquesta/,
      /L'anul·lo\?/,
    ],
    ['en', 'change my appointment for ', 'cardiology', /no cardiology appointment\. You do have/, /Which day would be/],
    [
      'pt',
      'queria desmarcar a minha consulta de ',
      'cardiologia',
      /nenhuma marcação de cardiologia\. Tem esta/,
      /Cancelo\?/,
    ],
  ])('%s: %s%s, of which they have none, is not taken for another', async (language, wish, specialty, none, sure) => {
    const someone = await patientWith(
      `${BOOKED} and not exists (select 1 from appointment a where a.patient_id = p.id and a.specialty like 'cardio%')`,
    );
    const writer = await talk(someone.id, language);
    expect(text(await writer.say(wish + specialty))).toMatch(none);
    const yes = { es: 'sí', ca: 'sí', en: 'yes', pt: 'sim' }[language];
    expect(text(await writer.say(yes))).toMatch(sure);
  });

  test('figures are written as they are in the country', async () => {
    const said = text(await (await talk('p-0002', 'ca')).say("vull veure els resultats de l'anàlisi"));
    expect(said).toContain('13,4 g/dl');
    expect(said).not.toMatch(/\d\.\d/);
  });

  test.each<[string, string]>([
    ['quiero un turno con el oculista', 'ophthalmology'],
    ['necesito hora con el traumtologo', 'traumatology'],
    ['cita con dermatolgo porfa', 'dermatology'],
    ['quiero pedir hora en kine', 'rehabilitation'],
    ['cita con la doctora valcarcell', 'cardiology'],
    ['cita con el dr pratdesava', 'cardiology'],
  ])('%s', async (words, key) => {
    const writer = await talk('p-0016');
    await writer.say(words);
    const session = writer.situation.session as { slots: { specialty?: { key: string } } };
    expect(session.slots.specialty?.key).toBe(key);
  });

  test('a batch of strangers is answered in order, and silence is answered too', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => talk()));
    const turns = await within(postgres.db, organisationId, (trx) =>
      assistant.turns(
        trx,
        many.map((one, index) => ({
          ...one.situation,
          content: { kind: 'text', text: index % 2 ? 'hola' : 'persona' },
        })),
      ),
    );
    expect(turns.map((turn) => turn.handover !== undefined)).toEqual(many.map((_, index) => index % 2 === 0));
    const quiet = await talk();
    await quiet.say('hola');
    expect(quiet.last!.wakeAt?.getTime()).toBeGreaterThan(NOW.getTime());
    const woken = await within(postgres.db, organisationId, (trx) => assistant.wake(trx, quiet.situation));
    expect(woken.close).toEqual({ outcome: 'abandoned' });
    expect(woken.says).toHaveLength(1);
  });
});
