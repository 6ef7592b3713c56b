import type { TFunction } from 'i18next';
import type { Inbox, InboxRow } from '../../../server/desk/contract.ts';

/** The name of a row: who writes, and for whom when that is somebody else. */
export function rowName(row: Pick<InboxRow, 'name' | 'aboutName' | 'personId' | 'aboutId'>, t: TFunction): string {
  const name = row.name ?? t('inbox.nameless');
  return row.aboutId !== row.personId && row.aboutName ? t('inbox.actsFor', { name, about: row.aboutName }) : name;
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

/** Why somebody waits: in their own words, else what the assistant noted. */
export function reasonOf(row: InboxRow, t: TFunction): string {
  if (row.lastWords?.direction === 'in' && row.lastWords.text) return row.lastWords.text;
  return row.reason
    ? t(`reason.${row.reason}`, { defaultValue: t('reason.other') })
    : t(`channel.${row.channel ?? 'webchat'}`);
}
