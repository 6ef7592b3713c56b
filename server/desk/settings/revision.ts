import { createHash } from 'node:crypto';

/** A mark of settings as they stand, the same for the same content whatever the order of its keys. */
export function revisionOf(settings: unknown): string {
  return createHash('sha256').update(JSON.stringify(settings, inOrder)).digest('hex').slice(0, 16);
}

function inOrder(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Which parts of two settings differ, with what they were and are. */
export function differences(
  was: Record<string, unknown>,
  is: Record<string, unknown>,
): Record<string, { was: unknown; is: unknown }> {
  const found: Record<string, { was: unknown; is: unknown }> = {};
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)]))
    if (revisionOf([was[key] ?? null]) !== revisionOf([is[key] ?? null]))
      found[key] = { was: was[key] ?? null, is: is[key] ?? null };
  return found;
}
