import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { IconChevronLeft, IconEar, IconLock } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead, MessageView } from '../../../server/desk/contract.ts';
import type { z } from 'zod';
import type { listening } from '../../../server/desk/supervision/contract.ts';
import { post, Refused } from '../api.ts';
import { addMessage, conversationQuery, live, queries, setHead } from '../data.ts';
import { rowName } from '../inbox/rows.ts';
import { useKeys } from '../keys.ts';
import { Diamond, Failed, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { useMe } from '../session.ts';
import { Thread } from '../conversation/Thread.tsx';
import './room.css';

type Lease = z.infer<typeof listening>;
const RENEW_MS = 30_000;
const SHORTEST = 3;

/** A supervisor reads along: first the reason, then the thread, read-only and live. */
export function ListenPage() {
  const { t } = useTranslation();
  const { conversationId } = useParams({ strict: false }) as { conversationId: string };
  const [lease, setLease] = useState<Lease | null>(null);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t('room.listenTitle')} · Hebra`;
  }, [t]);

  // while the page is there it says so; when it is gone the lease runs out
  const id = lease?.id;
  useEffect(() => {
    if (!id) return;
    const path = `/api/room/conversations/${conversationId}/listening/${id}`;
    const timer = setInterval(() => {
      post(`${path}/renew`).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 409) setLease(null);
      });
    }, RENEW_MS);
    const end = () => void fetch(`${path}/end`, { method: 'POST', keepalive: true, credentials: 'same-origin' });
    addEventListener('pagehide', end);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', end);
      end();
    };
  }, [conversationId, id]);

  function begin(event: FormEvent): void {
    event.preventDefault();
    if (reason.trim().length < SHORTEST || busy) return;
    setBusy(true);
    post<Lease>(`/api/room/conversations/${conversationId}/listening`, { reason: reason.trim() })
      .then(setLease, tellRefusal)
      .finally(() => setBusy(false));
  }

  if (lease) return <Listening conversationId={conversationId} lease={lease} />;
  return (
    <main className="sv" tabIndex={-1}>
      <form className="sv-ask dialog" onSubmit={begin}>
        <h1>{t('room.listenTitle')}</h1>
        <p className="small soft">{t('room.listenText')}</p>
        <TextInput
          autoFocus
          required
          withAsterisk={false}
          label={t('room.reason')}
          description={t('room.listenReason')}
          value={reason}
          maxLength={300}
          autoComplete="off"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <footer className="dialog-f">
          <Link to="/room" search={{ show: 'held' }} className="btn quiet">
            {t('app.cancel')}
          </Link>
          <button type="submit" className="btn pri" disabled={busy || reason.trim().length < SHORTEST}>
            {t('room.listenDo')}
          </button>
        </footer>
      </form>
    </main>
  );
}

function Listening({ conversationId, lease }: { conversationId: string; lease: Lease }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const view = useQuery(conversationQuery(conversationId));
  useEffect(() => live.watch(conversationId), [conversationId]);
  const [taking, setTaking] = useState(false);
  const [reason, setReason] = useState('');
  const head = view.data?.conversation;
  const held = head !== undefined && head.agentId !== null && head.agentId !== me.membership.id;
  useKeys('listening', {
    whisper: () => document.getElementById('composer')?.focus(),
    takeOver: held ? () => setTaking(true) : undefined,
    listenBack: () => void navigate({ to: '/room', search: { show: 'held' } }),
  });

  async function takeOver(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (reason.trim().length < SHORTEST) return;
    try {
      setHead(
        await post<ConversationHead>(`/api/room/conversations/${conversationId}/take-over`, { reason: reason.trim() }),
      );
      tell(t('room.tookOver'));
      void queries.invalidateQueries({ queryKey: ['conversation', conversationId] });
      void navigate({ to: '/c/$conversationId', params: { conversationId } });
    } catch (error) {
      tellRefusal(error);
    }
  }

  return (
    <main className="sv sv-listen" tabIndex={-1}>
      <header className="cvh">
        <Link to="/room" search={{ show: 'held' }} className="ib" aria-label={t('room.backToRoom')}>
          <IconChevronLeft size={20} stroke={1.6} aria-hidden />
        </Link>
        <div className="grow">
          <h1 className="cut">
            {head && <Diamond priority={head.priority} />} {head ? rowName(head, t) : t('room.listenTitle')}
          </h1>
          {head && (
            <p className="meta soft cut">
              {t(`channel.${head.channel ?? 'webchat'}`)} · {head.agentName ?? t(`conversation.state.${head.state}`)}
            </p>
          )}
        </div>
        {held && !taking && (
          <button type="button" className="btn line" aria-keyshortcuts="O" onClick={() => setTaking(true)}>
            {t('room.takeOver')} <kbd aria-hidden>O</kbd>
          </button>
        )}
      </header>
      <p className="listening-line meta" role="status">
        <IconEar size={14} stroke={1.6} aria-hidden />
        {t(lease.visible ? 'room.listeningSeen' : 'room.listeningUnseen', { name: head?.agentName ?? '' })}
      </p>
      {taking && head && (
        <form className="take-over" onSubmit={(event) => void takeOver(event)}>
          <TextInput
            autoFocus
            required
            withAsterisk={false}
            className="grow"
            label={t('room.takeOverReason', { name: head.agentName ?? '' })}
            description={t('room.takeOverText')}
            value={reason}
            maxLength={300}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <span className="buttons">
            <button type="button" className="btn quiet" onClick={() => setTaking(false)}>
              {t('app.cancel')}
            </button>
            <button type="submit" className="btn pri" disabled={reason.trim().length < SHORTEST}>
              {t('room.takeOver')}
            </button>
          </span>
        </form>
      )}
      {view.data ? (
        <Thread view={view.data} mine={false} />
      ) : view.isError ? (
        <Failed error={view.error} retry={() => void view.refetch()} />
      ) : (
        <Skeleton lines={6} label={t('app.loading')} />
      )}
      {held ? (
        <Whisper conversationId={conversationId} name={head.agentName ?? ''} />
      ) : (
        head && (
          <footer className="shut" id="composer" tabIndex={-1}>
            <p className="small soft">{t('room.nobodyToWhisper')}</p>
          </footer>
        )
      )}
    </main>
  );
}

function Whisper({ conversationId, name }: { conversationId: string; name: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  // the same words are sent under the same id until they arrived: a broken line says nothing twice
  const clientId = useRef(crypto.randomUUID());
  async function send(): Promise<void> {
    const words = text.trim();
    if (!words || busy) return;
    setBusy(true);
    try {
      addMessage(
        await post<MessageView>(`/api/room/conversations/${conversationId}/whispers`, {
          clientId: clientId.current,
          text: words,
        }),
      );
      clientId.current = crypto.randomUUID();
      setText('');
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <footer className="comp">
      <form
        className="comp-b note"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="whisper-h small">
          <IconLock size={14} stroke={1.6} aria-hidden /> {t('room.whisperTo', { name })}
        </p>
        <textarea
          id="composer"
          className="ta"
          rows={2}
          value={text}
          maxLength={2000}
          aria-label={t('room.whisperTo', { name })}
          placeholder={t('room.whisperPlaceholder')}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <div className="comp-f">
          <span className="comp-hint meta grow">{t('room.whisperText')}</span>
          <button type="submit" className="btn pri" disabled={busy || !text.trim()}>
            {t('room.whisperDo')}
          </button>
        </div>
      </form>
    </footer>
  );
}
