import { batcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, isConnectionLoss, type Trx, within } from '../platform/postgres.ts';
import type { Conversations } from '../conversation/verbs.ts';
import { type Accepted, acceptAll, refuse, type Taker } from './offers.ts';

const BATCH = 64;
/** One commits while the next gathers. */
const IN_FLIGHT = 2;

export type Accepting = (taker: Taker) => Promise<Accepted>;

/**
 * Agents who accept in the same moment share a transaction: four round trips for all of them instead of four for each. What fails
 * together is done again one by one, so that nobody pays for another's.
 * @param deps.also what belongs to taking it, in the same transaction (a call-back brings its story)
 * @throws to each what is theirs: routing.offer_not_found · offer_gone
 */
export function createAccepting(
  db: Database,
  deps: {
    conversations: Pick<Conversations, 'assign'>;
    clock: Clock;
    also?: (trx: Trx, taker: Taker, held: Accepted, now: Date) => Promise<Accepted>;
  },
): Accepting {
  type Outcome = { held: Accepted } | { error: unknown };
  const together = (takers: Taker[]): Promise<Outcome[]> => {
    const { organisationId } = takers[0]!.actor;
    const work = async (trx: Trx): Promise<Outcome[]> => {
      const now = deps.clock();
      const taken = await acceptAll(trx, organisationId, takers, { conversations: deps.conversations, now });
      const outcomes: Outcome[] = [];
      for (const [i, taker] of takers.entries()) {
        const held = taken[i]!;
        outcomes.push(
          held
            ? { held: deps.also ? await deps.also(trx, taker, held, now) : held }
            : await refuse(trx, taker.actor, taker.offerId).catch((error: unknown) => ({ error })),
        );
      }
      return outcomes;
    };
    return within(db, organisationId, work, { byIndex: true });
  };
  const put = batcher<Taker, Outcome>({
    key: (taker) => taker.offerId,
    group: (taker) => taker.actor.organisationId,
    size: BATCH,
    inFlight: IN_FLIGHT,
    async run(takers) {
      try {
        return await together(takers);
      } catch (error) {
        if (takers.length === 1 || isConnectionLoss(error)) throw error;
        const outcomes: Outcome[] = [];
        for (const taker of takers)
          outcomes.push(
            await together([taker]).then(
              ([one]) => one!,
              (failed: unknown) => ({ error: failed }),
            ),
          );
        return outcomes;
      }
    },
  });
  return async (taker) => {
    const outcome = await put(taker);
    if ('error' in outcome) throw outcome.error;
    return outcome.held;
  };
}
