import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';

/** Notes that a version was given as an answer. @returns the answer's id, to which what was said of it belongs */
export async function noteAnswer(
  trx: Trx,
  input: {
    organisationId: string;
    versionId: string;
    place: 'conversation' | 'desk';
    conversationId?: string | undefined;
  },
  now: Date,
): Promise<string> {
  const id = uuid();
  await sql`
    insert into article_answer (organisation_id, id, version_id, place, conversation_id, at)
    values (${input.organisationId}::uuid, ${id}::uuid, ${input.versionId}::uuid, ${input.place},
      ${input.conversationId ?? null}::uuid, ${now})`.execute(trx);
  return id;
}

/** Notes whether an answer helped; the first word on it holds. @returns the version that was given, if there was such an answer */
export async function noteHelped(
  trx: Trx,
  input: { organisationId: string; answerId: string; helped: boolean },
  now: Date,
): Promise<string | null> {
  const { rows } = await sql<{ version_id: string }>`
    select version_id from article_answer
    where organisation_id = ${input.organisationId}::uuid and id = ${input.answerId}::uuid`.execute(trx);
  if (!rows[0]) return null;
  await sql`
    insert into article_feedback (organisation_id, answer_id, helped, at)
    values (${input.organisationId}::uuid, ${input.answerId}::uuid, ${input.helped}, ${now})
    on conflict do nothing`.execute(trx);
  return rows[0].version_id;
}
