import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { startEmbedded } from '../server/platform/embedded.ts';
import { openDatabase } from '../server/platform/postgres.ts';
import { softWords } from './soft-words.ts';
import { envelope, PHONE_NUMBER_ID, runHouse, VERIFY_TOKEN } from './running-house.ts';

/* By contract only: what anyone can see from outside of a house that `hebra start` opened. */
const house = await runHouse();
afterAll(() => house.close());

const get = (path: string): Promise<Response> => fetch(`${house.url}${path}`, { redirect: 'manual' });
let person = 34_611_000_000;
const someone = (): string => String((person += 1));

describe('addresses', () => {
  test('health, metrics, OpenAPI 3.1, the desk, the window, the phone answer', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/metrics')).text()).toMatch(/^# HELP/m);
    const api = (await (await get('/api/openapi.json')).json()) as { openapi: string; paths: Record<string, unknown> };
    expect(api.openapi).toBe('3.1.0');
    expect(Object.keys(api.paths)).toContain('/api/inbox');
    for (const path of ['/desk', '/demo/phone']) {
      const page = await get(path);
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8']);
    }
    const widget = await get('/widget.js');
    expect(widget.status).toBe(200);
    expect(widget.headers.get('content-type')).toMatch(/javascript/);
    // the emergency queue of the demo never closes; nobody knows how long one would wait
    const window = (await (await get('/webchat/config?organisation=vega-clara')).json()) as {
      ways: { wait?: number | null }[];
    };
    expect(window).toMatchObject({ open: true, emergencyNumber: '112' });
    expect(window.ways.every((way) => typeof way.wait !== 'number')).toBe(true);
  });

  test('Meta’s verification is answered with its challenge, and only to who knows the word', async () => {
    const ask = (token: string): string =>
      `/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`;
    const good = await get(ask(VERIFY_TOKEN));
    expect([good.status, await good.text()]).toEqual([200, '1158201444']);
    expect((await get(ask('wrong'))).status).toBe(403);
  });

  test('what is not there is a problem, in the language asked for', async () => {
    const answer = await fetch(`${house.url}/api/nowhere`, { headers: { 'accept-language': 'ca' } });
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status: 404,
      code: 'platform.not_found',
      title: 'Aquí no hi ha res amb aquesta adreça.',
    });
  });
});

