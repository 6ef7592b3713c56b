import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk, type SignedIn } from '../../test/desk.ts';
import { type ChannelHouse, channelHouse, until } from '../../test/graph.ts';
import { testStaff } from '../../test/organisation.ts';
import { testDatabase } from '../../test/postgres.ts';
import { fileHeaders } from '../channels/files.ts';
import type { WebMessage } from '../channels/webchat/contract.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';

/* A file on its way from an agent's disk to the patient, through the desk's own API and the channels as they are. */

const postgres = await testDatabase();
afterAll(() => postgres.close());

const ORIGIN = 'https://www.hospital.example';
const PDF = Buffer.concat([
  Buffer.from('%PDF-1.7\n%âãÏÓ\n', 'latin1'),
  Buffer.alloc(40_000, 'preparación '),
  Buffer.from('\n%%EOF\n'),
]);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let house: ChannelHouse;
let desk: Desk;
let irene: SignedIn;
beforeEach(async () => {
  house = await channelHouse(postgres);
  desk = await openDesk(postgres, house);
  irene = await desk.signIn(await testStaff(postgres.ownerUrl, house.organisationId, 'Irene'));
});
afterEach(async () => {
  await desk.close();
  await house.close();
});

/** The conversation of the organisation, given to an agent. */
async function held(by: SignedIn): Promise<string> {
  const rows = await until(house.rows, (all) => all.some((row) => row.direction === 'in'));
  const conversationId = rows.findLast((row) => row.direction === 'in')!.conversation_id;
  await within(postgres.db, house.organisationId, (trx) =>
    house.conversations.assign(
      trx,
      { kind: 'system', organisationId: house.organisationId },
      { conversationId, agentId: by.actor.membershipId, agentName: by.actor.name },
    ),
  );
  return conversationId;
}

async function upload(conversationId: string, bytes: Buffer, mime: string, filename: string, by = irene) {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)], { type: mime }), filename);
  return by.send(`/api/conversations/${conversationId}/attachments`, form);
}
/** Uploads and sends, as the composer does. @returns the attachment */
async function sends(
  conversationId: string,
  bytes: Buffer,
  mime: string,
  filename: string,
  caption?: string,
): Promise<string> {
  const file = await upload(conversationId, bytes, mime, filename);
  expect(file).toMatchObject({ status: 201, body: { mime, size: bytes.length, filename } });
  const said = await irene.post(`/api/conversations/${conversationId}/replies`, {
    clientId: uuid(),
    content: { kind: 'media', attachmentId: file.body.attachmentId, ...(caption && { caption }) },
  });
  expect(said.status).toBe(201);
  return file.body.attachmentId;
}

const web = (path: string, init: RequestInit & { token?: string; house?: ChannelHouse } = {}): Promise<Response> =>
  fetch(`${(init.house ?? house).url}${path}`, {
    ...init,
    headers: {
      origin: ORIGIN,
      ...(init.token && { authorization: `Bearer ${init.token}` }),
      ...(typeof init.body === 'string' && { 'content-type': 'application/json' }),
    },
  });
/** Somebody opens the window and writes. @returns their token */
async function visitor(where = house): Promise<string> {
  const body = JSON.stringify({ organisation: where.slug, language: 'es' });
  const { token } = (await (await web('/webchat/visits', { method: 'POST', body, house: where })).json()) as {
    token: string;
  };
  const said = JSON.stringify({ clientId: uuid(), content: { kind: 'text', text: 'hola' } });
  expect((await web('/webchat/messages', { method: 'POST', body: said, token, house: where })).status).toBe(202);
  return token;
}

test('a file opens as what it is, and in a box of its own; a PDF opens where browsers show one', () => {
  const of = (mime: string) => fileHeaders({ mime, name: 'informe (1).pdf' });
  expect(of('image/png')['content-security-policy']).toMatch(/sandbox/);
  expect(of('image/png')['content-disposition']).toMatch(/^inline; filename\*=UTF-8''informe%20%281%29\.pdf$/);
  expect(of('application/pdf')).not.toHaveProperty('content-security-policy');
  for (const mime of ['image/svg+xml', 'text/html', 'application/msword'])
    expect(of(mime)).toMatchObject({
      'content-disposition': expect.stringMatching(/^attachment/),
      'content-security-policy': expect.stringMatching(/sandbox/),
      'x-content-type-options': 'nosniff',
    });
});

