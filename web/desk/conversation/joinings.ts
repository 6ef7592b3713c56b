import { queryOptions } from '@tanstack/react-query';
import type { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type {
  ConsultOpened,
  consultsOf,
  ErrandChoices,
  JoiningsMine,
  JoiningView,
  TargetsView,
} from '../../../server/desk/joining/contract.ts';
import { ask, post } from '../api.ts';
import { queries, setHead } from '../data.ts';
import { spoken } from '../i18n.ts';
import { tell, tellRefusal } from '../say.ts';

type Translate = ReturnType<typeof useTranslation>['t'];

/** What colleagues ask of this agent, what they take part in, what comes back to them; frames say when to fetch again. */
export const joiningsQuery = queryOptions<JoiningsMine>({
  queryKey: ['joinings'],
  staleTime: 60_000,
  queryFn: ({ signal }) => ask('/api/joinings', { signal }),
});
export const targetsQuery = queryOptions<TargetsView>({
  queryKey: ['list', 'joining-targets'],
  staleTime: 5_000,
  queryFn: ({ signal }) => ask('/api/joining-targets', { signal }),
});
export const errandsQuery = queryOptions<ErrandChoices>({
  queryKey: ['list', 'errands'],
  staleTime: 60_000,
  queryFn: ({ signal }) => ask('/api/errands', { signal }),
});
export const consultsQuery = (conversationId: string) =>
  queryOptions<z.infer<typeof consultsOf>>({
    queryKey: ['joinings', 'conversation', conversationId],
    queryFn: ({ signal }) => ask(`/api/conversations/${conversationId}/consults`, { signal }),
  });
export const consultQuery = (consultId: string) =>
  queryOptions<ConsultOpened>({
    queryKey: ['joinings', 'consult', consultId],
    staleTime: 0,
    // what the patient writes meanwhile: who is consulted follows no frames of a conversation that is not theirs
    refetchInterval: (query) => (query.state.data?.conversation ? 10_000 : false),
    queryFn: ({ signal }) => ask(`/api/consults/${consultId}`, { signal }),
  });

/** Fetches again all that shows what is asked between colleagues. */
export const renewJoinings = (): Promise<void> => queries.invalidateQueries({ queryKey: ['joinings'] });

/** Does one thing with what was asked; what comes of it is fetched again, whether it went well or not. */
export async function answerJoining(
  joining: JoiningView,
  how: 'accept' | 'refuse' | 'withdraw' | 'end',
  said?: string,
): Promise<boolean> {
  if (how === 'withdraw') withdrawnHere.add(joining.id);
  try {
    await post(`/api/joinings/${joining.id}/${how}`, how === 'refuse' ? {} : undefined);
    if (said) tell(said);
    return true;
  } catch (error) {
    tellRefusal(error);
    return false;
  } finally {
    void renewJoinings();
    void queries.invalidateQueries({ queryKey: ['conversation', joining.conversationId] });
  }
}

/** What was withdrawn at this desk: nobody is told that it came back. */
export const withdrawnHere = new Set<string>();

/** Takes back what the assistant was given. */
export async function takeBack(conversationId: string, said: string): Promise<boolean> {
  try {
    setHead(await post<ConversationHead>(`/api/conversations/${conversationId}/take-back`));
    tell(said);
    return true;
  } catch (error) {
    tellRefusal(error);
    return false;
  } finally {
    void renewJoinings();
    void queries.invalidateQueries({ queryKey: ['conversation', conversationId] });
  }
}

/** As what somebody joins, in words. */
export function roleText(t: Translate, { role, language }: { role: string | null; language?: string | null }): string {
  return t(`join.role.${role ?? 'colleague'}`, {
    language: language ? t(`language.${language}`).toLocaleLowerCase(spoken()) : '',
  });
}
