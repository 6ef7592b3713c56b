import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { knowledgeProblems } from './problems.ts';

/**
 * Notes that a version was given as an answer.
 * @returns the answer's id, to which what was said of it belongs
 * @throws knowledge.not_found where the organisation has no such version or conversation
 */
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
  const conversationId = input.conversationId ?? null;
  // in a turn the conversation may be a row only afterwards; from the desk it is what a browser says
  const given = input.place === 'desk' ? conversationId : null;
  const { rows } = await sql`
    insert into article_answer (organisation_id, id, version_id, place, conversation_id, at)
    select ${input.organisationId}::uuid, ${id}::uuid, v.id, ${input.place}, ${conversationId}::uuid, ${now}
    from article_version v where v.id = ${input.versionId}::uuid and v.organisation_id = ${input.organisationId}::uuid
      and (${given}::uuid is null or exists (
        select 1 from conversation where id = ${given}::uuid and organisation_id = ${input.organisationId}::uuid))
    returning id`.execute(trx);
  if (rows.length === 0) throw knowledgeProblems.not_found();
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
