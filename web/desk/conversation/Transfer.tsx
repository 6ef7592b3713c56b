import { Checkbox, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type { passedOn, Target as To } from '../../../server/desk/joining/contract.ts';
import { wait } from '../../ui/format.ts';
import { post } from '../api.ts';
import { agentsQuery, queries, queuesQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { tellRefusal } from '../say.ts';
import { useMe } from '../session.ts';
import { Dialog } from '../Dialog.tsx';
import { joiningsQuery, targetsQuery } from './joinings.ts';
import { type Target, Targets, useTargets } from './Targets.tsx';

/** Passes a conversation on: one list of queues, entities and people, a note, staying or not, Enter. */
export function Transfer({
  head,
  name,
  close,
  done,
}: {
  head: ConversationHead;
  name: string;
  close: () => void;
  /** `stays`: it is offered and still this agent's. */
  done: (head: ConversationHead, stays: boolean) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const queues = useQuery(queuesQuery).data?.queues ?? [];
  const agents = useQuery(agentsQuery).data?.agents ?? [];
  const entities = useQuery(targetsQuery).data?.entities ?? [];
  const [note, setNote] = useState('');
  const [stay, setStay] = useState(true);
  const [busy, setBusy] = useState(false);
  const mine = head.agentId === me.membership.id;

  const choice = useTargets<To>([
    ...queues.map((queue): Target<To> => ({
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
    ...entities.map((entity): Target<To> => ({
      key: entity.entityId,
      to: { entityId: entity.entityId },
      name: entity.name,
      state: 'queue',
      text: entity.here === 0 ? t('passOn.hereNone') : t('passOn.here', { count: entity.here }),
    })),
    ...agents
      .filter((agent) => agent.agentId !== me.membership.id)
      .sort(
        (a, b) =>
          Number(b.presence === 'available') - Number(a.presence === 'available') || a.name.localeCompare(b.name),
      )
      .map((agent): Target<To> => ({
        key: agent.agentId,
        to: { agentId: agent.agentId },
        name: agent.name,
        state: agent.presence,
        text: `${t(`presence.${agent.presence}`)} · ${agent.load} / ${agent.capacity}`,
      })),
  ]);
  const stays = stay && mine;

  async function transfer(): Promise<void> {
    setBusy(true);
    try {
      const { conversation } = await post<z.infer<typeof passedOn>>(
        `/api/conversations/${head.conversationId}/pass-on`,
        { to: choice.chosen!.to, stay: stays, ...(note.trim() && { note: note.trim() }) },
      );
      void queries.invalidateQueries({ queryKey: joiningsQuery.queryKey });
      done(conversation, stays);
    } catch (error) {
      tellRefusal(error);
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={t('action.transferTitle', { name })}
      intro={t('action.transferIntro')}
      action={t(stays ? 'passOn.offer' : 'action.transferDo')}
      ready={choice.chosen !== undefined && !busy}
      submit={() => void transfer()}
      close={close}
    >
      <Targets label={t('action.whereTo')} choice={choice} />
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
      {mine && (
        <Checkbox
          checked={stay}
          onChange={(event) => setStay(event.currentTarget.checked)}
          label={t('passOn.stay')}
          description={t('passOn.stayText')}
        />
      )}
    </Dialog>
  );
}
