import { Modal, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import { wait } from '../../ui/format.ts';
import { post } from '../api.ts';
import { agentsQuery, queuesQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { tellRefusal } from '../say.ts';
import { useMe } from '../session.ts';

type Target = { key: string; to: { queueId: string } | { agentId: string }; name: string; state: string; text: string };

/** Passes a conversation on: one list of queues and people, a note, Enter. */
export function Transfer({
  head,
  name,
  close,
  done,
}: {
  head: ConversationHead;
  name: string;
  close: () => void;
  done: (head: ConversationHead) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const queues = useQuery(queuesQuery).data?.queues ?? [];
  const agents = useQuery(agentsQuery).data?.agents ?? [];
  const [asked, setAsked] = useState('');
  const [at, setAt] = useState(0);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const listId = useId();

  const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const targets: Target[] = [
    ...queues.map((queue) => ({
      key: queue.id,
      to: { queueId: queue.id },
      name: queue.names[spoken()],
      state: 'queue',
      text: !queue.open
        ? t('inbox.queueClosed')
        : queue.waiting === 0
          ? t('inbox.queueNone')
          : `${t('inbox.queueWaits', { count: queue.waiting })}${queue.oldestSince ? ` · ${wait(Date.now() - Date.parse(queue.oldestSince))}` : ''}`,
    })),
    ...agents
      .filter((agent) => agent.agentId !== me.membership.id)
      .sort(
        (a, b) =>
          Number(b.presence === 'available') - Number(a.presence === 'available') || a.name.localeCompare(b.name),
      )
      .map((agent) => ({
        key: agent.agentId,
        to: { agentId: agent.agentId },
        name: agent.name,
        state: agent.presence,
        text: `${t(`presence.${agent.presence}`)} · ${agent.load} / ${agent.capacity}`,
      })),
  ].filter((target) => plain(target.name).includes(plain(asked)));
  const chosen = targets[Math.min(at, targets.length - 1)];

  async function transfer(): Promise<void> {
    if (!chosen || busy) return;
    setBusy(true);
    try {
      done(
        await post<ConversationHead>(`/api/conversations/${head.conversationId}/transfer`, {
          to: chosen.to,
          ...(note.trim() && { note: note.trim() }),
        }),
      );
    } catch (error) {
      tellRefusal(error);
      setBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t('action.transferTitle', { name })}
      size={520}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void transfer();
        }}
      >
        <p className="small soft">{t('action.transferIntro')}</p>
        <TextInput
          data-autofocus
          label={t('action.whereTo')}
          value={asked}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={chosen ? `${listId}-${chosen.key}` : undefined}
          autoComplete="off"
          onChange={(event) => {
            setAsked(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (!step || targets.length === 0) return;
            event.preventDefault();
            const next = (at + step + targets.length) % targets.length;
            setAt(next);
            document.getElementById(`${listId}-${targets[next]!.key}`)?.scrollIntoView({ block: 'nearest' });
          }}
        />
        <ul className="targets" id={listId} role="listbox" aria-label={t('action.whereTo')}>
          {targets.map((target, i) => (
            <li
              key={target.key}
              id={`${listId}-${target.key}`}
              role="option"
              aria-selected={target === chosen}
              className={target === chosen ? 'on' : ''}
              onClick={() => setAt(i)}
            >
              {target.state === 'queue' ? <span className="dot queue" /> : <i className={`dot ${target.state}`} />}
              <span className="grow cut mid">{target.name}</span>
              <span className="meta soft num">{target.text}</span>
            </li>
          ))}
          {targets.length === 0 && (
            <li role="option" aria-selected={false} aria-disabled className="soft small">
              {t('action.noTarget')}
            </li>
          )}
        </ul>
        <Textarea
          label={t('action.transferNote')}
          placeholder={t('action.transferNotePlaceholder')}
          value={note}
          autosize
          minRows={2}
          maxRows={5}
          maxLength={2000}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={!chosen || busy}>
            {t('action.transferDo')}
          </button>
        </footer>
      </form>
    </Modal>
  );
}
