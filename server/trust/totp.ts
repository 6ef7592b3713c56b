import { createHmac, randomBytes } from 'node:crypto';

/** Seconds a code is good for (RFC 6238 §5.2). */
const STEP_S = 30;
const DIGITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret of 160 bits, as RFC 4226 §4 recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

/** The code of a time step: HMAC-SHA-1 and dynamic truncation (RFC 4226 §5.3). SHA-1 because phones know no other. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest[digest.length - 1]! & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step that a moment lies in. */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_S);
}

/**
 * The step whose code this is: the present one, or a neighbour for clocks that are off by up to half a minute.
 * Null when it is none of them, or one not newer than `after`: a code is never good twice.
 */
export function matchTotp(secret: Buffer, code: string, now: Date, after: number): number | null {
  const present = totpStep(now);
  let matched: number | null = null;
  // All three are computed whatever the first says.
  for (const step of [present - 1, present, present + 1])
    if (totpCode(secret, step) === code && step > after) matched = step;
  return matched;
}

/** RFC 4648 base32 without padding, as authenticator apps take it. */
export function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** What an authenticator app scans (Key URI format of Google Authenticator). */
export function otpauthUri(secret: Buffer, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP_S}`;
}
