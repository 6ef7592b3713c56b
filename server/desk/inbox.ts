import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Live } from '../platform/live.ts';
import { type Database, type Trx, within } from '../platform/postgres.ts';
import type { AgentRow } from '../routing/agents.ts';
import { agentOf } from '../routing/presence.ts';
import { type Queue, queuesOf } from '../routing/queues.ts';
import { isOpen, serves } from '../routing/rules.ts';
import { may } from '../trust/access.ts';
import { audit } from '../trust/audit.ts';
import type { StaffActor } from '../trust/contract.ts';
import type { Vault } from '../trust/vault.ts';
import { type DeskAgent, type Inbox, inOrder, type QueueHead } from './contract.ts';
import { type Placement, renderRows } from './internal/rows.ts';

export type ReadDeps = { db: Database; vault: Vault; live: Live; clock: Clock };

/** The queues on an agent's desk: those it serves; a supervisor's are all. */
export function queuesFor(actor: StaffActor, agent: AgentRow, queues: Queue[]): Queue[] {
  const open = queues.filter((queue) => !queue.retired);
  return actor.roles.includes('supervisor')
    ? open
    : open.filter((queue) => serves(agent, { queueId: queue.id, skills: queue.skills }));
}

export function deskAgentOf(agent: AgentRow): DeskAgent {
  return {
    agentId: agent.id,
    presence: { state: agent.presence, reason: agent.presenceReason, since: agent.presenceSince.toISOString() },
    load: agent.load,
    capacity: agent.capacity,
    places: agent.places,
    paceReason: agent.places < agent.capacity ? agent.paceReason : null,
  };
}

/** Heads of queues: open now or not, and how many of their agents are here and work. */
export async function headsOf(trx: Trx, organisationId: string, queues: Queue[], now: Date): Promise<QueueHead[]> {
  const { rows } = await sql<{ id: string; agents: number }>`
    select q.id, (select count(*)::int from agent a where a.organisation_id = ${organisationId} and a.presence in ('available', 'busy') and a.gone_at is null
      and a.skills @> q.skills
      and (a.every_queue or exists (select 1 from agent_queue aq where aq.agent_id = a.id and aq.queue_id = q.id))) as agents
    from queue q where q.organisation_id = ${organisationId}`.execute(trx);
  const agents = new Map(rows.map((row) => [row.id, row.agents]));
  return queues.map((queue) => ({
    id: queue.id,
    key: queue.key,
    names: queue.names,
    targetSeconds: queue.targetSeconds,
    open: isOpen(queue.calendar, now),
    agents: agents.get(queue.id) ?? 0,
  }));
}

/** Whose desk shows every hard flag that stands: who may lower it, and who supervises. */
export function seesAlarms(actor: StaffActor): boolean {
  return may(actor, 'triage.lower') || actor.roles.includes('supervisor');
}

/** Whether a hard flag stands that no other list of this desk shows. */
export function isElsewhere(placement: Placement, agentId: string, queues: Set<string>): boolean {
  return (
    placement.alarm &&
    placement.agentId !== agentId &&
    placement.offeredTo !== agentId &&
    !(placement.queueId !== null && queues.has(placement.queueId))
  );
}

/** What an agent's desk shows, with the place in the events from which frames go on. Writes an audit entry. */
export async function readInbox(deps: ReadDeps, actor: StaffActor): Promise<Inbox> {
  const { organisationId, membershipId: agentId } = actor;
  // first the cursor, then the rows: they may be newer than it, never older
  const cursor = await deps.live.cursor(organisationId);
  return within(deps.db, organisationId, async (trx) => {
    const agent = await agentOf(trx, actor);
    const queues = queuesFor(actor, agent, await queuesOf(trx, organisationId));
    const heads = await headsOf(trx, organisationId, queues, deps.clock());
    const rendered = [
      ...(
        await renderRows(trx, deps.vault, organisationId, {
          agentId,
          queueIds: queues.map((queue) => queue.id),
          alarms: seesAlarms(actor),
        })
      ).values(),
    ];
    await audit(trx, actor, {
      action: 'read',
      subject: { kind: 'inbox', id: agentId },
      detail: { conversations: rendered.map((one) => one.row.conversationId) },
    });
    const now = deps.clock().getTime();
    const served = new Set(queues.map((queue) => queue.id));
    const offers = rendered.flatMap((one) => (one.offer && one.placement.offeredTo === agentId ? [one.offer] : []));
    return {
      cursor,
      ...deskAgentOf(agent),
      offers: offers.sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1)),
      mine: inOrder(
        rendered.filter((one) => one.placement.agentId === agentId).map((one) => one.row),
        now,
      ),
      alarms: inOrder(
        rendered.filter((one) => isElsewhere(one.placement, agentId, served)).map((one) => one.row),
        now,
      ),
      queues: heads.map((head) => ({
        ...head,
        waiting: inOrder(
          rendered
            .filter((one) => one.placement.queueId === head.id && one.placement.offeredTo !== agentId)
            .map((one) => one.row),
          now,
        ),
      })),
    };
  });
}
