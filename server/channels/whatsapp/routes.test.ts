import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { APP_SECRET, type ChannelHouse, channelHouse, until, VERIFY_TOKEN } from '../../../test/graph.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { readAttachment } from '../../conversation/queries.ts';
import { within } from '../../platform/postgres.ts';
import { connectAccount } from '../accounts.ts';
import { FILE_REFUSALS } from '../contract.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

let house: ChannelHouse;
beforeEach(async () => {
  // these webhooks do not come through the stand-in, so it knows of no open window
  house = await channelHouse(postgres, { graph: { limits: { numberPerSecond: null, windowMs: null } } });
});
afterEach(() => house.close());

const sign = (body: string, secret = APP_SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const envelope = (value: object): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { phone_number_id: house.whatsapp.externalId },
              ...value,
            },
          },
        ],
      },
    ],
  });
const words = (id: string, from = '34600000001'): object => ({
  messages: [{ from, id, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: 'hola' } }],
});
const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${house.url}/webhooks/whatsapp`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body), ...headers },
  });
const counts = async (): Promise<Record<string, number>> => {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select (select count(*)::int from message where organisation_id = $1 and direction = 'in') as messages,
       (select count(*)::int from dead_letter where organisation_id = $1) as dead, (select count(*)::int from person where organisation_id = $1) as people`,
    [house.organisationId],
  );
  return rows[0] as Record<string, number>;
};

describe('verification', () => {
  const get = (query: string): Promise<Response> => fetch(`${house.url}/webhooks/whatsapp?${query}`);
  test('answers the challenge to who knows the token, and 403 to others', async () => {
    const good = await get(`hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1158201444`);
    expect([good.status, await good.text()]).toEqual([200, '1158201444']);
    for (const query of [
      'hub.mode=subscribe&hub.verify_token=x&hub.challenge=1',
      `hub.mode=other&hub.verify_token=${VERIFY_TOKEN}`,
      '',
    ]) {
      const bad = await get(query);
      expect(bad.status).toBe(403);
      expect(bad.headers.get('content-type')).toContain('application/problem+json');
    }
  });
});

