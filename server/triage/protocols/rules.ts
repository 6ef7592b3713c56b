import type { ProtocolState } from './contract.ts';

/** Which state may follow which; migrations/0012 refuses the rest too. */
const NEXT: Record<ProtocolState, ProtocolState | null> = {
  draft: 'reviewed',
  reviewed: 'signed',
  signed: 'active',
  active: 'retired',
  retired: null,
};
export const mayFollow = (from: ProtocolState, to: ProtocolState): boolean => NEXT[from] === to;

/** Whether a version may serve patients: active, and its signature holds. */
export function isInForce(state: ProtocolState, signedUntil: Date | null, now: Date): boolean {
  return state === 'active' && signedUntil !== null && signedUntil > now;
}

/** Contact about the same again within this long raises the outcome by one level. */
export const REPEAT_HOURS = 72;
