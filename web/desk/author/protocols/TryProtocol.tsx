import { IconArrowBackUp, IconRefresh } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProtocolView, TryAnswer } from '../../../../server/desk/protocols/contract.ts';
import { post, Refused } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Diamond } from '../../parts.tsx';
import { announce, refusal } from '../../say.ts';
import { Condition } from './Condition.tsx';
import { Level } from './Level.tsx';

type Language = (typeof LANGUAGES)[number];
type Given = boolean | number | string;
const AGE_UNITS = { y: 365.25, mo: 30.4375, d: 1 } as const;
type AgeUnit = keyof typeof AGE_UNITS;
const SPANS = ['min', 'h', 'd', 'w', 'mo'] as const;

/** Somebody's whole way through a protocol, answered by hand as a patient would. Nothing of it is stored. */
export function TryProtocol({ view }: { view: ProtocolView }) {
  const { t } = useTranslation();
  const id = useId();
  const { audience } = view.content;
  const [language, setLanguage] = useState<Language>(spoken());
  const [age, setAge] = useState(() => startAge(audience));
  const [by, setBy] = useState<'self' | 'relative'>(age.unit === 'y' && age.number >= 16 ? 'self' : 'relative');
  const [repeat, setRepeat] = useState(false);
  const [answers, setAnswers] = useState<[string, Given][]>([]);
  const [now, setNow] = useState<TryAnswer>();
  const [said, setSaid] = useState<string>();
  const asked = useRef(0);
  const days = age.number * AGE_UNITS[age.unit];
  const { hash } = view;

  useEffect(() => {
    const mine = ++asked.current;
    const body = { id: hash, answers: Object.fromEntries(answers), age: days, by, repeat, language };
    post<TryAnswer>('/api/protocols/try', body).then(
      (next) => {
        if (mine !== asked.current) return;
        setSaid(undefined);
        setNow(next);
        announce(next.ask?.text ?? next.told ?? '');
      },
      (error: unknown) => {
        if (mine !== asked.current) return;
        // an answer that was not understood is asked for again
        if (error instanceof Refused && error.code === 'protocol.bad_answer')
          setAnswers((before) => before.slice(0, -1));
        setSaid(refusal(error));
      },
    );
  }, [hash, answers, days, by, repeat, language]);

  const restart = (): void => {
    setAnswers([]);
    setSaid(undefined);
  };
  const question = now?.ask ? view.content.questions.find((one) => one.id === now.ask!.question) : undefined;
  const give = (value: Given): void => setAnswers([...answers, [now!.ask!.question, value]]);
  return (
    <div className="pr-try">
      <form className="pr-facts" onSubmit={(event) => event.preventDefault()}>
        <h2>{t('protocols.try.who')}</h2>
        <div className="field">
          <label htmlFor={`${id}language`}>{t('protocols.try.language')}</label>
          <select
            id={`${id}language`}
            className="input sm"
            value={language}
            onChange={(event) => setLanguage(event.currentTarget.value as Language)}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one}>
                {t(`language.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}age`}>{t('protocols.try.age')}</label>
          <span className="pr-age">
            <input
              id={`${id}age`}
              className="input sm num"
              type="number"
              min={0}
              max={age.unit === 'y' ? 120 : age.unit === 'mo' ? 36 : 90}
              value={age.number}
              onChange={(event) => {
                setAge({ ...age, number: Math.max(0, Math.min(130, Number(event.currentTarget.value))) });
                restart();
              }}
            />
            <select
              className="input sm"
              aria-label={t('protocols.try.ageUnit')}
              value={age.unit}
              onChange={(event) => {
                setAge({ ...age, unit: event.currentTarget.value as AgeUnit });
                restart();
              }}
            >
              {(['y', 'mo', 'd'] as const).map((unit) => (
                <option key={unit} value={unit}>
                  {t(`protocols.try.unit.${unit}`)}
                </option>
              ))}
            </select>
          </span>
        </div>
        <div className="field">
          <label htmlFor={`${id}by`}>{t('protocols.try.by')}</label>
          <select
            id={`${id}by`}
            className="input sm"
            value={by}
            onChange={(event) => {
              setBy(event.currentTarget.value as typeof by);
              restart();
            }}
          >
            <option value="self">{t('protocols.try.self')}</option>
            <option value="relative">{t('protocols.try.relative')}</option>
          </select>
        </div>
        <label className="pr-check small">
          <input
            type="checkbox"
            checked={repeat}
            onChange={(event) => {
              setRepeat(event.currentTarget.checked);
              restart();
            }}
          />
          {t('protocols.try.repeat')}
        </label>
        <p className="meta soft">{t('protocols.try.kept')}</p>
      </form>

      <section className="pr-talk" aria-label={t('protocols.part.try')}>
        <ol className="pr-said">
          {now?.answers.map((one, index) => (
            <li key={`${index} ${one.question}`}>
              <p className="pr-asked" lang={language}>
                {questionText(one.shown)}
              </p>
              <p className="pr-answered" lang={language}>
                {one.doubt === 'unsure'
                  ? (unsureOf(one.shown) ?? one.said)
                  : shownAnswer(view, one, language, t('app.yes'), t('app.no'))}
              </p>
            </li>
          ))}
          {now?.ask && (
            <li>
              <p className="pr-asked" lang={language}>
                {now.ask.text}
              </p>
            </li>
          )}
          {now?.disposition && (
            <li>
              <p className="pr-asked" lang={language}>
                {now.told}
              </p>
            </li>
          )}
        </ol>
        {now?.ask && (
          <Answer
            key={`${now.ask.question} ${answers.length}`}
            ask={now.ask}
            kind={question}
            language={language}
            give={give}
          />
        )}
        {said && (
          <p role="alert" className="small over-t">
            {said}
          </p>
        )}
        {now?.disposition && <Outcome view={view} now={now} age={days} />}
        <p className="pr-try-f">
          <button
            type="button"
            className="btn quiet"
            disabled={answers.length === 0}
            onClick={() => setAnswers(answers.slice(0, -1))}
          >
            <IconArrowBackUp size={16} stroke={1.6} aria-hidden /> {t('protocols.try.back')}
          </button>
          <button type="button" className="btn line" disabled={answers.length === 0} onClick={restart}>
            <IconRefresh size={16} stroke={1.6} aria-hidden /> {t('protocols.try.restart')}
          </button>
        </p>
      </section>
    </div>
  );
}

