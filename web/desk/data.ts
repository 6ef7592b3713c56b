import { QueryClient, queryOptions, type UseQueryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type * as desk from '../../server/desk/contract.ts';
import type { PersonPanel } from '../../server/desk/person/contract.ts';
import type * as supervision from '../../server/desk/supervision/contract.ts';
import type { Me } from '../../server/trust/contract.ts';
import { inThread } from '../../server/desk/contract.ts';
import { ask, Refused } from './api.ts';
import { joined } from './joined.ts';
import { createLive, line } from './live.ts';
import { spoken } from './i18n.ts';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof Refused && error.passing && failures < 3,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
    },
  },
});

let leave: () => void = () => {};
/** Who is told when the session has ended. */
export function onSessionEnd(follower: () => void): void {
  leave = follower;
}
export const live = createLive(queries, () => leave());

export const meQuery = queryOptions<Me | null>({
  queryKey: ['me'],
  staleTime: Infinity,
  queryFn: () =>
    ask<Me>('/api/me', { quiet: true }).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 401) return null;
      throw error;
    }),
});

/** Fetched once; from then on the live frames keep it. */
export const inboxQuery = queryOptions<desk.Inbox>({
  queryKey: ['inbox'],
  staleTime: Infinity,
  gcTime: Infinity,
  queryFn: async ({ signal }) => live.caughtUpInbox(await ask<desk.Inbox>('/api/inbox', { signal })),
});
queries.setQueryDefaults(['inbox'], inboxQuery as UseQueryOptions);

/**
 * A conversation with its last messages. Earlier ones that were loaded before stay, as far as they join without a gap.
 * It is fetched again at every visit: while nobody watched it, nobody told us.
 */
export const conversationQuery = (id: string) =>
  queryOptions<desk.ConversationView>({
    queryKey: ['conversation', id],
    staleTime: 0,
    refetchOnReconnect: false,
    queryFn: async ({ signal }) => {
      const fetched = live.caughtUpConversation(
        await ask<desk.ConversationView>(`/api/conversations/${id}`, { signal }),
      );
      const held = queries.getQueryData<desk.ConversationView>(['conversation', id]);
      return held ? joined(held, fetched) : fetched;
    },
  });

/** A message that an answer brought, unless a frame was quicker: that one is newer. */
export function addMessage(message: desk.MessageView): void {
  queries.setQueryData<desk.ConversationView>(['conversation', message.conversationId], (held) =>
    !held || held.messages.some((one) => one.id === message.id)
      ? held
      : { ...held, messages: [...held.messages, message].sort(inThread) },
  );
}

/** A head that an answer brought, unless a frame brought a later one. */
export function setHead(head: desk.ConversationHead): void {
  queries.setQueryData<desk.ConversationView>(['conversation', head.conversationId], (held) =>
    !held || held.conversation.version > head.version ? held : { ...held, conversation: head },
  );
}

/** The page of messages before what is shown. */
export async function loadEarlier(id: string, before: number): Promise<void> {
  const page = await ask<z.infer<typeof desk.messagesPage>>(`/api/conversations/${id}/messages?before=${before}`);
  queries.setQueryData<desk.ConversationView>(['conversation', id], (held) => {
    if (!held || held.before !== before) return held;
    const known = new Set(held.messages.map((message) => message.id));
    const earlier = page.messages.filter((message) => !known.has(message.id));
    return { ...held, messages: [...earlier, ...held.messages].sort(inThread), before: page.before };
  });
}

export const personQuery = (personId: string, conversationId?: string) =>
  queryOptions<PersonPanel>({
    queryKey: ['person', personId, conversationId ?? null, spoken()],
    queryFn: ({ signal }) =>
      ask(`/api/people/${personId}${conversationId ? `?conversationId=${conversationId}` : ''}`, { signal }),
  });

/** Lists that change seldom. */
const list = <Answer>(name: string, fresh = 300_000) =>
  queryOptions<Answer>({
    queryKey: ['list', name],
    staleTime: fresh,
    queryFn: ({ signal }) => ask(`/api/${name}`, { signal }),
  });
export const queuesQuery = list<z.infer<typeof desk.queuesList>>('queues', 10_000);
export const agentsQuery = list<z.infer<typeof desk.agentsList>>('agents', 5_000);
export const reasonsQuery = list<z.infer<typeof desk.wrapUpReasons>>('wrap-up-reasons');
export const snippetsQuery = list<z.infer<typeof desk.cannedReplies>>('canned-replies');
export const templatesQuery = list<z.infer<typeof desk.templatesList>>('templates');

/** What a supervisor told this colleague; a nudge of the live line has it fetched again, and so does every visit. */
export const noticesQuery = queryOptions<z.infer<typeof supervision.notices>>({
  queryKey: ['notices'],
  staleTime: 60_000,
  // a notice may run out, and a line that was long down may have missed its nudge
  refetchInterval: 120_000,
  queryFn: ({ signal }) => ask('/api/notices', { signal }),
});
/** Who reads along; asked again while somebody does, for a lease may have been renewed. */
export const listenersQuery = (conversationId: string) =>
  queryOptions<z.infer<typeof supervision.listeners>>({
    queryKey: ['listening', conversationId],
    staleTime: 0,
    refetchInterval: (query) => ((query.state.data?.listeners.length ?? 0) > 0 ? 30_000 : false),
    queryFn: ({ signal }) => ask(`/api/conversations/${conversationId}/listening`, { signal }),
  });

/** Tries the line and what failed at once. */
export function reconnect(): void {
  live.retry();
  if (line.get().state === 'live') void queries.refetchQueries({ type: 'active' });
}
