import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { tell } from '../say.ts';

/** What is shown once and never again, to be copied. */
export function Once({
  title,
  text,
  shown,
  copy,
  copied,
  close,
}: {
  title: string;
  text: string;
  shown: string;
  copy: string;
  copied: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={title} size={480} centered closeButtonProps={{ 'aria-label': t('app.close') }}>
      <div className="dialog">
        <p className="small soft">{text}</p>
        <code className="once">{shown}</code>
        <footer className="dialog-f">
          <button
            type="button"
            className="btn pri"
            data-autofocus
            onClick={() => {
              void navigator.clipboard?.writeText(shown);
              tell(copied);
            }}
          >
            {copy}
          </button>
        </footer>
      </div>
    </Modal>
  );
}
