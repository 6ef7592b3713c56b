import type { Clock } from '../../platform/clock.ts';
import { type Database, within } from '../../platform/postgres.ts';
import type { Vault } from '../../trust/vault.ts';
import { costOf, type Held, hold, settle, tokensOf } from './budget.ts';
import { type Complete, type Message, ModelFailed } from './client.ts';
import type { Purpose } from './contract.ts';
import { keepCall, type Logged } from './log.ts';
import { type Model, modelOf, purposesOn } from './settings.ts';

export type AskDeps = { db: Database; vault: Vault; clock: Clock; complete: Complete };

/** One question to the model. Its words are redacted already: nothing here knows what the tokens stand for. */
export type Question<T> = {
  organisationId: string;
  purpose: Purpose | 'test';
  system: string;
  user: string;
  maxTokens: number;
  json: boolean;
  stream: boolean;
  deadline: Date;
  /** The answer, if it holds. */
  read(text: string): T | null;
  /** Said once to a model whose answer did not hold. */
  repair?: string;
};
export type Outcome<T> =
  | { ok: true; value: T }
  | { ok: false; why: 'off' | 'budget' | 'timeout' | 'refused' | 'failed'; reason: string };

/** Less time than this is not worth a call. */
const LEAST_MS = 300;

/**
 * Asks the model, if the organisation agreed to this purpose and the month's budget has room: both are looked at now,
 * not when the patient wrote. Every call, and every one that was not made, is kept for review.
 */
export async function askModel<T>(deps: AskDeps, question: Question<T>): Promise<Outcome<T>> {
  const messages: Message[] = [
    { role: 'system', text: question.system },
    { role: 'user', text: question.user },
  ];
  const first = await once(deps, question, messages);
  if (!('text' in first)) return first;
  if (first.value !== null) return { ok: true, value: first.value };
  if (question.repair === undefined) return { ok: false, why: 'refused', reason: 'no_hold' };
  const again: Message[] = [
    ...messages,
    { role: 'assistant', text: first.text.slice(0, 2_000) },
    { role: 'user', text: question.repair },
  ];
  const second = await once(deps, question, again);
  if (!('text' in second)) return second;
  return second.value === null ? { ok: false, why: 'refused', reason: 'no_hold' } : { ok: true, value: second.value };
}

async function once<T>(
  deps: AskDeps,
  question: Question<T>,
  messages: Message[],
): Promise<{ text: string; value: T | null } | Extract<Outcome<T>, { ok: false }>> {
  const { organisationId, purpose } = question;
  const sent = messages
    .slice(1)
    .map((one) => one.text)
    .join('\n---\n');
  const tokensIn = tokensOf(messages.map((one) => one.text).join('')) + 20 * messages.length;
  const ready = await within(
    deps.db,
    organisationId,
    async (trx): Promise<{ model: Model; held: Held } | { why: 'off' | 'budget' }> => {
      const model = await modelOf(trx, deps.vault, organisationId);
      if (!model || model.stopped) return { why: 'off' };
      if (purpose !== 'test' && !(await purposesOn(trx, organisationId)).has(purpose)) return { why: 'off' };
      const held = await hold(trx, organisationId, model, tokensIn, question.maxTokens, deps.clock());
      if (held) return { model, held };
      await keepCall(
        trx,
        deps.vault,
        organisationId,
        { purpose, provider: model.provider, outcome: 'budget' },
        deps.clock(),
        model.retentionDays,
      );
      return { why: 'budget' };
    },
  );
  if ('why' in ready) return { ok: false, why: ready.why, reason: ready.why };
  const { model, held } = ready;
  const began = performance.now();
  const left = Math.min(model.timeoutMs, question.deadline.getTime() - deps.clock().getTime());
  const done = async (logged: Omit<Logged, 'purpose' | 'provider'>): Promise<void> => {
    const used = { tokensIn: logged.tokensIn ?? 0, tokensOut: logged.tokensOut ?? 0 };
    const micros = costOf(model, used.tokensIn, used.tokensOut);
    await within(deps.db, organisationId, async (trx) => {
      await settle(trx, organisationId, held, { ...used, micros });
      await keepCall(
        trx,
        deps.vault,
        organisationId,
        { ...logged, purpose, provider: model.provider, micros, ms: performance.now() - began, sent },
        deps.clock(),
        model.retentionDays,
      );
    });
  };
  if (left < LEAST_MS) {
    await done({ outcome: 'failed', reason: 'timeout' });
    return { ok: false, why: 'timeout', reason: 'timeout' };
  }
  try {
    const { maxTokens, json, stream } = question;
    const answered = await deps.complete(model, {
      messages,
      maxTokens,
      json,
      stream,
      signal: AbortSignal.timeout(left),
    });
    const value = question.read(answered.text);
    // a server that does not count is counted by us
    const used = { tokensIn: answered.tokensIn ?? tokensIn, tokensOut: answered.tokensOut ?? tokensOf(answered.text) };
    await done({ outcome: value === null ? 'refused' : 'answered', ...used, answer: answered.text });
    return { text: answered.text, value };
  } catch (error) {
    const reason = error instanceof ModelFailed ? error.why : 'failed';
    // what was sent may have been charged
    await done({ outcome: 'failed', reason, tokensIn: reason.startsWith('http_4') ? 0 : tokensIn });
    return { ok: false, why: reason === 'timeout' ? 'timeout' : 'failed', reason };
  }
}

/** Keeps that something did not leave, and why; nothing of what it was. */
export async function keepBlocked(
  deps: AskDeps,
  organisationId: string,
  purpose: Purpose,
  reason: string,
): Promise<void> {
  await within(deps.db, organisationId, async (trx) => {
    const model = await modelOf(trx, deps.vault, organisationId);
    if (model)
      await keepCall(
        trx,
        deps.vault,
        organisationId,
        { purpose, provider: model.provider, outcome: 'blocked', reason },
        deps.clock(),
        model.retentionDays,
      );
  });
}
