import type { FailureReason, Sent } from '../contract.ts';

type Verdict =
  | { action: 'retry'; scope: 'person' | 'number'; reason: FailureReason }
  | { action: 'final'; reason: FailureReason };

const number: Verdict = { action: 'retry', scope: 'number', reason: 'rate' };
const away: Verdict = { action: 'retry', scope: 'person', reason: 'unreachable' };
const final = (reason: FailureReason): Verdict => ({ action: 'final', reason });

/**
 * What Meta's error codes mean for us.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */
const CODES: Record<number, Verdict> = {
  // throttling
  4: number, // application's calls
  80007: number, // business account's calls
  130429: number, // throughput of the number
  131057: number, // the number is being upgraded, about a minute
  133016: number,
  131056: { action: 'retry', scope: 'person', reason: 'rate' }, // too many to one person
  // the service
  1: away,
  2: away,
  131000: away,
  131016: away,
  133004: away,
  // may not
  0: final('not_allowed'),
  3: final('not_allowed'),
  10: final('not_allowed'),
  190: final('not_allowed'),
  131005: final('not_allowed'),
  133010: final('disconnected'), // number not registered
  33: final('disconnected'), // number deleted
  368: final('account_restricted'),
  130497: final('account_restricted'),
  131031: final('account_restricted'),
  // spam limit: this number sends too much that people block; trying again makes it worse
  131048: final('account_restricted'),
  131042: final('payment'),
  // the person
  131026: final('undeliverable'),
  131021: final('undeliverable'), // sender is recipient
  131030: final('undeliverable'), // not on a test number's list
  131045: final('not_allowed'),
  131047: final('window_closed'),
  131049: final('withheld'),
  131050: final('withheld'), // the person stopped marketing messages
  130472: final('withheld'), // experiment
  // the message
  100: final('rejected'),
  131008: final('rejected'),
  131009: final('rejected'),
  131051: final('rejected'),
  131052: final('media'),
  131053: final('media'),
  132000: final('template'),
  132001: final('template'),
  132005: final('template'),
  132007: final('template'),
  132012: final('template'),
  132015: final('template'),
  132016: final('template'),
};

/**
 * What an answer other than 200 leads to. A code we do not know follows its HTTP status: 429 and 5xx come again.
 * @param body Meta's answer, `{error: {code, …}}` if it is one
 */
export function judge(status: number, body: unknown, retryAfter: string | undefined): Sent {
  const raw = (body as { error?: { code?: unknown } } | null | undefined)?.error?.code;
  const code = typeof raw === 'number' ? raw : Number.NaN;
  const verdict = CODES[code] ?? byStatus(status, code);
  const told = Number.isNaN(code) ? `http_${status}` : String(code);
  if (verdict.action === 'final') return { outcome: 'failed', reason: verdict.reason, code: told };
  const seconds = Number(retryAfter);
  return {
    outcome: 'retry',
    scope: verdict.scope,
    reason: verdict.reason,
    code: told,
    afterMs: Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 300) * 1000 : undefined,
  };
}

/** The reason to store for a code that came later, by a status notification. */
export function reasonOf(code: string): FailureReason {
  return (CODES[Number(code)] ?? byStatus(400, Number(code))).reason;
}

function byStatus(status: number, code: number): Verdict {
  if (status === 429) return number;
  if (status >= 500 || status === 408) return away;
  // 200–299: permissions
  if ((code >= 200 && code <= 299) || status === 401 || status === 403) return final('not_allowed');
  return final('rejected');
}
