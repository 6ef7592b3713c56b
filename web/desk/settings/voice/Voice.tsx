import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VoiceView } from '../../../../server/assistant/voice/contract.ts';
import { ask, Refused } from '../../api.ts';
import { LANGUAGE_NAMES, spoken } from '../../i18n.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { tell, tellRefusal } from '../../say.ts';

const ADDRESSES = ['usted', 'tu', 'vos'] as const;

/** How we speak to patients: chosen by who administers the organisation, heard before it is saved. */
export function Voice() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('voice.title')} · Hebra`;
  }, [t]);
  const voice = useQuery({
    queryKey: ['voice'],
    queryFn: ({ signal }) => ask<VoiceView>('/api/voice', { signal }),
  });
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('voice.title')}</h1>
      </header>
      <div className="page-b">
        {voice.data ? (
          <Chosen view={voice.data} />
        ) : voice.error instanceof Refused && voice.error.status === 403 ? (
          <p className="soft">{t('voice.forbidden')}</p>
        ) : voice.error ? (
          <Failed error={voice.error} retry={() => void voice.refetch()} />
        ) : (
          <Skeleton lines={8} label={t('app.loading')} />
        )}
      </div>
    </main>
  );
}

function Chosen({ view }: { view: VoiceView }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [address, setAddress] = useState(view.address);
  const [language, setLanguage] = useState(
    () => view.languages.find((one) => one === spoken()) ?? view.languages[0] ?? 'es',
  );
  const [saving, setSaving] = useState(false);
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaving(true);
    try {
      await ask('/api/voice', { method: 'PUT', body: { address } });
      queries.setQueryData<VoiceView>(['voice'], { ...view, address });
      tell(t('voice.saved'));
    } catch (error) {
      tellRefusal(error);
    } finally {
      setSaving(false);
    }
  }
  return (
    <>
      <section className="card" aria-label={t('voice.address')}>
        <div>
          <h2>{t('voice.address')}</h2>
          <p className="small soft">{t('voice.addressText')}</p>
        </div>
        <form className="card-b" onSubmit={(event) => void save(event)}>
          <fieldset className="choices">
            <legend>{t('voice.legend')}</legend>
            {ADDRESSES.map((one) => (
              <label key={one} className={one === address ? 'on' : ''}>
                <input type="radio" name="address" checked={one === address} onChange={() => setAddress(one)} />
                {t(`voice.form.${one}`)}
              </label>
            ))}
          </fieldset>
          <button type="submit" className="btn pri" disabled={saving || address === view.address}>
            {t('app.save')}
          </button>
          {address === view.address && <p className="small soft">{t('voice.inUse')}</p>}
        </form>
      </section>
      <section className="card" aria-label={t('voice.preview')}>
        <div>
          <h2>{t('voice.preview')}</h2>
          <p className="small soft">{t('voice.previewText')}</p>
        </div>
        <div className="card-b">
          <fieldset className="choices">
            <legend>{t('voice.language')}</legend>
            {view.languages.map((one) => (
              <label key={one} className={one === language ? 'on' : ''} lang={one}>
                <input type="radio" name="language" checked={one === language} onChange={() => setLanguage(one)} />
                {LANGUAGE_NAMES[one]}
              </label>
            ))}
          </fieldset>
          <ul className="voices" aria-live="polite">
            {view.texts.map((text) => (
              <li key={text.key}>
                <span className="small soft">{t(`voice.when.${text.key}`)}</span>
                <p lang={language}>{text.said[language][address]}</p>
              </li>
            ))}
          </ul>
          {language !== 'es' && (
            <p className="small soft">{t(language === 'en' ? 'voice.noForms' : 'voice.twoForms')}</p>
          )}
        </div>
      </section>
    </>
  );
}
