import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { modelView } from '../../../../server/assistant/model/contract.ts';
import type { botList } from '../../../../server/assistant/outside/contract.ts';
import { ask, Refused } from '../../api.ts';
import { spoken } from '../../i18n.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { may, useMe } from '../../session.ts';
import { Bots } from './Bots.tsx';
import { Log } from './Log.tsx';
import { Model, Month, Purposes } from './Model.tsx';

/** What answers from outside: bots of others and a language model, for whoever administers the organisation. */
export function Outside() {
  const { t } = useTranslation();
  const me = useMe();
  useEffect(() => {
    document.title = `${t('outside.title')} · Hebra`;
  }, [t]);
  const manages = may(me, 'model.manage');
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('outside.title')}</h1>
      </header>
      <div className="page-b">
        {manages ? <Managed /> : may(me, 'model_log.read') ? <Log /> : <p className="soft">{t('outside.forbidden')}</p>}
      </div>
    </main>
  );
}

function Managed() {
  const { t } = useTranslation();
  const language = spoken();
  const model = useQuery({
    queryKey: ['model', language],
    queryFn: ({ signal }) => ask<z.infer<typeof modelView>>('/api/model', { signal }),
  });
  const bots = useQuery({
    queryKey: ['bots'],
    queryFn: ({ signal }) => ask<z.infer<typeof botList>>('/api/bots', { signal }),
  });
  const failed = model.error ?? bots.error;
  if (failed)
    return failed instanceof Refused && failed.status === 403 ? (
      <p className="soft">{t('outside.forbidden')}</p>
    ) : (
      <Failed error={failed} retry={() => (void model.refetch(), void bots.refetch())} />
    );
  if (!model.data || !bots.data) return <Skeleton lines={10} label={t('app.loading')} />;
  return (
    <>
      <Bots bots={bots.data.bots} renew={() => void bots.refetch()} />
      <Model view={model.data} />
      <Purposes view={model.data} />
      <Month view={model.data} />
      <Log />
    </>
  );
}
