import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { type ChannelHouse, channelHouse, saying, until } from '../../test/graph.ts';
import type { Departing, Situation } from '../conversation/contract.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { createDeliver } from './deliver.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

let house: ChannelHouse;
afterEach(() => house.close());

const echo = (situation: Situation) =>
  saying({
    kind: 'text',
    text: `you said ${situation.content.kind === 'text' ? situation.content.text : situation.content.kind}`,
  });
const text = (body: string) => ({ type: 'text', text: { body } });
const settled = (rows: { direction: string; delivery: string | null }[]) =>
  rows
    .filter((row) => row.direction === 'out')
    .every(
      (row) =>
        row.delivery === 'sent' || row.delivery === 'delivered' || row.delivery === 'read' || row.delivery === 'failed',
    );
const bodies = (to: string): string[] =>
  house.graph.posted
    .filter((one) => one.to === to)
    .map((one) => String((one.message['text'] as { body: string }).body));
const departures = async (): Promise<number> =>
  (await asOwner(postgres.ownerUrl, 'select 1 from departure where organisation_id = $1', [house.organisationId])).rows
    .length;

describe('deliver', () => {
  test('a reply is posted, marked with the vendor’s id, and its receipts follow', async () => {
    house = await channelHouse(postgres, { turn: echo });
    house.graph.look('34600000001', true);
    const { status } = await house.graph.write('34600000001', 'Ana', text('buenas'));
    expect(status).toBe(200);
    const rows = await until(house.rows, (all) => all.some((row) => row.delivery === 'read'));
    const out = rows.find((row) => row.direction === 'out')!;
    expect(out.external_id).toBe(house.graph.posted[0]!.id);
    expect(house.graph.posted[0]!.mark).toBe(out.id);
    expect(bodies('34600000001')).toEqual(['you said buenas']);
    await until(departures, (count) => count === 0);
  });

  test('order is kept for each person while the vendor fails, and others are not held up', async () => {
    house = await channelHouse(postgres, {
      turn: (situation) =>
        saying(
          { kind: 'text', text: 'one' },
          { kind: 'text', text: 'two' },
          { kind: 'text', text: (situation.content as { text: string }).text },
        ),
      deliver: { firstRetryMs: 120 },
    });
    const mend = house.graph.fail({ status: 500, code: 131000 }, Infinity, '34600000002');
    await Promise.all([
      house.graph.write('34600000002', 'A', text('a')),
      house.graph.write('34600000003', 'B', text('b')),
    ]);
    await until(
      () => bodies('34600000003'),
      (all) => all.length === 3,
    );
    expect(bodies('34600000002')).toEqual([]);
    mend();
    await until(
      () => bodies('34600000002'),
      (all) => all.length === 3,
    );
    expect(bodies('34600000002')).toEqual(['one', 'two', 'a']);
    expect(bodies('34600000003')).toEqual(['one', 'two', 'b']);
    await until(house.rows, settled);
  });

  test('130429 rests the whole number and everything goes out after, in order', async () => {
    house = await channelHouse(postgres, { turn: echo, deliver: { firstRetryMs: 60 } });
    house.graph.fail({ status: 429, code: 130429 }, 3);
    for (let i = 0; i < 4; i += 1)
      for (const who of ['34600000004', '34600000005']) await house.graph.write(who, 'X', text(`${i}`));
    await until(
      () => bodies('34600000004').length + bodies('34600000005').length,
      (count) => count === 8,
    );
    for (const who of ['34600000004', '34600000005'])
      expect(bodies(who)).toEqual([0, 1, 2, 3].map((i) => `you said ${i}`));
    const rows = await until(house.rows, settled);
    expect(rows.filter((row) => row.delivery === 'failed')).toEqual([]);
  });

  test('131056 holds one person only, with a long burst never exceeding what Meta allows', async () => {
    house = await channelHouse(postgres, {
      turn: () => saying(...Array.from({ length: 50 }, (_, i) => ({ kind: 'text' as const, text: `${i}` }))),
    });
    const began = Date.now();
    await house.graph.write('34600000006', 'X', text('go'));
    const sent = (): number => bodies('34600000006').length;
    await until(sent, (count) => count >= 40);
    await new Promise((next) => setTimeout(next, 150));
    // 40 at once, then one in six seconds, the others held without ever asking Meta
    expect(sent() - Math.floor((Date.now() - began) / 6_000)).toBeLessThanOrEqual(40);
    // what was sent leaves the table in batches, soon after
    await until(
      async () => sent() + (await departures()),
      (count) => count === 50,
    );
  });

  test('a network that drops an answer after taking the message does not send it twice when the status tells', async () => {
    // longer than any machine needs to hear the status, and waited for: nothing is sent again then
    const firstRetryMs = 3_000;
    house = await channelHouse(postgres, { turn: echo, deliver: { firstRetryMs } });
    house.graph.fail({ status: 0, code: 0, drop: true, afterAccept: true }, 1);
    await house.graph.write('34600000007', 'X', text('hi'));
    const rows = await until(house.rows, (all) =>
      all.some((row) => row.delivery === 'read' || row.delivery === 'delivered'),
    );
    await until(departures, (count) => count === 0);
    await new Promise((next) => setTimeout(next, firstRetryMs + 200));
    expect(bodies('34600000007')).toEqual(['you said hi']);
    expect(rows.find((row) => row.direction === 'out')!.external_id).toBe(house.graph.posted[0]!.id);
  });

  test('a final error fails the message with its reason, and the next one goes', async () => {
    house = await channelHouse(postgres, { turn: echo });
    house.graph.fail({ status: 400, code: 131026 }, 1, '34600000008');
    await house.graph.write('34600000008', 'X', text('first'));
    await house.graph.write('34600000008', 'X', text('second'));
    await until(
      () => bodies('34600000008'),
      (all) => all.length === 1,
    );
    const rows = await until(house.rows, settled);
    const failed = rows.filter((row) => row.delivery === 'failed');
    expect(failed.map((row) => [row.failure_reason, row.failure_code])).toEqual([['undeliverable', '131026']]);
    expect(bodies('34600000008')).toEqual(['you said second']);
    expect(await departures()).toBe(0);
  });

  test('outside the 24 hours a retry and a taken-over reply fail as window_closed', async () => {
    house = await channelHouse(postgres, { turn: echo, depart: () => undefined, start: false });
    await house.graph.write('34600000009', 'X', text('long ago'));
    await asOwner(
      postgres.ownerUrl,
      `update contact_point set last_inbound_at = now() - interval '25 hours' where organisation_id = $1`,
      [house.organisationId],
    );
    await asOwner(postgres.ownerUrl, 'update departure set lease_until = now() where organisation_id = $1', [
      house.organisationId,
    ]);
    house.deliver.start();
    const rows = await until(house.rows, settled);
    expect(rows.find((row) => row.direction === 'out')).toMatchObject({
      delivery: 'failed',
      failure_reason: 'window_closed',
    });
    expect(house.graph.posted).toEqual([]);
  });

  test('another process takes over what one that died left, in order, and leaves what the vendor has seen', async () => {
    // the house's own deliver never sees them: as if its process had died after the commit
    house = await channelHouse(postgres, {
      turn: () =>
        saying({ kind: 'text', text: 'first' }, { kind: 'text', text: 'second' }, { kind: 'text', text: 'third' }),
      depart: () => undefined,
      start: false,
    });
    const people = Array.from({ length: 20 }, (_, i) => `3461000${String(i).padStart(4, '0')}`);
    await Promise.all(people.map((who) => house.graph.write(who, 'X', text('hola'))));
    // of one of them the first was posted before the crash and its status came
    const rows = await house.rows();
    const seen = rows.find((row) => row.direction === 'out')!;
    await house.graph.notify({
      statuses: [
        {
          id: 'wamid.before-crash',
          status: 'sent',
          timestamp: String(Math.floor(Date.now() / 1000)),
          recipient_id: people[0],
          biz_opaque_callback_data: seen.id,
        },
      ],
    });
    await asOwner(postgres.ownerUrl, 'update departure set lease_until = now() where organisation_id = $1', [
      house.organisationId,
    ]);
    house.deliver.start();
    const after = await until(house.rows, settled);
    expect(after.filter((row) => row.delivery === 'failed')).toEqual([]);
    expect(house.graph.posted.length).toBe(59);
    let whole = 0;
    for (const who of people) {
      const got = bodies(who);
      if (got.length === 3) whole += 1;
      expect(['first', 'second', 'third'].filter((word) => got.includes(word))).toEqual(got);
    }
    expect(whole).toBe(19);
    expect(after.find((row) => row.id === seen.id)!.external_id).toBe('wamid.before-crash');
  });

  test('two processes that recover at once send everything once and in order', async () => {
    house = await channelHouse(postgres, {
      turn: () => saying({ kind: 'text', text: '1' }, { kind: 'text', text: '2' }),
      depart: () => undefined,
      start: false,
    });
    const people = Array.from({ length: 40 }, (_, i) => `3462000${String(i).padStart(4, '0')}`);
    await Promise.all(people.map((who) => house.graph.write(who, 'X', text('hola'))));
    await asOwner(postgres.ownerUrl, 'update departure set lease_until = now() where organisation_id = $1', [
      house.organisationId,
    ]);
    const other = createDeliver({
      db: postgres.db,
      vault: house.vault,
      accounts: house.accounts,
      channels: house.channels,
      processId: uuid(),
      recoverEveryMs: 50,
    });
    house.deliver.start();
    other.start();
    await until(house.rows, settled);
    await other.stop();
    expect(house.graph.posted.length).toBe(80);
    for (const who of people) expect(bodies(who)).toEqual(['1', '2']);
  });

  test('stop finishes what is in flight and gives the rest back', async () => {
    house = await channelHouse(postgres, {
      turn: () => saying({ kind: 'text', text: '1' }, { kind: 'text', text: '2' }, { kind: 'text', text: '3' }),
      // the first has gone and is long in being answered
      graph: { latencyMs: 2_000 },
    });
    await house.graph.write('34630000001', 'X', text('hola'));
    await until(
      () => bodies('34630000001').length,
      (count) => count === 1,
    );
    await house.deliver.stop();
    expect(bodies('34630000001')).toEqual(['1']);
    const { rows } = await asOwner(postgres.ownerUrl, 'select lease_owner from departure where organisation_id = $1', [
      house.organisationId,
    ]);
    expect(rows.map((row) => row.lease_owner)).toEqual([null, null]);
    const other = createDeliver({
      db: postgres.db,
      vault: house.vault,
      accounts: house.accounts,
      channels: house.channels,
      processId: uuid(),
      recoverEveryMs: 50,
    });
    other.start();
    await until(house.rows, settled);
    await other.stop();
    expect(bodies('34630000001')).toEqual(['1', '2', '3']);
  });

  test('leases are renewed for what is held, so that nobody takes it over', async () => {
    house = await channelHouse(postgres, { turn: echo, deliver: { firstRetryMs: 900, leaseMs: 240 } });
    house.graph.fail({ status: 503, code: 2, retryAfter: 1 }, 1);
    await house.graph.write('34640000001', 'X', text('hola'));
    const other = createDeliver({
      db: postgres.db,
      vault: house.vault,
      accounts: house.accounts,
      channels: house.channels,
      processId: uuid(),
      recoverEveryMs: 40,
    });
    other.start();
    await until(house.rows, settled);
    await other.stop();
    expect(bodies('34640000001')).toEqual(['you said hola']);
  });

  test('receipts in any order never set a message back', async () => {
    house = await channelHouse(postgres, { turn: echo, graph: { statuses: false } });
    await house.graph.write('34650000001', 'X', text('hola'));
    const rows = await until(house.rows, settled);
    const out = rows.find((row) => row.direction === 'out')!;
    const status = (state: string) => ({
      id: out.external_id,
      status: state,
      timestamp: String(Math.floor(Date.now() / 1000)),
      recipient_id: '34650000001',
      biz_opaque_callback_data: out.id,
    });
    for (const state of ['read', 'delivered', 'sent', 'delivered'])
      await house.graph.notify({ statuses: [status(state)] });
    expect((await house.rows()).find((row) => row.id === out.id)!.delivery).toBe('read');
    await house.graph.notify({
      statuses: [{ ...status('failed'), errors: [{ code: 131026, title: 'Message undeliverable' }] }],
    });
    expect((await house.rows()).find((row) => row.id === out.id)!.delivery).toBe('read');
  });

  test('a receipt that is faster than the vendor’s answer waits for it', async () => {
    house = await channelHouse(postgres, { turn: echo, graph: { statuses: false, latencyMs: 250 } });
    void house.graph.write('34660000001', 'X', text('hola'));
    const posted = await until(
      () => house.graph.posted[0],
      (one) => one !== undefined,
    );
    // without our mark, as a receipt of an older deployment would come
    await within(postgres.db, house.organisationId, (trx) =>
      sql`insert into early_receipt (organisation_id, account_id, external_id, state, at) values (${house.organisationId}, ${house.whatsapp.id}, ${posted!.id}, 'delivered', now())`.execute(
        trx,
      ),
    );
    const rows = await until(house.rows, (all) => all.some((row) => row.delivery === 'delivered'));
    expect(rows.find((row) => row.direction === 'out')!.external_id).toBe(posted!.id);
    expect(
      (
        await asOwner(postgres.ownerUrl, 'select 1 from early_receipt where organisation_id = $1', [
          house.organisationId,
        ])
      ).rows,
    ).toEqual([]);
  });

  test('an account that is gone fails the reply instead of keeping it for ever', async () => {
    const kept: Departing[] = [];
    house = await channelHouse(postgres, { turn: echo, depart: (list) => kept.push(...list) });
    await house.graph.write('34670000001', 'X', text('hola'));
    house.deliver.hand([{ ...kept[0]!, accountId: uuid() }]);
    const rows = await until(house.rows, settled);
    expect(rows.find((row) => row.direction === 'out')).toMatchObject({
      delivery: 'failed',
      failure_reason: 'disconnected',
    });
  });

  test('a number goes no faster than it may', async () => {
    house = await channelHouse(postgres, {
      turn: echo,
      messagesPerSecond: 40,
      graph: { limits: { numberPerSecond: 50 } },
    });
    const began = Date.now();
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        house.graph.write(`3468000${String(i).padStart(4, '0')}`, 'X', text('hola')),
      ),
    );
    await until(
      () => house.graph.posted.length,
      (count) => count === 60,
    );
    expect(Date.now() - began).toBeGreaterThan(1_000);
  });

  test('a number whose level is not known finds it out, keeps to it, and loses nothing', async () => {
    house = await channelHouse(postgres, {
      turn: echo,
      messagesPerSecond: 'unknown',
      graph: { limits: { numberPerSecond: 80 } },
      deliver: { firstRetryMs: 500 },
    });
    const people = Array.from({ length: 200 }, (_, i) => `3469900${String(i).padStart(4, '0')}`);
    await Promise.all(people.map((who) => house.graph.write(who, 'X', text('hola'))));
    await until(
      () => house.graph.posted.length,
      (count) => count === 200,
    );
    const rows = await until(house.rows, settled);
    expect(rows.filter((row) => row.delivery === 'failed')).toEqual([]);
    const times = house.graph.posted.map((one) => one.at);
    for (const [i, at] of times.entries())
      expect(times.slice(i).filter((other) => other < at + 1_000).length).toBeLessThanOrEqual(80);
  });
});
