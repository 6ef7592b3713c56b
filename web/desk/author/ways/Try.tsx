import {
  IconBrandWhatsapp,
  IconCheck,
  IconMail,
  IconMessage,
  IconMinus,
  IconPhone,
  IconPhoneCall,
  IconPhonePause,
  IconUrgent,
  IconVideo,
} from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { SEGMENTS, URGENCIES, WAYS } from '../../../../server/routing/ways/contract.ts';
import { clock, dayAndTime } from '../../../ui/format.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { useWhen } from '../../session.ts';
import type { PublicWays, SampleVisitor, TriedWays, WayRule, WaysView } from './data.ts';
import { OneOf } from './fields.tsx';

const ICONS = {
  chat: IconMessage,
  callback: IconPhoneCall,
  callback_at: IconPhonePause,
  whatsapp: IconBrandWhatsapp,
  video: IconVideo,
  email: IconMail,
  call: IconPhone,
  emergency: IconUrgent,
};

export const SAMPLE: SampleVisitor = {
  segments: ['unknown'],
  insurer: null,
  age: null,
  language: spoken(),
  urgency: 'standard',
  at: null,
  queue: null,
  wait: null,
  full: null,
  prefers: null,
  consent: {},
};

const WAITS = [1, 5, 10, 15, 20, 25, 30, 45, 60, 90];

