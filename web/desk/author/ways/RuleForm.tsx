import { IconPlus, IconX } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CONSENT_OF, DECISIONS, SEGMENTS, URGENCIES, WAYS } from '../../../../server/routing/ways/contract.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { IconButton } from '../../parts.tsx';
import { Choice } from '../parts.tsx';
import {
  asksFor,
  DAYS,
  duringOf,
  type Part,
  PARTS,
  type Spell,
  spellsOf,
  type WayCondition,
  type WayRule,
  type WaysView,
  without,
} from './data.ts';
import { Amount, FourTexts, NO_TEXTS, OneOf, Several } from './fields.tsx';

type Names = Pick<WaysView, 'queues' | 'entities'>;

/** A rule as a form: what it is about, when it holds, what then. Every change counts at once. */
export function RuleForm({ rule, names, change }: { rule: WayRule; names: Names; change: (rule: WayRule) => void }) {
  const { t } = useTranslation();
  const id = useId();
  // a condition that was just added asks nothing yet, and still shows
  const [open, setOpen] = useState<Part[]>(() => PARTS.filter((part) => asksFor(rule.when, part)));
  const shown = PARTS.filter((part) => open.includes(part) || asksFor(rule.when, part));
  const possible = PARTS.filter(
    (part) =>
      !shown.includes(part) &&
      (part !== 'entities' || names.entities.length > 0) &&
      (part !== 'queues' || names.queues.length > 1) &&
      (part !== 'consent' || rule.ways.some((way) => CONSENT_OF[way])),
  );
  const when = (part: Partial<WayCondition>): void => change({ ...rule, when: { ...rule.when, ...part } });
  return (
    <div className="wy-form">
      <div className="field">
        <label htmlFor={id}>{t('ways.rules.name')}</label>
        <input
          id={id}
          className="input"
          maxLength={120}
          autoComplete="off"
          aria-describedby={`${id}hint`}
          value={rule.name}
          onChange={(event) => change({ ...rule, name: event.currentTarget.value })}
        />
        <span id={`${id}hint`} className="meta faint">
          {t('ways.rules.nameHint')}
        </span>
      </div>
      <div className="field">
        <span className="wy-l">{t('ways.rules.decision')}</span>
        <Choice
          label={t('ways.rules.decision')}
          value={rule.then}
          choose={(then) => change({ ...rule, then })}
          options={DECISIONS.map((value) => ({ value, name: t(`ways.rules.decisions.${value}`) }))}
        />
      </div>
      <div className="field">
        <span className="wy-l">{t('ways.rules.ways')}</span>
        <Several
          label={t('ways.rules.ways')}
          values={rule.ways}
          options={WAYS.map((value) => ({ value, name: t(`ways.kind.${value}`) }))}
          change={(ways) => change({ ...rule, ways })}
        />
      </div>
      <div className="field">
        <span className="wy-l">{t('ways.rules.when')}</span>
        <span className="meta faint">{t(shown.length === 0 ? 'ways.rules.whenNone' : 'ways.rules.whenAll')}</span>
        <ul className="wy-parts">
          {shown.map((part) => (
            <li key={part}>
              <span className="wy-part mid">{t(`ways.condition.${part}`)}</span>
              <div className="grow">
                <PartField part={part} when={rule.when} names={names} change={when} />
              </div>
              <IconButton
                label={t('ways.rules.removeCondition', { name: t(`ways.condition.${part}`) })}
                onClick={() => {
                  setOpen(open.filter((one) => one !== part));
                  change({ ...rule, when: without(rule.when, part) });
                }}
              >
                <IconX size={16} stroke={1.6} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
        {possible.length > 0 && (
          <select
            className="input sm wy-add"
            aria-label={t('ways.rules.addCondition')}
            value=""
            onChange={(event) => setOpen([...open, event.currentTarget.value as Part])}
          >
            <option value="">{t('ways.rules.addCondition')}</option>
            {possible.map((part) => (
              <option key={part} value={part}>
                {t(`ways.condition.${part}`)}
              </option>
            ))}
          </select>
        )}
      </div>
      {rule.then !== 'hide' && (
        <div className="field">
          <span className="wy-l">
            {t('ways.rules.says')} ({t('app.optional')})
          </span>
          <span className="meta faint">{t('ways.rules.saysHint')}</span>
          {rule.says ? (
            <>
              <FourTexts
                label={t('ways.rules.says')}
                value={rule.says}
                most={160}
                change={(says) => change({ ...rule, says })}
              />
              <button type="button" className="btn sm quiet wy-own" onClick={() => change({ ...rule, says: null })}>
                {t('ways.rules.removeSays')}
              </button>
            </>
          ) : (
            <button
              type="button"
              className="btn sm line wy-own"
              onClick={() => change({ ...rule, says: { ...NO_TEXTS } })}
            >
              {t('ways.rules.addSays')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const yesNo = (value: boolean | null): 'any' | 'yes' | 'no' => (value === null ? 'any' : value ? 'yes' : 'no');
const asBoolean = (value: string): boolean | null => (value === 'any' ? null : value === 'yes');

function PartField({
  part,
  when,
  names,
  change,
}: {
  part: Part;
  when: WayCondition;
  names: Names;
  change: (part: Partial<WayCondition>) => void;
}) {
  const { t } = useTranslation();
  const label = t(`ways.condition.${part}`);
  const two = (yes: string, no: string) => [
    { value: 'any' as const, name: '…' },
    { value: 'yes' as const, name: yes },
    { value: 'no' as const, name: no },
  ];
  switch (part) {
    case 'wait':
      return (
        <div className="wy-row">
          <Amount
            label={t('ways.field.over')}
            value={when.waitOver}
            least={1}
            most={1_440}
            unit={t('ways.field.minutes')}
            change={(waitOver) => change({ waitOver })}
          />
          <Amount
            label={t('ways.field.under')}
            value={when.waitUnder}
            least={1}
            most={1_440}
            unit={t('ways.field.minutes')}
            change={(waitUnder) => change({ waitUnder })}
          />
        </div>
      );
    case 'team': {
      const value =
        when.full === null
          ? when.staffed === null
            ? 'any'
            : when.staffed
              ? 'staffed'
              : 'unstaffed'
          : when.full
            ? 'full'
            : 'free';
      return (
        <OneOf
          label={label}
          hideLabel
          value={value}
          options={[
            { value: 'any', name: '…' },
            ...(['unstaffed', 'staffed', 'full', 'free'] as const).map((one) => ({
              value: one,
              name: t(`ways.field.${one}`),
            })),
          ]}
          change={(chosen) =>
            change({
              staffed: chosen === 'staffed' || chosen === 'free' ? true : chosen === 'unstaffed' ? false : null,
              full: chosen === 'full' ? true : chosen === 'free' ? false : null,
            })
          }
        />
      );
    }
    case 'open':
      return (
        <OneOf
          label={label}
          hideLabel
          value={yesNo(when.open)}
          options={two(t('ways.field.open'), t('ways.field.closed'))}
          change={(value) => change({ open: asBoolean(value) })}
        />
      );
    case 'during':
      return <DuringField when={when} change={change} />;
    case 'urgency':
      return (
        <Several
          label={label}
          values={when.urgency}
          options={URGENCIES.map((value) => ({ value, name: t(`ways.urgency.${value}`) }))}
          change={(urgency) => change({ urgency })}
        />
      );
    case 'queues':
      return (
        <Several
          label={label}
          values={when.queues}
          options={[
            ...names.queues.map(({ key, names: four }) => ({ value: key, name: four[spoken()] })),
            ...when.queues
              .filter((key) => !names.queues.some((one) => one.key === key))
              .map((key) => ({ value: key, name: key })),
          ]}
          change={(queues) => change({ queues })}
        />
      );
    case 'entities':
      return (
        <Several
          label={label}
          values={when.entities}
          options={[
            ...names.entities.map(({ key, name }) => ({ value: key, name })),
            ...when.entities
              .filter((key) => !names.entities.some((one) => one.key === key))
              .map((key) => ({ value: key, name: key })),
          ]}
          change={(entities) => change({ entities })}
        />
      );
    case 'segments':
      return (
        <Several
          label={label}
          values={when.segments}
          options={SEGMENTS.map((value) => ({ value, name: t(`ways.segment.${value}`) }))}
          change={(segments) => change({ segments })}
        />
      );
    case 'insurers':
      return <InsurersField when={when} change={change} />;
    case 'ages': {
      const ages = when.ages ?? { from: null, to: null };
      const put = (next: { from: number | null; to: number | null }): void =>
        change({ ages: next.from === null && next.to === null ? null : next });
      return (
        <div className="wy-row">
          <Amount
            label={t('ways.field.from')}
            value={ages.from}
            least={0}
            most={130}
            change={(from) => put({ ...ages, from })}
          />
          <Amount
            label={t('ways.field.to')}
            value={ages.to}
            least={0}
            most={130}
            unit={t('ways.field.years')}
            change={(to) => put({ ...ages, to })}
          />
        </div>
      );
    }
    case 'languages':
      return (
        <Several
          label={label}
          values={when.languages}
          options={LANGUAGES.map((value) => ({ value, name: t(`language.${value}`) }))}
          change={(languages) => change({ languages })}
        />
      );
    case 'preferred':
      return (
        <OneOf
          label={label}
          hideLabel
          value={yesNo(when.preferred)}
          options={two(t('ways.field.preferred'), t('ways.field.notPreferred'))}
          change={(value) => change({ preferred: asBoolean(value) })}
        />
      );
    case 'consent':
      return (
        <OneOf
          label={label}
          hideLabel
          value={when.consent === null ? 'any' : when.consent === 'given' ? 'yes' : 'no'}
          options={two(t('ways.field.given'), t('ways.field.notGiven'))}
          change={(value) => change({ consent: value === 'any' ? null : value === 'yes' ? 'given' : 'not_given' })}
        />
      );
  }
}

/** Names between commas; what is being written stays as it is written. */
function InsurersField({ when, change }: { when: WayCondition; change: (part: Partial<WayCondition>) => void }) {
  const { t } = useTranslation();
  const [written, setWritten] = useState(when.insurers.join(', '));
  return (
    <input
      className="input sm"
      aria-label={t('ways.field.insurers')}
      placeholder={t('ways.field.insurers')}
      maxLength={2_000}
      value={written}
      onChange={(event) => {
        setWritten(event.currentTarget.value);
        const names = event.currentTarget.value.split(',').map((one) => one.trim().slice(0, 120));
        change({ insurers: [...new Set(names.filter((one) => one !== ''))].slice(0, 50) });
      }}
    />
  );
}

const OFFICE: Spell = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '15:00' };

function DuringField({ when, change }: { when: WayCondition; change: (part: Partial<WayCondition>) => void }) {
  const { t } = useTranslation();
  const [spells, setSpells] = useState<Spell[]>(() => spellsOf(when.during));
  const put = (next: Spell[]): void => {
    setSpells(next);
    change({ during: next.length === 0 ? null : duringOf(next) });
  };
  const set = (nth: number, part: Partial<Spell>): void =>
    put(spells.map((one, index) => (index === nth ? { ...one, ...part } : one)));
  return (
    <div className="wy-spells">
      {spells.map((spell, nth) => (
        <div key={nth} className="wy-spell">
          <Several
            label={t('ways.condition.during')}
            values={spell.days}
            options={DAYS.map((value) => ({ value, name: t(`ways.day.${value}`) }))}
            change={(days) => set(nth, { days })}
          />
          <div className="wy-row">
            {(['from', 'to'] as const).map((end) => (
              <label key={end} className="wy-amount">
                {t(`ways.field.${end}`)}
                <input
                  className="input sm num"
                  type="time"
                  required
                  value={spell[end] === '24:00' ? '23:59' : spell[end]}
                  onChange={(event) => event.currentTarget.value && set(nth, { [end]: event.currentTarget.value })}
                />
              </label>
            ))}
            <IconButton
              label={t('ways.field.removeHours')}
              onClick={() => put(spells.filter((_, index) => index !== nth))}
            >
              <IconX size={16} stroke={1.6} aria-hidden />
            </IconButton>
          </div>
        </div>
      ))}
      <button type="button" className="btn sm line wy-own" onClick={() => put([...spells, OFFICE])}>
        <IconPlus size={16} stroke={1.6} aria-hidden /> {t('ways.field.addHours')}
      </button>
    </div>
  );
}
