import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Organisation } from '../../trust/organisation.ts';
import {
  type OwnWay,
  ownWay,
  WAYS,
  type WayKind,
  waysContent,
  type WaysContent,
  type WaysVersion,
} from './contract.ts';
import { wayProblems } from './problems.ts';

export type Published = { version: WaysVersion; content: WaysContent };

type Row = {
  number: number;
  content: unknown;
  note: string | null;
  restored: number | null;
  published_at: Date;
  by: string | null;
};

const versionOf = (row: Row): WaysVersion => ({
  number: row.number,
  note: row.note,
  restored: row.restored,
  by: row.by,
  at: row.published_at.toISOString(),
});

/** What is in force: the last published, else what the organisation's settings say, with no rule. */
export async function waysInForce(trx: Trx, organisation: Organisation): Promise<Published> {
  const { rows } = await sql<Row>`
    select v.number, v.content, v.note, v.restored, v.published_at, m.name as by
    from ways_version v left join membership m on m.id = v.published_by
    where v.organisation_id = ${organisation.id} order by v.number desc limit 1`.execute(trx);
  const row = rows[0];
  if (row) return { version: versionOf(row), content: waysContent.parse(row.content) };
  return {
    version: { number: 0, note: null, restored: null, by: null, at: null },
    content: waysContent.parse({ ways: unpublishedWays(organisation), rules: [] }),
  };
}

/** Nobody published yet: the ways of the settings, in their order; without any, every way that works. */
function unpublishedWays({ settings }: Organisation): OwnWay[] {
  const bare = (kind: WayKind): OwnWay => ({ kind, on: true, href: null, label: null, hint: null, queue: null });
  const given = settings.webchat.ways;
  if (given.length === 0) return WAYS.map(bare);
  const ways = new Map<WayKind, OwnWay>();
  for (const { kind, href, label } of given) {
    const four = { es: '', ca: '', en: '', pt: '', ...label };
    const some = Object.values(four).find((text) => text !== '');
    const named = some ? Object.fromEntries(Object.entries(four).map(([key, text]) => [key, text || some])) : null;
    // a link that no way can follow is left out, not followed
    const read = ownWay.safeParse({ ...bare(kind), href: href ?? null, label: named });
    ways.set(kind, read.success ? read.data : bare(kind));
    if (kind === 'callback') ways.set('callback_at', bare('callback_at'));
  }
  return [...ways.values()];
}

/** Every version, newest first. */
export async function waysHistory(trx: Trx, organisationId: string): Promise<WaysVersion[]> {
  const { rows } = await sql<Row>`
    select v.number, v.note, v.restored, v.published_at, m.name as by
    from ways_version v left join membership m on m.id = v.published_by
    where v.organisation_id = ${organisationId} order by v.number desc limit 200`.execute(trx);
  return rows.map(versionOf);
}

/** One version as it was published. @throws ways.version_not_found */
export async function waysVersion(trx: Trx, organisationId: string, number: number): Promise<Published> {
  const { rows } = await sql<Row>`
    select v.number, v.content, v.note, v.restored, v.published_at, m.name as by
    from ways_version v left join membership m on m.id = v.published_by
    where v.organisation_id = ${organisationId} and v.number = ${number}`.execute(trx);
  const row = rows[0];
  if (!row) throw wayProblems.version_not_found();
  return { version: versionOf(row), content: waysContent.parse(row.content) };
}

/**
 * Puts a content in force as the next version, with an audit entry that names what changed.
 * @throws ways.moved_on (another version came in between)
 */
export async function publishWays(
  trx: Trx,
  actor: Actor,
  organisation: Organisation,
  input: { base: number; content: WaysContent; note?: string | undefined; restored?: number; now: Date },
): Promise<number> {
  const organisationId = organisation.id;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`ways:${organisationId}`}, 0))`.execute(trx);
  const before = await waysInForce(trx, organisation);
  if (before.version.number !== input.base) throw wayProblems.moved_on({ extra: { version: before.version.number } });
  const number = before.version.number + 1;
  const id = uuid();
  await sql`
    insert into ways_version (organisation_id, id, number, content, note, restored, published_at, published_by)
    values (${organisationId}, ${id}, ${number}, ${JSON.stringify(input.content)}::jsonb, ${input.note || null}, ${input.restored ?? null},
      ${input.now}, ${actor.kind === 'staff' ? actor.membershipId : null})`.execute(trx);
  await audit(trx, actor, {
    action: input.restored === undefined ? 'publish' : 'restore',
    subject: { kind: 'ways', id },
    detail: { version: number, restored: input.restored ?? null, ...difference(before.content, input.content) },
  });
  return number;
}

/** What one version has that the other has not, by rule and way. */
function difference(
  before: WaysContent,
  after: WaysContent,
): Record<'added' | 'removed' | 'changed' | 'ways', string[]> {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const was = new Map(before.rules.map((rule) => [rule.id, rule]));
  const is = new Map(after.rules.map((rule) => [rule.id, rule]));
  const order = (rules: typeof was): string[] => [...rules.keys()].filter((id) => was.has(id) && is.has(id));
  const moved = same(order(was), order(is)) ? [] : ['order'];
  return {
    added: [...is.keys()].filter((id) => !was.has(id)),
    removed: [...was.keys()].filter((id) => !is.has(id)),
    changed: [
      ...[...is.values()].filter((rule) => was.has(rule.id) && !same(was.get(rule.id), rule)).map((rule) => rule.id),
      ...moved,
    ],
    ways: same(before.ways, after.ways)
      ? []
      : after.ways.filter((way, nth) => !same(before.ways[nth], way)).map((way) => way.kind),
  };
}
