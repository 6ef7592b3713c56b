import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { testOrganisation, testStaff, testVault } from '../../../test/organisation.ts';
import { type App, createHttp } from '../../platform/http.ts';
import { within } from '../../platform/postgres.ts';
import type { Role } from '../../trust/contract.ts';
import { trustPlugin } from '../../trust/guard.ts';
import { SESSION_LIMITS, startSession, type TrustDeps } from '../../trust/session.ts';
import { addPerson } from '../../patient/people.ts';
import { createLibrary } from './library.ts';
import { asMessage, render } from './markdown.ts';
import { redact } from './redact.ts';
import { knowledgeRoutes } from './routes.ts';
import { buildIndex } from './search.ts';
import { keepUnanswered } from './unanswered.ts';

/* Articles through the API, on a real database: who may, what becomes of versions, and what never leaves. */

const postgres = await testDatabase();
const vault = testVault();
let clock = new Date('2026-11-23T09:00:00Z');
let organisationId = '';
let app: App;
let trust: TrustDeps;
beforeEach(async () => {
  clock = new Date();
  organisationId = await testOrganisation(postgres.ownerUrl);
  app = await createHttp();
  trust = {
    db: postgres.db,
    vault,
    clock: () => new Date(),
    publicUrl: 'http://localhost:8080',
    limits: SESSION_LIMITS,
  };
  await trustPlugin(app, trust);
  knowledgeRoutes(app, { db: postgres.db, vault, clock: () => clock, library: createLibrary(() => clock) });
  await app.ready();
});
afterEach(() => app.close());
afterAll(() => postgres.close());

type Answer = { status: number; body: any };
async function as(roles: Role[], organisation = organisationId) {
  const actor = await testStaff(postgres.ownerUrl, organisation, roles.join(' '), roles);
  const { token } = await startSession(
    trust,
    actor.accountId,
    { id: actor.membershipId, organisationId: organisation, slug: '', organisation: '', name: actor.name, roles },
    'password',
    { address: '127.0.0.1', userAgent: null },
  );
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: unknown): Promise<Answer> => {
    const answer = await app.inject({
      method,
      url: `/api/knowledge/${url}`,
      headers: { cookie: `hebra_session=${token}`, 'accept-language': 'es' },
      ...(payload !== undefined && { payload: payload as object }),
    });
    return { status: answer.statusCode, body: answer.body ? JSON.parse(answer.body) : null };
  };
  return {
    get: (url: string) => ask('GET', url),
    post: (url: string, body: unknown) => ask('POST', url, body),
    put: (url: string, body: unknown) => ask('PUT', url, body),
  };
}
const DRAFT = {
  title: 'Aparcamiento',
  body: 'Hay **aparcamiento** por la avenida.',
  questions: ['dónde dejo el coche'],
};
const found = (answer: Answer): string[] => answer.body.articles.map((one: { title: string }) => one.title);

