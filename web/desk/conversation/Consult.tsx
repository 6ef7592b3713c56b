import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconLock } from '@tabler/icons-react';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type { ConsultView } from '../../../server/desk/joining/contract.ts';
import { clock } from '../../ui/format.ts';
import { post } from '../api.ts';
import { agentsQuery } from '../data.ts';
import { tell, tellRefusal } from '../say.ts';
import { useMe, useWhen } from '../session.ts';
import { Dialog } from '../Dialog.tsx';
import { answerJoining, renewJoinings } from './joinings.ts';
import { Targets, useTargets } from './Targets.tsx';

/** A colleague is asked for advice: whom, and what. */
export function Consult({ head, name, close }: { head: ConversationHead; name: string; close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const agents = useQuery(agentsQuery).data?.agents ?? [];
  const [question, setQuestion] = useState('');
  const [busy, setBusy] = useState(false);
  const choice = useTargets(
    agents
      .filter((agent) => agent.agentId !== me.membership.id && agent.presence !== 'offline')
      .map((agent) => ({
        key: agent.agentId,
        to: agent.agentId,
        name: agent.name,
        state: agent.presence,
        text: t(`presence.${agent.presence}`),
      })),
  );
  return (
    <Dialog
      title={t('consult.title', { name })}
      intro={t('consult.intro')}
      action={t('consult.ask')}
      ready={!busy && choice.chosen !== undefined && question.trim() !== ''}
      close={close}
      submit={() => {
        setBusy(true);
        post(`/api/conversations/${head.conversationId}/consults`, {
          agentId: choice.chosen!.to,
          question: question.trim(),
        })
          .then(() => {
            tell(t('consult.asked', { name: choice.chosen!.name }));
            void renewJoinings();
            close();
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <Targets label={t('consult.whom')} choice={choice} />
      <Textarea
        required
        label={t('consult.question')}
        placeholder={t('consult.placeholder')}
        value={question}
        autosize
        minRows={3}
        maxRows={8}
        maxLength={4000}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
    </Dialog>
  );
}

/** The side thread of two colleagues: only they see it, and it looks so. */
export function SideThread({ opened }: { opened: ConsultView }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const { consult, messages } = opened;
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  // said again with the same id it is said once
  const sending = useRef<{ id: string; text: string } | null>(null);
  const box = useRef<HTMLOListElement>(null);
  const mine = consult.from.agentId === me.membership.id;
  const other = mine ? (consult.agent ?? consult.to.agent) : consult.from;
  const partakes = mine || consult.agent?.agentId === me.membership.id;
  const open = consult.state === 'accepted' || (consult.state === 'offered' && mine);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [messages.length]);

  async function send(): Promise<void> {
    const words = text.trim();
    if (!words || busy) return;
    if (sending.current?.text !== words) sending.current = { id: crypto.randomUUID(), text: words };
    setBusy(true);
    try {
      await post(`/api/consults/${consult.id}/messages`, { clientId: sending.current.id, text: words });
      sending.current = null;
      setText('');
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
      void renewJoinings();
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  const standing =
    consult.state === 'offered'
      ? t('consult.waiting', { name: other?.name ?? '' })
      : consult.state === 'refused'
        ? t('consult.refused', { name: other?.name ?? '' })
        : consult.state === 'lapsed'
          ? t('consult.lapsed', { name: other?.name ?? '' })
          : consult.state === 'accepted'
            ? null
            : t('consult.over');
  return (
    <section className="side" aria-label={t('consult.thread', { name: other?.name ?? '' })}>
      <header>
        <IconLock size={14} stroke={1.6} aria-hidden />
        <h3 className="grow cut">{t('consult.thread', { name: other?.name ?? '' })}</h3>
        <span className="meta">{t('consult.onlyTeam')}</span>
        {consult.state === 'accepted' && partakes && (
          <button
            type="button"
            className="btn sm line"
            onClick={() => void answerJoining(consult, 'end', t('consult.ended'))}
          >
            {t('consult.end')}
          </button>
        )}
      </header>
      <ol ref={box} tabIndex={0} aria-label={t('conversation.messages')}>
        {messages.map((message) => (
          <li key={message.id} className={message.authorId === me.membership.id ? 'own' : ''}>
            <p className="words">{message.text ?? t('consult.erased')}</p>
            <p className="meta">
              {message.authorId === me.membership.id ? me.membership.name : message.authorName} ·{' '}
              <time dateTime={message.at}>{clock(new Date(message.at), language, zone)}</time>
            </p>
          </li>
        ))}
      </ol>
      {standing && (
        <p className="small side-s" role="status">
          {standing}
        </p>
      )}
      {open && partakes && (
        <form
          className="side-f"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <textarea
            className="input"
            rows={1}
            value={text}
            maxLength={4000}
            aria-label={t('consult.write', { name: other?.name ?? '' })}
            placeholder={t('consult.write', { name: other?.name ?? '' })}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <button type="submit" className="btn line" disabled={busy || text.trim() === ''}>
            {t('consult.send')} <kbd aria-hidden>↵</kbd>
          </button>
        </form>
      )}
    </section>
  );
}
