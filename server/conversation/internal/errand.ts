import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import type { Trx } from '../../platform/postgres.ts';
import { addressed } from '../../trust/address.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Language, Priority } from '../contract.ts';
import { LANGUAGES } from '../contract.ts';
import type { HandedOver } from '../followers.ts';
import { errandTexts } from '../texts.ts';

const RANK: Record<Priority, number> = { critical: 0, urgent: 1, standard: 2, low: 3 };

/** Reasons of the assistant's for handing over, as the outcome of an errand. */
const OUTCOMES: Record<string, string> = { errand_done: 'done', errand_left: 'left', errand_silent: 'silent' };

/**
 * What the assistant hands over may be an errand that an agent gave it: that ends here, however it went, and the
 * conversation goes to the same agent first, if they are here, with the priority it had; else to its queue. A red flag
 * goes where red flags go.
 * @returns the same conversations in order, each with what its patient reads besides, if anything
 */
export async function comingBack(
  trx: Trx,
  handed: HandedOver[],
  now: Date,
): Promise<[{ handed: HandedOver; says: string | null }, ...{ handed: HandedOver; says: string | null }[]]> {
  const organisationId = handed[0]!.organisationId;
  const { rows } = await sql<{
    id: string;
    conversation_id: string;
    agent_id: string;
    name: string;
    here: boolean;
    queue_id: string | null;
    priority: Priority;
  }>`
    select e.id, e.conversation_id, e.agent_id, m.name, e.queue_id, e.priority,
      (m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}' and a.presence in ('available', 'busy')
        and a.gone_at is null) is true as here
    from errand e join membership m on m.id = e.agent_id left join agent a on a.id = e.agent_id
    where e.organisation_id = ${organisationId}::uuid and e.conversation_id = any(${handed.map((one) => one.conversationId)}::uuid[])
      and e.ended_at is null`.execute(trx);
  const back = [];
  const { settings } = rows.length > 0 ? await organisationOf(trx, organisationId) : { settings: null };
  for (const one of handed) {
    const errand = rows.find((row) => row.conversation_id === one.conversationId);
    if (!errand || !settings) {
      back.push({ handed: one, says: null });
      continue;
    }
    const flagged = one.priority === 'critical' || one.reason === 'red_flag' || one.reason === 'asked_for_nurse';
    const taken = one.reason === 'taken_back';
    await sql`update errand set ended_at = ${now}, outcome = ${flagged ? 'flagged' : (OUTCOMES[one.reason] ?? one.reason)} where id = ${errand.id}::uuid`.execute(
      trx,
    );
    await announce(trx, {
      organisationId,
      kind: 'joining.changed',
      conversationId: one.conversationId,
      payload: { agents: [errand.agent_id] },
    });
    if (flagged || taken) {
      back.push({ handed: one, says: null });
      continue;
    }
    const { queue: _, ...rest } = one;
    const priority = RANK[errand.priority] < RANK[one.priority] ? errand.priority : one.priority;
    const language = LANGUAGES.find((known) => known === one.language) ?? ('es' satisfies Language);
    const texts = errandTexts[language];
    back.push({
      handed: {
        ...rest,
        priority,
        ...(errand.queue_id ? { queueId: errand.queue_id } : { queue: one.queue }),
        ...(errand.here && { agentId: errand.agent_id }),
      },
      says: addressed(errand.here ? texts.back(errand.name) : texts.backToTeam, settings.address),
    });
  }
  return back as [(typeof back)[number], ...typeof back];
}