describe('an article', () => {
  test('is found once it is published, gives way to its next version, and is gone when withdrawn; nothing is lost', async () => {
    const author = await as(['author']);
    const agent = await as(['agent']);
    const made = await author.post('articles', { ...DRAFT, language: 'es' });
    expect(made.status).toBe(201);
    const { id } = made.body;
    const look = () => agent.get('search?q=aparcamiento&language=es');
    expect(found(await look())).toEqual([]);
    expect((await author.post(`articles/${id}/es/publish`, { number: 1 })).status).toBe(200);
    expect(found(await look())).toEqual(['Aparcamiento']);
    await author.put(`articles/${id}/es`, { ...DRAFT, title: 'Aparcamiento nuevo', base: 1 });
    expect(found(await look())).toEqual(['Aparcamiento']);
    await author.post(`articles/${id}/es/publish`, { number: 2 });
    expect(found(await look())).toEqual(['Aparcamiento nuevo']);
    expect((await author.post(`articles/${id}/es/withdraw`, { number: 2 })).status).toBe(200);
    expect(found(await look())).toEqual([]);
    const { versions } = (await author.get(`articles/${id}`)).body;
    expect(
      versions.es.map((one: any) => [
        one.number,
        one.title,
        ...one.states.map((state: any) => state.reason ?? state.state),
      ]),
    ).toEqual([
      [2, 'Aparcamiento nuevo', 'draft', 'published', 'withdrawn'],
      [1, 'Aparcamiento', 'draft', 'published', 'replaced'],
    ]);
  });

  test('is not published twice, nor an old version of it, nor one that was withdrawn', async () => {
    const author = await as(['author']);
    const { id } = (await author.post('articles', { ...DRAFT, language: 'es' })).body;
    const publish = (number: number) => author.post(`articles/${id}/es/publish`, { number });
    const both = await Promise.all([publish(1), publish(1)]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 409]);
    expect((await publish(1)).body.code).toBe('knowledge.already_published');
    await author.put(`articles/${id}/es`, { ...DRAFT, base: 1 });
    expect((await publish(1)).body.code).toBe('knowledge.not_the_last');
    expect((await publish(7)).status).toBe(409);
    await publish(2);
    await author.post(`articles/${id}/es/withdraw`, { number: 2 });
    expect((await publish(2)).body.code).toBe('knowledge.withdrawn');
    expect((await author.post(`articles/${id}/es/withdraw`, { number: 2 })).body.code).toBe('knowledge.not_published');
    expect((await author.post(`articles/${id}/ca/publish`, { number: 1 })).status).toBe(404);
  });

  test('that another saved meanwhile is not written over unseen', async () => {
    const [one, other] = [await as(['author']), await as(['author'])];
    const { id } = (await one.post('articles', { ...DRAFT, language: 'es' })).body;
    const saves = await Promise.all(
      [one, other].map((author, n) => author.put(`articles/${id}/es`, { ...DRAFT, title: `T${n}`, base: 1 })),
    );
    expect(saves.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const lost = saves.find((answer) => answer.status === 409)!;
    expect(lost.body).toMatchObject({ code: 'knowledge.changed_meanwhile', number: 2 });
    expect((await one.put(`articles/${id}/es`, { ...DRAFT, base: 2 })).status).toBe(200);
  });

  test.each<[string, object, number]>([
    ['empty', { title: '', body: ' ' }, 400],
    ['huge', { body: 'a'.repeat(4_001) }, 400],
    ['a body that is only blanks', { body: ' \n ' }, 400],
    ['a date that is none', { reviewOn: '2026-02-31x' }, 400],
    ['dates crossed', { validFrom: '2026-12-02T00:00:00Z', validTo: '2026-12-01T00:00:00Z' }, 422],
    ['an owner from nowhere', { ownerId: '01a201a0-f415-700f-8fce-def89e12cf8e' }, 422],
    ['an audience that is none', { audience: 'everyone' }, 400],
    ['a language that is none', { language: 'fr' }, 400],
    ['too many questions', { questions: Array.from({ length: 41 }, (_, n) => `q${n}`) }, 400],
  ])('is refused when it is %s', async (_, part, status) => {
    const author = await as(['author']);
    expect((await author.post('articles', { ...DRAFT, language: 'es', ...part })).status).toBe(status);
  });

  test('holds only from and to its dates', async () => {
    const author = await as(['author']);
    const { id } = (
      await author.post('articles', {
        ...DRAFT,
        language: 'es',
        validFrom: new Date(clock.getTime() + 86_400_000).toISOString(),
        validTo: new Date(clock.getTime() + 2 * 86_400_000).toISOString(),
      })
    ).body;
    await author.post(`articles/${id}/es/publish`, { number: 1 });
    const now = clock.getTime();
    const at = async (days: number) => {
      clock = new Date(now + days * 86_400_000);
      return found(await author.get('search?q=aparcamiento&language=es')).length;
    };
    expect([await at(0), await at(1.5), await at(2)]).toEqual([0, 1, 0]);
  });
});