/** Somebody made up, to see what they would be offered. */
export function SampleForm({
  visitor,
  view,
  insurers,
  change,
}: {
  visitor: SampleVisitor;
  view: WaysView;
  /** Names that the rules speak of. */
  insurers: string[];
  change: (visitor: SampleVisitor) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const set = (part: Partial<SampleVisitor>): void => change({ ...visitor, ...part });
  const wait = visitor.wait === null ? 'now' : String(visitor.wait);
  const waits = [...new Set([...WAITS, ...(typeof visitor.wait === 'number' ? [visitor.wait] : [])])].sort(
    (a, b) => a - b,
  );
  return (
    <div className="wy-sample">
      <OneOf
        label={t('ways.tryIt.who')}
        value={visitor.segments[0] ?? 'unknown'}
        options={SEGMENTS.map((value) => ({ value, name: t(`ways.segment.${value}`) }))}
        change={(one) => set({ segments: one === 'known' || one === 'unknown' ? [one] : [one, 'known'] })}
      />
      <OneOf
        label={t('ways.tryIt.urgency')}
        value={visitor.urgency}
        options={URGENCIES.map((value) => ({ value, name: t(`ways.urgency.${value}`) }))}
        change={(urgency) => set({ urgency })}
      />
      <OneOf
        label={t('ways.tryIt.wait')}
        value={wait}
        options={[
          { value: 'now', name: t('ways.tryIt.waits.now') },
          ...waits.map((one) => ({ value: String(one), name: t('ways.tryIt.waits.minutes', { count: one }) })),
          { value: 'nobody', name: t('ways.tryIt.waits.nobody') },
        ]}
        change={(value) => set({ wait: value === 'now' ? null : value === 'nobody' ? 'nobody' : Number(value) })}
      />
      <OneOf
        label={t('ways.tryIt.queue')}
        value={visitor.queue ?? ''}
        options={[
          { value: '', name: t('ways.tryIt.anyQueue') },
          ...view.queues.map(({ key, names }) => ({ value: key, name: names[spoken()] })),
        ]}
        change={(queue) => set({ queue: queue || null })}
      />
      <div className="field">
        <label htmlFor={id}>{t('ways.tryIt.at')}</label>
        <input
          id={id}
          className="input sm num"
          type="datetime-local"
          value={visitor.at ?? ''}
          onChange={(event) => set({ at: event.currentTarget.value.slice(0, 16) || null })}
        />
      </div>
      <OneOf
        label={t('ways.tryIt.language')}
        value={visitor.language}
        options={LANGUAGES.map((value) => ({ value, name: t(`language.${value}`) }))}
        change={(language) => set({ language })}
      />
      <div className="field">
        <label htmlFor={`${id}age`}>{t('ways.tryIt.age')}</label>
        <input
          id={`${id}age`}
          className="input sm num"
          type="number"
          min={0}
          max={130}
          value={visitor.age ?? ''}
          onChange={({ currentTarget: { value } }) =>
            set({ age: value === '' ? null : Math.min(130, Math.max(0, Math.round(Number(value)))) })
          }
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}insurer`}>{t('ways.tryIt.insurer')}</label>
        <input
          id={`${id}insurer`}
          className="input sm"
          list={`${id}insurers`}
          maxLength={120}
          autoComplete="off"
          placeholder={t('ways.tryIt.noInsurer')}
          value={visitor.insurer ?? ''}
          onChange={(event) => set({ insurer: event.currentTarget.value || null })}
        />
        <datalist id={`${id}insurers`}>
          {insurers.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </div>
      <OneOf
        label={t('ways.tryIt.prefers')}
        value={visitor.prefers ?? ''}
        options={[
          { value: '', name: t('ways.tryIt.noPreference') },
          ...WAYS.map((value) => ({ value, name: t(`ways.kind.${value}`) })),
        ]}
        change={(prefers) => set({ prefers: prefers || null })}
      />
      {(['call', 'whatsapp'] as const).map((kind) => (
        <OneOf
          key={kind}
          label={t(kind === 'call' ? 'ways.tryIt.consentCall' : 'ways.tryIt.consentWhatsapp')}
          value={visitor.consent[kind] ?? 'none'}
          options={(['none', 'given', 'withdrawn'] as const).map((value) => ({
            value,
            name: t(`ways.tryIt.consents.${value}`),
          }))}
          change={(value) => {
            const { [kind]: _, ...rest } = visitor.consent;
            set({ consent: value === 'none' ? rest : { ...rest, [kind]: value } });
          }}
        />
      ))}
      <label className="wy-switch">
        <input
          type="checkbox"
          checked={visitor.full === true}
          onChange={() => set({ full: visitor.full === true ? null : true })}
        />
        {t('ways.tryIt.full')}
      </label>
    </div>
  );
}

/** What the patient would see, as the web window shows it. */
export function Preview({ shown }: { shown: PublicWays }) {
  const { t } = useTranslation();
  const { zone } = useWhen();
  const waits = shown.ways.some((way) => way.wait);
  return (
    <figure className="wy-preview" lang={shown.language}>
      <figcaption lang={spoken()}>
        <span>{t('ways.tryIt.preview')}</span>
        {waits && (
          <span className="soft num">
            {t('ways.tryIt.waitAt', { time: clock(new Date(shown.at), spoken(), zone) })}
          </span>
        )}
      </figcaption>
      {!shown.open && (
        <p className="small soft" lang={spoken()}>
          {t('ways.tryIt.closed')} {shown.opensAt && t('ways.tryIt.opens', { when: opening(shown.opensAt, zone) })}
        </p>
      )}
      <ul>
        {shown.ways.map((way, nth) => {
          const Icon = ICONS[way.kind];
          return (
            <li
              key={way.kind}
              className={way.kind === 'emergency' ? 'alarm' : nth === 0 ? 'best' : ''}
              data-way={way.kind}
            >
              <span className="wy-disc">
                <Icon size={18} stroke={1.6} aria-hidden />
              </span>
              <span className="grow">
                <b>{way.label}</b>
                {way.hint && <small>{way.hint}</small>}
              </span>
              {way.wait ? (
                <span className="wy-wait num" lang={spoken()}>
                  <b>{way.wait.minutes}&nbsp;min</b>
                  {way.wait.high > 1 && (
                    <small>{t('ways.tryIt.range', { low: way.wait.low, high: way.wait.high })}</small>
                  )}
                </span>
              ) : (
                way.opensAt && (
                  <span className="wy-wait num" lang={spoken()}>
                    <small>{t('ways.tryIt.opens', { when: opening(way.opensAt, zone) })}</small>
                  </span>
                )
              )}
            </li>
          );
        })}
      </ul>
    </figure>
  );
}

const opening = (iso: string, zone: string): string => dayAndTime(new Date(iso), spoken(), zone);

/** Which rule decided about each way, or why none did. */
export function Why({ tried, rules, go }: { tried: TriedWays; rules: WayRule[]; go: (ruleId: string) => void }) {
  const { t } = useTranslation();
  return (
    <section className="wy-why" aria-label={t('ways.tryIt.why')}>
      <h3>{t('ways.tryIt.why')}</h3>
      <ul>
        {tried.decided.map((one) => {
          const place = rules.findIndex((rule) => rule.id === one.rule?.id) + 1;
          return (
            <li key={one.kind} data-way={one.kind} data-offered={one.offered}>
              {one.offered ? (
                <IconCheck size={16} stroke={1.8} className="wy-yes" aria-label={t('ways.tryIt.offered')} />
              ) : (
                <IconMinus size={16} stroke={1.8} className="faint" aria-label={t('ways.tryIt.hidden')} />
              )}
              <span className={one.offered ? 'mid' : 'soft'}>{t(`ways.kind.${one.kind}`)}</span>
              <span className="soft small">
                {one.by === 'rule' && one.rule ? (
                  <button type="button" className="link" onClick={() => go(one.rule!.id)}>
                    {t('ways.tryIt.by.rule', { place, name: one.rule.name || t('ways.rules.unnamed') })}
                  </button>
                ) : (
                  one.by !== 'rule' && t(`ways.tryIt.by.${one.by}`)
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
