import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { QueuesView } from '../../../../server/desk/settings/contract.ts';
import { WEEKDAYS } from '../../../../server/routing/contract.ts';
import { spoken } from '../../i18n.ts';
import { IconButton } from '../../parts.tsx';
import { nameOf } from './data.ts';
import type { QueueDraft, Week } from '../draft.ts';
import { Check, Field, GroupFault, TextField } from '../fields.tsx';

const EMPTY_WEEK: Week = { mon: '', tue: '', wed: '', thu: '', fri: '', sat: '', sun: '' };
const without = <T,>(all: T[], i: number): T[] => all.filter((_, n) => n !== i);
const changed = <T,>(all: T[], i: number, part: Partial<T>): T[] =>
  all.map((one, n) => (n === i ? { ...one, ...part } : one));

/** What is asked less as the wait grows, step by step. */
export function Rings({ draft, set }: { draft: QueueDraft; set: (rings: QueueDraft['rings']) => void }) {
  const { t } = useTranslation();
  const { rings } = draft;
  return (
    <>
      {rings.length > 0 && (
        <ol className="steps">
          {rings.map((ring, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- a step is its place
            <li key={i}>
              <fieldset className="plain">
                <legend>{t('queuePage.ring', { n: i + 1 })}</legend>
                <div className="fields">
                  <TextField
                    path={`rings/${i}/after`}
                    label={t('queuePage.ringAfter')}
                    inputMode="decimal"
                    value={ring.after}
                    set={(after) => set(changed(rings, i, { after }))}
                  />
                  <Field path={`rings/${i}/levels`} label={t('queuePage.ringLevels')}>
                    {(given) => (
                      <select
                        {...given}
                        className="input"
                        value={ring.levels}
                        onChange={(event) => set(changed(rings, i, { levels: Number(event.currentTarget.value) }))}
                      >
                        {[0, 1, 2, 3, 4].map((n) => (
                          <option key={n} value={n}>
                            {n}
                          </option>
                        ))}
                      </select>
                    )}
                  </Field>
                </div>
                {draft.skills.length + ring.without.length > 0 && (
                  <fieldset className="plain checks">
                    <legend>{t('queuePage.ringWithout')}</legend>
                    {[...new Set([...draft.skills.map((skill) => skill.name), ...ring.without])].map((skill) => (
                      <Check
                        key={skill}
                        label={skill}
                        checked={ring.without.includes(skill)}
                        set={(on) =>
                          set(
                            changed(rings, i, {
                              without: on ? [...ring.without, skill] : ring.without.filter((one) => one !== skill),
                            }),
                          )
                        }
                      />
                    ))}
                    {ring.without.map((skill, n) => (
                      <GroupFault key={skill} path={`rings/${i}/without/${n}`} />
                    ))}
                  </fieldset>
                )}
                <IconButton
                  className="off"
                  label={t('queuePage.removeRing', { n: i + 1 })}
                  onClick={() => set(without(rings, i))}
                >
                  <IconX size={16} stroke={1.8} aria-hidden />
                </IconButton>
              </fieldset>
            </li>
          ))}
        </ol>
      )}
      {rings.length < 10 && (
        <button
          type="button"
          className="btn"
          onClick={() => set([...rings, { after: rings.length === 0 ? '50' : '100', levels: 1, without: [] }])}
        >
          <IconPlus size={16} stroke={1.8} aria-hidden /> {t('queuePage.addRing')}
        </button>
      )}
    </>
  );
}

