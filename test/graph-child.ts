import { createAccounts } from '../server/channels/accounts.ts';
import { createDeliver } from '../server/channels/deliver.ts';
import { whatsappRoutes } from '../server/channels/whatsapp/routes.ts';
import { createGraphPools, createWhatsappChannel } from '../server/channels/whatsapp/send.ts';
import { createReceipts } from '../server/conversation/receipts.ts';
import { createReceiver } from '../server/conversation/receive.ts';
import { systemClock } from '../server/platform/clock.ts';
import { createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase } from '../server/platform/postgres.ts';
import { testVault } from './organisation.ts';

/*
 * A process of its own that receives and delivers, to be killed in the middle: `node test/graph-child.ts <database url>`.
 * Writes its address on standard output once it listens.
 */
const { db } = openDatabase(process.argv[2]!, { max: 8, name: 'hebra-test-child' });
const vault = testVault();
const processId = uuid();
const accounts = createAccounts(db, vault);
await accounts.fresh();
const pools = createGraphPools();
const deliver = createDeliver({
  db,
  vault,
  accounts,
  processId,
  channels: { whatsapp: createWhatsappChannel({ pools, readFile: () => Promise.resolve(undefined) }) },
  recoverEveryMs: 100,
});
const receive = createReceiver(db, {
  vault,
  clock: systemClock,
  processId,
  followers: {
    screen: () => ({ level: 'none', flags: [] }),
    emergencyText: () => '',
    turns: (_trx, situations) =>
      Promise.resolve(
        situations.map(() => ({
          session: null,
          says: [
            { kind: 'text', text: 'uno' },
            { kind: 'text', text: 'dos' },
          ],
          trace: [],
        })),
      ),
    handedOver: (_trx, conversations) => Promise.resolve(conversations.map(() => ({ queueId: null, says: null }))),
    released: () => Promise.resolve(),
  },
  depart: (departing) => deliver.hand(departing),
});
const app = await createHttp();
whatsappRoutes(app, { db, vault, accounts, receive, recordReceipt: createReceipts(db) });
const url = await app.listen({ port: 0, host: '127.0.0.1' });
deliver.start();
process.stdout.write(`${url}\n`);
