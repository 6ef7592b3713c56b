import { queryOptions } from '@tanstack/react-query';
import type { QueuesView, QueueView } from '../../../../server/desk/settings/contract.ts';
import { ask } from '../../api.ts';
import type { Language } from '../../../ui/format.ts';

export const queueSettingsQuery = queryOptions({
  queryKey: ['settings', 'queues'],
  queryFn: ({ signal }) => ask<QueuesView>('/api/settings/queues', { signal }),
  // who is here changes without us
  staleTime: 0,
  refetchInterval: 20_000,
});

/** How queues and entities are called, by their keys. */
export function namesIn(view: QueuesView, language: Language) {
  return {
    entities: Object.fromEntries(view.entities.map((one) => [one.key, one.name])),
    queues: Object.fromEntries(view.queues.map((one) => [one.settings.key, nameOf(one, language)])),
    ringSeconds: view.ringSeconds,
  };
}

export const nameOf = (queue: QueueView, language: Language): string => queue.settings.names[language];
