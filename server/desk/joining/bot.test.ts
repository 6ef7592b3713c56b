import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outsideHouse, type OutsideHouse } from '../../../test/outside-house.ts';
import { testDatabase } from '../../../test/postgres.ts';
import { uuid } from '../../platform/ids.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import { take } from '../../routing/offers.ts';
import { setPresence } from '../../routing/presence.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { choices, giveBack } from './give-back.ts';

/*
 * A running conversation is given to a bot of others, which answers on a socket; however that ends it comes back to the agent.
 */

const postgres = await testDatabase();
let house: OutsideHouse;
let answer: { status?: number; body?: unknown } = {};
const heard: Record<string, unknown>[] = [];
const server = createServer(async (request, response) => {
  let raw = '';
  for await (const chunk of request) raw += String(chunk);
  heard.push(JSON.parse(raw) as Record<string, unknown>);
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.body ?? {}));
});
beforeAll(async () => {
  house = await outsideHouse(postgres);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const admin = await house.staff(['administrator']);
  const made = await admin.ask('POST', '/api/bots', {
    key: 'recipes',
    name: 'Recetas',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    privateAddress: true,
    timeoutSeconds: 5,
    mostTurns: 4,
  });
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await house?.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await postgres.close();
});

const run = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(postgres.db, house.organisationId, work);

/** A conversation that an agent had and gave to the bot. */
async function given(): Promise<{ id: string; address: string; agent: StaffActor }> {
  const { actor: agent } = await house.staff(['agent']);
  const address = `p-${uuid()}`;
  const id = await house.write(address, 'quiero hablar con una persona');
  const { assistant, conversations } = house;
  const clock = (): Date => house.now.at;
  await run(async (trx) => {
    await setPresence(trx, agent, { state: 'available' }, clock());
    const { rows } = await sql<{ id: string }>`select id from item where conversation_id = ${id}::uuid`.execute(trx);
    await take(trx, agent, { itemId: rows[0]!.id }, { conversations, now: clock() });
  });
  await run((trx) =>
    giveBack(trx, { assistant, conversations, clock }, agent, {
      conversationId: id,
      bot: 'recipes',
      tell: 'Necesita la receta de la tensión',
    }),
  );
  return { id, address, agent };
}
const waits = (id: string): Promise<unknown> =>
  run(
    async (trx) =>
      (
        await sql`select reason, wanted_agent_id from item where conversation_id = ${id}::uuid and state in ('queued', 'offered')`.execute(
          trx,
        )
      ).rows[0],
  );

test('it is offered by its name, speaks with the patient, and gives the conversation back', async () => {
  expect((await run((trx) => choices(trx, house, house.organisationId))).bots).toEqual([
    { bot: 'recipes', name: 'Recetas' },
  ]);
  heard.length = 0;
  answer = { body: { say: [{ text: '¿Qué medicamento?' }] } };
  const { id, address, agent } = await given();
  await house.run();
  expect(heard[0]).toMatchObject({ event: 'begin', text: 'Necesita la receta de la tensión' });
  expect(await house.words(id)).toContain('hablar con Recetas, un asistente automático');
  expect(await house.said(id)).toContainEqual({ kind: 'text', text: '¿Qué medicamento?', by: 'Recetas' });
  expect((await house.conversation(id)).state).toBe('assistant');
  answer = { body: { say: [{ text: 'Queda renovada.' }], then: 'done' } };
  await house.write(address, 'enalapril');
  await house.run();
  expect(await house.words(id)).toMatch(/Queda renovada\.[\s\S]*La conversación vuelve con/);
  expect((await house.conversation(id)).state).toBe('waiting');
  expect(await waits(id)).toEqual({ reason: 'errand_done', wanted_agent_id: agent.membershipId });
});

test('one that fails gives it back with the truth; “persona” never reaches it', async () => {
  answer = { status: 500 };
  const { id, agent } = await given();
  await house.run();
  // asked again a few times before it is given up
  for (let tries = 0; tries < 20 && (await house.conversation(id)).state === 'assistant'; tries += 1) {
    house.now.at = new Date(house.now.at.getTime() + 60_000);
    await house.beyond.requests.sweep();
    await house.run();
  }
  expect((await house.conversation(id)).state).toBe('waiting');
  expect(await waits(id)).toMatchObject({ reason: 'bot_failed', wanted_agent_id: agent.membershipId });

  answer = { body: { say: [{ text: '¿Qué medicamento?' }] } };
  const second = await given();
  await house.run();
  heard.length = 0;
  await house.write(second.address, 'persona');
  await house.run();
  expect(heard).toEqual([]);
  expect(await waits(second.id)).toMatchObject({
    reason: 'asked_for_person',
    wanted_agent_id: second.agent.membershipId,
  });
});
