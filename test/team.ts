import { expect } from 'vitest';
import { uuid } from '../server/platform/ids.ts';
import { type Trx, within } from '../server/platform/postgres.ts';
import { Problem } from '../server/platform/problems.ts';
import { saveAgent } from '../server/routing/agents.ts';
import type { ChosenPresence, ItemKind, ItemState, PresenceState, QueueSettings } from '../server/routing/contract.ts';
import { addItem, type NewItem } from '../server/routing/items.ts';
import { type Matched, matchOnce } from '../server/routing/match.ts';
import { connect, setPresence } from '../server/routing/presence.ts';
import { saveQueue } from '../server/routing/queues.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import { asOwner, type TestDatabase } from './postgres.ts';
import type { Stage } from './stage.ts';

export type ItemRow = {
  id: string;
  kind: ItemKind;
  state: ItemState;
  agent_id: string | null;
  queue_id: string;
  first_queue_id: string | null;
  overflow_queue_id: string | null;
  wanted_agent_id: string | null;
  wanted_until: Date | null;
  pinned_by: string | null;
  priority: string;
  target_seconds: number;
  queued_at: Date;
  front: boolean;
  weight: number | null;
};

export type Team = ReturnType<typeof teamOf>;

/** Agents, queues and work of one stage, for tests of routing. */
export function teamOf(postgres: Pick<TestDatabase, 'db' | 'ownerUrl'>, stage: Stage, clock: () => Date) {
  const { db, ownerUrl } = postgres;
  const { organisationId } = stage;
  const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, organisationId, work);
  const row = async <T>(text: string, values: unknown[]): Promise<T> => (await asOwner(ownerUrl, text, values)).rows[0];
  return {
    inside,
    /** Accepting by itself works, as in the server. */
    match: (): Promise<Matched> => inside((trx) => matchOnce(trx, organisationId, clock(), stage)),
    async agent(
      name: string,
      settings: Parameters<typeof saveAgent>[3] = {},
      state: ChosenPresence = 'available',
      roles: Role[] = ['agent'],
    ): Promise<StaffActor> {
      const actor = await stage.staff(name, roles);
      await inside((trx) => saveAgent(trx, organisationId, actor.membershipId, settings));
      if (state === 'offline') return actor;
      await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, clock()));
      await inside((trx) => setPresence(trx, actor, { state }, clock()));
      return actor;
    },
    /** Time has passed and every desk is still there. */
    beat: () =>
      asOwner(ownerUrl, 'update connection set last_seen_at = $2, seen_until = $3 where organisation_id = $1', [
        organisationId,
        clock(),
        new Date(clock().getTime() + 45_000),
      ]),
    queue: (key: string, settings: Partial<QueueSettings> = {}): Promise<string> =>
      inside((trx) =>
        saveQueue(trx, organisationId, { key, names: { es: key, ca: key, en: key, pt: key }, ...settings }),
      ),
    add: (queueId: string, input: Partial<NewItem> = {}): Promise<string> =>
      inside((trx) => addItem(trx, { organisationId, kind: 'task', queueId, language: 'es', ...input }, clock())),
    item: (id: string): Promise<ItemRow> => row('select * from item where id = $1', [id]),
    itemOf: (conversationId: string): Promise<ItemRow> =>
      row(`select * from item where conversation_id = $1 and kind = 'conversation' order by id desc limit 1`, [
        conversationId,
      ]),
    agentRow: (
      actor: StaffActor,
    ): Promise<{ load: number; presence: PresenceState; gone_at: Date | null; places: number }> =>
      row('select *, hebra.places(capacity, pace) as places from agent where id = $1', [actor.membershipId]),
    async pending(actor: StaffActor): Promise<{ id: string; item_id: string; offered_at: Date; expires_at: Date }[]> {
      return (
        await asOwner(ownerUrl, `select * from offer where agent_id = $1 and state = 'pending' order by id`, [
          actor.membershipId,
        ])
      ).rows;
    },
    holdsTrue: () => holdsTrue(postgres, organisationId),
  };
}

export const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

/**
 * What must hold at every instant, in one snapshot: the identity of server/routing/README.md and what the rows say of one
 * another. Every figure but the identity is a count of what is wrong.
 */
export const INVARIANTS = `
  select
    -- came in = answered by its own + overflowed + queued + before an agent + abandoned + called back + withdrawn
    (select count(distinct payload ->> 'itemId')::int from event where organisation_id = $1 and kind = 'item.queued' and payload ->> 'fromQueueId' is null)
    - (select count(*)::int from item where organisation_id = $1 and (state in ('queued', 'offered', 'abandoned', 'called_back', 'withdrawn')
        or (state in ('accepted', 'done') and answered_by is not null))) as identity,
    (select count(*)::int from agent a where organisation_id = $1
      and (load <> (select coalesce(sum(weight), 0) from item i where i.agent_id = a.id) or load > capacity)) as loads,
    (select count(*)::int from conversation c where organisation_id = $1 and state = 'waiting' and not exists
      (select 1 from item i where i.conversation_id = c.id and i.kind = 'conversation' and i.state in ('queued', 'offered'))) as lost,
    (select count(*)::int from conversation c where organisation_id = $1 and state in ('with_agent', 'on_hold') and not exists
      (select 1 from item i where i.conversation_id = c.id and i.kind = 'conversation' and i.state = 'accepted' and i.agent_id = c.agent_id)) as astray,
    (select count(*)::int from item i where organisation_id = $1 and (i.state = 'offered') <> exists
      (select 1 from offer o where o.item_id = i.id and o.state = 'pending' and o.agent_id = i.agent_id)) as offers,
    -- an item that is held was accepted by its agent, last of all; and offers made = offers answered + pending
    (select count(*)::int from item i where organisation_id = $1 and i.state = 'accepted' and (i.answered_by <> i.agent_id or not exists
      (select 1 from offer o where o.item_id = i.id and o.state = 'accepted' and o.agent_id = i.agent_id))) as unanswered,
    (select coalesce(sum(offers), 0)::int from item where organisation_id = $1)
    - (select count(*)::int from offer where organisation_id = $1) as uncounted,
    (select count(*)::int from item i join agent a on a.id = i.agent_id
      where i.organisation_id = $1 and i.pinned_by is not null and i.agent_id <> i.wanted_agent_id) as unpinned`;

export const ALL_RIGHT = {
  identity: 0,
  loads: 0,
  lost: 0,
  astray: 0,
  offers: 0,
  unanswered: 0,
  uncounted: 0,
  unpinned: 0,
};

async function holdsTrue({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>, organisationId: string): Promise<void> {
  expect((await asOwner(ownerUrl, INVARIANTS, [organisationId])).rows[0]).toEqual(ALL_RIGHT);
}
