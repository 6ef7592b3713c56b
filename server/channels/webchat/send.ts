import type { Channel } from '../contract.ts';

/**
 * The web window as a channel to send on. A stored message is a sent one: the browser reads it from the database,
 * now over its socket or later when it comes back. It is delivered when a socket proved to have got it (live.ts).
 */
export function createWebchatChannel(): Channel {
  return { send: (departing) => Promise.resolve({ outcome: 'sent', externalId: departing.messageId }) };
}
