import { createHash } from 'node:crypto';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { seal } from '../trust/vault.ts';
import { holdRow } from './internal/hold-row.ts';
import type { ConversationDeps } from './followers.ts';

export type NewAttachment = { conversationId: string; mime: string; filename?: string; bytes: Buffer };

/** Keeps a file of a conversation, sealed under the key of whose conversation it is. @returns its id */
export async function attach(deps: ConversationDeps, trx: Trx, actor: Actor, input: NewAttachment): Promise<string> {
  const held = await holdRow(trx, actor, input.conversationId);
  const key = (await deps.vault.personKeys(trx, held.organisationId, [held.personId])).get(held.personId)!;
  const id = uuid();
  await trx
    .insertInto('attachment')
    .values({
      organisation_id: held.organisationId,
      id,
      person_id: held.personId,
      conversation_id: held.id,
      mime: input.mime,
      size: input.bytes.length,
      sha256: createHash('sha256').update(input.bytes).digest(),
      filename_sealed: input.filename ? seal(key, input.filename.slice(0, 255), `filename:${id}`) : null,
      content_sealed: seal(key, input.bytes, `attachment:${id}`),
    })
    .execute();
  return id;
}
