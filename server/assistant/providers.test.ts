import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startModelServer, type ModelServer } from '../../test/model-server.ts';
import { outsideHouse, type OutsideHouse } from '../../test/outside-house.ts';
import { testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import type { Standing } from './commands.ts';
import type { Command, Json } from './contract.ts';
import { facts, say, set } from './engine/stage.ts';
import { Run } from './engine/run.ts';
import { standingOf } from './engine/standing.ts';
import { local } from './local.ts';
import { createUnderstand } from './model/understand.ts';

/*
 * The same understanding tests for both providers of commands. The local one reads by itself. The model's is a stand-in
 * that speaks the real protocol and answers from what it is told alone, as a model that reads well would: it sees tokens in
 * the place of names and numbers, and option ids in the place of the house's data.
 */

type Case = { after: string[]; text: string; wants: Command[] };
const wish = (intent: string, words: string): Command => ({ command: 'start_flow', intent, words });
const CASES: Case[] = [
  { after: ['hola'], text: 'quiero pedir una cita', wants: [wish('appointment_book', 'quiero pedir una cita')] },
  { after: ['hola'], text: 'vull anul·lar la visita', wants: [wish('appointment_cancel', 'vull anul·lar la visita')] },
  { after: ['hola'], text: 'my test results please', wants: [wish('lab_results', 'my test results please')] },
  {
    after: ['hola'],
    text: 'quero remarcar a consulta',
    wants: [wish('appointment_change', 'quero remarcar a consulta')],
  },
  { after: ['hola'], text: 'quiero hablar con una persona', wants: [{ command: 'handover' }] },
  {
    after: ['quiero pedir una cita'],
    text: 'Dermatología',
    wants: [{ command: 'set_slot', slot: 'answer', value: 'dermatology' }],
  },
  { after: ['quiero pedir una cita'], text: 'cancelar', wants: [{ command: 'cancel' }] },
];

function standingAfter(lines: string[]): Standing {
  let outcome = say(null, lines[0]!);
  for (const line of lines.slice(1)) outcome = say(outcome.session, line, facts({ fresh: false }));
  return JSON.parse(JSON.stringify(standingOf(new Run(set, outcome.session, facts({ fresh: false }))))) as Standing;
}

const postgres = await testDatabase();
let server: ModelServer;
let house: OutsideHouse;
beforeAll(async () => {
  server = await startModelServer();
  house = await outsideHouse(postgres);
  const admin = await house.staff(['administrator']);
  await admin.ask('PUT', '/api/model', { url: server.url, model: 'stand-in', key: server.key, privateAddress: true });
  const { purposes } = (await admin.ask('GET', '/api/model')).body as {
    purposes: { purpose: string; textHash: string }[];
  };
  await admin.ask('POST', '/api/model/agreements', {
    purpose: 'understand',
    textHash: purposes[0]!.textHash,
    language: 'es',
  });
});
afterAll(async () => {
  await house?.close();
  await server?.close();
  await postgres.close();
});

/** What the model's provider makes of a text: over the socket, through redaction and back. */
async function byModel(text: string, standing: Standing): Promise<Command[] | null> {
  const perform = createUnderstand({
    db: postgres.db,
    vault: house.vault,
    clock: () => new Date(),
    complete: house.beyond.complete,
  });
  const redaction = {
    known: [{ kind: 'name' as const, value: 'Ana Ferrer' }],
    stays: [],
    language: 'es',
    country: 'ES',
    year: 2026,
  };
  const result = await perform({
    ...{
      organisationId: house.organisationId,
      id: uuid(),
      kind: 'understand',
      conversationId: uuid(),
      passageId: null,
    },
    ...{ payload: { text, standing: standing as unknown as Json }, redaction, deadline: new Date(Date.now() + 20_000) },
  });
  return result.outcome === 'success' ? (result.value as unknown as Command[]) : null;
}

describe.each(CASES)('“$text” after $after', ({ after, text, wants }) => {
  test('the local provider', () => {
    const standing = standingAfter(after);
    expect(local.commands({ text, language: standing.language, standing })).toEqual(wants);
  });

  test('the model’s provider, from what it is told', async () => {
    const standing = standingAfter(after);
    server.does = (request) => {
      const told = JSON.parse(server.last(request)) as {
        message: string;
        intents: string[];
        question: { options?: { id: string; title: string }[] } | null;
      };
      // it may only name what it was told of
      for (const one of wants) {
        if (one.command === 'start_flow') expect(told.intents).toContain(one.intent);
        if (one.command === 'set_slot') expect(told.question?.options?.map((option) => option.id)).toContain(one.value);
      }
      return {
        say: `\`\`\`json\n${JSON.stringify({ commands: wants.map((one) => ('words' in one ? { ...one, words: told.message } : one)) })}\n\`\`\``,
      };
    };
    expect(await byModel(text, standing)).toEqual(wants);
  });
});

test('names and numbers go out as tokens and come back as what they are', async () => {
  const standing: Standing = {
    ...standingAfter(['hola']),
    question: {
      step: 'document',
      slot: 'document',
      kind: 'document',
      options: [],
      page: [],
      more: false,
      person: false,
      yes: false,
      no: false,
      which: [],
      near: null,
    },
  };
  server.does = (request) => {
    const { message } = JSON.parse(server.last(request)) as { message: string };
    expect(message).toBe('soy [NAME_1], es el [DOCUMENT_1]');
    return { say: '{"commands":[{"command":"set_slot","slot":"document","value":"[DOCUMENT_1]"}]}' };
  };
  expect(await byModel('soy Ana Ferrer, es el 12.345.678-Z', standing)).toEqual([
    { command: 'set_slot', slot: 'document', value: '12345678Z' },
  ]);
  // a number that the patient did not write is not an answer of theirs
  server.does = () => ({ say: '{"commands":[{"command":"set_slot","slot":"document","value":"87654321X"}]}' });
  expect(await byModel('soy Ana Ferrer, es el 12.345.678-Z', standing)).toBeNull();
});