describe('who may', () => {
  test('agents read, authors write, supervisors publish; others nothing', async () => {
    const author = await as(['author']);
    const { id } = (await author.post('articles', { ...DRAFT, language: 'es' })).body;
    const tries = async (role: Role) => {
      const one = await as([role]);
      return [
        (await one.get('search?q=aparcamiento&language=es')).status,
        (await one.put(`articles/${id}/es`, { ...DRAFT, base: 9 })).status,
        (await one.post(`articles/${id}/es/withdraw`, { number: 9 })).status,
        (await one.get('unanswered')).status,
      ];
    };
    expect(await tries('agent')).toEqual([200, 403, 403, 403]);
    expect(await tries('supervisor')).toEqual([200, 403, 404, 403]);
    expect(await tries('author')).toEqual([200, 409, 404, 200]);
    expect(await tries('privacy')).toEqual([403, 403, 403, 403]);
  });

  test('another organisation finds and touches nothing', async () => {
    const author = await as(['author']);
    const { id } = (await author.post('articles', { ...DRAFT, language: 'es' })).body;
    await author.post(`articles/${id}/es/publish`, { number: 1 });
    const stranger = await as(['author'], await testOrganisation(postgres.ownerUrl));
    expect(found(await stranger.get('search?q=aparcamiento&language=es'))).toEqual([]);
    expect((await stranger.get('articles')).body.articles).toEqual([]);
    expect((await stranger.get(`articles/${id}`)).status).toBe(404);
    expect((await stranger.put(`articles/${id}/es`, { ...DRAFT, base: 1 })).status).toBe(404);
    expect((await stranger.post(`articles/${id}/es/withdraw`, { number: 1 })).status).toBe(404);
  });

  test('the database itself refuses to write over a version, or to publish two', async () => {
    const author = await as(['author']);
    const { id } = (await author.post('articles', { ...DRAFT, language: 'es' })).body;
    await author.post(`articles/${id}/es/publish`, { number: 1 });
    await author.put(`articles/${id}/es`, { ...DRAFT, base: 1 });
    const run = (query: string) =>
      within(postgres.db, organisationId, (trx) => sql.raw(query).execute(trx)).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
    expect(await run(`update article_version set body = 'x'`)).toBe('42501');
    expect(await run(`delete from article_state`)).toBe('42501');
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select id from article_version where article_id = $1 and number = 2',
      [id],
    );
    const state = (name: string) =>
      run(
        `insert into article_state (organisation_id, version_id, state, at) values ('${organisationId}', '${rows[0].id}', '${name}', now())`,
      );
    expect(await state('published')).toBe('23514');
    expect(await state('draft')).toBe('23514');
  });

  test('an erased person’s question is in no list any more', async () => {
    const author = await as(['author']);
    const ask = (personId: string) =>
      within(postgres.db, organisationId, (trx) =>
        keepUnanswered(
          trx,
          vault,
          {
            organisationId,
            personId,
            conversationId: organisationId,
            language: 'es',
            audience: 'patient',
            question: '¿hacen ozonoterapia?',
          },
          clock,
        ),
      );
    const people = await within(postgres.db, organisationId, async (trx) => [
      await addPerson(trx, vault, { organisationId }),
      await addPerson(trx, vault, { organisationId }),
    ]);
    for (const person of people) await ask(person);
    expect((await author.get('unanswered')).body.groups).toMatchObject([{ count: 2 }]);
    const { body } = await author.get('unanswered');
    const written = await author.post('articles', {
      ...DRAFT,
      language: 'es',
      questionIds: body.groups[0].ids.slice(0, 1),
    });
    expect(written.status).toBe(201);
    expect((await author.get('unanswered')).body.groups).toMatchObject([{ count: 1 }]);
    expect((await author.post('unanswered/dismiss', { ids: body.groups[0].ids })).status).toBe(204);
    expect((await author.get('unanswered')).body.groups).toEqual([]);
  });
});

