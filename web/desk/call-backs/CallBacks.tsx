import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { IconDots } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeskCallBack } from '../../../server/routing/call-backs/contract.ts';
import { clock, dayOf, wait, weekdayShort } from '../../ui/format.ts';
import { post } from '../api.ts';
import { queuesQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { Diamond, Failed, Ring, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { CancelDialog } from './CancelDialog.tsx';
import { Capacity } from './Capacity.tsx';
import { callBacksQuery, type ListName, renewCallBacks } from './data.ts';
import { Tries } from './Panel.tsx';
import { SlotDialog } from './SlotDialog.tsx';
import { stateText } from './state.ts';

const LISTS: readonly ListName[] = ['today', 'late', 'upcoming', 'done'];
type Tab = ListName | 'capacity';

/** Who is to be called, when and by whom; for who plans, how many may be and why. */
export function CallBacks() {
  const { t } = useTranslation();
  const me = useMe();
  const calls = may(me, 'call_back.read');
  const plans = may(me, 'call_back.plan');
  const [tab, setTab] = useState<Tab>(calls ? 'today' : 'capacity');
  const [queue, setQueue] = useState<string | null>(null);
  const queues = useQuery({ ...queuesQuery, enabled: may(me, 'queue.read') }).data?.queues ?? [];
  const { zone } = useWhen();
  // at midnight tomorrow's are today's, and nobody's event says so
  const day = dayOf(new Date(useNow()), zone);
  const counted = useQuery({ ...callBacksQuery('today', queue, day), enabled: calls }).data?.counts;
  useEffect(() => {
    document.title = `${t('callBacks.title')} · Hebra`;
  }, [t]);
  const tabs: Tab[] = [...(calls ? LISTS : []), ...(plans ? (['capacity'] as const) : [])];
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('callBacks.title')}</h1>
      </header>
      <div className="page-b wide tasks">
        <div className="tasks-f">
          <div role="group" aria-label={t('callBacks.which')} className="tabs">
            {tabs.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={tab === one}
                className={tab === one ? 'on' : ''}
                onClick={() => setTab(one)}
              >
                {t(`callBacks.tab.${one}`)}
                {counted && one in counted && (
                  <span className="num faint"> {counted[one as keyof typeof counted]}</span>
                )}
              </button>
            ))}
          </div>
          {tab !== 'capacity' && queues.length > 1 && (
            <label className="queue-f">
              <span>{t('callBacks.queue')}</span>
              <select
                className="input"
                value={queue ?? ''}
                onChange={(event) => setQueue(event.currentTarget.value || null)}
              >
                <option value="">{t('callBacks.allQueues')}</option>
                {queues.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.names[spoken()]}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
        {tab === 'capacity' ? <Capacity /> : <List list={tab} queue={queue} day={day} />}
      </div>
    </main>
  );
}

function List({ list, queue, day }: { list: ListName; queue: string | null; day: string }) {
  const { t } = useTranslation();
  const found = useQuery(callBacksQuery(list, queue, day));
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} label={t('app.loading')} />;
  if (found.data.callBacks.length === 0)
    return (
      <div className="nobody">
        <p className="strong">{t(`callBacks.empty.${list}`)}</p>
        <p className="small soft">{t(`callBacks.emptyText.${list}`)}</p>
      </div>
    );
  return (
    <ul className="task-list">
      {found.data.callBacks.map((one) => (
        <Row key={one.id} callBack={one} />
      ))}
    </ul>
  );
}

function Row({ callBack }: { callBack: DeskCallBack }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const navigate = useNavigate();
  const now = useNow();
  const [dialog, setDialog] = useState<'move' | 'cancel' | null>(null);
  const [busy, setBusy] = useState(false);
  const name = callBack.name ?? t('inbox.nameless');
  const over = callBack.endedAt !== null;
  const idle = !over && callBack.agentId === null;
  const at = new Date(callBack.endedAt ?? callBack.slotAt ?? callBack.dueAt);
  const late = callBack.late ? now - Date.parse(callBack.slotEndsAt!) : 0;

  async function tryNow(): Promise<void> {
    setBusy(true);
    try {
      const { conversationId } = await post<{ conversationId: string }>(`/api/call-backs/${callBack.id}/try`);
      void navigate({ to: '/c/$conversationId', params: { conversationId } });
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
      void renewCallBacks();
    }
  }

  return (
    <li className={`task ${over ? 'is-over' : ''}`}>
      <Ring
        share={over ? null : late > 0 ? 1 : null}
        channel={callBack.way === 'phone' ? 'voice' : (callBack.channel as 'webchat' | null)}
        label={t(`callBacks.way.${callBack.way}`)}
      />
      <div className="task-t">
        <p className="row-1">
          <Diamond priority={callBack.priority} />
          <span className="strong">{name}</span>
        </p>
        <p className="small">
          {stateText(callBack, t, language, zone)}
          {callBack.dial && (
            <>
              {' · '}
              <a className="link num" href={`tel:${callBack.dial}`}>
                {callBack.dial}
              </a>
            </>
          )}
        </p>
        <p className="meta soft">
          {[
            t(`callBacks.kind.${callBack.kind}`),
            t('callBacks.since', { time: clock(new Date(callBack.since), language, zone) }),
            callBack.tries > 0 ? t('callBacks.tries', { count: callBack.tries }) : null,
            over && callBack.reason ? t(`callBacks.reason.${callBack.reason}`, { defaultValue: '' }) : null,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {over && <Tries callBack={callBack} />}
      </div>
      <p className="task-w">
        <time dateTime={at.toISOString()} className="strong num">
          {clock(at, language, zone)}
        </time>
        <span className={`meta num ${late > 0 ? 'over-t strong' : 'soft'}`}>
          {late > 0 ? t('callBacks.lateBy', { time: wait(late) }) : weekdayShort(at, language, zone)}
        </span>
      </p>
      <div className="task-a">
        <Link to="/c/$conversationId" params={{ conversationId: callBack.conversationId }} className="btn sm line">
          {t('callBacks.story')}
          <span className="hidden-but-read">: {name}</span>
        </Link>
        {idle && (
          <>
            <button type="button" className="btn sm line" disabled={busy} onClick={() => void tryNow()}>
              {t('callBacks.try')}
              <span className="hidden-but-read">: {name}</span>
            </button>
            <Menu position="bottom-end" width={200} withinPortal={false} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <button type="button" className="ib" aria-label={`${t('callBacks.more')}: ${name}`}>
                  <IconDots size={18} stroke={1.6} aria-hidden />
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setDialog('move')}>{t('callBacks.move')}</Menu.Item>
                <Menu.Item onClick={() => setDialog('cancel')}>{t('callBacks.cancel')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </div>
      {dialog === 'move' && (
        <SlotDialog
          title={t('callBacks.moveTitle', { name })}
          action={t('callBacks.moveDo')}
          where={{ queue: callBack.queueId }}
          choose={(slotAt) =>
            post(`/api/call-backs/${callBack.id}/move`, { slotAt }).then(() => tell(t('callBacks.moved')))
          }
          close={() => setDialog(null)}
        />
      )}
      {dialog === 'cancel' && <CancelDialog id={callBack.id} name={name} close={() => setDialog(null)} />}
    </li>
  );
}
