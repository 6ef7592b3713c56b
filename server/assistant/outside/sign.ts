import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * Signatures as Standard Webhooks writes them (https://www.standardwebhooks.com, specification 1.0.0): HMAC-SHA256 over
 * `id.timestamp.body`, in three headers, the same in both directions.
 */

const PREFIX = 'whsec_';
/** A signature is good for so long, before and after our clock. */
export const REPLAY_SECONDS = 300;

/** A new secret, as it is shown once to whoever runs the bot. */
export const newSigningSecret = (): string => PREFIX + randomBytes(32).toString('base64');

/** The three headers for a body. @param at epoch seconds */
export function signed(secret: string, id: string, body: string, at: number): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${macOf(secret, id, at, body)}`,
  };
}

const macOf = (secret: string, id: string, at: number, body: string | Buffer): string =>
  createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(`${id}.${at}.`)
    .update(body)
    .digest('base64');

export type Verified = { id: string; at: number };

/**
 * Whether these headers sign this body with one of the secrets, within the window. Which of it failed is not told.
 * @param now epoch seconds
 */
export function verify(
  secrets: readonly string[],
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
  now: number,
): Verified | null {
  const one = (name: string): string => (typeof headers[name] === 'string' ? headers[name] : '');
  const [id, stamp, given] = [one('webhook-id'), one('webhook-timestamp'), one('webhook-signature')];
  if (!/^[\w.-]{1,100}$/.test(id) || !/^\d{1,12}$/.test(stamp) || given.length > 1000) return null;
  const at = Number(stamp);
  const macs = given.split(' ').flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3))] : []));
  let fits = false;
  for (const secret of secrets) {
    const wanted = Buffer.from(macOf(secret, id, at, body));
    for (const mac of macs.slice(0, 5)) if (mac.length === wanted.length && timingSafeEqual(mac, wanted)) fits = true;
  }
  return fits && Math.abs(now - at) <= REPLAY_SECONDS ? { id, at } : null;
}