describe('a text', () => {
  test.each<[string, string]>([
    ['**negrita** y *cursiva*', '*negrita* y _cursiva_'],
    ['# Título\n\n- uno\n- dos\n\n1. a\n2. b', '*Título*\n\n• uno\n• dos\n1. a\n2. b'],
    ['[portal](https://p.example) y [900 000 118](tel:+34900000118)', 'portal (https://p.example) y 900 000 118'],
    ['hola <script>alert(1)</script> fin', 'hola alert(1) fin'],
    ['<img src=x onerror=alert(1)>', ''],
    ['[mal](javascript:alert(1)) ![x](https://i.example/x.png)', 'mal '],
    ['5 * 3 < 20 & más', '5 * 3 < 20 & más'],
  ])('%j is said as %j', (markdown, said) => {
    expect(asMessage(render(markdown).blocks)).toBe(said);
  });

  test('whatever is written, a link leads nowhere else and nothing throws', () => {
    const bits = fc.constantFrom(
      '[a](javascript:x)',
      '[b](https://ok.example)',
      '<b onclick=x>',
      '**',
      '_',
      '`',
      '\n',
      '- ',
      '1. ',
      '# ',
      '> ',
      '|a|b|\n|-|-|\n',
      '[c](data:text/html,x)',
      '<javascript:alert(1)>',
      '![](x)',
      'word',
      '&lt;',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 12 })), { maxLength: 30 }), (all) => {
        const { blocks } = render(all.join(''));
        for (const block of blocks)
          for (const part of block.parts) if (part.href) expect(part.href).toMatch(/^(https?:\/\/|tel:|mailto:)/i);
        asMessage(blocks);
      }),
    );
  });

  test.each([
    ['me llamo Ana Puig y mi DNI es 12345678Z', 'me llamo … y mi DNI es …'],
    ['mi correo es ana@example.org, hay wifi?', 'mi correo es …, hay wifi?'],
    ['mi telefono 600 123 456 no suena', 'mi telefono … no suena'],
    ['soy alérgico al yodo', 'soy alérgico al yodo'],
    ['orina de 24 horas a las 8:30', 'orina de 24 horas a las 8:30'],
  ])('%j is kept as %j', (text, kept) => expect(redact(text)).toBe(kept));

  test('names that are known of who asked are left out too', () => {
    expect(redact('soy la hija de benigno, hay parking?', ['Benigno Etxeberria'])).toBe(
      'soy la hija de …, hay parking?',
    );
  });
});

describe('a search', () => {
  const index = buildIndex([
    {
      id: 'parking',
      title: 'Aparcamiento',
      questions: ['¿Dónde dejo el coche?'],
      body: 'Entrada por la avenida.',
      tags: [],
    },
    { id: 'hours', title: 'Horario', questions: ['¿A qué hora abren?'], body: 'De 8 a 20 horas.', tags: [] },
    {
      id: 'blood',
      title: 'Análisis de sangre',
      questions: ['¿Hay que ir en ayunas?'],
      body: 'Sin comer 8 horas.',
      tags: [],
    },
  ]);
  test.each([
    ['aparcamiento', 'parking'],
    ['aparcamineto', 'parking'],
    ['APARKAMIENTO!!', 'parking'],
    ['donde puedo dejar el cohce', 'parking'],
    ['analisis', 'blood'],
    ['hallunas para la sangre', 'blood'],
    ['orario', 'hours'],
    ['y entonces mi cuñada me dijo que del aparcamiento ni idea', 'parking'],
  ])('%j finds %s', (query, id) => expect(index.search(query)[0]?.id).toBe(id));
  test('nothing is found for nothing, and only what is accepted', () => {
    expect(index.search('')).toEqual([]);
    expect(index.search('de la que los')).toEqual([]);
    expect(index.search('🙂 ¿?')).toEqual([]);
    expect(index.search('aparcamiento', () => false)).toEqual([]);
    expect(buildIndex([]).search('aparcamiento')).toEqual([]);
    expect(index.search('aparcamiento '.repeat(5_000))[0]?.id).toBe('parking');
  });
});
