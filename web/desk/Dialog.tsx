import { Modal } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The frame of a dialog that does one thing: its title, what it asks, one button that does it. */
export function Dialog({
  title,
  intro,
  children,
  action,
  ready = true,
  loses = false,
  cancel,
  said,
  submit,
  close,
  size = 520,
}: {
  title: string;
  intro?: ReactNode;
  children?: ReactNode;
  /** What the button does, a verb. */
  action: string;
  ready?: boolean;
  /** Something goes: its button is lined, and the one that leaves all as it is has the focus. */
  loses?: boolean;
  /** What leaves all as it is, where that has a better name than cancelling. */
  cancel?: string;
  /** Why it was refused. */
  said?: string | undefined;
  submit: () => void;
  close: () => void;
  size?: number;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={size}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) submit();
        }}
      >
        {intro && <p className="small soft">{intro}</p>}
        {children}
        {said && (
          <p role="alert" className="said small">
            <IconAlertTriangle size={16} stroke={1.6} aria-hidden /> {said}
          </p>
        )}
        <footer className="dialog-f">
          <button type="button" className="btn quiet" data-autofocus={loses || undefined} onClick={close}>
            {cancel ?? t('app.cancel')}
          </button>
          <button type="submit" className={loses ? 'btn' : 'btn pri'} disabled={!ready}>
            {action}
          </button>
        </footer>
      </form>
    </Modal>
  );
}
