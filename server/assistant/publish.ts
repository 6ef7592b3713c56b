import type { Trx } from '../platform/postgres.ts';
import { findings } from './check.ts';
import { OWN_FLOWS, readFlows, storeSet } from './flows.ts';

/**
 * Checks a folder of flows and makes an organisation's new conversations begin with them; those under way end on the
 * flows they began with. The same flows again change nothing.
 * @returns the hash of the set
 * @throws when the check finds an error: a broken flow is never published
 */
export async function publishFlows(
  trx: Trx,
  organisationId: string,
  folder: string = OWN_FLOWS,
  publishedBy?: string,
): Promise<string> {
  const { set, problems } = await readFlows(folder);
  if (!set) throw new Error(`flows not published: ${problems.map((one) => `${one.file}: ${one.message}`).join('; ')}`);
  const errors = findings(set).filter((one) => one.severity === 'error');
  if (errors.length)
    throw new Error(
      `flows not published: ${errors.map((one) => `${one.flow}/${one.step ?? ''}: ${one.message}`).join('; ')}`,
    );
  return storeSet(trx, organisationId, set, publishedBy);
}
