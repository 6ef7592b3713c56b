import type { Conversations } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, within } from '../../platform/postgres.ts';
import { organisationIds } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import { type Complete, createClient } from '../model/client.ts';
import { sweepCalls } from '../model/log.ts';
import { createRephrase } from '../model/rephrase.ts';
import { createSummarise } from '../model/summarise.ts';
import { createUnderstand } from '../model/understand.ts';
import { createOutgoing, type Outgoing } from './address.ts';
import { createCallBot } from './call-bot.ts';
import { sweepReplies } from './receive-reply.ts';
import { createRequests, type HearBack, type Requests } from './requests.ts';

export type OpenOutside = {
  requests: Requests;
  outgoing: Outgoing;
  complete: Complete;
  /** Forgets what has served its time. */
  forget(): Promise<void>;
  close(): Promise<void>;
};

/** Puts together what carries requests out and their answers back. */
export function openOutside(deps: {
  db: Database;
  vault: Vault;
  clock: Clock;
  conversations: Pick<Conversations, 'cameBack'>;
  hearBack: HearBack;
}): OpenOutside {
  const outgoing = createOutgoing();
  const complete = createClient(outgoing);
  const asks = { ...deps, complete };
  const requests = createRequests({
    ...deps,
    perform: {
      bot: createCallBot({ ...deps, outgoing }),
      understand: createUnderstand(asks),
      rephrase: createRephrase(asks),
      summary: createSummarise(asks),
    },
  });
  return {
    requests,
    outgoing,
    complete,
    async forget() {
      for (const organisationId of await organisationIds(deps.db)) {
        await sweepReplies(deps, organisationId);
        await within(deps.db, organisationId, (trx) => sweepCalls(trx, organisationId, deps.clock()));
      }
    },
    close: () => outgoing.close(),
  };
}
