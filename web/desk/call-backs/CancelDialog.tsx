import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CANCEL_REASONS } from '../../../server/routing/call-backs/contract.ts';
import { post } from '../api.ts';
import { Dialog } from '../Dialog.tsx';
import { tell, tellRefusal } from '../say.ts';
import { renewCallBacks } from './data.ts';

/** Why nobody is called any more. */
export function CancelDialog({ id, name, close }: { id: string; name: string; close: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<(typeof CANCEL_REASONS)[number] | null>(null);
  async function submit(): Promise<void> {
    try {
      await post(`/api/call-backs/${id}/cancel`, { reason });
      tell(t('callBacks.cancelled'));
      close();
    } catch (error) {
      tellRefusal(error);
    } finally {
      void renewCallBacks();
    }
  }
  return (
    <Dialog
      title={t('callBacks.cancelTitle', { name })}
      action={t('callBacks.cancelDo')}
      ready={reason !== null}
      close={close}
      submit={() => void submit()}
    >
      <p className="small soft" tabIndex={-1} data-autofocus>
        {t('callBacks.cancelText')}
      </p>
      <fieldset className="picks">
        <legend>{t('callBacks.cancelWhy')}</legend>
        {CANCEL_REASONS.map((one) => (
          <label key={one} className={reason === one ? 'on' : ''}>
            <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
            <span className="grow">{t(`callBacks.why.${one}`)}</span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
