import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueuesView, QueueView, RetiredQueue } from '../../../../server/desk/settings/contract.ts';
import { ask, post } from '../../api.ts';
import { spoken } from '../../i18n.ts';
import { ConfirmDialog } from '../../ConfirmDialog.tsx';
import { queuesQuery } from '../../data.ts';
import { type Order, useKeptOrder } from '../../order.tsx';
import { Diamond } from '../../parts.tsx';
import { tell, tellRefusal } from '../../say.ts';
import { Could } from './Could.tsx';
import { namesIn, nameOf, queueSettingsQuery } from './data.ts';
import { Page } from '../Page.tsx';
import { readBack } from './sentence.ts';

/** The queues: what each promises, who could serve it now, who waits. */
export function Queues() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = useQuery(queueSettingsQuery);
  const { rows: inUse, order } = useKeptOrder(query.data?.queues.filter((queue) => !queue.retired) ?? [], {
    save: async (_, id, position) => {
      queries.setQueryData(
        queueSettingsQuery.queryKey,
        await ask<QueuesView>(`/api/settings/queues/${id}/place`, { method: 'PUT', body: { position } }),
      );
      void queries.invalidateQueries({ queryKey: queuesQuery.queryKey });
    },
    refetch: () => void query.refetch(),
    nameOf: (queue) => nameOf(queue, spoken()),
  });
  const retired = query.data?.queues.filter((queue) => queue.retired) ?? [];
  return (
    <Page
      title={t('queuePage.title')}
      count={query.data && t('queuePage.count', { count: inUse.length })}
      action={
        <Link to="/house/queues/$queueId" params={{ queueId: 'new' }} className="btn pri">
          <IconPlus size={16} stroke={1.8} aria-hidden /> {t('queuePage.new')}
        </Link>
      }
      query={query}
    >
      {query.data && (
        <>
          {inUse.length === 0 && <p className="soft">{t('queuePage.none')}</p>}
          <ol className="house-list" ref={order.list}>
            {inUse.map((queue) => (
              <Row
                key={queue.id}
                queue={queue}
                view={query.data}
                row={order.row(queue.id)}
                grip={inUse.length > 1 && order.grip(queue.id)}
              >
                {inUse.length > 1 && order.buttons(queue.id)}
              </Row>
            ))}
          </ol>
          {retired.length > 0 && (
            <details className="retired">
              <summary>
                {t('house.retired')} <span className="num faint">{retired.length}</span>
              </summary>
              <ul className="house-list">
                {retired.map((queue) => (
                  <Retired key={queue.id} queue={queue} />
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </Page>
  );
}

function Row({
  queue,
  view,
  row,
  grip,
  children,
}: {
  queue: QueueView;
  view: QueuesView;
  row: ReturnType<Order['row']>;
  grip: ReactNode;
  /** How it is put elsewhere in the order. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const language = spoken();
  const { settings } = queue;
  const names = namesIn(view, language);
  const needed =
    settings.key === view.defaultQueue ? 'isDefault' : settings.key === view.urgentQueue ? 'isUrgent' : null;
  return (
    <li {...row}>
      {grip}
      <div className="house-t">
        <h2>
          <Diamond priority={settings.priority} />{' '}
          <Link to="/house/queues/$queueId" params={{ queueId: queue.id }}>
            {nameOf(queue, language)}
          </Link>
        </h2>
        <span className="chips">
          {settings.entity && <span className="chip">{names.entities[settings.entity] ?? settings.entity}</span>}
          {needed && <span className="chip">{t(`queuePage.${needed}`)}</span>}
          {!queue.open && <span className="chip">{t('queuePage.closed')}</span>}
        </span>
        <p className="small soft">{readBack(settings, t, language, names, true).join(' ')}</p>
        <Could could={queue.could} targetSeconds={settings.targetSeconds} brief closed={!queue.open} />
      </div>
      <div className="house-r">
        <span className={`num ${queue.waiting > 0 ? 'strong' : 'faint'}`}>
          {queue.waiting > 0 ? t('queuePage.waiting', { count: queue.waiting }) : t('queuePage.nobodyWaits')}
        </span>
        {!needed && <Retire queue={queue} />}
        {children}
      </div>
    </li>
  );
}

/** Takes a queue out of use, once it was said what becomes of who stands in it. */
function Retire({ queue }: { queue: QueueView }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const name = nameOf(queue, spoken());
  async function retire(): Promise<void> {
    const done = await post<RetiredQueue>(`/api/settings/queues/${queue.id}/retire`);
    await queries.invalidateQueries({ queryKey: queueSettingsQuery.queryKey });
    setAsking(false);
    tell(
      done.overflowed.length > 0
        ? t('queuePage.retireHelped', { queues: done.overflowed.map((one) => one[spoken()]).join(', ') })
        : t('queuePage.retireDone'),
    );
  }
  return (
    <>
      <button type="button" className="btn sm line" onClick={() => setAsking(true)}>
        {t('house.retire')}
        <span className="hidden-but-read"> {name}</span>
      </button>
      {asking && (
        <ConfirmDialog
          title={t('queuePage.retireTitle', { name })}
          action={t('house.retire')}
          loses
          confirm={retire}
          close={() => setAsking(false)}
        >
          <p>{t('queuePage.retireText')}</p>
          <p>
            {queue.waiting + queue.held === 0
              ? t('queuePage.retireEmpty')
              : [
                  queue.waiting > 0 && t('queuePage.retireWaiting', { count: queue.waiting }),
                  queue.held > 0 && t('queuePage.retireHeld', { count: queue.held }),
                ]
                  .filter(Boolean)
                  .join(' ')}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Retired({ queue }: { queue: QueueView }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  async function restore(): Promise<void> {
    try {
      queries.setQueryData(
        queueSettingsQuery.queryKey,
        await post<QueuesView>(`/api/settings/queues/${queue.id}/restore`),
      );
    } catch (error) {
      tellRefusal(error);
    }
  }
  return (
    <li>
      <div className="house-t">
        <h2 className="soft">{nameOf(queue, spoken())}</h2>
        {queue.waiting > 0 && <p className="small over-t">{t('queuePage.waiting', { count: queue.waiting })}</p>}
      </div>
      <div className="house-r">
        <button type="button" className="btn sm line" onClick={() => void restore()}>
          {t('house.restore')}
          <span className="hidden-but-read"> {nameOf(queue, spoken())}</span>
        </button>
      </div>
    </li>
  );
}
