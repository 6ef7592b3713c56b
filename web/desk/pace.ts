import type { TFunction } from 'i18next';
import type { PaceReason } from '../../server/routing/concurrency/contract.ts';

/** Why an agent has as many places as now, in one sentence: to the agent and to who supervises alike. */
export function paceText(t: TFunction, reason: PaceReason): string {
  return t(`pace.${reason.what}`, {
    reply: span(t, reason.replySeconds),
    goal: span(t, reason.goalSeconds),
    oldest: span(t, reason.oldestSeconds),
  });
}

/** What it rests on, in a second sentence; empty where nothing was measured. */
export function paceMeasures(t: TFunction, reason: PaceReason): string {
  if (reason.workSeconds === 0 || reason.thinkSeconds === 0) return '';
  return t('pace.measured', { work: span(t, reason.workSeconds), think: span(t, reason.thinkSeconds) });
}

function span(t: TFunction, seconds: number): string {
  if (seconds < 60) return t('pace.seconds', { count: seconds });
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0 || minutes >= 10
    ? t('pace.minutes', { count: minutes })
    : t('pace.both', { minutes, seconds: seconds % 60 });
}
