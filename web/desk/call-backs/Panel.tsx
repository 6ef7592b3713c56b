import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeskCallBack } from '../../../server/routing/call-backs/contract.ts';
import { dayAndTime } from '../../ui/format.ts';
import { post } from '../api.ts';
import { tell } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { CancelDialog } from './CancelDialog.tsx';
import { callBackQuery } from './data.ts';
import { SlotDialog } from './SlotDialog.tsx';
import { stateText } from './state.ts';

/** In the patient's panel: what they asked for, every try, and the way to ask for them. */
export function PanelCallBack({ conversationId, name }: { conversationId: string; name: string }) {
  const { t } = useTranslation();
  const me = useMe();
  if (!may(me, 'call_back.read')) return null;
  return (
    <section className="ps">
      <header>
        <h3>{t('callBacks.panel')}</h3>
      </header>
      <Shown conversationId={conversationId} name={name} />
    </section>
  );
}

function Shown({ conversationId, name }: { conversationId: string; name: string }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const { data } = useQuery(callBackQuery(conversationId, 0));
  const [dialog, setDialog] = useState<'ask' | 'move' | 'cancel' | null>(null);
  const callBack = data?.callBack ?? null;
  const open = callBack !== null && callBack.endedAt === null;
  const idle = open && callBack.agentId === null;
  return (
    <>
      {callBack ? (
        <>
          <p className="small">
            <b className="mid">{stateText(callBack, t, language, zone)}</b>{' '}
            {callBack.number && <span className="soft num">{callBack.number}</span>}
          </p>
          <Tries callBack={callBack} />
        </>
      ) : (
        <p className="small faint">{t('callBacks.none')}</p>
      )}
      <div className="buttons">
        {!open && (
          <button type="button" className="btn sm line" onClick={() => setDialog('ask')}>
            {t('callBacks.ask')}
          </button>
        )}
        {idle && (
          <>
            <button type="button" className="btn sm line" onClick={() => setDialog('move')}>
              {t('callBacks.move')}
            </button>
            <button type="button" className="btn sm line" onClick={() => setDialog('cancel')}>
              {t('callBacks.cancel')}
            </button>
          </>
        )}
      </div>
      {dialog === 'ask' && (
        <SlotDialog
          title={t('callBacks.askTitle', { name })}
          action={t('callBacks.askDo')}
          where={{ conversation: conversationId }}
          number
          choose={(slotAt, number) =>
            post('/api/call-backs', { conversationId, slotAt, way: 'phone', number }).then(() =>
              tell(t('callBacks.askedNow')),
            )
          }
          close={() => setDialog(null)}
        />
      )}
      {dialog === 'move' && callBack && (
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
      {dialog === 'cancel' && callBack && <CancelDialog id={callBack.id} name={name} close={() => setDialog(null)} />}
    </>
  );
}

/** Every try, with who made it and what came of it. */
export function Tries({ callBack }: { callBack: DeskCallBack }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  if (callBack.history.length === 0) return null;
  return (
    <ul className="tries">
      {callBack.history.map((one) => (
        <li key={one.beganAt} className="meta soft num">
          {[
            dayAndTime(new Date(one.beganAt), language, zone),
            one.agent,
            one.outcome ? t(`callBacks.outcome.${one.outcome}`) : t('callBacks.now'),
          ].join(' · ')}
        </li>
      ))}
    </ul>
  );
}
