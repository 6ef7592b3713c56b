import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { refusal, type Team, teamOf } from '../../test/team.ts';
import { type Accepting, createAccepting } from './accepting.ts';
import { decline } from './offers.ts';

const postgres = await testDatabase({ max: 24 });
afterAll(() => postgres.close());

const now = new Date('2026-11-23T10:00:00Z');
let stage: Stage;
let team: Team;
let accepting: Accepting;
beforeEach(async () => {
  stage = await createStage(postgres, { clock: () => now });
  team = teamOf(postgres, stage, () => now);
  accepting = createAccepting(postgres.db, { conversations: stage.conversations, clock: () => now });
});
afterEach(() => stage.close());

test('many accept in the same moment: each has what is theirs, once; who comes second, late or for another hears so', async () => {
  const queue = await team.queue('general');
  const agents = await Promise.all(Array.from({ length: 6 }, (_, i) => team.agent(`Agente ${i}`, { capacity: 6 })));
  for (let i = 0; i < 12; i += 1) await stage.write(`p${i}`, 'hola');
  for (let i = 0; i < 12; i += 1) await team.add(queue);
  while ((await team.match()).offers.length > 0);
  const offers = (
    await Promise.all(
      agents.map(async (actor) => (await team.pending(actor)).map(({ id, item_id }) => ({ actor, id, item_id }))),
    )
  ).flat();
  expect(offers).toHaveLength(24);
  const stranger = await team.agent('Otra');
  const refused = offers[0]!;
  await team.inside((trx) => decline(trx, refused.actor, { offerId: refused.id }, now));
  const answers = await Promise.all([
    ...offers.slice(1).map(({ actor, id }) => accepting({ actor, offerId: id }).then((held) => held.itemId)),
    refusal(accepting({ actor: refused.actor, offerId: refused.id })),
    refusal(accepting({ actor: stranger, offerId: offers[1]!.id })),
    refusal(accepting({ actor: stranger, offerId: 'not an id' })),
    ...offers.slice(1, 5).map(({ actor, id }) => refusal(accepting({ actor, offerId: id }))),
  ]);
  expect(answers).toEqual([
    ...offers.slice(1).map((one) => one.item_id),
    'routing.offer_gone',
    'routing.offer_not_found',
    'routing.offer_not_found',
    ...Array.from({ length: 4 }, () => 'routing.offer_gone'),
  ]);
  await team.holdsTrue();
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select count(*)::int as n, count(distinct payload ->> 'itemId')::int as items from event where organisation_id = $1 and kind = 'item.accepted'`,
    [stage.organisationId],
  );
  expect(rows[0]).toEqual({ n: 23, items: 23 });
});

test('one that fails spoils it for nobody else: the others have theirs', async () => {
  const agents = await Promise.all(Array.from({ length: 4 }, (_, i) => team.agent(`Agente ${i}`, { capacity: 1 })));
  const ids = [];
  for (let i = 0; i < 4; i += 1) ids.push(await stage.write(`p${i}`, 'hola'));
  await team.match();
  const offers = (await Promise.all(agents.map(async (actor) => ({ actor, ...(await team.pending(actor))[0]! })))).map(
    ({ actor, id }) => ({ actor, offerId: id }),
  );
  const { rows } = await asOwner(
    postgres.ownerUrl,
    'select i.conversation_id as id from offer o join item i on i.id = o.item_id where o.id = $1',
    [offers[2]!.offerId],
  );
  const broken = createAccepting(postgres.db, {
    clock: () => now,
    conversations: {
      assign: (trx, actor, input) =>
        input.conversationId === rows[0].id
          ? Promise.reject(new Error('it broke'))
          : stage.conversations.assign(trx, actor, input),
    },
  });
  const answers = await Promise.all(offers.map((one) => refusal(broken(one))));
  expect(answers).toEqual(offers.map((_, i) => (i === 2 ? 'Error: it broke' : 'nothing was refused')));
  await team.holdsTrue();
  expect(await refusal(accepting(offers[2]!))).toBe('nothing was refused');
  await team.holdsTrue();
});

test('the database breaks off while agents accept: who asks again has it, or had it already; nobody twice', async () => {
  const queue = await team.queue('general');
  const agents = await Promise.all(Array.from({ length: 6 }, (_, i) => team.agent(`Agente ${i}`, { capacity: 4 })));
  for (let i = 0; i < 24; i += 1) await team.add(queue);
  while ((await team.match()).offers.length > 0);
  const offers = (
    await Promise.all(
      agents.map(async (actor) => (await team.pending(actor)).map(({ id }) => ({ actor, offerId: id }))),
    )
  ).flat();
  expect(offers).toHaveLength(24);
  const breakOff = () =>
    asOwner(
      postgres.ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename <> current_user`,
      [],
    );
  const [, ...first] = await Promise.all([breakOff(), ...offers.map((one) => refusal(accepting(one)))]);
  for (const [i, one] of offers.entries()) {
    if (first[i] === 'nothing was refused') continue;
    // a commit whose answer was lost is a commit
    expect(['nothing was refused', 'routing.offer_gone']).toContain(await again(() => refusal(accepting(one))));
  }
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select count(*)::int as n, count(distinct item_id)::int as items from offer where organisation_id = $1 and state = 'accepted'`,
    [stage.organisationId],
  );
  expect(rows[0]).toEqual({ n: 24, items: 24 });
  await team.holdsTrue();
});

/** Until the pool has connections that live. */
async function again(ask: () => Promise<string>): Promise<string> {
  for (;;) {
    const said = await ask();
    if (said === 'nothing was refused' || said.startsWith('routing.')) return said;
  }
}
