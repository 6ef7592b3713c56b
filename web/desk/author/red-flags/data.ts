import { queryOptions } from '@tanstack/react-query';
import type { PackContent, PackHead } from '../../../../server/desk/red-flags/contract.ts';
import { ask } from '../../api.ts';

export const headQuery = queryOptions<PackHead>({
  queryKey: ['red-flags', 'head'],
  staleTime: 0,
  queryFn: ({ signal }) => ask('/api/red-flags', { signal }),
});
/** Named by its hash: it does not change. */
export const packQuery = (hash: string) =>
  queryOptions<PackContent>({
    queryKey: ['red-flags', 'pack', hash],
    staleTime: Infinity,
    queryFn: ({ signal }) => ask('/api/red-flags/pack', { signal }),
  });
