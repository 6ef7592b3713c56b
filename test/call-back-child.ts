import { createConversations } from '../server/conversation/verbs.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase, within } from '../server/platform/postgres.ts';
import { sweepCallBacks, taken } from '../server/routing/call-backs/due.ts';
import { recordOutcome } from '../server/routing/call-backs/tries.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import type { StaffActor } from '../server/trust/contract.ts';
import { testVault } from './organisation.ts';

/*
 * A process of its own that brings call-backs on, to be killed in the middle of a step:
 * `node test/call-back-child.ts <database url> <what, as JSON>`.
 */
const [url, what] = process.argv.slice(2) as [string, string];
const asked = JSON.parse(what) as { now: string } & (
  | { step: 'sweep' }
  | { step: 'taken'; organisationId: string; itemId: string }
  | { step: 'no_answer'; actor: StaffActor; id: string }
);
const { db, close } = openDatabase(url, { max: 2, name: 'hebra-test-call-backs' });
const now = new Date(asked.now);
const clock = (): Date => now;
const vault = testVault();
const conversations = createConversations({
  vault,
  clock,
  processId: uuid(),
  followers: {
    screen: () => ({ level: 'none', flags: [] }),
    emergencyText: () => '112',
    turns: () => Promise.resolve([]),
    handedOver: (trx, handed) => handedOver(trx, handed, clock),
    released: (trx, gone) => released(trx, gone, clock),
  },
  depart: () => undefined,
});
const deps = { vault, clock, conversations };
if (asked.step === 'sweep') await sweepCallBacks(db, deps);
else if (asked.step === 'taken')
  await within(db, asked.organisationId, (trx) => taken(trx, deps, asked.organisationId, asked.itemId, now));
else
  await within(db, asked.actor.organisationId, (trx) =>
    recordOutcome(trx, deps, asked.actor, { id: asked.id, outcome: 'no_answer', slotAt: null }, now),
  );
await close();
