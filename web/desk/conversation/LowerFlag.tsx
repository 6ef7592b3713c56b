import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import { post } from '../api.ts';
import { tellRefusal } from '../say.ts';
import { Dialog } from '../Dialog.tsx';

const SHORTEST = 3;

/** A nurse lowers the alarm, with the reason; it stays in the thread for colleagues. */
export function LowerFlag({
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
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={t('flag.title', { name })}
      intro={t('flag.text')}
      action={t('flag.lower')}
      ready={!busy && reason.trim().length >= SHORTEST}
      size={480}
      close={close}
      submit={() => {
        setBusy(true);
        post<ConversationHead>(`/api/conversations/${head.conversationId}/lower-flag`, { reason: reason.trim() })
          .then(done, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <Textarea
        data-autofocus
        required
        label={t('flag.reason')}
        placeholder={t('flag.placeholder')}
        value={reason}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  );
}
