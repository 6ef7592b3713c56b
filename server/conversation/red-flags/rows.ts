import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Priority } from '../contract.ts';
import type { Answer } from './rules.ts';

/** A step of a flag's way, as the thread keeps it for colleagues. */
export type FlagLine =
  /** `asked`: who was asked or told to ask, if anyone; `parts`: only together with the message before. */
  | {
      kind: 'flag';
      what: 'raised';
      level: 'hard' | 'soft';
      categories: string[];
      asked: 'patient' | 'agent' | null;
      repeat: boolean;
      parts: boolean;
    }
  | { kind: 'flag'; what: 'answered'; answer: Answer; late: boolean }
  | { kind: 'flag'; what: 'hard'; why: 'words' | 'answer' | 'silence'; categories: string[] }
  /** The agent had not answered in time: it went to the urgent queue. */
  | { kind: 'flag'; what: 'unattended' }
  | { kind: 'flag'; what: 'lowered'; reason: string; agentId: string; name: string };

export type NewFlag = {
  id: string;
  level: 'hard' | 'soft';
  rules: string[];
  categories: string[];
  at: Date;
  agentId: string | null;
  askedAt: Date | null;
  dueAt: Date | null;
  raisedWhy: 'repeat' | 'answer' | null;
  saidAt: Date | null;
};

/** What becomes of a flag that stood: it is settled or raised; without `raised` its level stays. */
type FlagChange = {
  id: string;
  at: Date;
  answer: Answer | null;
  raised: 'words' | 'answer' | null;
  agentId: string | null;
  askedAt: Date | null;
  dueAt: Date | null;
  saidAt: Date | null;
};

/** What an utterance does to the flags of its conversation. */
export type Flagged = {
  event: 'flag.raised' | 'flag.changed';
  level: 'hard' | 'soft';
  /** Everything else waits: an agent's hold or wrap-up ends. */
  alarm: boolean;
  /** At least this urgent from now on. */
  priority?: Priority;
  raises: NewFlag | null;
  changes: FlagChange | null;
  lines: FlagLine[];
};

type Entry = {
  place: { conversationId: string; aboutId: string };
  /** What was said; null when silence raised it. */
  messageId: string | null;
  flagged: Flagged | null;
};

/** Writes the flags of a batch, with an audit entry for each that was raised. Most batches have none. */
export async function writeFlags(trx: Trx, organisationId: string, written: Entry[]): Promise<void> {
  const entries = written.filter((entry) => entry.flagged !== null);
  if (entries.length === 0) return;
  const fresh = entries.flatMap(({ place, messageId, flagged }) =>
    flagged!.raises ? [{ place, messageId, flag: flagged!.raises }] : [],
  );
  if (fresh.length > 0)
    await trx
      .insertInto('flag')
      .values(
        fresh.map(({ place, messageId, flag }) => ({
          organisation_id: organisationId,
          id: flag.id,
          conversation_id: place.conversationId,
          message_id: messageId,
          level: flag.level,
          rules: flag.rules,
          categories: flag.categories,
          at: flag.at,
          agent_id: flag.agentId,
          asked_at: flag.askedAt,
          due_at: flag.dueAt,
          raised_at: flag.raisedWhy ? flag.at : null,
          raised_why: flag.raisedWhy,
          said_at: flag.saidAt,
        })),
      )
      .execute();
  for (const { flagged } of entries) if (flagged!.changes) await changeFlag(trx, flagged!.changes);
  await audit(
    trx,
    { kind: 'system', organisationId },
    ...entries
      .filter(({ flagged }) => flagged!.event === 'flag.raised')
      .map(({ place, flagged }) => ({
        action: 'raise_flag',
        subject: { kind: 'conversation', id: place.conversationId },
        personId: place.aboutId,
        detail: {
          flagId: flagged!.raises?.id ?? flagged!.changes?.id ?? null,
          level: flagged!.level,
          rules: flagged!.raises?.rules ?? [],
          why: flagged!.changes?.raised ?? flagged!.raises?.raisedWhy ?? 'words',
        },
      })),
  );
}

async function changeFlag(trx: Trx, change: FlagChange): Promise<void> {
  const { answer, raised, at } = change;
  await sql`
    update flag set due_at = ${change.dueAt}::timestamptz, asked_at = coalesce(${change.askedAt}::timestamptz, asked_at),
      agent_id = coalesce(${change.agentId}::uuid, agent_id), answer = coalesce(${answer}::text, answer),
      answered_at = case when ${answer}::text is null then answered_at else ${at}::timestamptz end,
      level = case when ${raised}::text is null then level else 'hard' end, raised_why = coalesce(raised_why, ${raised}::text),
      raised_at = case when ${raised}::text is null then raised_at else coalesce(raised_at, ${at}::timestamptz) end,
      said_at = coalesce(${change.saidAt}::timestamptz, said_at)
    where id = ${change.id}::uuid and lowered_at is null`.execute(trx);
}