describe('WhatsApp', () => {
  test('a signed "hola" is answered with an interactive menu', async () => {
    const from = someone();
    expect(await house.webhook(envelope([{ from, text: 'hola', id: `wamid.${from}` }]))).toBe(200);
    const [answer] = await house.answered(from);
    expect(answer).toMatchObject({ messaging_product: 'whatsapp', to: from, type: 'interactive' });
  });

  test('the same webhook thrice is answered once', async () => {
    const from = someone();
    const body = envelope([{ from, text: 'hola', id: `wamid.${from}` }]);
    expect(await Promise.all([house.webhook(body), house.webhook(body), house.webhook(body)])).toEqual([200, 200, 200]);
    const first = (await house.answered(from)).length;
    // another person's answer comes after anything that this one could still get
    const other = someone();
    await house.webhook(envelope([{ from: other, text: 'hola', id: `wamid.${other}` }]));
    await house.answered(other);
    expect(house.posted(from)).toHaveLength(first);
    expect(first).toBe(1);
  });

  test('a forged one gets 401 and is answered to nobody', async () => {
    const from = someone();
    const body = envelope([{ from, text: 'hola', id: `wamid.${from}` }]);
    expect(await house.webhook(body, { secret: 'guess' })).toBe(401);
    const bare = await fetch(`${house.url}/webhooks/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(bare.status).toBe(401);
    // and the true one is new: the forged one left nothing
    expect(await house.webhook(body)).toBe(200);
    await house.answered(from);
  });

  test('two people in one envelope are both answered', async () => {
    const [a, b] = [someone(), someone()];
    expect(
      await house.webhook(
        envelope([
          { from: a, text: 'hola', id: `wamid.${a}` },
          { from: b, text: 'olá', id: `wamid.${b}` },
        ]),
      ),
    ).toBe(200);
    await Promise.all([house.answered(a), house.answered(b)]);
  });

  test('a red flag is heard wherever it is said: in words, under a picture, in a pick, while waiting for a person', async () => {
    const words = 'me aprieta el pecho y no puedo respirar';
    const [text, caption, pick, waiting] = [someone(), someone(), someone(), someone()];
    await house.webhook(envelope([{ from: waiting, text: 'quiero hablar con una persona', id: `wamid.${waiting}` }]));
    const before = (await house.answered(waiting)).length;
    await Promise.all([
      house.webhook(envelope([{ from: text, text: words, id: `wamid.${text}` }])),
      house.webhook(
        envelope([
          {
            from: caption,
            id: `wamid.${caption}`,
            type: 'image',
            extra: { image: { id: '1', mime_type: 'image/jpeg', sha256: 'x', caption: words } },
          },
        ]),
      ),
      house.webhook(
        envelope([
          {
            from: pick,
            id: `wamid.${pick}`,
            type: 'interactive',
            extra: { interactive: { type: 'button_reply', button_reply: { id: 'x', title: words } } },
          },
        ]),
      ),
      house.webhook(envelope([{ from: waiting, text: words, id: `wamid.${waiting}.2` }])),
    ]);
    for (const [from, nth] of [
      [text, 0],
      [caption, 0],
      [pick, 0],
      [waiting, before],
    ] as const) {
      const answer = (await house.answered(from, nth + 1)).slice(nth);
      expect(JSON.stringify(answer)).toContain('112');
    }
  });

  test('bad input gets a clear answer, and the house goes on', async () => {
    expect(await house.webhook(undefined, { raw: '{"entry": [' })).toBe(400);
    expect(await house.webhook(undefined, { raw: Buffer.alloc(10 * 1_048_576, 0x20) })).toBe(413);
    expect(await house.webhook(envelope([]), { type: 'text/xml' })).toBe(415);
    expect(await house.webhook({ object: 'page', entry: 'what' })).toBe(200);
    const [unknown, odd, wide] = [someone(), someone(), someone()];
    expect(
      await house.webhook(
        envelope([{ from: unknown, id: `wamid.${unknown}`, type: 'hologram', extra: { hologram: { size: 'big' } } }]),
      ),
    ).toBe(200);
    expect(
      await house.webhook(
        envelope([
          {
            from: odd,
            text: `'; drop table message; -- <script>alert(1)</script>`,
            id: `wamid.${odd}`,
            timestamp: '99999999999',
          },
        ]),
      ),
    ).toBe(200);
    expect(
      await house.webhook(envelope([{ from: wide, text: 'مرحبا 👩🏽‍⚕️ \u202Ehola', id: `wamid.${wide}`, timestamp: '0' }])),
    ).toBe(200);
    await Promise.all([house.answered(unknown), house.answered(odd), house.answered(wide)]);
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
  });

  test('an unknown number is not refused (Meta would repeat it for ever) and answered to nobody', async () => {
    const from = someone();
    const body = JSON.stringify(envelope([{ from, text: 'hola', id: `wamid.${from}` }])).replaceAll(
      PHONE_NUMBER_ID,
      '999999999999999',
    );
    expect(await house.webhook(undefined, { raw: body })).toBe(200);
    expect(house.posted(from)).toEqual([]);
  });
});