describe('notifications', () => {
  test('a good one is stored before the 200', async () => {
    expect((await post(envelope(words('wamid.A')))).status).toBe(200);
    expect(await counts()).toMatchObject({ messages: 1, people: 1 });
  });

  test('a forged, unsigned or altered one gets 401 and leaves no row', async () => {
    const body = envelope(words('wamid.F'));
    for (const signature of [
      sign(body, 'other'),
      '',
      'sha256=',
      'sha1=abc',
      `sha256=${'0'.repeat(64)}`,
      sign(`${body} `),
    ]) {
      const answer = await post(body, { 'x-hub-signature-256': signature });
      expect(answer.status).toBe(401);
      expect(((await answer.json()) as { code: string }).code).toBe('channel.bad_signature');
    }
    expect(await counts()).toEqual({ messages: 0, dead: 0, people: 0 });
  });

  test('broken JSON, another type, too much: each a clear answer', async () => {
    const broken = await post('{"entry":[');
    expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([400, 'channel.not_json']);
    expect((await post('<xml/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await post('x=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    const large = JSON.stringify({ x: 'y'.repeat(10 * 1_048_576) });
    expect((await post(large)).status).toBe(413);
    expect((await post(JSON.stringify({ x: 'y'.repeat(2 * 1_048_576) }))).status).toBe(200);
    for (const odd of [
      'null',
      '[]',
      '"x"',
      '7',
      '{}',
      '{"entry":7}',
      '{"entry":[{"changes":[{"value":null}]}]}',
      '{"__proto__":{"x":1}}',
    ])
      expect((await post(odd)).status).toBe(200);
    expect(await counts()).toEqual({ messages: 0, dead: 0, people: 0 });
  });

  test('a number that is not ours gets 200 and leaves nothing', async () => {
    const body = envelope(words('wamid.N')).replace(house.whatsapp.externalId, '999');
    expect((await post(body)).status).toBe(200);
    expect(await counts()).toEqual({ messages: 0, dead: 0, people: 0 });
  });

  test('one organisation’s secret does not sign for another’s number', async () => {
    const other = await channelHouse(postgres);
    await within(postgres.db, other.organisationId, (trx) =>
      connectAccount(trx, other.vault, {
        ...other.whatsapp,
        secrets: { ...other.whatsapp.secrets, appSecret: 'their-own' },
      }),
    );
    await new Promise((next) => setTimeout(next, 2_100));
    const body = envelope(words('wamid.X')).replace(house.whatsapp.externalId, other.whatsapp.externalId);
    // signed with ours, for theirs: taken as a number that is not ours
    const mine = await fetch(`${other.url}/webhooks/whatsapp`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, 'their-own') },
    });
    expect(mine.status).toBe(200);
    expect((await other.rows()).length).toBeGreaterThan(0);
    const again = body.replace('wamid.X', 'wamid.Y');
    await new Promise((next) => setTimeout(next, 2_100));
    expect((await post(again)).status).toBe(200);
    expect((await other.rows()).filter((row) => row.external_id === 'wamid.Y')).toEqual([]);
    await other.close();
  });

  test('a number connected a moment ago is found without a restart', async () => {
    await within(postgres.db, house.organisationId, (trx) =>
      connectAccount(trx, house.vault, {
        ...house.whatsapp,
        id: undefined,
        externalId: '424242',
        name: 'second',
        secrets: { appSecret: 'second-secret' },
      }),
    );
    await new Promise((next) => setTimeout(next, 2_100));
    const body = envelope(words('wamid.S')).replace(house.whatsapp.externalId, '424242');
    expect((await post(body, { 'x-hub-signature-256': sign(body, 'second-secret') })).status).toBe(200);
    expect(await counts()).toMatchObject({ messages: 1 });
  });

  test('what cannot be read is kept sealed with its reason, once, and the rest is taken', async () => {
    const fixture = readFileSync(new URL('./fixtures/one-malformed.json', import.meta.url), 'utf8').replace(
      '106540352242922',
      house.whatsapp.externalId,
    );
    expect((await post(fixture)).status).toBe(200);
    const first = await counts();
    expect(first).toMatchObject({ messages: 1, dead: 7 });
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select reason, sealed from dead_letter where organisation_id = $1 and external_id = 'wamid.BADTEXT'`,
      [house.organisationId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].reason).toBe('text.body');
    expect(Buffer.from(rows[0].sealed).includes('BADTEXT')).toBe(false);
    await post(fixture);
    const { rows: again } = await asOwner(
      postgres.ownerUrl,
      `select 1 from dead_letter where organisation_id = $1 and external_id = 'wamid.BADTEXT'`,
      [house.organisationId],
    );
    expect(again).toHaveLength(1);
  });

  test('every documented kind is stored and answered 200', async () => {
    for (const name of [
      'text',
      'button',
      'button-reply',
      'list-reply',
      'form-reply',
      'location',
      'contacts',
      'reaction',
      'order',
      'system-number-changed',
      'unsupported',
      'without-number',
      'two-people',
      'status-sent',
      'status-failed',
      'account-error',
    ]) {
      const body = readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8').replaceAll(
        '106540352242922',
        house.whatsapp.externalId,
      );
      expect((await post(body)).status, name).toBe(200);
    }
    expect(await counts()).toEqual({ messages: 15, dead: 0, people: 3 });
  });
});

describe('files', () => {
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(4_000, 7)]);
  const arrive = async (
    bytes: Buffer,
    part: object,
    kind = 'image',
  ): Promise<{ attachmentId: string; payload: { organisationId: string } & Record<string, unknown> }> => {
    const id = house.graph.putMedia({ bytes, mime: String((part as { mime_type: string }).mime_type) });
    const body = envelope({
      messages: [
        { from: '34600000009', id: `wamid.${id}`, timestamp: '1749416383', type: kind, [kind]: { id, ...part } },
      ],
    });
    expect((await post(body)).status).toBe(200);
    expect((await post(body)).status).toBe(200);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select id, state from attachment where organisation_id = $1 and external_id = $2',
      [house.organisationId, id],
    );
    expect(rows).toMatchObject([{ state: 'expected' }]);
    const jobs = await asOwner(postgres.ownerUrl, `select payload from graphile_worker._private_jobs where key = $1`, [
      `media:${rows[0].id}`,
    ]);
    expect(jobs.rows).toHaveLength(1);
    return { attachmentId: rows[0].id, payload: jobs.rows[0].payload };
  };
  const state = async (id: string) =>
    (await asOwner(postgres.ownerUrl, 'select state, mime, size, refused from attachment where id = $1', [id])).rows[0];

  test('is expected with the message, fetched by the job, sealed, and opens again', async () => {
    const { attachmentId, payload } = await arrive(jpeg, {
      mime_type: 'image/jpeg',
      sha256: createHash('sha256').update(jpeg).digest('base64'),
      caption: 'La receta',
    });
    await house.fetchMedia(payload);
    await house.fetchMedia(payload);
    expect(await state(attachmentId)).toMatchObject({ state: 'ready', mime: 'image/jpeg', size: jpeg.length });
    const file = await within(postgres.db, house.organisationId, (trx) =>
      readAttachment(trx, house.vault, house.organisationId, attachmentId),
    );
    expect(file?.bytes.equals(jpeg)).toBe(true);
  });

  test.each([
    ['a program dressed as a photo', Buffer.from('MZ\x90\x00\x03\x00\x00\x00'), { mime_type: 'image/jpeg' }, 'kind'],
    ['a page', Buffer.from([0x3c, 0x68, 0x31, 0x00]), { mime_type: 'text/html' }, 'kind'],
    ['what does not match its hash', jpeg, { mime_type: 'image/jpeg', sha256: 'AAAA' }, 'damaged'],
    ['nothing', Buffer.alloc(0), { mime_type: 'image/jpeg' }, 'damaged'],
    ['too much', Buffer.concat([jpeg, Buffer.alloc(17 * 1_048_576)]), { mime_type: 'image/jpeg' }, 'too_large'],
  ] as const)('%s is refused, and the patient is told', async (_name, bytes, part, reason) => {
    const { attachmentId, payload } = await arrive(bytes, part, part.mime_type === 'text/html' ? 'document' : 'image');
    await house.fetchMedia(payload);
    expect(await state(attachmentId)).toMatchObject({ state: 'refused', refused: reason });
    await until(
      () =>
        house.graph.posted.some(
          (one) => (one.message['text'] as { body: string } | undefined)?.body === FILE_REFUSALS[reason].es,
        ),
      Boolean,
    );
  });

  test('one that the vendor no longer has is refused; a vendor that is away makes the job come again', async () => {
    const { attachmentId, payload } = await arrive(jpeg, { mime_type: 'image/jpeg' });
    const { rows } = await asOwner(postgres.ownerUrl, 'select external_id from attachment where id = $1', [
      attachmentId,
    ]);
    await house.graph.answer({
      method: 'DELETE',
      url: `/${rows[0].external_id}`,
      headers: { authorization: 'Bearer EAAtest' },
      body: Buffer.alloc(0),
      base: '',
    });
    await house.fetchMedia(payload);
    expect(await state(attachmentId)).toMatchObject({ state: 'refused', refused: 'gone' });
    const other = await arrive(jpeg, { mime_type: 'image/jpeg' });
    await house.graph.close();
    await expect(house.fetchMedia(other.payload)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONN|UND_ERR/),
    });
    expect(await state(other.attachmentId)).toMatchObject({ state: 'expected' });
  });

  test('ours goes out uploaded', async () => {
    await post(envelope(words('wamid.first', '34600000010')));
    const rows = await house.rows();
    const conversationId = rows[0]!.conversation_id;
    const actor = { kind: 'assistant' as const, organisationId: house.organisationId };
    await within(postgres.db, house.organisationId, async (trx) => {
      const attachmentId = await house.conversations.attach(trx, actor, {
        conversationId,
        mime: 'image/jpeg',
        filename: 'plano.jpg',
        bytes: jpeg,
      });
      await house.conversations.reply(trx, actor, {
        conversationId,
        content: { kind: 'media', media: 'image', attachmentId, mime: 'image/jpeg', caption: 'Por aquí' },
      });
    });
    const posted = await until(
      () => house.graph.posted.find((one) => one.message['type'] === 'image'),
      (one) => one !== undefined,
    );
    const image = posted!.message['image'] as { id: string; caption: string };
    expect(image.caption).toBe('Por aquí');
    expect(house.graph.media(image.id)!.bytes.equals(jpeg)).toBe(true);
  });
});
