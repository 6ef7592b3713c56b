import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The frame of a dialog that does one thing to a conversation: its title, what it asks, one button that does it. */
export function Dialog({
  title,
  intro,
  children,
  action,
  ready,
  submit,
  close,
  size = 520,
}: {
  title: string;
  intro?: ReactNode;
  children: ReactNode;
  /** What the button does, a verb. */
  action: string;
  ready: boolean;
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
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={!ready}>
            {action}
          </button>
        </footer>
      </form>
    </Modal>
  );
}
