import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconDots, IconPhoneOutgoing } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type { Outcome } from '../../../server/routing/call-backs/contract.ts';
import { dayAndTime } from '../../ui/format.ts';
import { post } from '../api.ts';
import { shortcut } from '../key-table.ts';
import { useKeys } from '../keys.ts';
import { tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { callBackQuery, renewCallBacks } from './data.ts';
import { SlotDialog } from './SlotDialog.tsx';

/** Over the thread, while this agent has somebody to call: the number to dial, and one key for what came of it. */
export function Calling({ head }: { head: ConversationHead }) {
  const me = useMe();
  const mine = head.agentId === me.membership.id && may(me, 'call_back.write');
  return mine ? <Held head={head} /> : null;
}

function Held({ head }: { head: ConversationHead }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  const callBack = useQuery(callBackQuery(head.conversationId, head.version)).data?.callBack ?? null;
  const [later, setLater] = useState(false);
  const busy = useRef(false);
  const held =
    callBack !== null && callBack.state === 'trying' && callBack.agentId === me.membership.id ? callBack : null;

  async function record(outcome: Outcome, slotAt: string | null = null): Promise<void> {
    if (!held || busy.current) return;
    busy.current = true;
    try {
      const { state, nextAt } = await post<{ state: string; nextAt: string | null }>(
        `/api/call-backs/${held.id}/outcome`,
        { outcome, slotAt },
      );
      tell(
        state === 'reached'
          ? t('callBacks.saidReached')
          : nextAt
            ? t('callBacks.saidNext', { when: dayAndTime(new Date(nextAt), language, zone) })
            : t('callBacks.saidOver'),
      );
    } finally {
      busy.current = false;
      void renewCallBacks();
    }
  }
  const say = (outcome: Outcome) => () => void record(outcome).catch(tellRefusal);
  useKeys('conversation', {
    reached: held ? say('reached') : undefined,
    noAnswer: held ? say('no_answer') : undefined,
  });

  if (!held) return null;
  return (
    <section className="calling" aria-label={t('callBacks.calling')}>
      <IconPhoneOutgoing size={20} stroke={1.6} aria-hidden />
      <p className="grow">
        {held.way === 'phone' && held.dial ? (
          <>
            <a className="calling-n num" href={`tel:${held.dial}`}>
              {held.dial}
            </a>{' '}
            <span className="meta soft">{t('callBacks.dial')}</span>
          </>
        ) : (
          <b>{t('callBacks.byMessage')}</b>
        )}
        <span className="meta soft num">
          {t('callBacks.tryOf', { n: held.tries + 1 })}
          {held.slotAt && ` · ${t('callBacks.askedFor', { when: dayAndTime(new Date(held.slotAt), language, zone) })}`}
        </span>
      </p>
      <button
        type="button"
        className="btn pri sm"
        aria-keyshortcuts={shortcut('conversation', 'reached')}
        onClick={say('reached')}
      >
        {t('callBacks.reached')} <kbd aria-hidden>{shortcut('conversation', 'reached')}</kbd>
      </button>
      <button
        type="button"
        className="btn line sm"
        aria-keyshortcuts={shortcut('conversation', 'noAnswer')}
        onClick={say('no_answer')}
      >
        {t('callBacks.noAnswer')} <kbd aria-hidden>{shortcut('conversation', 'noAnswer')}</kbd>
      </button>
      <Menu position="bottom-end" width={240} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button type="button" className="ib" aria-label={t('callBacks.more')}>
            <IconDots size={18} stroke={1.6} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {held.way === 'phone' && <Menu.Item onClick={say('wrong_number')}>{t('callBacks.wrongNumber')}</Menu.Item>}
          <Menu.Item onClick={() => setLater(true)}>{t('callBacks.later')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {later && (
        <SlotDialog
          title={t('callBacks.laterTitle')}
          action={t('callBacks.moveDo')}
          where={{ queue: held.queueId }}
          choose={(slotAt) => record('later', slotAt)}
          close={() => setLater(false)}
        />
      )}
    </section>
  );
}
