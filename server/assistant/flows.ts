import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { parse } from 'yaml';
import type { Trx } from '../platform/postgres.ts';
import { flowShape, settingsShape } from './contract.ts';
import type { Flow, FlowSet, Settings } from './contract.ts';

/** Where the settings of a set stand among its flows; no flow may be called so. */
const SETTINGS = 'assistant';

/** The flows that come with the project. */
export const OWN_FLOWS = join(import.meta.dirname, '../../flows');

/** The same content has the same text: keys in order, at every depth. */
function canonical<T>(value: T): T {
  if (Array.isArray(value)) return value.map(canonical) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  ) as T;
}

const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('hex');

/** A set of flows with its hash: sha256 over the canonical content of its settings and flows. */
export function makeSet(settings: Settings, flows: Flow[]): FlowSet {
  const named = canonical(Object.fromEntries(flows.map((flow) => [flow.flow, flow])));
  return { hash: hashOf({ settings, flows: named }), settings: canonical(settings), flows: named };
}

export type Read = { set: FlowSet | null; problems: { file: string; message: string }[] };

/** Reads a folder of YAML flows. What is not shaped as the schema asks is told by file, all of it at once. */
export async function readFlows(folder: string): Promise<Read> {
  const problems: Read['problems'] = [];
  const flows: Flow[] = [];
  let settings: Settings | undefined;
  const files = (await readdir(folder)).filter((file) => /\.ya?ml$/.test(file)).sort();
  for (const file of files) {
    let content: unknown;
    try {
      content = parse(await readFile(join(folder, file), 'utf8'), { maxAliasCount: 50 });
    } catch (error) {
      problems.push({ file, message: (error as Error).message.split('\n')[0]! });
      continue;
    }
    const isSettings = typeof content === 'object' && content !== null && SETTINGS in content;
    const shaped = isSettings ? settingsShape.safeParse(content) : flowShape.safeParse(content);
    if (!shaped.success) {
      for (const issue of shaped.error.issues.slice(0, 10))
        problems.push({ file, message: `${issue.path.join('.')}: ${issue.message}` });
    } else if (isSettings) settings = shaped.data as Settings;
    else if (flows.some((flow) => flow.flow === (shaped.data as Flow).flow))
      problems.push({ file, message: `flow ${(shaped.data as Flow).flow} is there twice` });
    else flows.push(shaped.data as Flow);
  }
  if (!settings)
    problems.push({ file: `${SETTINGS}.yaml`, message: 'missing: where a conversation begins, its queues and texts' });
  return { set: settings && problems.length === 0 ? makeSet(settings, flows) : null, problems };
}

/**
 * Stores a set and makes new conversations begin with it; those under way end on the one they began with.
 * The same set again changes nothing. The caller has checked it (check.ts).
 * @returns its hash
 */
export async function storeSet(trx: Trx, organisationId: string, set: FlowSet, publishedBy?: string): Promise<string> {
  const parts: [string, unknown][] = [[SETTINGS, set.settings], ...Object.entries(set.flows)];
  const hashes = Object.fromEntries(parts.map(([name, content]) => [name, hashOf(content)]));
  await sql`
    insert into flow_version (organisation_id, hash, flow, content)
    select ${organisationId}::uuid, h, f, c from unnest(${parts.map(([name]) => hashes[name]!)}::text[], ${parts.map(([name]) => name)}::text[],
      ${parts.map(([, content]) => JSON.stringify(content))}::jsonb[]) as t(h, f, c)
    on conflict do nothing`.execute(trx);
  await sql`
    insert into flow_set (organisation_id, hash, flows) values (${organisationId}::uuid, ${set.hash}, ${JSON.stringify(hashes)}::jsonb)
    on conflict do nothing`.execute(trx);
  await sql`
    insert into flow_publication (organisation_id, set_hash, published_by)
    select ${organisationId}::uuid, ${set.hash}, ${publishedBy ?? null}::uuid
    where ${set.hash} is distinct from (select set_hash from flow_publication where organisation_id = ${organisationId}::uuid order by id desc limit 1)`.execute(
    trx,
  );
  return set.hash;
}

/** Hash of the set that new conversations begin with, or null where nothing was published. */
export async function publishedHash(trx: Trx, organisationId: string): Promise<string | null> {
  const { rows } = await sql<{ set_hash: string }>`
    select set_hash from flow_publication where organisation_id = ${organisationId}::uuid order by id desc limit 1`.execute(
    trx,
  );
  return rows[0]?.set_hash ?? null;
}

/** A stored set by its hash, or null. */
export async function loadSet(trx: Trx, organisationId: string, hash: string): Promise<FlowSet | null> {
  const { rows } = await sql<{ flow: string; content: unknown }>`
    select v.flow, v.content from flow_set s cross join lateral jsonb_each_text(s.flows) as f(name, hash)
    join flow_version v on v.organisation_id = s.organisation_id and v.hash = f.hash
    where s.organisation_id = ${organisationId}::uuid and s.hash = ${hash}`.execute(trx);
  const settings = rows.find((row) => row.flow === SETTINGS);
  if (!settings) return null;
  const set = makeSet(
    settingsShape.parse(settings.content),
    rows.filter((row) => row.flow !== SETTINGS).map((row) => flowShape.parse(row.content)),
  );
  // what was stored is what was checked, or it is not run
  return set.hash === hash ? set : null;
}
