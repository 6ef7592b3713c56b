import type { ConversationState, DeliveryState, InboundContent, MenuOption, OutboundContent } from './contract.ts';

/** Which state may follow which; see the drawing in README.md. A conversation that closed may be opened again. */
const NEXT: Record<ConversationState, readonly ConversationState[]> = {
  assistant: ['waiting', 'with_agent', 'closed'],
  waiting: ['with_agent', 'assistant', 'closed'],
  with_agent: ['on_hold', 'wrapping', 'waiting', 'assistant', 'closed'],
  on_hold: ['with_agent', 'wrapping', 'waiting', 'assistant', 'closed'],
  wrapping: ['closed', 'with_agent', 'waiting', 'assistant'],
  closed: ['assistant', 'waiting', 'with_agent'],
};

export function mayBecome(from: ConversationState, to: ConversationState): boolean {
  return NEXT[from].includes(to);
}

/** Whether an agent holds a conversation in this state. */
export function heldByAgent(state: ConversationState): boolean {
  return state === 'with_agent' || state === 'on_hold' || state === 'wrapping';
}

const DELIVERY_RANK: Record<DeliveryState, number> = {
  pending: 0,
  sending: 1,
  failed: 2,
  sent: 3,
  delivered: 4,
  read: 5,
};

/**
 * What a receipt makes of an outgoing message. Receipts come late, twice and out of order: a message never goes back,
 * and what the vendor says was delivered or read has not failed.
 */
export function afterReceipt(now: DeliveryState, receipt: DeliveryState): DeliveryState {
  if (receipt === 'failed') return now === 'delivered' || now === 'read' ? now : 'failed';
  return DELIVERY_RANK[receipt] > DELIVERY_RANK[now] ? receipt : now;
}

/** A vendor's clock is believed for order only: never the future, never before the window in which vendors repeat (7 days). */
export function believableTime(said: Date, now: Date): Date {
  const time = said.getTime();
  if (!Number.isFinite(time) || time > now.getTime()) return now;
  const oldest = now.getTime() - 7 * 86_400_000;
  return time < oldest ? new Date(oldest) : said;
}

/**
 * A button of a triage protocol, or the protocol picked from a list: our words, weighed by the protocol itself, which asks every
 * red flag first and says the emergency number. What the patient writes is screened there as everywhere; so is such a button when
 * the assistant is not there to weigh it.
 */
const PROTOCOL = /:protocol\.[a-z0-9_.]+$/;

/** The words of an utterance that a screen for red flags must see: text, a pick's title, a caption, a place's name. */
export function wordsOf(content: InboundContent, state?: ConversationState): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'choice':
      return (state === 'assistant' && PROTOCOL.test(content.id)) || isOfTheLine(content) ? '' : content.title;
    case 'media':
      return [content.caption, content.filename].filter(Boolean).join(' ');
    case 'location':
      return [content.name, content.address].filter(Boolean).join(' ');
    case 'contacts':
      return content.contacts.map((contact) => contact.name).join(' ');
    case 'reaction':
    case 'unsupported':
      return '';
  }
}

/** Whether the assistant has something to answer: a reaction is not an utterance. */
export function wantsAnswer(content: InboundContent): boolean {
  return content.kind !== 'reaction';
}

/** Whether it is a button under what told of a wait: our words, that mean nothing else. */
export function isOfTheLine(content: InboundContent): boolean {
  return content.kind === 'choice' && content.id.startsWith('waiting:');
}

/** Whether two conversations' words are so far apart that a new one begins rather than the closed one reopens. */
export function reopens(closedAt: Date, now: Date, windowMinutes: number): boolean {
  return now.getTime() - closedAt.getTime() <= windowMinutes * 60_000;
}

/** A text, with the buttons under it where there are any. */
export function withButtons(text: string, options: MenuOption[] = []): OutboundContent {
  return options.length > 0 ? { kind: 'menu', text, options } : { kind: 'text', text };
}

/** A message's kind as its row says it. */
export function kindOf(content: InboundContent | OutboundContent): string {
  return content.kind === 'media' ? content.media : content.kind;
}
