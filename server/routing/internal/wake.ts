import { afterCommit, type Trx } from '../../platform/postgres.ts';

const wakers = new Set<(organisationId: string) => void>();

/** Asks this process's matchers to look again once this transaction is committed: work arrived or a place is free. */
export function wantMatch(trx: Trx, organisationId: string): void {
  afterCommit(trx, () => {
    for (const wake of wakers) wake(organisationId);
  });
}

/** Whom to wake. @returns a function that stops it */
export function onMatchWanted(wake: (organisationId: string) => void): () => void {
  wakers.add(wake);
  return () => wakers.delete(wake);
}
