import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { seal } from '../trust/vault.ts';
import type { Priority, SummaryLine } from './contract.ts';
import { comingBack } from './internal/errand.ts';
import { withButtons } from './rules.ts';
import { type Held, holdRow, move, raisePriority } from './internal/hold-row.ts';
import { say } from './internal/say.ts';
import type { ConversationDeps } from './followers.ts';

export type HandOver = {
  conversationId: string;
  /** A queue by key or by id, or one agent; none: the organisation's own choice. */
  queue?: string;
  queueId?: string;
  agentId?: string;
  priority?: Priority;
  reason: string;
  skills?: string[];
  targetSeconds?: number;
  summary?: SummaryLine[];
};

/**
 * Puts a conversation before a person: it waits, routing makes its item in the same transaction, and the patient
 * reads what that means.
 * @throws conversation.not_found · wrong_state
 */
export async function handOver(deps: ConversationDeps, trx: Trx, actor: Actor, input: HandOver): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  await putInLine(deps, trx, actor, held, input);
}

/** The part of handing over that a transfer shares: from here the row is locked and whoever acts was checked. */
export async function putInLine(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  held: Held,
  input: Omit<HandOver, 'conversationId'>,
): Promise<void> {
  const now = deps.clock();
  const since = held.waitingSince ?? now;
  const key = (await deps.vault.personKeys(trx, held.organisationId, [held.personId])).get(held.personId)!;
  const summary = input.summary?.length
    ? { sealed: seal(key, JSON.stringify(input.summary), `summary:${held.id}`), personId: held.personId }
    : undefined;
  await move(
    trx,
    actor,
    held,
    {
      state: 'waiting',
      agentId: null,
      priority: input.priority,
      reason: input.reason,
      handoverReason: input.reason,
      summary,
    },
    now,
  );
  await line(deps, trx, held, { ...input, since });
}

/** What already waits for a person waits from now on at the head of this queue; it keeps its age. */
export async function raiseInLine(
  deps: ConversationDeps,
  trx: Trx,
  held: Held,
  input: { queue: string; priority: Priority; reason: string },
): Promise<void> {
  await trx.updateTable('conversation').set({ handover_reason: input.reason }).where('id', '=', held.id).execute();
  await raisePriority(trx, held, input.priority);
  await line(deps, trx, held, { ...input, since: held.waitingSince ?? deps.clock() });
}

/** Has routing make or raise the item, and says what it says. */
async function line(
  deps: ConversationDeps,
  trx: Trx,
  held: Held,
  input: Omit<HandOver, 'conversationId'> & { since: Date },
): Promise<void> {
  const { since } = input;
  const { rows } = await trx
    .selectFrom('leg')
    .select('channel')
    .where('conversation_id', '=', held.id)
    .orderBy('last_at', 'desc')
    .limit(1)
    .execute()
    .then((found) => ({ rows: found }));
  const [{ handed, says }] = await comingBack(
    trx,
    [
      {
        organisationId: held.organisationId,
        conversationId: held.id,
        personId: held.personId,
        queue: input.queue,
        queueId: input.queueId,
        agentId: input.agentId,
        priority: held.priority,
        reason: input.reason,
        skills: input.skills ?? [],
        targetSeconds: input.targetSeconds,
        language: held.language,
        channel: rows[0]?.channel ?? 'webchat',
        since,
      },
    ],
    deps.clock(),
  );
  const [answer] = await deps.followers.handedOver(trx, [handed]);
  if (answer?.queueId)
    await trx.updateTable('conversation').set({ queue_id: answer.queueId }).where('id', '=', held.id).execute();
  const actor = { kind: 'assistant', organisationId: held.organisationId } as const;
  if (says) await say(deps, trx, actor, held, { kind: 'text', text: says });
  if (answer?.says) await say(deps, trx, actor, held, withButtons(answer.says, answer.options));
}
