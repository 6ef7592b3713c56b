import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { type QueueSettings, queueSettings, type Texts } from '../../routing/contract.ts';
import { entitiesOf } from '../../routing/entities/entities.ts';
import { routingProblems } from '../../routing/problems.ts';
import { type Queue, queuesOf, retireQueue, saveQueue, termsOf } from '../../routing/queues.ts';
import { isOpen, type Terms } from '../../routing/rules.ts';
import { defaultOutOfHours } from '../../routing/texts.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { QueuesView, QueueView, RetiredQueue, WhoCould } from './contract.ts';
import { mustFit, settingsProblems } from './problems.ts';
import { differences, revisionOf } from './revision.ts';
import { keyFrom, type Member, queueFaults, whoCould } from './rules.ts';

/** A queue as its settings, every one of them, as they would be sent back. */
function settingsOf(queue: Queue, entityKeys: Map<string, string>): QueueView['settings'] {
  return {
    key: queue.key,
    names: queue.names,
    entity: queue.entityId === null ? null : (entityKeys.get(queue.entityId) ?? null),
    priority: queue.priority,
    cost: queue.cost,
    goal: queue.goal,
    targets: queue.targets,
    levels: queue.levels,
    rings: queue.rings,
    overflow: queue.overflow,
    autoAccept: queue.autoAccept,
    stickySeconds: queue.stickySeconds,
    hours: queue.calendar.hours,
    holidays: queue.calendar.holidays,
    targetSeconds: queue.targetSeconds,
    offerSeconds: queue.offerSeconds,
    outOfHours: queue.outOfHours,
    skills: queue.skills,
  };
}

/** Every queue with its settings, what stands in it and who could serve it now. */
export async function readQueues(trx: Trx, organisationId: string, now: Date): Promise<QueuesView> {
  const { settings, timezone } = await organisationOf(trx, organisationId);
  const queues = await queuesOf(trx, organisationId);
  const entities = await entitiesOf(trx, organisationId);
  const keys = new Map(entities.map((one) => [one.id, one.key]));
  const members = await membersOf(trx, organisationId);
  const terms = new Map(termsOf(queues, settings.defaultQueue).map((one) => [one.id, one]));
  const standing = await standingIn(trx, organisationId);
  return {
    queues: queues.map((queue) => {
      const is = settingsOf(queue, keys);
      const { overflow } = terms.get(queue.id)!;
      return {
        id: queue.id,
        settings: is,
        revision: revisionOf(is),
        retired: queue.retired,
        open: isOpen(queue.calendar, now),
        waiting: standing.get(queue.id)?.waiting ?? 0,
        held: standing.get(queue.id)?.held ?? 0,
        could: whoCould(queue.id, { ...is, overflow }, members, timezone, now.getTime()),
      };
    }),
    defaultQueue: settings.defaultQueue,
    urgentQueue: settings.urgentQueue,
    ringSeconds: settings.ringSeconds,
    timezone,
    skills: [
      ...new Set([...members.flatMap((member) => member.skills), ...queues.flatMap((queue) => queue.skills)]),
    ].sort(),
    entities: entities.filter((one) => !one.retired).map(({ key, name }) => ({ key, name })),
    outOfHours: defaultOutOfHours,
  };
}

/** Members who take work, with what they can do; who was never at a desk is as a new agent is made. */
async function membersOf(trx: Trx, organisationId: string): Promise<Member[]> {
  const { rows } = await sql<Member>`
    select m.name, coalesce(a.skills, case when 'nurse' = any(m.roles) then '{nurse}'::text[] else '{}'::text[] end) as skills,
      coalesce(a.levels, '{}') as levels,
      case when coalesce(a.every_queue, true) then null else array(select queue_id from agent_queue q where q.agent_id = m.id) end as queues,
      coalesce(a.presence <> 'offline' and a.gone_at is null, false) as here,
      coalesce(a.presence = 'available' and a.gone_at is null, false) as free
    from membership m left join agent a on a.id = m.id
    where m.organisation_id = ${organisationId} and m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}'
    order by m.name, m.id`.execute(trx);
  return rows;
}

async function standingIn(
  trx: Trx,
  organisationId: string,
  queueId?: string,
): Promise<Map<string, { waiting: number; held: number }>> {
  const { rows } = await sql<{ queue_id: string; waiting: number; held: number }>`
    select queue_id, count(*) filter (where state <> 'accepted')::int as waiting, count(*) filter (where state = 'accepted')::int as held
    from item where organisation_id = ${organisationId} and state in ('queued', 'offered', 'accepted')
      ${queueId ? sql`and queue_id = ${queueId}` : sql``} group by queue_id`.execute(trx);
  return new Map(rows.map((row) => [row.queue_id, row]));
}

/** Who could serve a queue if it were so, before anything is saved. */
export async function tryQueue(
  trx: Trx,
  organisationId: string,
  input: { settings: Pick<QueueSettings, 'skills' | 'levels' | 'rings' | 'overflow'>; id?: string | undefined },
  now: Date,
): Promise<WhoCould> {
  const { timezone } = await organisationOf(trx, organisationId);
  const queues = await queuesOf(trx, organisationId);
  const overflow: Terms['overflow'] = input.settings.overflow.flatMap(({ to, after, when }) => {
    const found = queues.find((queue) => queue.key === to && !queue.retired);
    return found ? [{ queueId: found.id, after, when }] : [];
  });
  return whoCould(
    // one that is not there yet is nobody's but of those who serve every queue
    input.id ?? 'new',
    { ...input.settings, overflow },
    await membersOf(trx, organisationId),
    timezone,
    now.getTime(),
  );
}

