import { useQuery } from '@tanstack/react-query';
import { IconEar, IconLock, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationView, MessageView } from '../../../server/desk/contract.ts';
import { clock } from '../../ui/format.ts';
import { listenersQuery, noticesQuery } from '../data.ts';
import { IconButton } from '../parts.tsx';
import { announce } from '../say.ts';
import { useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { readNotice } from './Notices.tsx';

/** At the composer: a supervisor's whisper since one's last answer, who reads along, and who took the conversation over. */
export function Beside({ view }: { view: ConversationView }) {
  const me = useMe();
  const mine = view.conversation.agentId === me.membership.id;
  return (
    <>
      {mine ? <Whispers view={view} /> : <TakenOver view={view} />}
      {mine && <Listeners conversationId={view.conversation.conversationId} />}
    </>
  );
}

function Whispers({ view }: { view: ConversationView }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const id = view.conversation.conversationId;
  const [put, setPut] = useState<ReadonlySet<string>>(new Set());
  const shown = whispersSince(view.messages, me.membership.id).filter((message) => !put.has(message.id));
  const { data } = useQuery(noticesQuery);
  const waiting = data?.notices.filter((notice) => notice.kind === 'whisper' && notice.conversationId === id) ?? [];
  const first = waiting[0]?.id;
  // it stands before the eyes: read
  useEffect(() => {
    if (first && document.visibilityState === 'visible') void readNotice(first);
  }, [first]);
  const last = shown.at(-1);
  useEffect(() => {
    if (last && last.content.kind === 'whisper') announce(`${last.authorName ?? ''}: ${last.content.text}`, true);
  }, [last]);
  if (shown.length === 0) return null;
  return (
    <ul className="whispers" aria-label={t('room.whispers')}>
      {shown.map((message) => (
        <li key={message.id}>
          <IconLock size={14} stroke={1.6} aria-hidden />
          <p className="small grow">
            <b>{message.authorName}:</b> {message.content.kind === 'whisper' ? message.content.text : ''}{' '}
            <span className="meta">
              {t('conversation.team')} ·{' '}
              <time dateTime={message.at}>{clock(new Date(message.at), language, zone)}</time>
            </span>
          </p>
          <IconButton
            className="sm"
            label={t('room.put')}
            onClick={() => setPut((old) => new Set(old).add(message.id))}
          >
            <IconX size={14} stroke={1.8} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

/** Whispers of others that came after one's own last word to the patient. */
function whispersSince(messages: MessageView[], me: string): MessageView[] {
  const answered = messages.findLastIndex((message) => message.direction === 'out' && message.authorId === me);
  return messages
    .slice(answered + 1)
    .filter((message) => message.content.kind === 'whisper' && message.authorId !== me);
}

function Listeners({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const { data } = useQuery(listenersQuery(conversationId));
  const there = (data?.listeners ?? []).filter((one) => Date.parse(one.until) > now);
  if (there.length === 0) return null;
  return (
    <p className="listening-line meta" role="status">
      <IconEar size={14} stroke={1.6} aria-hidden />
      {t('room.readsAlong', { names: there.map((one) => one.name).join(', '), count: there.length })}
    </p>
  );
}

/** It was ours a moment ago: says who has it now, so that nobody wonders where the composer went. */
function TakenOver({ view }: { view: ConversationView }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const joined = view.messages.filter(
    (message) => message.content.kind === 'system' && message.content.what === 'joined',
  );
  const last = joined.at(-1);
  const before = joined.at(-2);
  const who = (message: MessageView | undefined): unknown =>
    message?.content.kind === 'system' ? message.content.detail['agentId'] : undefined;
  if (!last || who(before) !== me.membership.id || who(last) !== view.conversation.agentId) return null;
  return (
    <p className="taken-line small" role="status">
      <IconLock size={14} stroke={1.6} aria-hidden />
      {t('room.takenOverBy', {
        name: view.conversation.agentName ?? '',
        time: clock(new Date(last.at), language, zone),
      })}
    </p>
  );
}
