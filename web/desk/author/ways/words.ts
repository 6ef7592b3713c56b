import type { TFunction } from 'i18next';
import { spoken } from '../../i18n.ts';
import { DAYS, type Day, spellsOf, type WayCondition, type WayRule, type WaysView } from './data.ts';

type Names = Pick<WaysView, 'queues' | 'entities'>;

const listed = (t: TFunction, words: string[], type: 'conjunction' | 'disjunction'): string =>
  words.length === 0 ? t('ways.nothing') : new Intl.ListFormat(spoken(), { type }).format(words);

/** A rule as a colleague would say it: when, and what then. */
export function ruleInWords(t: TFunction, rule: WayRule, names: Names): { when: string; then: string } {
  const parts = conditionInWords(t, rule.when, names);
  const ways = listed(
    t,
    rule.ways.map((way) => t(`ways.kind.${way}`)),
    'conjunction',
  );
  return {
    when: parts.length === 0 ? t('ways.always') : t('ways.if', { what: listed(t, parts, 'conjunction') }),
    then: t(`ways.then.${rule.then}`, { ways }),
  };
}

/** Each part of a condition as the end of "if …". */
export function conditionInWords(t: TFunction, when: WayCondition, { queues, entities }: Names): string[] {
  const or = (words: string[]): string => listed(t, words, 'disjunction');
  const parts: string[] = [];
  if (when.waitOver !== null && when.waitUnder !== null)
    parts.push(t('ways.said.waitBetween', { from: when.waitOver, to: when.waitUnder }));
  else if (when.waitOver !== null) parts.push(t('ways.said.waitOver', { count: when.waitOver }));
  else if (when.waitUnder !== null) parts.push(t('ways.said.waitUnder', { count: when.waitUnder }));
  if (when.staffed !== null) parts.push(t(when.staffed ? 'ways.said.staffed' : 'ways.said.unstaffed'));
  if (when.full !== null) parts.push(t(when.full ? 'ways.said.full' : 'ways.said.free'));
  if (when.open !== null) parts.push(t(when.open ? 'ways.said.open' : 'ways.said.closed'));
  if (when.during !== null)
    parts.push(t('ways.said.during', { when: or(spellsOf(when.during).map((one) => spellInWords(t, one))) }));
  if (when.urgency.length > 0)
    parts.push(t('ways.said.urgency', { what: or(when.urgency.map((one) => t(`ways.urgency.${one}`).toLowerCase())) }));
  if (when.queues.length > 0)
    parts.push(
      t('ways.said.queues', {
        what: or(when.queues.map((key) => queues.find((one) => one.key === key)?.names[spoken()] ?? key)),
      }),
    );
  if (when.entities.length > 0)
    parts.push(
      t('ways.said.entities', {
        what: or(when.entities.map((key) => entities.find((one) => one.key === key)?.name ?? key)),
      }),
    );
  if (when.segments.length > 0)
    parts.push(t('ways.said.segments', { what: or(when.segments.map((one) => t(`ways.said.segment.${one}`))) }));
  if (when.insurers.length > 0) parts.push(t('ways.said.insurers', { what: or(when.insurers) }));
  if (when.ages !== null) {
    const { from, to } = when.ages;
    if (from !== null && to !== null) parts.push(t('ways.said.ages', { from, to }));
    else if (from !== null) parts.push(t('ways.said.agesFrom', { from }));
    else if (to !== null) parts.push(t('ways.said.agesTo', { to }));
  }
  if (when.languages.length > 0)
    parts.push(t('ways.said.languages', { what: or(when.languages.map((one) => t(`language.${one}`).toLowerCase())) }));
  if (when.preferred !== null) parts.push(t(when.preferred ? 'ways.said.preferred' : 'ways.said.notPreferred'));
  if (when.consent !== null) parts.push(t(when.consent === 'given' ? 'ways.said.consent' : 'ways.said.noConsent'));
  return parts;
}

/** "lun–vie, 08:00–14:00": neighbouring days as a stretch. */
export function spellInWords(t: TFunction, { days, from, to }: { days: Day[]; from: string; to: string }): string {
  const runs: Day[][] = [];
  for (const day of DAYS.filter((one) => days.includes(one))) {
    const last = runs.at(-1);
    if (last && DAYS.indexOf(day) === DAYS.indexOf(last.at(-1)!) + 1) last.push(day);
    else runs.push([day]);
  }
  const named = runs.map((run) =>
    run.length > 2
      ? `${t(`ways.day.${run[0]}`)}–${t(`ways.day.${run.at(-1)!}`)}`
      : run.map((day) => t(`ways.day.${day}`)).join(', '),
  );
  return `${named.join(', ')} ${from}–${to}`;
}
