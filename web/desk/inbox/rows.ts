import type { TFunction } from 'i18next';
import type { Inbox, InboxRow, OfferView } from '../../../server/desk/contract.ts';

/** The name of a row: who writes, and for whom when that is somebody else. */
export function rowName(row: Pick<InboxRow, 'name' | 'aboutName' | 'personId' | 'aboutId'>, t: TFunction): string {
  const name = row.name ?? t('inbox.nameless');
  return row.aboutId !== row.personId && row.aboutName ? t('inbox.actsFor', { name, about: row.aboutName }) : name;
}

const RANK = { critical: 0, urgent: 1, standard: 2, low: 3 } as const;

/** Offers as they are shown and answered: the most urgent first, then the one that lapses first. */
export function offersInOrder(offers: OfferView[]): OfferView[] {
  return [...offers].sort(
    (a, b) => RANK[a.row.priority] - RANK[b.row.priority] || Date.parse(a.expiresAt) - Date.parse(b.expiresAt),
  );
}

/** The queues with a critical case before the others; else as the organisation ordered them. */
export function queuesInOrder(queues: Inbox['queues']): Inbox['queues'] {
  const calm = (queue: Inbox['queues'][number]) => Number(!queue.waiting.some((row) => row.priority === 'critical'));
  return [...queues].sort((a, b) => calm(a) - calm(b));
}

/** Since when somebody of ours owes this person a word; null: it is their turn. */
export function waitsSince(row: InboxRow): number | null {
  const since = row.state === 'waiting' ? row.waitingSince : row.unansweredSince;
  return since === null ? null : Date.parse(since);
}

/** The share of the target that is used up. */
export function shareOf(row: InboxRow, now: number): number | null {
  const since = waitsSince(row);
  return since === null ? null : Math.max(0, now - since) / (row.targetSeconds * 1000);
}
