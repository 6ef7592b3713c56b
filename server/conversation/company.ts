import type { Trx } from '../platform/postgres.ts';
import { addressed } from '../trust/address.ts';
import type { Actor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { Language } from './contract.ts';
import { holdRow } from './internal/hold-row.ts';
import { jot, type Said, say } from './internal/say.ts';
import type { ConversationDeps } from './followers.ts';
import { introductions, type Introduction } from './texts.ts';

/** A step of what is asked between colleagues, as a line of the thread: names, roles and keys, never words. */
export type CompanyLine = {
  kind: 'company';
  what:
    | 'transfer_offered'
    | 'transfer_refused'
    | 'transfer_lapsed'
    | 'transfer_withdrawn'
    | 'consult_asked'
    | 'consult_refused'
    | 'consult_ended'
    | 'member_joined'
    | 'member_left'
    | 'join_refused';
  joiningId: string;
  /** Who did it, or to whom it happened. */
  name: string;
  role?: string;
  language?: string;
};

/** A step of a follow-up task, as a line of the thread; its words stay with the task. */
export type TaskLine = {
  kind: 'task';
  what: 'made' | 'moved' | 'done' | 'cancelled';
  taskId: string;
  dueAt: string;
  name: string;
  outcome?: string;
};

/**
 * Adds a line to the thread that only colleagues see.
 * @throws conversation.not_found
 */
export async function line(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; line: CompanyLine | TaskLine },
): Promise<Said> {
  const held = await holdRow(trx, actor, input.conversationId);
  return jot(deps, trx, actor, held, { direction: 'system', kind: input.line.kind, content: input.line });
}

/**
 * The patient is told who answers from now on, who came beside them, or who left: by name and as what.
 * @throws conversation.not_found · nowhere_to_send
 */
export async function introduce(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string } & Introduction,
): Promise<Said> {
  const held = await holdRow(trx, actor, input.conversationId);
  const { settings } = await organisationOf(trx, held.organisationId);
  const text = addressed(introductions(held.language as Language, input), settings.address);
  return say(deps, trx, { kind: 'assistant', organisationId: held.organisationId }, held, { kind: 'text', text });
}