type Question = ProtocolView['content']['questions'][number];

function Answer({
  ask,
  kind,
  language,
  give,
}: {
  ask: NonNullable<TryAnswer['ask']>;
  kind: Question | undefined;
  language: Language;
  give: (value: Given) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [number, setNumber] = useState('');
  const [span, setSpan] = useState<(typeof SPANS)[number]>('h');
  const first = useRef<HTMLElement>(null);
  // the next answer is where the last one was, for who walks by keyboard
  useEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest('.pr-talk')) first.current?.focus();
  }, []);
  const written = kind?.kind === 'number' || kind?.kind === 'duration';
  const valueOf = (option: string): Given =>
    kind?.kind === 'yesno' ? (option === 'yes' ? true : option === 'no' ? false : 'unsure') : option;
  return (
    <div className="pr-answer">
      {ask.flag && (
        <p className="meta pr-flag">
          <Diamond priority="urgent" size={11} /> {t('protocols.flag')}
        </p>
      )}
      {written && (
        <form
          className="pr-number"
          onSubmit={(event) => {
            event.preventDefault();
            const value = Number(number.replace(',', '.'));
            if (!number.trim() || Number.isNaN(value)) return;
            give(kind.kind === 'duration' ? `${Math.round(value)}${span}` : value);
          }}
        >
          <label className="hidden-but-read" htmlFor={id}>
            {kind.kind === 'number' ? t(`protocols.unitAsk.${kind.unit}`) : t('protocols.duration')}
          </label>
          <input
            ref={first as React.Ref<HTMLInputElement>}
            id={id}
            className="input sm num"
            inputMode="decimal"
            autoComplete="off"
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          {kind.kind === 'duration' ? (
            <select
              className="input sm"
              aria-label={t('protocols.try.spanUnit')}
              value={span}
              onChange={(event) => setSpan(event.currentTarget.value as typeof span)}
            >
              {SPANS.map((one) => (
                <option key={one} value={one}>
                  {t(`protocols.try.unit.${one}`)}
                </option>
              ))}
            </select>
          ) : (
            <span className="small soft">{t(`protocols.unitAsk.${kind.unit}`)}</span>
          )}
          <button type="submit" className="btn pri" disabled={!number.trim()}>
            {t('protocols.try.answer')}
          </button>
        </form>
      )}
      <div className="buttons" lang={language}>
        {ask.options.map((option, index) => (
          <button
            key={option.id}
            ref={index === 0 && !written ? (first as React.Ref<HTMLButtonElement>) : undefined}
            type="button"
            className="btn"
            onClick={() => give(valueOf(option.id))}
          >
            {option.title}
          </button>
        ))}
      </div>
    </div>
  );
}

