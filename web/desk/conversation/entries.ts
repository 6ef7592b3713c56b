import type { ConversationView, MessageView } from '../../../server/desk/contract.ts';
import type { ChannelKind } from '../../../server/conversation/contract.ts';
import { dayOf } from '../../ui/format.ts';

/** What the thread shows, in order. Pure: from messages to lines. */
export type Entry =
  | { kind: 'day'; key: string; at: Date }
  | { kind: 'channel'; key: string; channel: ChannelKind; first: boolean; at: Date }
  | { kind: 'event'; key: string; what: string; detail: Record<string, unknown>; at: Date }
  | { kind: 'new'; key: string }
  | { kind: 'known'; key: string; hidden: number }
  | { kind: 'message'; key: string; message: MessageView; chosen: ReadonlySet<string> };

/** Messages of the assistant's part that stay in sight: the last words before a person came. */
const KEPT_IN_SIGHT = 2;
/** Fewer are not worth hiding. */
const WORTH_HIDING = 4;

/**
 * @param newFrom the first seq the agent had not seen when they came; null: none
 * @param all whether the assistant's part is shown whole
 */
export function entriesOf(view: ConversationView, zone: string, newFrom: number | null, all: boolean): Entry[] {
  const { messages } = view;
  const chosen = choices(messages);
  const cut = cutOf(view);
  const hidden = all || view.summary.length === 0 ? 0 : Math.max(0, cut.utterances - KEPT_IN_SIGHT);
  const hide = hidden >= WORTH_HIDING ? hidden : 0;
  const known = view.summary.length > 0 || view.trace.length > 0;
  const entries: Entry[] = [];
  let day = '';
  let channel: ChannelKind | null = null;
  let seen = 0;
  let put = !known;
  let marked = newFrom === null;
  for (const message of messages) {
    // its place in the thread: a clock that is years off moves no day line
    const at = new Date(message.shownAt);
    const said = isUtterance(message);
    if (said) seen += 1;
    // who they are and what is known stands before the first words that are shown
    if (!put && (hide > 0 ? seen > hide : true) && (hide > 0 || message.seq >= cut.seq)) {
      entries.push({ kind: 'known', key: 'known', hidden: hide });
      put = true;
    }
    const skipped = seen <= hide && hide > 0;
    if (message.direction === 'in' && message.channel && message.channel !== channel) {
      entries.push({
        kind: 'channel',
        key: `c${message.id}`,
        channel: message.channel,
        first: channel === null && view.before === null,
        at,
      });
      channel = message.channel;
    }
    // how a red flag went is never folded away
    if (skipped && (message.direction !== 'system' || eventOf(message)?.what !== 'flag')) continue;
    const today = dayOf(at, zone);
    if (today !== day) {
      entries.push({ kind: 'day', key: today, at });
      day = today;
    }
    if (!marked && said && message.seq >= newFrom!) {
      if (message.direction === 'in') entries.push({ kind: 'new', key: 'new' });
      marked = true;
    }
    if (message.direction === 'system') {
      const event = eventOf(message);
      if (event) entries.push({ kind: 'event', key: message.id, ...event, at });
    } else entries.push({ kind: 'message', key: message.id, message, chosen: chosen.get(message.id) ?? NONE });
  }
  if (!put) entries.push({ kind: 'known', key: 'known', hidden: hide });
  return entries;
}

const NONE: ReadonlySet<string> = new Set();

/** Where the assistant's part ends: at the first colleague, else at the end. */
function cutOf(view: ConversationView): { utterances: number; seq: number } {
  // the last page of a long conversation: the assistant ended further up, and nothing here is its part
  if (
    view.before !== null &&
    !view.messages.some((message) => message.direction === 'out' && message.author === 'assistant')
  )
    return { utterances: 0, seq: 0 };
  let utterances = 0;
  let lastSaid = 0;
  for (const message of view.messages) {
    const event = message.direction === 'system' ? eventOf(message)?.what : undefined;
    if (event === 'joined' || event === 'assigned' || message.author === 'staff')
      return { utterances, seq: message.seq };
    if (isUtterance(message)) {
      utterances += 1;
      lastSaid = message.seq;
    }
  }
  return { utterances, seq: lastSaid };
}

const isUtterance = (message: MessageView): boolean => message.direction === 'in' || message.direction === 'out';

/** What the assistant did is told on the card, not as knots. */
function eventOf(message: MessageView): { what: string; detail: Record<string, unknown> } | null {
  const content = message.content as { kind: string; what?: string; detail?: Record<string, unknown> };
  const what = content.what ?? content.kind;
  if (what === 'trace' || what === 'system') return null;
  return { what, detail: content.detail ?? {} };
}

/** Which options of which menu were picked: an answer belongs to the nearest menu before it that has it. */
function choices(messages: MessageView[]): Map<string, Set<string>> {
  const picked = new Map<string, Set<string>>();
  messages.forEach((message, i) => {
    if (message.content.kind !== 'choice') return;
    const { id } = message.content;
    for (let j = i - 1; j >= 0; j--) {
      const menu = messages[j]!;
      if (menu.content.kind !== 'menu' || !menu.content.options.some((option) => option.id === id)) continue;
      picked.set(menu.id, (picked.get(menu.id) ?? new Set()).add(id));
      return;
    }
  });
  return picked;
}
