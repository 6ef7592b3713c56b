import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';

/**
 * Locks agents and then items whose agents they are, and begins anew, with those locks given up, as often as a matcher put an
 * item before somebody else in between: whoever locked in another order would wait for one who waits for them.
 */
export async function inOrder<T>(trx: Trx, lock: () => Promise<{ value: T; good: boolean }>): Promise<T> {
  for (;;) {
    await sql`savepoint in_order`.execute(trx);
    const { value, good } = await lock();
    if (good) {
      await sql`release savepoint in_order`.execute(trx);
      return value;
    }
    await sql`rollback to savepoint in_order`.execute(trx);
  }
}
