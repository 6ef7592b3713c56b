import { sql } from 'kysely';
import type { WebSocket } from 'ws';
import type { Trx } from '../../platform/postgres.ts';
import { queuesOf } from '../../routing/queues.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Cursor, QueueHead } from '../contract.ts';
import { headsOf } from '../inbox.ts';
import type { Placement } from '../internal/rows.ts';

/** Where a conversation stands that is on no list. */
export const NOTHING: Placement = { agentId: null, queueId: null, offeredTo: null, alarm: false };

/** A desk that is open, and what is on it. */
export type Client = {
  socket: WebSocket;
  actor: StaffActor;
  connectionId: string;
  /** It sees lists (an agent's desk), not only what it watches. */
  lists: boolean;
  /** It sees every hard flag that stands. */
  alarms: boolean;
  /** Ids of the queues on this desk. */
  queues: Set<string>;
  watched: Map<string, Set<string>>;
  /** Said hello: frames go out. */
  greeted: boolean;
  /** Everything up to here was sent or did not concern it. */
  cursor: Cursor;
  told: Cursor;
  missed: number;
};

/** One organisation as the desks of this process follow it. Everything runs in one line: events, hellos, watches. */
export type Board = {
  organisationId: string;
  clients: Set<Client>;
  line: Promise<void>;
  position: Cursor;
  placements: Map<string, Placement>;
  heads: Map<string, string>;
  stop: () => void;
};

/** Where every conversation that waits or is worked on stands now, and the heads of the queues. */
export async function readBoard(trx: Trx, board: Board, now: Date): Promise<void> {
  const { rows } = await sql<{ conversation_id: string; state: string; agent_id: string | null; queue_id: string }>`
    select conversation_id, state, agent_id, queue_id from item
    where organisation_id = ${board.organisationId} and state in ('queued', 'offered', 'accepted') and kind = 'conversation'`.execute(
    trx,
  );
  for (const row of rows)
    board.placements.set(row.conversation_id, {
      agentId: row.state === 'accepted' ? row.agent_id : null,
      queueId: row.state === 'accepted' ? null : row.queue_id,
      offeredTo: row.state === 'offered' ? row.agent_id : null,
      // not read here: a desk is told of one that is gone though it may never have shown it
      alarm: true,
    });
  await readHeads(trx, board, now);
}

/** Reads the heads of all queues. @returns those that changed since */
export async function readHeads(trx: Trx, board: Board, now: Date): Promise<QueueHead[]> {
  const queues = (await queuesOf(trx, board.organisationId)).filter((queue) => !queue.retired);
  const changed: QueueHead[] = [];
  for (const head of await headsOf(trx, board.organisationId, queues, now)) {
    const text = JSON.stringify(head);
    if (board.heads.get(head.id) !== text) changed.push(head);
    board.heads.set(head.id, text);
  }
  return changed;
}
