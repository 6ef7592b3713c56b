import { IconCheck } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RedFlagLanguage, Tried } from '../../../../server/desk/red-flags/contract.ts';
import { post } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Diamond } from '../../parts.tsx';
import { announce, refusal } from '../../say.ts';
import { acting, piecesOf, raising } from './marks.ts';
import { nameOf } from './names.ts';

/** A sentence as a patient writes it: what would be answered, and which words decide it. Nothing of it is kept. */
export function Try({ emergencyNumber }: { emergencyNumber: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState('');
  const [language, setLanguage] = useState<RedFlagLanguage>(spoken());
  const [found, setFound] = useState<{ text: string; language: RedFlagLanguage; tried: Tried }>();
  const [said, setSaid] = useState<string>();
  const asked = useRef(0);
  useEffect(() => {
    if (found) announce(t(`redFlags.level.${found.tried.level}`));
  }, [found, t]);
  async function submit(written = text, at = language): Promise<void> {
    const sentence = written.trim();
    if (!sentence) return;
    const mine = ++asked.current;
    setSaid(undefined);
    try {
      const tried = await post<Tried>('/api/red-flags/try', { text: sentence, language: at });
      if (mine === asked.current) setFound({ text: sentence, language: at, tried });
    } catch (error) {
      if (mine === asked.current) setSaid(refusal(error));
    }
  }
  const example = (words: string): void => {
    setText(words);
    setLanguage(spoken());
    void submit(words, spoken());
  };
  return (
    <section className="rf-try" aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{t('redFlags.try')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label className="hidden-but-read" htmlFor={`${id}text`}>
          {t('redFlags.sentence')}
        </label>
        <textarea
          id={`${id}text`}
          className="input"
          rows={3}
          maxLength={4000}
          lang={language}
          placeholder={t('redFlags.placeholder')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void submit();
          }}
        />
        <div className="rf-try-f">
          <label className="hidden-but-read" htmlFor={`${id}language`}>
            {t('redFlags.conversationIn')}
          </label>
          <select
            id={`${id}language`}
            className="input sm"
            value={language}
            onChange={(event) => {
              const chosen = event.currentTarget.value as RedFlagLanguage;
              setLanguage(chosen);
              if (found) void submit(text, chosen);
            }}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one}>
                {t('redFlags.in', { language: t(`language.${one}`) })}
              </option>
            ))}
          </select>
          <span className="grow" />
          <button type="submit" className="btn" disabled={!text.trim()}>
            {t('redFlags.tryDo')}
          </button>
        </div>
      </form>
      {said && (
        <p role="alert" className="small over-t">
          {said}
        </p>
      )}
      {found ? (
        <Verdict key={`${found.language} ${found.text}`} {...found} emergencyNumber={emergencyNumber} />
      ) : (
        <div className="rf-try-e small soft">
          <p>{t('redFlags.tryText')}</p>
          <ul>
            {(['one', 'two', 'three'] as const).map((one) => (
              <li key={one}>
                <button type="button" className="link small" onClick={() => example(t(`redFlags.example.${one}`))}>
                  {t(`redFlags.example.${one}`)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Verdict({
  text,
  language,
  tried,
  emergencyNumber,
}: {
  text: string;
  language: RedFlagLanguage;
  tried: Tried;
  emergencyNumber: string;
}) {
  const { t } = useTranslation();
  const pieces = piecesOf(text, tried);
  const marks = new Set(pieces.map((one) => one.mark));
  return (
    <div className="rf-verdict">
      <p className={`rf-level ${tried.level}`}>
        {tried.level === 'none' ? (
          <IconCheck size={18} stroke={1.8} aria-hidden />
        ) : (
          <Diamond priority={tried.level === 'hard' ? 'critical' : 'urgent'} size={16} />
        )}
        <span>
          <b>{t(`redFlags.level.${tried.level}`)}</b>
          <span className="small">{t(`redFlags.then.${tried.level}`, { number: emergencyNumber })}</span>
        </span>
      </p>
      <blockquote className="rf-sentence" lang={language}>
        {pieces.map((one) => (one.mark ? <Marked key={one.start} {...one} /> : one.text))}
      </blockquote>
      {marks.size > 1 && (
        <p className="rf-legend meta soft">
          {(['fired', 'off', 'context'] as const)
            .filter((mark) => marks.has(mark))
            .map((mark) => (
              <span key={mark}>
                <mark className={mark}>{t('redFlags.word')}</mark> {t(`redFlags.mark.${mark}`)}
              </span>
            ))}
        </p>
      )}
      <h3>{t('redFlags.why')}</h3>
      <Reasons tried={tried} />
      {tried.told && (
        <>
          <h3>{t('redFlags.told')}</h3>
          <p className="rf-told" lang={language}>
            {tried.told}
          </p>
        </>
      )}
    </div>
  );
}

function Marked({ text, mark }: { text: string; mark: 'fired' | 'off' | 'context' | null }) {
  const { t } = useTranslation();
  return (
    <mark className={mark!}>
      {text}
      <span className="hidden-but-read"> ({t(`redFlags.mark.${mark}`)})</span>
    </mark>
  );
}

/** Why it was screened so, a sentence for each step. */
function Reasons({ tried }: { tried: Tried }) {
  const { t } = useTranslation();
  const named = (name: string, means: string): string => nameOf(name, spoken()) ?? means;
  const quoted = (words: Iterable<string>): string => [...new Set(words)].map((one) => `«${one}»`).join(', ');
  const heard = (concept: string) =>
    tried.concepts.find((one) => one.concept === concept && one.state === 'present') ??
    tried.concepts.find((one) => one.concept === concept && one.state === 'lowered');
  const counts = tried.rules.filter((one) => one.fired !== 'faint');
  const raised = raising(tried);
  const others = tried.concepts.filter((one) => !one.because && !raised.has(one.concept));
  const hints = tried.rules.filter((one) => one.fired === 'faint');
  const softened = (rule: Tried['rules'][number]): boolean => rule.level === 'hard' && rule.fired === 'soft';
  return (
    <ul className="rf-reasons small">
      {counts.map((rule) => (
        <li key={rule.rule}>
          <p>
            <Diamond priority={rule.fired === 'hard' ? 'critical' : 'urgent'} size={12} />{' '}
            <b>{t(`category.${rule.category}`)}</b>
            {': '}
            {rule.concepts.map((concept, index) => {
              const one = heard(concept);
              return (
                <span key={concept}>
                  {index > 0 && ' + '}
                  {one ? `«${one.words}» ` : ''}
                  <span className="soft">
                    {!one
                      ? named(concept, concept)
                      : named(concept, one.means) !== one.words.toLowerCase() &&
                        t('redFlags.as', { name: named(concept, one.means) })}
                  </span>
                </span>
              );
            })}
          </p>
          <p className="soft">
            {t(softened(rule) ? 'redFlags.rule.softened' : `redFlags.rule.${rule.fired}`, {
              count: rule.concepts.length,
            })}{' '}
            <code>{rule.rule}</code>
          </p>
          {rule.why && (
            <p className="soft" lang="en">
              {rule.why}
            </p>
          )}
        </li>
      ))}
      {[...acting(tried)].map((context) => {
        const by = tried.contexts.filter((one) => one.context === context);
        // what lies within the context's own words is no loss: the "tres" of "hace tres años"
        const touched = tried.concepts.filter(
          (one) => one.because === context && !by.some((hit) => hit.start <= one.start && one.end <= hit.end),
        );
        const gone = touched.filter((one) => one.state === 'removed').map((one) => one.words);
        const lowered = touched.filter((one) => one.state === 'lowered').map((one) => one.words);
        return (
          <li key={context}>
            <p>
              <b>{named(context, by[0]?.means ?? context)}</b> ({quoted(by.map((one) => one.words))})
            </p>
            {gone.length > 0 && <p className="soft">{t('redFlags.removes', { words: quoted(gone) })}</p>}
            {lowered.length > 0 && <p className="soft">{t('redFlags.lowers', { words: quoted(lowered) })}</p>}
          </li>
        );
      })}
      {tried.by === 'raised' && <li>{t('redFlags.by.raised')}</li>}
      {tried.by === 'dropped' && <li>{t('redFlags.by.dropped')}</li>}
      {tried.level === 'none' && tried.by === 'nothing' && acting(tried).size === 0 && (
        <li className="soft">{t(hints.length ? 'redFlags.by.hints' : 'redFlags.by.nothing')}</li>
      )}
      {(others.length > 0 || hints.length > 0) && (
        <li>
          <details>
            <summary>{t('redFlags.also', { count: others.length + hints.length })}</summary>
            <ul className="rf-also soft">
              {others.map((one) => (
                <li key={`${one.start} ${one.concept}`}>
                  «{one.words}» {t('redFlags.as', { name: named(one.concept, one.means) })}
                </li>
              ))}
              {hints.map((one) => (
                <li key={one.rule}>
                  {t('redFlags.hint', { category: t(`category.${one.category}`) })} <code>{one.rule}</code>
                </li>
              ))}
            </ul>
          </details>
        </li>
      )}
    </ul>
  );
}
