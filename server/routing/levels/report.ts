import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import type { Priority } from '../../conversation/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { entitiesOf } from '../entities/entities.ts';
import { queuesOf } from '../queues.ts';
import { RANK } from '../rules.ts';
import type { Cause, LevelLine, LevelsReport, Period, Sums } from './contract.ts';
import { add, daysOf, figuresOf, NOTHING } from './rules.ts';

type Part = {
  entityId: string | null;
  queueId: string;
  priority: Priority;
  targetSeconds: number;
  sums: Sums;
  causes: Partial<Record<Cause, number>>;
};

/**
 * Service levels of a period by entity, queue and class. A day begins and ends by the organisation's clock: the one on
 * which the clock changes has 23 or 25 hours. What moved counts where it came in, with the target it was promised then.
 * @param input.date a day of the period; today by the organisation's clock where none is given
 */
export async function reportLevels(
  trx: Trx,
  organisationId: string,
  input: { period: Period; date?: string | undefined },
  now: Date,
): Promise<LevelsReport> {
  const { timezone, settings } = await organisationOf(trx, organisationId);
  const { from, until } = daysOf(input.period, input.date ?? (await today(trx, timezone, now)));
  const bounds = await sql<{ since: Date; until: Date }>`
    select ${from}::date::timestamp at time zone ${timezone}::text as since, ${until}::date::timestamp at time zone ${timezone}::text as until`.execute(
    trx,
  );
  const { since, until: end } = bounds.rows[0]!;
  const parts = await readParts(trx, { since, until: end, now, shortSeconds: settings.levels.shortSeconds });
  const entities = await entitiesOf(trx, organisationId);
  const queues = await queuesOf(trx, organisationId);
  // who has no work and no queue any more has no line
  const shown = [{ id: null, name: null }, ...entities.filter((one) => !one.retired || of(parts, one.id).length > 0)];
  return {
    period: input.period,
    timezone,
    from,
    until,
    fromAt: since.toISOString(),
    untilAt: end.toISOString(),
    at: now.toISOString(),
    shortSeconds: settings.levels.shortSeconds,
    warnShare: settings.levels.warnShare,
    all: lineOf(parts),
    entities: shown
      .map(({ id, name }) => {
        const own = of(parts, id);
        return {
          entityId: id,
          name,
          line: lineOf(own),
          classes: byClass(own).map(([priority, some]) => ({ priority, line: lineOf(some) })),
          queues: queues
            .filter(
              (queue) => own.some((part) => part.queueId === queue.id) || (queue.entityId === id && !queue.retired),
            )
            .map((queue) => {
              const its = own.filter((part) => part.queueId === queue.id);
              return {
                queueId: queue.id,
                names: queue.names,
                goal: queue.goal,
                line: lineOf(its),
                classes: byClass(its).map(([priority, some]) => ({
                  priority,
                  targetSeconds: Math.max(...some.map((part) => part.targetSeconds)),
                  line: lineOf(some),
                })),
              };
            }),
        };
      })
      .filter((one) => one.entityId !== null || one.queues.length > 0),
  };
}

const of = (parts: Part[], entityId: string | null): Part[] => parts.filter((part) => part.entityId === entityId);

function byClass(parts: Part[]): [Priority, Part[]][] {
  return [...Map.groupBy(parts, (part) => part.priority)].sort(([a], [b]) => RANK[a] - RANK[b]);
}

function lineOf(parts: Part[]): LevelLine {
  const sums = parts.reduce((sum, part) => add(sum, part.sums), NOTHING);
  const causes: Partial<Record<Cause, number>> = {};
  for (const part of parts)
    for (const [cause, count] of Object.entries(part.causes) as [Cause, number][])
      causes[cause] = (causes[cause] ?? 0) + count;
  return { ...sums, ...figuresOf(sums), causes };
}

/** No target is longer: what came in last missed it by then. */
const LONGEST = '8 days';

async function readParts(
  trx: Trx,
  span: { since: Date; until: Date; now: Date; shortSeconds: number },
): Promise<Part[]> {
  const { rows } = await sql<Omit<Part, 'causes' | 'sums'> & Sums>`
    select entity_id as "entityId", queue_id as "queueId", priority, target_seconds as "targetSeconds", offered, answered,
      answered_in_target as "answeredInTarget", abandoned, short_abandons as "shortAbandons", called_back as "calledBack", withdrawn,
      waiting, waiting_late as "waitingLate", missed, wait_seconds as "waitSeconds"
    from hebra.service_level(${span.since}, ${span.until}, ${span.now}, ${span.shortSeconds})`.execute(trx);
  const causes = await sql<{ entityId: string | null; queueId: string; priority: Priority; cause: Cause; n: number }>`
    select c.entity_id as "entityId", c.queue_id as "queueId", c.priority, b.cause, count(*)::int as n
    from breach b join contact c on c.item_id = b.item_id
    where b.organisation_id = hebra.organisation() and b.at >= ${span.since} and b.at < ${span.until}::timestamptz + ${LONGEST}::interval
      and b.cause is not null and c.began_at >= ${span.since} and c.began_at < ${span.until}
    group by c.entity_id, c.queue_id, c.priority, b.cause`.execute(trx);
  return rows.map(({ entityId, queueId, priority, targetSeconds, ...sums }) => ({
    entityId,
    queueId,
    priority,
    targetSeconds,
    sums,
    causes: Object.fromEntries(
      causes.rows
        .filter((one) => one.entityId === entityId && one.queueId === queueId && one.priority === priority)
        .map((one) => [one.cause, one.n]),
    ),
  }));
}

async function today(trx: Trx, timezone: string, now: Date): Promise<string> {
  const { rows } = await sql<{
    day: string;
  }>`select ((${now}::timestamptz at time zone ${timezone}::text)::date)::text as day`.execute(trx);
  return rows[0]!.day;
}

/** What waits now and was warned of, or ran out of its target, by queue. */
export async function standingLevels(
  trx: Trx,
  organisationId: string,
): Promise<{ queueId: string; warned: number; missed: number }[]> {
  const { rows } = await sql<{ queueId: string; warned: number; missed: number }>`
    select i.queue_id as "queueId", count(*) filter (where b.item_id is null)::int as warned, count(b.item_id)::int as missed
    from item i left join breach b on b.item_id = i.id
    where i.organisation_id = ${organisationId} and i.state in ('queued', 'offered')
      and (b.item_id is not null or exists (select 1 from level_warning w where w.item_id = i.id))
    group by i.queue_id`.execute(trx);
  return rows;
}
