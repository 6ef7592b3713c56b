import { queryOptions } from '@tanstack/react-query';
import type { ProtocolList, ProtocolView } from '../../../../server/desk/protocols/contract.ts';
import { ask } from '../../api.ts';

export const protocolsQuery = queryOptions<ProtocolList>({
  queryKey: ['protocols', 'list'],
  staleTime: 0,
  queryFn: ({ signal }) => ask('/api/protocols', { signal }),
});
export const protocolQuery = (id: string) =>
  queryOptions<ProtocolView>({
    queryKey: ['protocols', 'one', id],
    staleTime: 0,
    queryFn: ({ signal }) => ask(`/api/protocols/${encodeURIComponent(id)}`, { signal }),
  });

/** How a version stands: its state, or that the signature of an active one has run out. */
export type Shown = ProtocolView['state'] | 'expired';
export function shownState(
  one: Pick<ProtocolView, 'state' | 'signedUntil'>,
  now: string = new Date().toISOString(),
): Shown {
  const holds = one.signedUntil !== null && one.signedUntil > now;
  return (one.state === 'active' || one.state === 'signed') && !holds ? 'expired' : one.state;
}
