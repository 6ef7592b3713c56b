import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './Dialog.tsx';
import { refusal } from './say.ts';

/** Says what a step does before it is done; with a reason where one is asked for. */
export function ConfirmDialog({
  title,
  children,
  action,
  reason,
  reasonLabel,
  loses = false,
  confirm,
  close,
}: {
  title: string;
  children: ReactNode;
  action: string;
  reason?: 'needed' | 'optional';
  /** What is asked for, where it is not a reason. */
  reasonLabel?: string;
  /** Something goes. */
  loses?: boolean;
  confirm: (reason: string) => Promise<void>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [why, setWhy] = useState('');
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  async function submit(): Promise<void> {
    setSaid(undefined);
    setBusy(true);
    try {
      await confirm(why.trim());
    } catch (error) {
      setSaid(refusal(error));
      setBusy(false);
    }
  }
  return (
    <Dialog
      title={title}
      action={action}
      ready={!busy}
      loses={loses}
      said={said}
      size={440}
      submit={() => void submit()}
      close={close}
    >
      {children}
      {reason && (
        <div className="field">
          <label htmlFor={id}>
            {reasonLabel ?? t('signOff.reason')} {reason === 'optional' && `(${t('app.optional')})`}
          </label>
          <input
            id={id}
            className="input"
            data-autofocus
            required={reason === 'needed'}
            minLength={reason === 'needed' ? 3 : undefined}
            maxLength={500}
            autoComplete="off"
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        </div>
      )}
    </Dialog>
  );
}
