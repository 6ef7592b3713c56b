import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/postgres.ts';
import { trustProblems } from './problems.ts';
import { delayAfter, FORGET_TRIES_S, FREE_TRIES } from './rules.ts';
import type { Vault } from './vault.ts';

/** Something that is guessed at: an account, by e-mail or id, or the network address the guesses come from. */
export type Guessed = { kind: keyof typeof FREE_TRIES; name: string };

type Deps = { db: Database; vault: Vault; clock: Clock };

/**
 * Takes one try at each of these before anything is checked, so that parallel guesses count too;
 * `forgive` gives it back when the guess was right. The delay after wrong ones rises by `rules.ts`.
 * @throws too_many_tries, the same whether or not such an account exists
 */
export async function takeTry(deps: Deps, guessed: readonly Guessed[]): Promise<void> {
  const now = deps.clock();
  for (const { kind, name } of guessed) {
    const wait = await deps.db.transaction().execute(async (trx) => {
      const key = keyOf(deps.vault, { kind, name });
      // The update changes nothing; it locks the row, and parallel tries count one after the other.
      const { rows } = await sql<{ tries: number; last_at: Date; locked_until: Date | null }>`
        insert into sign_in_throttle as t (key, tries, last_at) values (${key}, 0, ${now})
        on conflict (key) do update set last_at = t.last_at returning tries, last_at, locked_until
      `.execute(trx);
      const row = rows[0]!;
      if (row.locked_until && row.locked_until > now) return (row.locked_until.getTime() - now.getTime()) / 1000;
      const forgotten = now.getTime() - row.last_at.getTime() > FORGET_TRIES_S * 1000;
      const tries = forgotten ? 1 : row.tries + 1;
      const delay = delayAfter(tries, FREE_TRIES[kind]);
      const until = delay > 0 ? new Date(now.getTime() + delay * 1000) : null;
      await sql`update sign_in_throttle set tries = ${tries}, last_at = ${now}, locked_until = ${until} where key = ${key}`.execute(
        trx,
      );
      return 0;
    });
    if (wait > 0) {
      const seconds = Math.ceil(wait);
      throw trustProblems.too_many_tries({ params: { seconds }, extra: { retryAfter: seconds } });
    }
  }
}

/** Gives the tries back after a right guess: an account begins anew, an address loses only this one. */
export async function forgive(deps: Deps, guessed: readonly Guessed[]): Promise<void> {
  for (const one of guessed) {
    const key = keyOf(deps.vault, one);
    await (
      one.kind === 'account'
        ? sql`delete from sign_in_throttle where key = ${key}`
        : sql`update sign_in_throttle set tries = greatest(tries - 1, 0), locked_until = null where key = ${key}`
    ).execute(deps.db);
  }
}

/** Deletes what is no longer needed: forgotten tries, tickets that ran out, sessions that ended a month ago. */
export async function sweepSignIn(deps: Pick<Deps, 'db' | 'clock'>): Promise<void> {
  const now = deps.clock();
  await sql`delete from sign_in_throttle where last_at < ${new Date(now.getTime() - FORGET_TRIES_S * 1000)}`.execute(
    deps.db,
  );
  await sql`delete from sign_in_ticket where expires_at < ${now}`.execute(deps.db);
  await sql`
    delete from sign_in_session where coalesce(ended_at, expires_at) < ${now}::timestamptz - interval '30 days'
  `.execute(deps.db);
}

/** E-mails and addresses that were tried are not kept in the clear. IPv6 by its /64: a household or a ward has one. */
function keyOf(vault: Vault, { kind, name }: Guessed): Buffer {
  const text = kind === 'address' && isIPv6(name) ? network64(name) : name;
  return createHmac('sha256', vault.houseKey('sign-in tries').secret).update(`${kind}\0${text}`).digest();
}

function network64(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}
