import { PRIORITIES, type Priority } from '../../../server/conversation/contract.ts';

/** What the room shows beside the queues, and what it is narrowed to. */
export type RoomSearch = {
  show?: 'waiting' | 'held';
  queue?: string;
  priority?: Priority;
  agent?: string;
  entity?: string;
};

/** What of an address the room understands. */
export function roomSearch(search: Record<string, unknown>): RoomSearch {
  const text = (name: string) => (typeof search[name] === 'string' ? { [name]: search[name] } : {});
  return {
    ...(search['show'] === 'waiting' || search['show'] === 'held' ? { show: search['show'] } : {}),
    ...text('queue'),
    ...text('agent'),
    ...text('entity'),
    ...((PRIORITIES as readonly unknown[]).includes(search['priority'])
      ? { priority: search['priority'] as Priority }
      : {}),
  };
}
