import { randomUUID } from 'node:crypto';
import type { Departing, Handover, InboundContent, Situation, Turn } from '../server/conversation/contract.ts';
import { createReceiver, type Receiver } from '../server/conversation/receive.ts';
import { createConversations, type ConversationDeps, type Conversations } from '../server/conversation/verbs.ts';
import type { Clock } from '../server/platform/clock.ts';
import { uuid } from '../server/platform/ids.ts';
import type { Database } from '../server/platform/postgres.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import { heardInLine } from '../server/routing/leaving/leave.ts';
import { onlyOfTheLine } from '../server/routing/leaving/words.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import type { Vault } from '../server/trust/vault.ts';
import { testOrganisation, testStaff, testVault } from './organisation.ts';

export type Stage = {
  organisationId: string;
  vault: Vault;
  conversations: Conversations;
  deps: ConversationDeps;
  /** Everything that would have gone to a channel. */
  departed: Departing[];
  /** Lets somebody write on the web; an address that writes again is the same person. @returns the conversation */
  write(address: string, content: InboundContent | string): Promise<string>;
  /** What the assistant does with the next words: by default it hands over whatever is said. */
  handover: Partial<Handover> | null;
  staff(name: string, roles?: Role[]): Promise<StaffActor>;
  close(): Promise<void>;
};

/** A small organisation with the real rooms up to routing, an assistant that only hands over, and no channel. */
export async function createStage(
  postgres: { db: Database; ownerUrl: string },
  options: { settings?: unknown; clock?: Clock; timezone?: string } = {},
): Promise<Stage> {
  const { db, ownerUrl } = postgres;
  const organisationId = await testOrganisation(ownerUrl, options);
  const vault = testVault();
  const clock = options.clock ?? (() => new Date());
  const accountId = uuid();
  const departed: Departing[] = [];
  const turn = (situation: Situation): Turn => ({
    session: null,
    says: [],
    trace: [],
    ...(stage.handover && {
      handover: {
        queue: 'general',
        priority: 'standard',
        reason: 'asked_for_person',
        summary: [{ key: 'channel', value: situation.channel }],
        ...stage.handover,
      },
    }),
  });
  const deps: ConversationDeps = {
    vault,
    clock,
    processId: uuid(),
    followers: {
      screen: () => ({ level: 'none', flags: [] }),
      emergencyText: () => '112',
      turns: async (_trx, situations) => situations.map(turn),
      handedOver: (trx, handed) => handedOver(trx, handed, clock),
      heardInLine: (trx, said) => heardInLine(trx, said, clock),
      onlyOfTheLine,
      released: (trx, gone) => released(trx, gone, clock),
    },
    depart: (departing) => void departed.push(...departing),
  };
  const receiver: Receiver = createReceiver(db, deps);
  const stage: Stage = {
    organisationId,
    vault,
    deps,
    conversations: createConversations(deps),
    departed,
    handover: {},
    async write(address, content) {
      const received = await receiver({
        organisationId,
        channel: 'webchat',
        accountId,
        externalId: randomUUID(),
        address,
        profileName: `Persona ${address}`,
        sentAt: clock(),
        content: typeof content === 'string' ? { kind: 'text', text: content } : content,
      });
      if (received.outcome !== 'stored') throw new Error(received.outcome);
      return received.conversationId;
    },
    staff: (name, roles) => testStaff(ownerUrl, organisationId, name, roles),
    close: () => receiver.idle(),
  };
  return stage;
}