describe('a process that dies', () => {
  test(
    'kill -9 between the question about a red flag and its answer: silence still raises it, once',
    { timeout: 300_000 },
    async () => {
      const [silent, calm] = [someone(), someone()];
      for (const from of [silent, calm]) {
        await house.webhook(envelope([{ from, text: softWords(), id: `wamid.${from}` }]));
        const [question] = await house.answered(from);
        expect(JSON.stringify(question)).toMatch(/"type":"button".*112|112.*"type":"button"/);
      }
      await house.webhook(envelope([{ from: calm, text: 'no', id: `wamid.${calm}.no` }]));
      // said for the no, and what the errand leads to
      await house.answered(calm, 3);
      await house.kill('SIGKILL');
      const embedded = await startEmbedded({ dataDir: house.dataDir });
      const owner = openDatabase(embedded.ownerUrl, { max: 1 });
      // the two minutes pass while nobody is there
      const { rows } =
        await sql`update flag set due_at = now() - interval '1 second' where due_at is not null returning id`.execute(
          owner.db,
        );
      expect(rows).toHaveLength(1);
      await owner.close();
      await embedded.stop();
      await house.start();
      const second = await house.join('worker,web');
      try {
        const answers = await house.answered(silent, 2);
        expect(JSON.stringify(answers[1])).toContain('112');
        // another one's answer comes after anything that these could still get
        const last = someone();
        await house.webhook(envelope([{ from: last, text: 'hola', id: `wamid.${last}` }]));
        await house.answered(last);
        const emergencies = (from: string): number =>
          house.posted(from).filter((post) => JSON.stringify(post).includes('puede ser una emergencia')).length;
        expect([emergencies(silent), emergencies(calm)]).toEqual([1, 0]);
      } finally {
        await second.close();
      }
    },
  );

  test(
    'kill -9 in the middle of 150 senders who repeat what was not acknowledged loses nobody',
    { timeout: 300_000 },
    async () => {
      const senders = Array.from({ length: 150 }, someone);
      const acknowledged = new Set<string>();
      const write = async (from: string): Promise<void> => {
        if ((await house.webhook(envelope([{ from, text: 'hola', id: `wamid.${from}` }]))) === 200)
          acknowledged.add(from);
      };
      const first = senders.map((from) => write(from));
      // in the middle: some are acknowledged, most are not
      await Promise.race(first);
      await house.kill('SIGKILL');
      await Promise.all(first);
      expect(acknowledged.size).toBeLessThan(senders.length);
      await house.start();
      await Promise.all(senders.filter((from) => !acknowledged.has(from)).map((from) => write(from)));
      expect(acknowledged.size).toBe(senders.length);
      await Promise.all(senders.map((from) => house.answered(from)));
    },
  );

  test(
    'a crash of PostgreSQL in the middle loses nobody who was acknowledged, and the house stays open',
    { timeout: 300_000 },
    async () => {
      const embedded = await startEmbedded({ dataDir: house.dataDir });
      const senders = Array.from({ length: 120 }, someone);
      const acknowledged = new Set<string>();
      const write = async (from: string): Promise<void> => {
        if ((await house.webhook(envelope([{ from, text: 'hola', id: `wamid.${from}` }]))) === 200)
          acknowledged.add(from);
      };
      const first = senders.map((from) => write(from));
      await Promise.race(first);
      await embedded.restart('immediate');
      await Promise.all(first);
      for (const until = Date.now() + 60_000; acknowledged.size < senders.length && Date.now() < until;)
        await Promise.all(senders.filter((from) => !acknowledged.has(from)).map((from) => write(from)));
      expect(acknowledged.size).toBe(senders.length);
      await Promise.all(senders.map((from) => house.answered(from)));
      expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
      await embedded.stop();
    },
  );

  test(
    'several processes share one database: the same message to both is answered once, and each answers its own',
    { timeout: 300_000 },
    async () => {
      const second = await house.join('web');
      try {
        const both = Array.from({ length: 20 }, someone);
        const bodies = both.map((from) => envelope([{ from, text: 'hola', id: `wamid.${from}` }]));
        const statuses = await Promise.all(
          bodies.flatMap((body) => [house.webhook(body), house.webhook(body, { to: second.url })]),
        );
        expect(new Set(statuses)).toEqual(new Set([200]));
        await Promise.all(both.map((from) => house.answered(from)));
        const last = someone();
        await house.webhook(envelope([{ from: last, text: 'hola', id: `wamid.${last}` }]), { to: second.url });
        await house.answered(last);
        expect(both.map((from) => house.posted(from).length)).toEqual(both.map(() => 1));
      } finally {
        await second.close();
      }
    },
  );

  test('SIGTERM ends it cleanly', async () => {
    expect(await house.kill('SIGTERM')).toBe(0);
    await house.start();
  });
});
