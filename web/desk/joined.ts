import { inThread, type ConversationView } from '../../server/desk/contract.ts';

/** The last page as just fetched, with the earlier ones held before it where they join without a gap. */
export function joined(held: ConversationView, fetched: ConversationView): ConversationView {
  const first = Math.min(...fetched.messages.map((message) => message.seq));
  const earlier = held.messages.filter((message) => message.seq < first);
  if (!earlier.some((message) => message.seq === first - 1)) return fetched;
  return { ...fetched, messages: [...earlier, ...fetched.messages].sort(inThread), before: held.before };
}
