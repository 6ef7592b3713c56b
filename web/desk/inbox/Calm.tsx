import { IconArrowUp, IconKeyboard, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { inOrder, type Inbox } from '../../../server/desk/contract.ts';
import { wait } from '../../ui/format.ts';
import { spoken } from '../i18n.ts';
import { useNow } from '../store.ts';
import { setPresence } from './Presence.tsx';
import { waitsSince } from './rows.ts';

/** What stands where a conversation will: how the room is, and what to do meanwhile. */
export function Calm({
  inbox,
  offered,
  open,
}: {
  inbox: Inbox;
  offered: number;
  open: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const forUs = inOrder(inbox.mine, now).filter((row) => waitsSince(row) !== null);
  const waiting = inbox.queues.reduce((sum, queue) => sum + queue.waiting.length, 0);
  const room = waiting === 0 ? t('inbox.roomQuiet') : t('inbox.roomWaits', { count: waiting });
  const away = inbox.presence.state !== 'available' && inbox.presence.state !== 'busy';
  const key = (name: string) =>
    document.dispatchEvent(new KeyboardEvent('keydown', { key: name, ctrlKey: name === 'k', bubbles: true }));
  return (
    <>
      <section className="calm" aria-label={t('conversation.title')}>
        <svg className="curl" viewBox="0 0 560 170" aria-hidden>
          <path d="M-20 118C60 118 110 96 168 96C240 96 262 152 322 146C376 140 378 62 326 58C278 54 268 120 330 128C400 138 430 92 580 92" />
          <circle cx="168" cy="96" r="6" />
          <circle cx="447" cy="107.5" r="6" />
        </svg>
        <h2>
          {t(
            inbox.alarms.length > 0
              ? 'inbox.alarms'
              : offered > 0
                ? 'inbox.offered'
                : forUs.length > 0
                  ? 'inbox.choose'
                  : waiting > 0
                    ? 'inbox.inQueues'
                    : 'inbox.answered',
          )}
        </h2>
        <p className="soft">
          {inbox.alarms.length > 0 && `${t('inbox.alarmsText')} `}
          {offered > 0
            ? t('inbox.offeredText', { count: offered })
            : forUs.length > 0
              ? t('inbox.chooseText', { count: forUs.length })
              : waiting > 0
                ? ''
                : inbox.alarms.length > 0
                  ? ''
                  : t('inbox.answeredText')}{' '}
          {offered > 0 && waiting === 0 ? '' : room}{' '}
          {offered === 0 && forUs.length === 0 && waiting > 0 && t(away ? 'inbox.takeAway' : 'inbox.takeText')}
        </p>
        {away && (
          <button type="button" className="btn pri lg" onClick={() => void setPresence('available')}>
            {t('inbox.beAvailable')}
          </button>
        )}
        <div className="calm-c">
          {forUs.length > 0 && (
            <button type="button" onClick={() => open(forUs[0]!.conversationId)}>
              <IconArrowUp size={20} stroke={1.6} aria-hidden />
              <span className="grow">
                <b>{t('inbox.tipFirst')}</b>
                <small>{t('inbox.tipFirstText')}</small>
              </span>
              <kbd>H</kbd>
            </button>
          )}
          <button type="button" onClick={() => key('k')}>
            <IconSearch size={20} stroke={1.6} aria-hidden />
            <span className="grow">
              <b>{t('inbox.tipSearch')}</b>
              <small>{t('inbox.tipSearchText')}</small>
            </span>
            <kbd>Ctrl</kbd>
            <kbd>K</kbd>
          </button>
          <button type="button" onClick={() => key('?')}>
            <IconKeyboard size={20} stroke={1.6} aria-hidden />
            <span className="grow">
              <b>{t('inbox.tipKeys')}</b>
              <small>{t('inbox.tipKeysText')}</small>
            </span>
            <kbd>?</kbd>
          </button>
        </div>
      </section>
      <aside className="panel calm-r" aria-label={t('inbox.queues')}>
        <h2>{t('inbox.queues')}</h2>
        <ul className="queues">
          {inbox.queues.map((queue) => {
            const oldest = Math.min(...queue.waiting.map((row) => waitsSince(row) ?? now));
            const late = queue.waiting.length > 0 && now - oldest > queue.targetSeconds * 1000;
            return (
              <li key={queue.id}>
                <p className="strong">{queue.names[spoken()]}</p>
                <p className="small soft num">
                  {queue.waiting.length === 0
                    ? t('inbox.queueNone')
                    : t('inbox.queueWaits', { count: queue.waiting.length })}
                  {queue.waiting.length > 0 && (
                    <>
                      {' · '}
                      <span className={late ? 'over-t' : ''}>{t('inbox.oldest', { time: wait(now - oldest) })}</span>
                    </>
                  )}
                </p>
                <p className="meta faint num">
                  {queue.open ? t('inbox.queueAgents', { count: queue.agents }) : t('inbox.queueClosed')}
                </p>
              </li>
            );
          })}
        </ul>
      </aside>
    </>
  );
}
