import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { tasksList } from '../../../server/routing/tasks/contract.ts';
import { ask } from '../api.ts';
import { queries } from '../data.ts';

/** Tasks of this agent or of the team; frames say when to fetch again. */
export const tasksQuery = (whose: 'mine' | 'team', ended: boolean) =>
  queryOptions<z.infer<typeof tasksList>>({
    queryKey: ['tasks', whose, ended],
    staleTime: 60_000,
    queryFn: ({ signal }) => ask(`/api/tasks?whose=${whose}&ended=${ended}`, { signal }),
  });

/** Fetches again all that shows tasks. */
export const renewTasks = (): Promise<void> => queries.invalidateQueries({ queryKey: ['tasks'] });
