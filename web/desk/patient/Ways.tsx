import { queryOptions, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CONSENTS, type PersonWays, WAYS } from '../../../server/routing/ways/contract.ts';
import { timeOrDay } from '../../ui/format.ts';
import { ask } from '../api.ts';
import { queries } from '../data.ts';
import { LANGUAGES } from '../i18n.ts';
import { Failed, Skeleton } from '../parts.tsx';
import { announce, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';

const personWaysQuery = (personId: string) =>
  queryOptions<PersonWays>({
    queryKey: ['person-ways', personId],
    staleTime: 0,
    queryFn: ({ signal }) => ask(`/api/people/${personId}/ways`, { signal }),
  });

/** In the patient's panel: the way and language they prefer and what they agreed to. Read when it is opened: each reading is kept. */
export function PanelWays({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <section className="ps">
      <header>
        <h3>{t('ways.person.title')}</h3>
        <button type="button" className="btn sm quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'ways.person.hide' : 'ways.person.show')}
        </button>
      </header>
      {open && <Shown personId={personId} />}
    </section>
  );
}

function Shown({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const id = useId();
  const { data, isError, error, refetch } = useQuery(personWaysQuery(personId));
  const [busy, setBusy] = useState(false);
  const writes = may(me, 'person.write');
  if (isError) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={3} label={t('app.loading')} />;
  async function keep(body: object): Promise<void> {
    setBusy(true);
    try {
      queries.setQueryData(
        personWaysQuery(personId).queryKey,
        await ask<PersonWays>(`/api/people/${personId}/ways`, { method: 'PUT', body }),
      );
      announce(t('ways.person.kept'));
    } catch (refused) {
      tellRefusal(refused);
    }
    setBusy(false);
  }
  return (
    <fieldset className="wy-person" disabled={!writes || busy}>
      <div className="field">
        <label htmlFor={`${id}way`}>{t('ways.person.way')}</label>
        <select
          id={`${id}way`}
          className="input sm"
          value={data.preferredWay ?? ''}
          onChange={(event) => void keep({ preferredWay: event.currentTarget.value || null })}
        >
          <option value="">{t('ways.tryIt.noPreference')}</option>
          {WAYS.map((way) => (
            <option key={way} value={way}>
              {t(`ways.kind.${way}`)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}language`}>{t('ways.person.language')}</label>
        <select
          id={`${id}language`}
          className="input sm"
          value={data.preferredLanguage ?? ''}
          onChange={(event) => void keep({ preferredLanguage: event.currentTarget.value || null })}
        >
          <option value="">{t('ways.tryIt.noPreference')}</option>
          {LANGUAGES.map((one) => (
            <option key={one} value={one}>
              {t(`language.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {CONSENTS.map((kind) => {
        const said = data.consents.find((one) => one.kind === kind);
        return (
          <div key={kind} className="field">
            <label htmlFor={id + kind}>{t(`ways.person.consent.${kind}`)}</label>
            <select
              id={id + kind}
              className="input sm"
              value={said ? String(said.given) : ''}
              onChange={(event) => void keep({ consents: { [kind]: event.currentTarget.value === 'true' } })}
            >
              {!said && <option value="">{t('ways.tryIt.consents.none')}</option>}
              <option value="true">{t('ways.tryIt.consents.given')}</option>
              <option value="false">{t('ways.tryIt.consents.withdrawn')}</option>
            </select>
            {said && <span className="meta faint num">{timeOrDay(new Date(said.at), language, zone, new Date())}</span>}
          </div>
        );
      })}
    </fieldset>
  );
}
