import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { inOrder, type Inbox } from '../../../server/desk/contract.ts';
import { soundAlarm } from '../alarm.ts';
import { Conversation } from '../conversation/Conversation.tsx';
import { inboxQuery } from '../data.ts';
import { useKeys } from '../keys.ts';
import { Failed, Skeleton } from '../parts.tsx';
import { PatientPage } from '../patient/Panel.tsx';
import { announce } from '../say.ts';
import { Calm } from './Calm.tsx';
import { List } from './List.tsx';
import { useAnswers, useAsking } from './asking.ts';
import { rowName } from './rows.ts';

/** The three panes: who waits, what they say, who they are. On a phone they are three steps. */
export function InboxPage() {
  const { t } = useTranslation();
  const inbox = useQuery(inboxQuery);
  const navigate = useNavigate();
  const { conversationId, personId } = useParams({ strict: false });
  const { panel } = useSearch({ strict: false }) as { panel?: boolean };
  const at = useRouterState({ select: (router) => router.location.pathname });
  const open = (id: string | undefined) =>
    id && void navigate({ to: '/c/$conversationId', params: { conversationId: id } });
  const asking = useAsking(inbox.data);
  const { accept, decline } = useAnswers();
  const rows = inbox.data ? inOrder(inbox.data.mine, Date.now()) : [];
  const place = rows.findIndex((row) => row.conversationId === conversationId);
  useKeys('list', {
    accept: asking[0] && (() => void accept(asking[0]!)),
    decline: asking[0] && (() => void decline(asking[0]!)),
    next: () => open(rows[Math.min(place + 1, rows.length - 1)]?.conversationId),
    previous: () => open(rows[Math.max(place - 1, 0)]?.conversationId),
    first: () => open(rows[0]?.conversationId),
  });
  useAnnouncements(inbox.data, conversationId);

  const step = at === '/' ? 'at-list' : personId || panel ? 'at-panel' : 'at-conversation';
  return (
    <main className={`panes ${step}`}>
      <h1 className="hidden-but-read">{t('inbox.title')}</h1>
      <section className="list" id="inbox-list" tabIndex={-1} aria-label={t('inbox.title')}>
        {inbox.data ? (
          <List
            inbox={inbox.data}
            selected={conversationId}
            asking={asking}
            accept={accept}
            decline={decline}
            open={open}
          />
        ) : inbox.isError ? (
          <Failed error={inbox.error} retry={() => void inbox.refetch()} />
        ) : (
          <Skeleton lines={9} label={t('app.loading')} />
        )}
      </section>
      {conversationId ? (
        <Conversation key={conversationId} conversationId={conversationId} panel={panel ?? false} />
      ) : personId ? (
        <PatientPage key={personId} personId={personId} />
      ) : inbox.data ? (
        <Calm inbox={inbox.data} offered={asking.length} open={open} />
      ) : (
        <div className="calm" />
      )}
    </main>
  );
}

/** Critical conversations that were heard, with the version seen: the page may be left and come back meanwhile. */
const remembered = new Map<string, number>();
/** Conversations in which one was told to ask whether it is happening now, and heard it. */
const told = new Set<string>();

/** New offers, critical ones and words of patients are read aloud, once each. */
function useAnnouncements(inbox: Inbox | undefined, selected: string | undefined): void {
  const { t } = useTranslation();
  const known = useRef<{ offers: Set<string>; words: Map<string, string> } | null>(null);
  useEffect(() => {
    if (!inbox) return;
    const words = new Map(
      inbox.mine.map((row) => [row.conversationId, row.lastWords?.direction === 'in' ? row.lastWords.messageId : '']),
    );
    const everywhere = [
      ...inbox.offers.map((offer) => offer.row),
      ...inbox.mine,
      ...inbox.alarms,
      ...inbox.queues.flatMap((queue) => queue.waiting),
    ];
    const critical = new Map(
      everywhere.filter((row) => row.priority === 'critical').map((row) => [row.conversationId, row]),
    );
    const offers = new Set(inbox.offers.map((offer) => offer.id));
    const before = known.current;
    // one that is between the lists for a moment is still the same one; one that was lowered may rise again
    const heard = new Set(remembered.keys());
    for (const [id, row] of critical) remembered.set(id, Math.max(row.version, remembered.get(id) ?? 0));
    // a list that lags behind says nothing: only a later version lowers
    for (const row of everywhere)
      if (
        row.priority !== 'critical' &&
        !critical.has(row.conversationId) &&
        row.version > (remembered.get(row.conversationId) ?? Infinity)
      )
        remembered.delete(row.conversationId);
    const asks = inbox.mine.filter((row) => row.alarm === 'ask');
    const fresh = asks.filter((row) => !told.has(row.conversationId));
    told.clear();
    for (const row of asks) told.add(row.conversationId);
    known.current = { offers, words };
    if (!before) return;
    const alarming = [...critical.values()].filter((row) => !heard.has(row.conversationId));
    if (alarming.length > 0 || fresh.length > 0) soundAlarm();
    for (const row of fresh) announce(t('inbox.announceAsk', { name: rowName(row, t) }), true);
    for (const row of alarming) announce(t('inbox.announceCritical', { name: rowName(row, t) }), true);
    for (const row of inbox.mine) {
      const name = rowName(row, t);
      const last = words.get(row.conversationId);
      if (last && last !== before.words.get(row.conversationId) && row.conversationId !== selected)
        announce(t('inbox.announceMessage', { name, text: row.lastWords?.text || t(`kind.${row.lastWords?.kind}`) }));
    }
    for (const offer of inbox.offers)
      if (!before.offers.has(offer.id)) announce(t('inbox.announceOffer', { name: rowName(offer.row, t) }));
  }, [inbox, selected, t]);
}
