import { Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import { post } from '../api.ts';
import { tellRefusal } from '../say.ts';

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
    <Modal
      opened
      onClose={close}
      title={t('flag.title', { name })}
      size={480}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          post<ConversationHead>(`/api/conversations/${head.conversationId}/lower-flag`, { reason: reason.trim() })
            .then(done, tellRefusal)
            .finally(() => setBusy(false));
        }}
      >
        <p className="small soft">{t('flag.text')}</p>
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
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={busy || reason.trim().length < SHORTEST}>
            {t('flag.lower')}
          </button>
        </footer>
      </form>
    </Modal>
  );
}
