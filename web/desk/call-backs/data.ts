import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type * as contract from '../../../server/routing/call-backs/contract.ts';
import { ask } from '../api.ts';
import { queries } from '../data.ts';

export type ListName = 'today' | 'late' | 'upcoming' | 'done';

/** Who is to be called, on this day of the organisation's wall; frames say when to fetch again. */
export const callBacksQuery = (list: ListName, queue: string | null, day: string) =>
  queryOptions<contract.DeskCallBacks>({
    queryKey: ['call-backs', list, queue, day],
    staleTime: 60_000,
    queryFn: ({ signal }) => ask(`/api/call-backs?list=${list}${queue ? `&queue=${queue}` : ''}`, { signal }),
  });

/** The call-back of a conversation's person. A change of the conversation (`version`) is a reason to ask again. */
export const callBackQuery = (conversationId: string, version: number) =>
  queryOptions<z.infer<typeof contract.deskCallBackOrNone>>({
    queryKey: ['call-backs', 'of', conversationId, version],
    staleTime: 60_000,
    queryFn: ({ signal }) => ask(`/api/conversations/${conversationId}/call-back`, { signal }),
  });

export const slotsQuery = (where: { queue: string } | { conversation: string }) =>
  queryOptions<{ slots: contract.Slot[]; timezone: string }>({
    queryKey: ['call-backs', 'slots', where],
    staleTime: 5_000,
    queryFn: ({ signal }) => ask(`/api/call-backs/slots?${new URLSearchParams(where)}`, { signal }),
  });

export const capacityQuery = queryOptions<z.infer<typeof contract.capacities>>({
  queryKey: ['call-backs', 'capacity'],
  staleTime: 10_000,
  queryFn: ({ signal }) => ask('/api/call-backs/capacity', { signal }),
});

/** Fetches again all that shows call-backs. */
export const renewCallBacks = (): Promise<void> => queries.invalidateQueries({ queryKey: ['call-backs'] });
