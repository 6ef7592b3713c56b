import { createHmac } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { APP_SECRET, bodyOf, type ChannelHouse, channelHouse, rowsOf, saidBy, saying } from '../../../test/graph.ts';
import { testDatabase } from '../../../test/postgres.ts';
import type { OutboundContent } from '../../conversation/contract.ts';
import { conformance } from '../conformance.ts';

const postgres = await testDatabase();
let house: ChannelHouse;
let answer: OutboundContent[] = [];
beforeAll(async () => {
  house = await channelHouse(postgres, {
    turn: () => saying(...answer),
    graph: { statuses: false, limits: { numberPerSecond: null, windowMs: null } },
  });
});
afterAll(async () => {
  await house.close();
  await postgres.close();
});

const post = async (body: string): Promise<number> => {
  const signature = createHmac('sha256', APP_SECRET).update(body).digest('hex');
  const response = await fetch(`${house.url}/webhooks/whatsapp`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
  });
  await response.arrayBuffer();
  return response.status;
};
const envelope = (value: object): string =>
  JSON.stringify({
    entry: [
      {
        changes: [{ field: 'messages', value: { metadata: { phone_number_id: house.whatsapp.externalId }, ...value } }],
      },
    ],
  });
const message = (one: { who: string; id: string; text: string }): object => ({
  from: one.who,
  id: `wamid.${one.id}`,
  timestamp: String(Math.floor(Date.now() / 1000)),
  type: 'text',
  text: { body: one.text },
});
const sentTo = (who: string): (typeof house.graph.posted)[number][] =>
  house.graph.posted.filter((one) => one.to === who);

conformance('WhatsApp', () => ({
  say: async (who, id, text) => (await post(envelope({ messages: [message({ who, id, text })] }))) === 200,
  sayTogether: async (list) => (await post(envelope({ messages: list.map(message) }))) === 200,
  sayNonsense: (who) => post(envelope({ messages: [{ from: who, type: 'text', text: 7 }, 'x', null] })),
  sayTooMuch: (who) => post(envelope({ messages: [message({ who, id: 'big', text: 'x'.repeat(4 * 1_048_576) })] })),
  sees(who) {
    const parts = sentTo(who).map((one) => one.message);
    return Promise.resolve({
      texts: parts.map(bodyOf).filter((text) => text !== undefined),
      options: parts.flatMap(rowsOf),
    });
  },
  said: (who) => saidBy(postgres.db, house, 'whatsapp', who),
  answerWith(content) {
    answer = content;
  },
  async receipt(who, state) {
    const last = sentTo(who).at(-1)!;
    await post(
      envelope({
        statuses: [
          {
            id: last.id,
            status: state,
            timestamp: String(Math.floor(Date.now() / 1000)),
            recipient_id: who,
            biz_opaque_callback_data: last.mark,
          },
        ],
      }),
    );
  },
  delivery: async (who) => (await house.rows()).find((row) => row.id === sentTo(who).at(-1)!.mark)?.delivery ?? null,
}));
