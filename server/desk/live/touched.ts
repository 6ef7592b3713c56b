import type { EventRow } from '../../platform/live.ts';
import type { ServerFrame } from './contract.ts';

/** What a page of events may have changed on a desk: read again by id, not by what the events say. */
export type Touched = {
  conversations: Set<string>;
  messages: Map<string, Set<string>>;
  /** Conversations whose summary or trace may be new. */
  learned: Set<string>;
  /** Agents and queues that events of a conversation name: where it was on the way, though it is there no more. */
  hints: Map<string, { agents: Set<string>; queues: Set<string> }>;
  agents: Set<string>;
  people: Set<string>;
  heads: boolean;
  typing: Extract<ServerFrame, { type: 'typing' }>[];
  endedSessions: Set<string>;
  /** Agents of whom colleagues ask something, or something changed of what they were asked. */
  joined: Set<string>;
  /** A task changed, or was put before somebody. */
  tasks: boolean;
  /** A call-back changed, or before whom it is. */
  callBacks: boolean;
  /** Agents whose queues may be others now. */
  resettled: Set<string>;
  /** Queues were added, changed or retired. */
  everyone: boolean;
};

/** @param events in their order */
export function touchedBy(events: EventRow[]): Touched {
  const touched: Touched = {
    conversations: new Set(),
    messages: new Map(),
    learned: new Set(),
    hints: new Map(),
    agents: new Set(),
    people: new Set(),
    heads: false,
    typing: [],
    endedSessions: new Set(),
    joined: new Set(),
    tasks: false,
    callBacks: false,
    resettled: new Set(),
    everyone: false,
  };
  for (const event of events) {
    const { kind, conversationId, payload } = event;
    const text = (name: string): string | null => (typeof payload[name] === 'string' ? payload[name] : null);
    const agentId = text('agentId');
    if (kind === 'typing') {
      if (conversationId)
        touched.typing.push({
          type: 'typing',
          conversationId,
          who: payload['who'] === 'agent' ? 'agent' : 'patient',
          agentId,
          name: null,
        });
      continue;
    }
    if (kind === 'joining.changed')
      for (const id of Array.isArray(payload['agents']) ? payload['agents'] : []) touched.joined.add(String(id));
    // what is routed and is no conversation has its own list
    if (kind === 'task.changed' || (!conversationId && /^(item|offer)\./.test(kind))) touched.tasks = true;
    if (kind === 'call_back.changed') touched.callBacks = true;
    if (kind === 'session.ended' && text('sessionId')) touched.endedSessions.add(text('sessionId')!);
    if (kind === 'queue.changed') touched.everyone = true;
    if (kind === 'queue.hours' || kind === 'presence.changed' || kind === 'agent.changed') touched.heads = true;
    if (kind === 'agent.changed' && agentId) touched.resettled.add(agentId);
    if (kind === 'person.proved' && text('personId')) touched.people.add(text('personId')!);
    if (agentId && /^(item|offer|presence|agent)\./.test(kind)) touched.agents.add(agentId);
    if (!conversationId) continue;
    touched.conversations.add(conversationId);
    const hints = touched.hints.get(conversationId) ?? { agents: new Set(), queues: new Set() };
    touched.hints.set(conversationId, hints);
    if (agentId) hints.agents.add(agentId);
    for (const name of ['queueId', 'fromQueueId']) if (text(name)) hints.queues.add(text(name)!);
    const messageId = text('messageId');
    if (messageId)
      touched.messages.set(conversationId, (touched.messages.get(conversationId) ?? new Set()).add(messageId));
    if (kind === 'conversation.changed' || (kind === 'message.added' && payload['direction'] === 'system'))
      touched.learned.add(conversationId);
  }
  return touched;
}