/** Other queues whose people may answer too. */
export function Overflows({
  draft,
  set,
  view,
}: {
  draft: QueueDraft;
  set: (overflow: QueueDraft['overflow']) => void;
  view: QueuesView;
}) {
  const { t } = useTranslation();
  const { overflow } = draft;
  const others = view.queues.filter((queue) => !queue.retired && queue.settings.key !== draft.key);
  const nameFor = (key: string): string => {
    const found = view.queues.find((queue) => queue.settings.key === key);
    return found ? nameOf(found, spoken()) : key;
  };
  return (
    <>
      {overflow.length > 0 && (
        <ol className="steps">
          {overflow.map((one, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- a helper is its place
            <li key={i}>
              <div className="fields">
                <Field path={`overflow/${i}/to`} label={t('queuePage.overflowTo')}>
                  {(given) => (
                    <select
                      {...given}
                      className="input"
                      value={one.to}
                      onChange={(event) => set(changed(overflow, i, { to: event.currentTarget.value }))}
                    >
                      <option value="">{t('queuePage.choose')}</option>
                      {!others.some((queue) => queue.settings.key === one.to) && one.to !== '' && (
                        <option value={one.to}>{nameFor(one.to)}</option>
                      )}
                      {others.map((queue) => (
                        <option key={queue.id} value={queue.settings.key}>
                          {nameOf(queue, spoken())}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                <TextField
                  path={`overflow/${i}/after`}
                  label={t('queuePage.overflowAfter')}
                  inputMode="decimal"
                  value={one.after}
                  set={(after) => set(changed(overflow, i, { after }))}
                />
              </div>
              <Check
                label={t('queuePage.overflowTimed')}
                checked={one.timed}
                set={(timed) => set(changed(overflow, i, { timed }))}
              />
              {one.timed && (
                <WeekHours
                  path={`overflow/${i}/when`}
                  week={one.week}
                  set={(week) => set(changed(overflow, i, { week }))}
                />
              )}
              <IconButton
                className="off"
                label={t('queuePage.removeOverflow', { queue: nameFor(one.to) })}
                onClick={() => set(without(overflow, i))}
              >
                <IconX size={16} stroke={1.8} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ol>
      )}
      {overflow.length < 10 && others.length > 0 && (
        <button
          type="button"
          className="btn"
          onClick={() => set([...overflow, { to: '', after: '100', timed: false, week: EMPTY_WEEK }])}
        >
          <IconPlus size={16} stroke={1.8} aria-hidden /> {t('queuePage.addOverflow')}
        </button>
      )}
    </>
  );
}

/** Hours of a week, a line for each day. */
export function WeekHours({ path, week, set }: { path: string; week: Week; set: (week: Week) => void }) {
  const { t } = useTranslation();
  return (
    <div className="week">
      <p className="small soft">{t('queuePage.dayHint')}</p>
      <GroupFault path={path} />
      {WEEKDAYS.map((day) => (
        <TextField
          key={day}
          path={`${path}/${day}`}
          label={t(`queuePage.weekday.${day}`)}
          className="aligned"
          value={week[day]}
          set={(text) => set({ ...week, [day]: text })}
        />
      ))}
      {week.mon.trim() !== '' && (
        <button
          type="button"
          className="btn sm line"
          onClick={() => set({ ...week, tue: week.mon, wed: week.mon, thu: week.mon, fri: week.mon })}
        >
          {t('queuePage.copyMonday')}
        </button>
      )}
    </div>
  );
}

/** Days with other hours than their weekday's. */
export function Holidays({
  value,
  set,
}: {
  value: QueueDraft['holidays'];
  set: (days: QueueDraft['holidays']) => void;
}) {
  const { t } = useTranslation();
  return (
    <fieldset className="plain">
      <legend>{t('queuePage.holidays')}</legend>
      {value.map((day, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a day that is being typed is its place
        <div key={i} className="holiday">
          <TextField
            path={`holidays/${i}/date`}
            label={t('queuePage.holidayDate')}
            type="date"
            value={day.date}
            set={(date) => set(changed(value, i, { date }))}
          />
          <TextField
            path={`holidays/${i}/spans`}
            label={t('queuePage.holidaySpans')}
            value={day.spans}
            set={(spans) => set(changed(value, i, { spans }))}
          />
          <IconButton label={t('queuePage.removeHoliday', { date: day.date })} onClick={() => set(without(value, i))}>
            <IconX size={16} stroke={1.8} aria-hidden />
          </IconButton>
        </div>
      ))}
      <button type="button" className="btn" onClick={() => set([...value, { date: '', spans: '' }])}>
        <IconPlus size={16} stroke={1.8} aria-hidden /> {t('queuePage.addHoliday')}
      </button>
    </fieldset>
  );
}
