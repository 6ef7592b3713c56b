import { sql } from 'kysely';
import type { Language } from '../../conversation/contract.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Organisation } from '../../trust/organisation.ts';
import type { ItemKind } from '../contract.ts';
import { type Queue, queuesOf } from '../queues.ts';
import { isOpen, nextOpening } from '../rules.ts';
import { waitFor } from '../wait/wait.ts';
import { type OwnWay, type PublicWays, WAYS, type WayKind, type WaysContent } from './contract.ts';
import { isLong, offered, type Situation, type Standing, type Visitor, type Works } from './rules.ts';
import { wordsIn } from './texts.ts';
import { classOf } from './visitor.ts';

/**
 * Whether somebody may be called back: as soon as it is their turn, and at an hour of their choice. Handed in by main from the
 * room that does it; without that room these ways are not there.
 */
export type CallBacks = (
  trx: Trx,
  organisationId: string,
  asked: { queueKey: string; language: Language },
  now: Date,
) => Promise<{ now: boolean; at: boolean }>;

export type WaysDeps = { callBacks?: CallBacks | undefined };

/** What answers a way, so how its wait is reckoned. */
const ITEM_OF: Record<WayKind, ItemKind> = {
  chat: 'conversation',
  whatsapp: 'conversation',
  email: 'conversation',
  call: 'call',
  video: 'call',
  callback: 'call_back',
  callback_at: 'call_back',
};

export type House = {
  organisation: Organisation;
  queues: Queue[];
  entities: Map<string, string>;
  /** Ids of queues of which somebody has a free place. */
  free: Set<string>;
  works: Record<WayKind, Works>;
  /** The ways with where they lead, as they are known from the channels themselves. */
  ways: OwnWay[];
};

/** The queue that answers a way: its own, else the one asked for, else the organisation's first. */
export function queueOf(house: House, way: WayKind, asked: string | null): Queue | undefined {
  const open = house.queues.filter((queue) => !queue.retired);
  const named = [house.ways.find((one) => one.kind === way)?.queue, asked, house.organisation.settings.defaultQueue];
  for (const key of named) {
    const found = open.find((queue) => queue.key === key);
    if (found) return found;
  }
  return open[0];
}

/** What the house has: queues, connected channels, who has a free place. */
export async function readHouse(
  trx: Trx,
  organisation: Organisation,
  content: WaysContent,
  deps: WaysDeps,
  asked: { queue: string | null; language: Language },
  now: Date,
): Promise<House> {
  const queues = await queuesOf(trx, organisation.id);
  const { rows } = await sql<{
    accounts: { channel: string; number: string | null }[] | null;
    gone: string[] | null;
    entities: { id: string; key: string }[] | null;
    free: string[] | null;
  }>`
    select
      (select json_agg(json_build_object('channel', channel, 'number', settings ->> 'displayNumber') order by created_at) from channel_account
        where organisation_id = ${organisation.id} and disabled_at is null) as accounts,
      (select json_agg(distinct channel) from channel_account where organisation_id = ${organisation.id} and disabled_at is not null) as gone,
      (select json_agg(json_build_object('id', id, 'key', key)) from entity where organisation_id = ${organisation.id}) as entities,
      (select json_agg(q.id) from queue q where q.organisation_id = ${organisation.id} and exists (
        select 1 from agent a where a.organisation_id = q.organisation_id and a.presence = 'available' and a.gone_at is null
          and a.skills @> q.skills
          and (a.every_queue or exists (select 1 from agent_queue aq where aq.agent_id = a.id and aq.queue_id = q.id)))) as free`.execute(
    trx,
  );
  const { accounts, gone, entities, free } = rows[0]!;
  const has = (channel: string): boolean => (accounts ?? []).some((one) => one.channel === channel);
  const number = (accounts ?? [])
    .find((one) => one.channel === 'whatsapp' && one.number)
    ?.number?.replaceAll(/\D/g, '');
  const ways = content.ways.map((way) =>
    way.kind === 'whatsapp' && way.href === null && number ? { ...way, href: `https://wa.me/${number}` } : way,
  );
  const linked = (kind: WayKind): boolean => ways.some((way) => way.kind === kind && way.href !== null);
  const house: House = {
    organisation,
    queues,
    entities: new Map((entities ?? []).map((one) => [one.id, one.key])),
    free: new Set(free ?? []),
    works: {} as House['works'],
    ways,
  };
  const callBack = queueOf(house, 'callback', asked.queue);
  const backs =
    deps.callBacks && callBack
      ? await deps.callBacks(trx, organisation.id, { queueKey: callBack.key, language: asked.language }, now)
      : null;
  const works: Record<WayKind, boolean | null> = {
    chat: has('webchat'),
    // a number of ours that was switched off answers nobody, whatever link is left
    whatsapp: linked('whatsapp') && (has('whatsapp') || !(gone ?? []).includes('whatsapp')),
    call: linked('call'),
    video: linked('video'),
    email: linked('email'),
    callback: backs && (backs.now || null),
    callback_at: backs && (backs.at || null),
  };
  for (const way of WAYS) house.works[way] = works[way] ? 'yes' : 'not_connected';
  for (const way of ['callback', 'callback_at'] as const)
    if (backs && house.works[way] !== 'yes') house.works[way] = 'no_place';
  return house;
}

