import { hash, verify } from '@node-rs/argon2';
import { trustProblems } from './problems.ts';
import { isEasyPassword } from './rules.ts';

// 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, first choice for argon2id. About 20 ms.
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Characters a new password needs. */
const LEAST = 10;

/** argon2id with its parameters and salt, in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), ARGON2ID);
}

let nobody: Promise<string> | undefined;

/** Whether the password is right. For an unknown account (`null`) it takes the same time and is never right. */
export async function isRightPassword(stored: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const right = await verify(stored ?? (await nobody), password.normalize('NFC'));
  return stored !== null && right;
}

/** Throws a problem when a new password is too short or among the first that anyone would try. */
export function checkNewPassword(password: string, known: readonly string[]): void {
  if ([...password].length < LEAST) throw trustProblems.short_password();
  if (isEasyPassword(password, known)) throw trustProblems.easy_password();
}