/** What it came to, and why: the rule, which of its parts held, and what raised it. */
function Outcome({ view, now, age }: { view: ProtocolView; now: TryAnswer; age: number }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const { level, rule: fired, base, raised } = now.disposition!;
  const rule = view.content.rules.find((one) => one.id === fired);
  const values = new Map(now.answers.map((one) => [one.question, one]));
  const flags = new Set(view.content.questions.filter((one) => one.kind === 'yesno' && one.flag).map((one) => one.id));
  return (
    <div className="pr-outcome" ref={box}>
      <h2>
        <Level level={level} />
      </h2>
      <p className="small">
        {t(rule ? 'protocols.try.fired' : fired === 'words' ? 'protocols.try.firedWords' : 'protocols.try.firedNone')}{' '}
        {rule && <code>{fired}</code>}
      </p>
      {rule && (
        <Condition
          when={rule.when}
          content={view.content}
          given={{
            age,
            // a doubt counts as a yes for a red flag
            value: (name) => (values.get(name)?.doubt && flags.has(name) ? true : values.get(name)?.value),
          }}
        />
      )}
      {raised.length > 0 && (
        <ul className="small pr-raised">
          {base !== level && <li>{t('protocols.try.base', { level: t(`protocols.level.${base}`) })}</li>}
          {raised.map((one) => (
            <li key={one}>{t(`protocols.try.raised.${one}`)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A question as it was shown, without its choices. */
const questionText = (shown: string): string =>
  shown
    .split('\n')
    .filter((line) => !line.startsWith('· '))
    .join('\n');
const unsureOf = (shown: string): string | undefined =>
  shown
    .split('\n')
    .findLast((line) => line.startsWith('· '))
    ?.slice(2);

function shownAnswer(
  view: ProtocolView,
  one: TryAnswer['answers'][number],
  language: Language,
  yes: string,
  no: string,
): string {
  const question = view.content.questions.find((question) => question.id === one.question);
  if (question?.kind === 'yesno' && typeof one.value === 'boolean') {
    const options = one.shown.split('\n').filter((line) => line.startsWith('· '));
    return options[one.value ? 0 : 1]?.slice(2) ?? (one.value ? yes : no);
  }
  if (question?.kind === 'number' && typeof one.value === 'number')
    return new Intl.NumberFormat(language).format(one.value);
  if (question?.kind === 'duration' && typeof one.value === 'number') {
    const [size, unit] = one.value < 120 ? [1, 'minute'] : one.value < 2880 ? [60, 'hour'] : [1440, 'day'];
    return new Intl.NumberFormat(language, {
      style: 'unit',
      unit: unit as string,
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    }).format(one.value / (size as number));
  }
  if (question?.kind === 'choice')
    return question.options.find((option) => option.id === one.value)?.title[language] ?? one.said;
  return one.said;
}

/** An age in the middle of whom the protocol is for. */
function startAge({ from, below }: ProtocolView['content']['audience']): { number: number; unit: AgeUnit } {
  const years = (age: string): number => {
    const [, number, unit] = /^(\d+)(\w+)$/.exec(age)!;
    return Number(number) * ({ d: 1 / 365.25, w: 7 / 365.25, mo: 1 / 12, y: 1 }[unit!] ?? 1);
  };
  const low = from ? years(from) : 0;
  const high = below ? years(below) : 90;
  const middle = Math.min(45, (low + high) / 2);
  return middle >= 2
    ? { number: Math.round(middle), unit: 'y' }
    : { number: Math.max(1, Math.round(middle * 12)), unit: 'mo' };
}
