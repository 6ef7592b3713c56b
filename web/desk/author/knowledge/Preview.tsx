import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language, Preview as Shown } from '../../../../server/assistant/knowledge/contract.ts';
import { refusal } from '../../say.ts';
import { Blocks } from './Blocks.tsx';
import { previewOf } from './data.ts';

const CHANNELS = ['whatsapp', 'web', 'desk'] as const;
/** A pause in the writing after which the preview follows. */
const PAUSE_MS = 250;

/** How the text reads on each channel, as the server makes it. */
export function Preview({ title, body, language }: { title: string; body: string; language: Language }) {
  const { t } = useTranslation();
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>('whatsapp');
  const [shown, setShown] = useState<Shown | null>(null);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    if (!body.trim()) return setShown(null);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      previewOf({ title, body, language }, stop.signal).then(
        (answer) => {
          setShown(answer);
          setFailed('');
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setFailed(refusal(error));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [title, body, language]);
  return (
    <section className="preview">
      <header>
        <h2>{t('knowledge.looks')}</h2>
        <div className="tabs" role="group" aria-label={t('knowledge.looks')}>
          {CHANNELS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={channel === one}
              className={channel === one ? 'on' : ''}
              onClick={() => setChannel(one)}
            >
              {t(`knowledge.channels.${one}`)}
            </button>
          ))}
        </div>
      </header>
      <div className={`preview-b ${channel}`} lang={language} aria-live="polite">
        {!shown ? (
          <p className="soft small" lang={undefined}>
            {t('knowledge.previewNone')}
          </p>
        ) : channel === 'desk' ? (
          <div className="found-b">
            <p className="strong">{title}</p>
            <Blocks blocks={shown.blocks} />
          </div>
        ) : (
          <div className="phone-bubble">
            {channel === 'whatsapp' ? (
              <Marked text={shown.whatsapp} />
            ) : (
              <>
                <p className="strong">{title}</p>
                <Blocks blocks={shown.blocks} />
              </>
            )}
          </div>
        )}
      </div>
      {failed && (
        <p className="small" role="alert">
          {failed}
        </p>
      )}
      {shown?.dropped.map((one) => (
        <p key={one} className="small warn">
          {t(`knowledge.dropped.${one}`)}
        </p>
      ))}
    </section>
  );
}

/** A message with the marks of WhatsApp as its app shows them. */
function Marked({ text }: { text: string }) {
  return (
    <p className="marked">
      {text
        .split(/(\*[^*\n]+\*|_[^_\n]+_)/)
        .map((part, i) =>
          /^\*.+\*$/.test(part) ? (
            <b key={i}>{part.slice(1, -1)}</b>
          ) : /^_.+_$/.test(part) ? (
            <em key={i}>{part.slice(1, -1)}</em>
          ) : (
            part
          ),
        )}
    </p>
  );
}
