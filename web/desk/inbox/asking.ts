import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Priority } from '../../../server/conversation/contract.ts';
import type { Inbox, OfferView } from '../../../server/desk/contract.ts';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import type { TaskView } from '../../../server/routing/tasks/contract.ts';
import { post } from '../api.ts';
import { answerJoining, joiningsQuery } from '../conversation/joinings.ts';
import { tellRefusal } from '../say.ts';
import { may, useMe } from '../session.ts';
import { store } from '../store.ts';
import { renewTasks, tasksQuery } from '../tasks/data.ts';
import { useOffers } from './offers.ts';

/** What is put before this agent until it lapses: to each they say yes or no, with the same keys. */
export type Asking = { id: string; priority: Priority; expiresAt: string } & (
  | { kind: 'offer'; offer: OfferView }
  | { kind: 'task'; task: TaskView }
  | { kind: 'joining'; joining: JoiningView }
);

const RANK: Record<Priority, number> = { critical: 0, urgent: 1, standard: 2, low: 3 };

/** The most urgent first, then what lapses first: as it is shown, and as the keys answer it. */
export function askingInOrder(offers: OfferView[], tasks: TaskView[], joinings: JoiningView[]): Asking[] {
  const all: Asking[] = [
    ...offers.map((offer) => ({
      kind: 'offer' as const,
      id: offer.id,
      priority: offer.row.priority,
      expiresAt: offer.expiresAt,
      offer,
    })),
    ...tasks.flatMap((task) =>
      task.offer
        ? [{ kind: 'task' as const, id: task.offer.id, priority: task.priority, expiresAt: task.offer.expiresAt, task }]
        : [],
    ),
    ...joinings.map((joining) => ({
      kind: 'joining' as const,
      id: joining.id,
      priority: joining.about.priority,
      expiresAt: joining.expiresAt,
      joining,
    })),
  ];
  return all.sort((a, b) => RANK[a.priority] - RANK[b.priority] || Date.parse(a.expiresAt) - Date.parse(b.expiresAt));
}

/** Everything that is put before this agent now, in order. */
export function useAsking(inbox: Inbox | undefined): Asking[] {
  const me = useMe();
  const tasks = useQuery({ ...tasksQuery('mine', false), enabled: may(me, 'task.read') }).data?.tasks ?? [];
  const joinings = useQuery({ ...joiningsQuery, enabled: may(me, 'joining.read') }).data?.asked ?? [];
  return askingInOrder(inbox?.offers ?? [], tasks, joinings);
}

/** What is being answered: neither a key nor a button answers it twice. */
export const answering = store<ReadonlySet<string>>(new Set());

async function once(id: string, work: () => Promise<void>): Promise<void> {
  if (answering.get().has(id)) return;
  answering.set((old) => new Set(old).add(id));
  try {
    await work();
  } finally {
    answering.set((old) => new Set([...old].filter((other) => other !== id)));
  }
}

export type Answer = (asking: Asking) => Promise<void>;

/** Says yes or no; a yes opens what it is about. */
export function useAnswers(): { accept: Answer; decline: Answer } {
  const navigate = useNavigate();
  const open = (conversationId: string | null | undefined) =>
    conversationId && void navigate({ to: '/c/$conversationId', params: { conversationId } });
  const offers = useOffers(open);

  async function answerTask({ offer, conversationId }: TaskView, how: 'accept' | 'decline'): Promise<void> {
    try {
      await post(`/api/offers/${offer!.id}/${how}`, how === 'decline' ? {} : undefined);
      if (how === 'accept') open(conversationId);
    } catch (error) {
      tellRefusal(error);
    } finally {
      await renewTasks();
    }
  }
  async function answerColleague(joining: JoiningView, how: 'accept' | 'refuse'): Promise<void> {
    if (!(await answerJoining(joining, how)) || how === 'refuse') return;
    if (joining.kind === 'consult') void navigate({ to: '/consults/$consultId', params: { consultId: joining.id } });
    else open(joining.conversationId);
  }
  const answer =
    (yes: boolean): Answer =>
    (asking) =>
      once(asking.id, () => {
        switch (asking.kind) {
          case 'offer':
            return yes ? offers.accept(asking.offer) : offers.decline(asking.offer);
          case 'task':
            return answerTask(asking.task, yes ? 'accept' : 'decline');
          case 'joining':
            return answerColleague(asking.joining, yes ? 'accept' : 'refuse');
        }
      });
  return { accept: answer(true), decline: answer(false) };
}
