import type { TFunction } from 'i18next';
import { PRIORITIES } from '../../../../server/conversation/contract.ts';
import { type Hours, type QueueSettings, WEEKDAYS } from '../../../../server/routing/contract.ts';
import type { Language } from '../../../ui/format.ts';
import { spansText } from '../draft.ts';

const NBSP = '\u00a0';

/** `45 s`, `2 min`, `1 min 30 s`, `1 h 5 min`: exact, for what is promised. */
export function exactly(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [Math.round(seconds % 60), 's'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n}${NBSP}${unit}`);
  return said.join(' ') || `0${NBSP}s`;
}

export const shareText = (share: number, language: Language): string =>
  `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(share * 100)}${NBSP}%`;

/** Words for a list in a language: «a, b y c». */
export const listed = (words: string[], language: Language): string =>
  new Intl.ListFormat(language, { type: 'conjunction' }).format(words);

/** `lun–vie 08:00–14:00, 16:00–20:00; sáb 09:00–13:00`: days that follow each other with the same hours are said once. */
export function hoursText(hours: NonNullable<Hours>, t: TFunction): string {
  const said: string[] = [];
  for (let i = 0; i < WEEKDAYS.length; i += 1) {
    const text = spansText(hours[WEEKDAYS[i]!] ?? []);
    if (text === '') continue;
    let last = i;
    while (last + 1 < WEEKDAYS.length && spansText(hours[WEEKDAYS[last + 1]!] ?? []) === text) last += 1;
    const day = t(`queuePage.day.${WEEKDAYS[i]!}`);
    said.push(`${last > i ? `${day}–${t(`queuePage.day.${WEEKDAYS[last]!}`)}` : day} ${text}`);
    i = last;
  }
  return said.join('; ');
}

/** When a share of the target is reached, in words and in time. */
export function whenShare(
  share: number,
  settings: Pick<QueueSettings, 'targetSeconds'>,
  t: TFunction,
  language: Language,
): string {
  const at = exactly(Math.round(share * settings.targetSeconds));
  if (share === 0) return t('queuePage.said.atOnce');
  if (share === 0.5) return t('queuePage.said.half', { at });
  if (share === 1) return t('queuePage.said.whole', { at });
  if (share === 2) return t('queuePage.said.twice', { at });
  return t('queuePage.said.share', { share: shareText(share, language), at });
}

/**
 * A queue's settings read back in plain words, a sentence for each thing that was decided.
 * @param names how entities and queues are called, by their keys
 * @param brief without for whom, and without how it is offered
 */
export function readBack(
  settings: Omit<QueueSettings, 'key'>,
  t: TFunction,
  language: Language,
  names: { entities: Record<string, string>; queues: Record<string, string>; ringSeconds: number },
  brief = false,
): string[] {
  const said: string[] = [];
  const { entity, goal, targetSeconds, targets, skills, levels } = settings;
  if (!brief)
    said.push(entity ? t('queuePage.said.for', { entity: names.entities[entity] ?? entity }) : t('queuePage.said.own'));

  const others = PRIORITIES.filter((one) => targets[one] !== undefined && targets[one] !== targetSeconds);
  const promise = t('queuePage.said.promise', { goal: shareText(goal, language), target: exactly(targetSeconds) });
  said.push(
    others.length === 0
      ? `${promise}.`
      : `${promise}; ${listed(
          others.map((one) =>
            t('queuePage.said.classIn', { class: t(`queuePage.class.${one}`), target: exactly(targets[one]!) }),
          ),
          language,
        )}.`,
  );
  if (settings.priority === 'critical' || settings.priority === 'urgent')
    said.push(t(`queuePage.said.least.${settings.priority}`));
  if (settings.cost !== 1)
    said.push(
      t('queuePage.said.cost', {
        times: new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(settings.cost),
      }),
    );

  said.push(
    skills.length === 0
      ? t('queuePage.said.anyone')
      : t('queuePage.said.asks', {
          skills: listed(
            skills.map((skill) =>
              (levels[skill] ?? 1) > 1 ? t('queuePage.said.skillAt', { skill, level: levels[skill] }) : skill,
            ),
            language,
          ),
        }),
  );
  for (const ring of settings.rings) {
    const less = [
      ...(ring.levels > 0 ? [t('queuePage.said.lower', { count: ring.levels })] : []),
      ...(ring.without.length > 0 ? [t('queuePage.said.without', { skills: listed(ring.without, language) })] : []),
    ];
    if (less.length > 0)
      said.push(
        t('queuePage.said.ring', { when: whenShare(ring.after, settings, t, language), less: listed(less, language) }),
      );
  }
  for (const { to, after, when } of settings.overflow) {
    const queue = names.queues[to] ?? to;
    const hours = when ? t('queuePage.said.overflowHours', { hours: hoursText(when, t) }) : '';
    said.push(
      `${
        after === null
          ? t('queuePage.said.overflowAlways', { queue })
          : t('queuePage.said.overflow', { when: whenShare(after, settings, t, language), queue })
      }${hours}.`,
    );
  }
  if (!brief)
    said.push(
      settings.autoAccept
        ? t('queuePage.said.autoAccept')
        : t('queuePage.said.rings', { seconds: exactly(settings.offerSeconds ?? names.ringSeconds) }),
    );
  if (!brief && settings.stickySeconds > 0)
    said.push(t('queuePage.said.sticky', { seconds: exactly(settings.stickySeconds) }));
  said.push(
    settings.hours === null
      ? t('queuePage.said.always')
      : t('queuePage.said.hours', { hours: hoursText(settings.hours, t) }),
  );
  if (settings.holidays.length > 0) said.push(t('queuePage.said.holidays', { count: settings.holidays.length }));
  return said;
}
