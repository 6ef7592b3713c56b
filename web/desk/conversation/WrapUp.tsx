import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import { post } from '../api.ts';
import { reasonsQuery } from '../data.ts';
import { draftOf, keepDraft } from '../drafts.ts';
import { spoken } from '../i18n.ts';
import { KEYS } from '../key-table.ts';
import { tellRefusal } from '../say.ts';
import { Dialog } from '../Dialog.tsx';

const OUTCOMES = ['solved', 'follow_up', 'referred', 'no_answer'] as const;
type Outcome = (typeof OUTCOMES)[number];
/** First the reason (1–9), then how it ends (one letter): two keys and it is closed. */
const REASON_KEYS = '123456789';
const { solved, followUp: follow_up, referred, closeNoAnswer: no_answer } = KEYS.closing;
const OUTCOME_KEYS: Record<Outcome, string> = { solved, follow_up, referred, no_answer };

export function WrapUp({
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
  const reasons = useQuery(reasonsQuery).data?.reasons ?? [];
  const [reason, setReason] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [note, setNote] = useState('');
  const busy = useRef(false);
  const draft = draftOf(head.conversationId);

  async function wrapUp(why: string, how: Outcome): Promise<void> {
    if (busy.current) return;
    busy.current = true;
    try {
      const closed = await post<ConversationHead>(`/api/conversations/${head.conversationId}/wrap-up`, {
        reason: why,
        outcome: how,
        solved: how === 'solved',
        ...(note.trim() && { note: note.trim() }),
      });
      keepDraft(head.conversationId, { reply: '', note: '' });
      done(closed);
    } catch (error) {
      tellRefusal(error);
    } finally {
      busy.current = false;
    }
  }

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey || event.altKey) return;
      const why = reasons[REASON_KEYS.indexOf(event.key)];
      if (event.key.length === 1 && why) {
        event.preventDefault();
        setReason(why.key);
        if (outcome) void wrapUp(why.key, outcome);
        return;
      }
      const how = OUTCOMES.find((one) => OUTCOME_KEYS[one] === event.key.toLowerCase());
      if (!how) return;
      event.preventDefault();
      setOutcome(how);
      if (reason) void wrapUp(reason, how);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  });

  return (
    <Dialog
      title={t('action.wrapTitle', { name })}
      action={t('action.wrapDo')}
      ready={reason !== null && outcome !== null}
      close={close}
      submit={() => reason && outcome && void wrapUp(reason, outcome)}
    >
      <p className="small soft" id="wrap-intro" tabIndex={-1} data-autofocus>
        {t('action.wrapIntro')}
      </p>
      <fieldset className="picks">
        <legend>{t('action.wrapReason')}</legend>
        {reasons.map((one, i) => (
          <label key={one.key} className={reason === one.key ? 'on' : ''}>
            <input type="radio" name="reason" checked={reason === one.key} onChange={() => setReason(one.key)} />
            <span className="grow">{one.names[spoken()]}</span>
            {REASON_KEYS[i] && <kbd aria-hidden>{REASON_KEYS[i]}</kbd>}
          </label>
        ))}
      </fieldset>
      <fieldset className="picks">
        <legend>{t('action.wrapOutcome')}</legend>
        {OUTCOMES.map((one) => (
          <label key={one} className={outcome === one ? 'on' : ''}>
            <input type="radio" name="outcome" checked={outcome === one} onChange={() => setOutcome(one)} />
            <span className="grow">{t(`action.outcome.${one}`)}</span>
            <kbd aria-hidden>{OUTCOME_KEYS[one].toUpperCase()}</kbd>
          </label>
        ))}
      </fieldset>
      <Textarea
        label={`${t('action.wrapNote')} (${t('app.optional')})`}
        placeholder={t('action.wrapNotePlaceholder')}
        value={note}
        autosize
        minRows={2}
        maxRows={5}
        maxLength={2000}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {draft.reply.trim() && <p className="small over-t">{t('action.lost')}</p>}
    </Dialog>
  );
}