/** How the queue of each way stands now, for a newcomer of this class. */
export async function standingOf(
  trx: Trx,
  house: House,
  visitor: Visitor,
  asked: string | null,
  now: Date,
): Promise<Situation['standing']> {
  const standing = {} as Situation['standing'];
  for (const way of WAYS) {
    const queue = queueOf(house, way, asked);
    if (!queue) {
      // no queue was made yet: whoever writes gets the first one
      standing[way] = { queue: null, entity: null, open: true, opensAt: null, staffed: false, full: false, wait: null };
      continue;
    }
    const wait = await waitFor(
      trx,
      house.organisation.id,
      { queueId: queue.id, priority: classOf(visitor.urgency), kind: ITEM_OF[way], language: visitor.language },
      now,
    );
    const open = isOpen(queue.calendar, now);
    const known =
      open && wait?.open && wait.staffed && wait.seconds !== null && wait.low !== null && wait.high !== null;
    standing[way] = {
      queue: queue.key,
      entity: queue.entityId === null ? null : (house.entities.get(queue.entityId) ?? null),
      open,
      opensAt: open ? null : nextOpening(queue.calendar, now),
      staffed: wait?.staffed ?? false,
      full: (wait?.staffed ?? false) && !house.free.has(queue.id),
      wait: known ? { seconds: wait.seconds!, low: wait.low!, high: wait.high! } : null,
    } satisfies Standing;
  }
  return standing;
}

/** What somebody is offered in a situation, as everybody may be told. */
export function shown(house: House, content: WaysContent, situation: Situation, asked: string | null): PublicWays {
  const { organisation } = house;
  const { visitor, now } = situation;
  const words = wordsIn(visitor.language, organisation.settings.address, organisation.emergencyNumber);
  const queue = queueOf(house, 'chat', asked);
  const open = queue ? situation.standing.chat.open : true;
  return {
    organisation: organisation.slug,
    language: visitor.language,
    at: now.toISOString(),
    open,
    opensAt: open ? null : (situation.standing.chat.opensAt?.toISOString() ?? null),
    long: isLong(content, situation),
    emergencyNumber: organisation.emergencyNumber,
    ways: offered({ ...content, ways: house.ways }, situation, words, organisation.emergencyNumber),
  };
}

/**
 * The ways that somebody is offered now, by the organisation's rules: what the web window shows, what the assistant says at a
 * long wait, and what `GET /api/public/ways` answers.
 * @param asked the queue they ask for, if any; one that is not there counts as none
 */
export async function waysFor(
  trx: Trx,
  organisation: Organisation,
  content: WaysContent,
  asked: { queue: string | null; visitor: Visitor },
  deps: WaysDeps,
  now: Date,
): Promise<PublicWays> {
  const { visitor, queue } = asked;
  const house = await readHouse(trx, organisation, content, deps, { queue, language: visitor.language }, now);
  const standing = await standingOf(trx, house, visitor, queue, now);
  return shown(house, content, { works: house.works, standing, visitor, now, timezone: organisation.timezone }, queue);
}