/** One change of queues at a time in an organisation: they name each other. */
async function alone(trx: Trx, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`queues ${organisationId}`}, 0))`.execute(trx);
}

async function knownTo(trx: Trx, organisationId: string) {
  const queues = await queuesOf(trx, organisationId);
  const entities = await entitiesOf(trx, organisationId);
  return {
    queues,
    entityKeys: new Map(entities.map((one) => [one.id, one.key])),
    keys: {
      queues: queues.filter((queue) => !queue.retired).map((queue) => queue.key),
      entities: entities.filter((one) => !one.retired).map((one) => one.key),
    },
  };
}

/**
 * Makes a queue.
 * @throws settings.key_taken · settings.wrong
 */
export async function addQueue(
  trx: Trx,
  actor: Actor,
  wanted: Omit<QueueSettings, 'key'> & { key?: string | undefined },
): Promise<string> {
  const { organisationId } = actor;
  await alone(trx, organisationId);
  const { queues, keys } = await knownTo(trx, organisationId);
  const taken = queues.map((queue) => queue.key);
  const key = wanted.key ?? keyFrom(wanted.names.es, taken);
  if (taken.includes(key)) throw settingsProblems.key_taken();
  mustFit([...nameFaults(wanted.names), ...queueFaults({ ...wanted, key }, keys)]);
  const queueId = await saveQueue(trx, organisationId, { ...wanted, key });
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'queue', id: queueId },
    detail: { how: 'made', settings: queueSettings.parse({ ...wanted, key }) },
  });
  return queueId;
}

/** A name is said to patients and read by colleagues: in every language. */
const nameFaults = (names: Texts) =>
  Object.entries(names).flatMap(([language, name]) =>
    name.trim() === '' ? [{ path: `body/settings/names/${language}`, message: 'empty' }] : [],
  );

/**
 * Changes a queue as a whole.
 * @param input.revision the mark of what was on the page
 * @throws routing.queue_not_found · settings.retired · changed_meanwhile · wrong
 */
export async function changeQueue(
  trx: Trx,
  actor: Actor,
  input: { id: string; settings: QueueSettings; revision: string },
): Promise<void> {
  const { organisationId } = actor;
  await alone(trx, organisationId);
  const { queues, entityKeys, keys } = await knownTo(trx, organisationId);
  const queue = mustFind(queues, input.id);
  if (queue.retired) throw settingsProblems.retired();
  const was = settingsOf(queue, entityKeys);
  if (revisionOf(was) !== input.revision) throw settingsProblems.changed_meanwhile();
  const settings = { ...input.settings, key: queue.key, outOfHours: input.settings.outOfHours ?? was.outOfHours };
  mustFit([...nameFaults(settings.names), ...queueFaults(settings, keys)]);
  const changed = differences(was, settings);
  if (Object.keys(changed).length === 0) return;
  await saveQueue(trx, organisationId, settings);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'queue', id: queue.id },
    detail: { how: 'changed', ...changed },
  });
}

/**
 * Puts a queue at a place among those in use.
 * @throws routing.queue_not_found · settings.retired
 */
export async function placeQueue(trx: Trx, actor: Actor, input: { id: string; position: number }): Promise<void> {
  const { organisationId } = actor;
  await alone(trx, organisationId);
  const { queues, entityKeys } = await knownTo(trx, organisationId);
  const queue = mustFind(queues, input.id);
  if (queue.retired) throw settingsProblems.retired();
  const position = Math.min(input.position, queues.filter((one) => !one.retired).length - 1);
  if (position === queue.position) return;
  await saveQueue(trx, organisationId, { ...settingsOf(queue, entityKeys), position });
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'queue', id: queue.id },
    detail: { how: 'placed', position, was: queue.position },
  });
}

function mustFind(queues: Queue[], id: string): Queue {
  const queue = queues.find((one) => one.id === id);
  if (!queue) throw routingProblems.queue_not_found();
  return queue;
}

/**
 * Takes a queue out of use. What stands in it is still answered.
 * @returns how much that is
 * @throws routing.queue_not_found · settings.still_needed
 */
export async function retire(trx: Trx, actor: Actor, id: string): Promise<RetiredQueue> {
  const { organisationId } = actor;
  await alone(trx, organisationId);
  const queues = await queuesOf(trx, organisationId);
  const queue = mustFind(queues, id);
  const { settings } = await organisationOf(trx, organisationId);
  if (queue.key === settings.defaultQueue || queue.key === settings.urgentQueue) throw settingsProblems.still_needed();
  const standing = (await standingIn(trx, organisationId, id)).get(id);
  if (!queue.retired) {
    await retireQueue(trx, organisationId, id);
    await audit(trx, actor, {
      action: 'change',
      subject: { kind: 'queue', id },
      detail: { how: 'retired', waiting: standing?.waiting ?? 0, held: standing?.held ?? 0 },
    });
  }
  return {
    waiting: standing?.waiting ?? 0,
    held: standing?.held ?? 0,
    overflowed: queues
      .filter((one) => !one.retired && one.overflow.some(({ to }) => to === queue.key))
      .map((one) => one.names),
  };
}

/** Brings a retired queue back as it was. @throws routing.queue_not_found · settings.wrong (what it names is gone) */
export async function restore(trx: Trx, actor: Actor, id: string): Promise<void> {
  const { organisationId } = actor;
  await alone(trx, organisationId);
  const { queues, entityKeys, keys } = await knownTo(trx, organisationId);
  const queue = mustFind(queues, id);
  if (!queue.retired) return;
  const settings = settingsOf(queue, entityKeys);
  mustFit(queueFaults(settings, { ...keys, queues: [...keys.queues, queue.key] }));
  await saveQueue(trx, organisationId, settings);
  await audit(trx, actor, { action: 'change', subject: { kind: 'queue', id }, detail: { how: 'restored' } });
}
