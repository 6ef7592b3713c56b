import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallBackSettings, CapacityView, Spacing } from '../../../server/routing/call-backs/contract.ts';
import { longDay } from '../../ui/format.ts';
import { ask } from '../api.ts';
import { spoken } from '../i18n.ts';
import { Failed, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';
import { capacityQuery, renewCallBacks } from './data.ts';

/** What each queue promises: its places, why they are so many, and the settings. */
export function Capacity() {
  const { t } = useTranslation();
  const found = useQuery(capacityQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} label={t('app.loading')} />;
  const queue = found.data.queues.find((one) => one.queueId === chosen) ?? found.data.queues[0];
  if (!queue) return <p className="soft">{t('callBacks.noQueues')}</p>;
  return (
    <div className="capacity">
      <label className="queue-f">
        <span>{t('callBacks.queue')}</span>
        <select className="input" value={queue.queueId} onChange={(event) => setChosen(event.currentTarget.value)}>
          {found.data.queues.map((one) => (
            <option key={one.queueId} value={one.queueId}>
              {one.names[spoken()]}
            </option>
          ))}
        </select>
      </label>
      <Places queue={queue} />
      <Settings key={queue.queueId} queue={queue} />
    </div>
  );
}

/** Every slot of the days to come: how many places it has and how many are taken. */
function Places({ queue }: { queue: CapacityView }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const days = Map.groupBy(queue.slots, (slot) => slot.local.slice(0, 10));
  const why = t(`callBacks.basis.${queue.basis}`, {
    weeks: queue.weeks,
    agents: queue.agents,
    minutes: Math.max(1, Math.round(queue.handleSeconds / 60)),
    share: Math.round(queue.settings.share * 100),
  });
  return (
    <section aria-label={t('callBacks.places')}>
      <h2>{t('callBacks.places')}</h2>
      <p className="small soft">{queue.settings.on ? why : t('callBacks.off')}</p>
      {[...days].map(([day, slots]) => (
        <div key={day} className="slot-row">
          <h3>{longDay(new Date(slots[0]!.startsAt), language, zone)}</h3>
          <ul>
            {slots.map((slot) => (
              <li key={slot.startsAt} className={slot.taken >= slot.places ? 'full' : ''}>
                <span className="num">{slot.local.slice(11)}</span>{' '}
                <b className="num">
                  {slot.taken}/{slot.places}
                </b>
                <span className="hidden-but-read">
                  {t('callBacks.takenOf', { taken: slot.taken, places: slot.places })}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

const LENGTHS = [10, 15, 20, 30, 60] as const;
const SPACINGS: readonly Spacing[] = [5, 10, 15, 30, 60, 120, 240, 'morning'];

function Settings({ queue }: { queue: CapacityView }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(queue.settings);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<CallBackSettings>): void => setDraft((before) => ({ ...before, ...change }));
  const changed = JSON.stringify(draft) !== JSON.stringify(queue.settings);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await ask(`/api/queues/${queue.queueId}/call-backs`, { method: 'PUT', body: draft });
      tell(t('callBacks.saved'));
      await renewCallBacks();
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
    }
  }
  const figure = (
    key: 'most' | 'daysAhead' | 'noticeMinutes' | 'handleMinutes' | 'tries',
    min: number,
    max: number,
  ) => (
    <label className="field-l">
      <span>{t(`callBacks.set.${key}`)}</span>
      <input
        className="input num"
        type="number"
        required
        min={min}
        max={max}
        value={draft[key]}
        onChange={(event) => set({ [key]: event.currentTarget.valueAsNumber || 0 })}
      />
    </label>
  );
  const hour = (key: 'quietFrom' | 'quietTo') => (
    <label className="field-l">
      <span>{t(`callBacks.set.${key}`)}</span>
      <input
        className="input num"
        type="time"
        required
        value={draft[key]}
        onChange={(event) => set({ [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <form onSubmit={(event) => void save(event)} aria-label={t('callBacks.settings')}>
      <h2>{t('callBacks.settings')}</h2>
      <div className="checks">
        <label>
          <input type="checkbox" checked={draft.on} onChange={(event) => set({ on: event.currentTarget.checked })} />{' '}
          {t('callBacks.set.on')}
        </label>
        <label>
          <input
            type="checkbox"
            checked={draft.places}
            onChange={(event) => set({ places: event.currentTarget.checked })}
          />{' '}
          {t('callBacks.set.places')}
        </label>
      </div>
      <div className="settings-g">
        <label className="field-l">
          <span>{t('callBacks.set.slotMinutes')}</span>
          <select
            className="input"
            value={draft.slotMinutes}
            onChange={(event) => set({ slotMinutes: Number(event.currentTarget.value) as (typeof LENGTHS)[number] })}
          >
            {LENGTHS.map((one) => (
              <option key={one} value={one}>
                {t('callBacks.minutes', { count: one })}
              </option>
            ))}
          </select>
        </label>
        <label className="field-l">
          <span>{t('callBacks.set.share')}</span>
          <input
            className="input num"
            type="number"
            required
            min={1}
            max={100}
            value={Math.round(draft.share * 100)}
            onChange={(event) => set({ share: (event.currentTarget.valueAsNumber || 0) / 100 })}
          />
        </label>
        {figure('most', 1, 500)}
        {figure('daysAhead', 0, 30)}
        {figure('noticeMinutes', 0, 1_440)}
        {figure('handleMinutes', 1, 120)}
        {figure('tries', 1, 10)}
        {Array.from({ length: Math.max(0, Math.min(9, draft.tries - 1)) }, (_, n) => (
          <label key={n} className="field-l">
            <span>{t('callBacks.set.spacing', { n: n + 2 })}</span>
            <select
              className="input"
              value={String(draft.spacing[n] ?? 'morning')}
              onChange={(event) => {
                const { value } = event.currentTarget;
                const spacing = Array.from(
                  { length: Math.max(draft.spacing.length, n + 1) },
                  (__, i) => draft.spacing[i] ?? 'morning',
                );
                spacing[n] = value === 'morning' ? 'morning' : Number(value);
                set({ spacing });
              }}
            >
              {[...new Set([...SPACINGS, draft.spacing[n] ?? 'morning'])].map((one) => (
                <option key={one} value={String(one)}>
                  {one === 'morning' ? t('callBacks.morning') : t('callBacks.minutes', { count: one })}
                </option>
              ))}
            </select>
          </label>
        ))}
        {hour('quietFrom')}
        {hour('quietTo')}
        <label className="field-l">
          <span>{t('callBacks.set.template')}</span>
          <input
            className="input"
            type="text"
            maxLength={512}
            value={draft.template ?? ''}
            onChange={(event) => set({ template: event.currentTarget.value.trim() || null })}
          />
        </label>
      </div>
      <p className="small soft">{t('callBacks.settingsText')}</p>
      <button type="submit" className="btn pri" disabled={!changed || busy}>
        {t('callBacks.save')}
      </button>
    </form>
  );
}
