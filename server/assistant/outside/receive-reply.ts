import { sql } from 'kysely';
import { isUuid } from '../../platform/ids.ts';
import { type Database, within } from '../../platform/postgres.ts';
import type { Clock } from '../../platform/clock.ts';
import { organisationBySlug } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import { botBy, secretsOf } from './bots.ts';
import { answerOf } from './call-bot.ts';
import { botAnswer, botReply } from './contract.ts';
import { outsideProblems } from './problems.ts';
import { endsStay, type Requests } from './requests.ts';
import { verify } from './sign.ts';

export type ReplyDeps = { db: Database; vault: Vault; clock: Clock; requests: Requests };

/**
 * A bot answers by itself, some time after it was asked. Signed as our request was; the same id again changes nothing.
 * @throws outside.bad_signature · bad_answer · gone: another has the word, or nobody waits
 */
export async function receiveReply(
  deps: ReplyDeps,
  key: string,
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): Promise<void> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw outsideProblems.bad_signature();
  }
  // it says whose bot it is; nothing of it is believed before the signature
  const slug = (json as { organisation?: unknown } | null)?.organisation;
  const organisation =
    typeof slug === 'string' && slug.length <= 63 ? await organisationBySlug(deps.db, slug) : undefined;
  if (!organisation) throw outsideProblems.bad_signature();
  const now = deps.clock();
  await within(deps.db, organisation.id, async (trx) => {
    const bot = await botBy(trx, organisation.id, key);
    const secrets = bot ? await secretsOf(trx, deps.vault, organisation.id, bot.id, now) : [];
    const verified = verify(secrets, headers, body, Math.floor(now.getTime() / 1000));
    if (!bot || !verified) throw outsideProblems.bad_signature();
    const read = botReply.safeParse(json);
    if (!read.success) throw outsideProblems.bad_answer();
    const { conversation, organisation: _, ...answer } = read.data;
    const { rows: fresh } = await sql`
      insert into bot_reply (organisation_id, bot_id, reply_id, received_at, answer)
      values (${organisation.id}::uuid, ${bot.id}::uuid, ${verified.id}, ${now}, '{"taken":true}') on conflict do nothing returning 1`.execute(
      trx,
    );
    if (fresh.length === 0) return;
    const { rows } = await sql<{ conversation_id: string; effect: string }>`
      select conversation_id, effect from bot_passage where organisation_id = ${organisation.id}::uuid and id = ${conversation}::uuid
        and bot_id = ${bot.id}::uuid and ended_at is null`.execute(trx);
    const stay = rows[0];
    if (!stay || !isUuid(conversation) || bot.disabled) throw outsideProblems.gone();
    // what was hidden from the bot is not known here any more, and is not guessed
    const result = answerOf(JSON.stringify(botAnswer.parse(answer)), bot.name, (text) =>
      /\[[A-Z_]+_\d+\]/.test(text) ? null : text,
    );
    if (result.outcome !== 'success') throw outsideProblems.bad_answer();
    const back = { token: conversation, effect: stay.effect, result };
    if (!(await deps.requests.hear(trx, organisation.id, stay.conversation_id, back))) throw outsideProblems.gone();
    if (endsStay(result))
      await sql`update bot_passage set ended_at = ${now}, outcome = 'success' where id = ${conversation}::uuid`.execute(
        trx,
      );
  });
}

/** Ids of replies that no signature could bring again. */
export async function sweepReplies(deps: { db: Database; clock: Clock }, organisationId: string): Promise<void> {
  await within(deps.db, organisationId, (trx) =>
    sql`delete from bot_reply where organisation_id = ${organisationId}::uuid and received_at < ${new Date(deps.clock().getTime() - 3_600_000)}`.execute(
      trx,
    ),
  );
}