describe('a file that an agent sends', () => {
  test('on WhatsApp: uploaded to Meta as it is, posted with its name and words, and its receipts follow', async () => {
    house.graph.look('34600000021', true);
    await house.graph.write('34600000021', 'Ana', { type: 'text', text: { body: 'no encuentro la hoja' } });
    const id = await held(irene);
    await sends(id, PDF, 'application/pdf', 'preparación.pdf', 'La hoja de la prueba');
    await sends(id, PNG, 'image/png', 'plano.png');
    type Media = { id: string; filename?: string; caption?: string };
    const posted = await until(
      () => house.graph.posted.filter((one) => one.to === '34600000021' && one.message['type'] !== 'text'),
      (all) => all.length === 2,
    );
    expect(posted.map((one) => one.message['type'])).toEqual(['document', 'image']);
    const document = posted[0]!.message['document'] as Media;
    expect(document).toMatchObject({ filename: 'preparación.pdf', caption: 'La hoja de la prueba' });
    const image = posted[1]!.message['image'] as Media;
    for (const [sent, bytes, mime] of [
      [document, PDF, 'application/pdf'],
      [image, PNG, 'image/png'],
    ] as const) {
      const arrived = house.graph.media(sent.id)!;
      expect(arrived.mime).toBe(mime);
      expect(Buffer.from(arrived.bytes).equals(bytes)).toBe(true);
    }
    const rows = await until(house.rows, (all) =>
      all.filter((row) => row.direction === 'out').every((row) => row.delivery === 'read'),
    );
    expect(rows.filter((row) => row.direction === 'out' && row.kind !== 'text').map((row) => row.kind)).toEqual([
      'document',
      'image',
    ]);
  });

  test('on the web window: the visitor opens it, and nobody else', async () => {
    const token = await visitor();
    const id = await held(irene);
    const attachmentId = await sends(id, PDF, 'application/pdf', 'preparación.pdf', 'La hoja');
    const { messages } = (await (await web('/webchat/messages?after=0', { token })).json()) as {
      messages: WebMessage[];
    };
    expect(messages.at(-1)).toMatchObject({
      direction: 'out',
      author: 'staff',
      authorName: 'Irene',
      content: {
        kind: 'media',
        media: 'document',
        attachmentId,
        mime: 'application/pdf',
        caption: 'La hoja',
        filename: 'preparación.pdf',
      },
    });
    const opened = await web(`/webchat/files/${attachmentId}`, { token });
    expect(opened.status).toBe(200);
    expect(opened.headers.get('content-type')).toBe('application/pdf');
    expect(opened.headers.get('x-content-type-options')).toBe('nosniff');
    expect(opened.headers.get('content-disposition')).toContain(encodeURIComponent('preparación.pdf'));
    expect(Buffer.from(await opened.arrayBuffer()).equals(PDF)).toBe(true);

    // another visitor, nobody, a token that is none, a page that may not show the window
    expect((await web(`/webchat/files/${attachmentId}`, { token: await visitor() })).status).toBe(404);
    expect((await web(`/webchat/files/${attachmentId}`)).status).toBe(401);
    expect(
      (await web(`/webchat/files/${attachmentId}`, { token: token.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')) }))
        .status,
    ).toBe(401);
    const evil = await fetch(`${house.url}/webchat/files/${attachmentId}`, {
      headers: { origin: 'https://evil.example', authorization: `Bearer ${token}` },
    });
    expect(evil.status).toBe(403);
    // the staff's address knows no visitor, and the visitor's none of the staff
    expect(
      (
        await fetch(`${desk.address}/api/attachments/${attachmentId}`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    ).toBe(401);
    expect((await web(`/webchat/files/${attachmentId}`, { token: irene.cookie.split('=')[1]! })).status).toBe(401);
  });

  test('what went to somebody’s WhatsApp is not for a visitor, nor for another organisation', async () => {
    await house.graph.write('34600000022', 'Luis', { type: 'text', text: { body: 'hola' } });
    const id = await held(irene);
    const attachmentId = await sends(id, PNG, 'image/png', 'plano.png');
    expect((await web(`/webchat/files/${attachmentId}`, { token: await visitor() })).status).toBe(404);
    const other = await channelHouse(postgres);
    const theirs = await openDesk(postgres, other);
    try {
      const marc = await theirs.signIn(await testStaff(postgres.ownerUrl, other.organisationId, 'Marc'));
      expect((await web(`/webchat/files/${attachmentId}`, { token: await visitor(other), house: other })).status).toBe(
        404,
      );
      expect((await marc.get(`/api/attachments/${attachmentId}`)).status).toBe(404);
      expect((await upload(id, PNG, 'image/png', 'x.png', marc)).status).toBe(404);
    } finally {
      await theirs.close();
      await other.close();
    }
    // a colleague who does not hold the conversation puts nothing into it
    const pau = await desk.signIn(await testStaff(postgres.ownerUrl, house.organisationId, 'Pau'));
    expect((await upload(id, PNG, 'image/png', 'x.png', pau)).status).toBe(403);
  });
});
