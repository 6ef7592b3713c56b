import { Modal } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refusal } from '../say.ts';
import { useMe } from '../session.ts';

export type SignOff = { name: string; licence: string; expiresAt: string; password: string };

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** A clinician answers for a content: who, licence, until when, and the password again. */
export function SignDialog({
  title,
  children,
  sign,
  close,
}: {
  title: string;
  children: ReactNode;
  sign: (given: SignOff) => Promise<void>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const id = useId();
  const [given, setGiven] = useState({ name: me.membership.name, licence: '', until: dayIn(365), password: '' });
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const set = (key: keyof typeof given) => (event: React.ChangeEvent<HTMLInputElement>) =>
    setGiven({ ...given, [key]: event.currentTarget.value });
  async function submit(): Promise<void> {
    setSaid(undefined);
    setBusy(true);
    try {
      // to the end of that day, where the clinician is
      const expiresAt = new Date(`${given.until}T23:59:59`).toISOString();
      await sign({ name: given.name, licence: given.licence, expiresAt, password: given.password });
    } catch (error) {
      setSaid(refusal(error));
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={close} title={title} size={480} centered closeButtonProps={{ 'aria-label': t('app.close') }}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        <div className="field">
          <label htmlFor={`${id}name`}>{t('signOff.name')}</label>
          <input
            id={`${id}name`}
            className="input"
            required
            minLength={3}
            maxLength={200}
            value={given.name}
            onChange={set('name')}
          />
        </div>
        <div className="sign-two">
          <div className="field">
            <label htmlFor={`${id}licence`}>{t('signOff.licence')}</label>
            <input
              id={`${id}licence`}
              className="input"
              data-autofocus
              required
              minLength={2}
              maxLength={60}
              autoComplete="off"
              placeholder={t('signOff.licenceExample')}
              value={given.licence}
              onChange={set('licence')}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}until`}>{t('signOff.until')}</label>
            <input
              id={`${id}until`}
              className="input num"
              type="date"
              required
              min={dayIn(1)}
              max={dayIn(730)}
              value={given.until}
              onChange={set('until')}
            />
          </div>
        </div>
        <div className="field">
          <label htmlFor={`${id}password`}>{t('signOff.password')}</label>
          <input
            id={`${id}password`}
            className="input"
            type="password"
            required
            maxLength={200}
            autoComplete="current-password"
            value={given.password}
            onChange={set('password')}
          />
        </div>
        {said && (
          <p role="alert" className="said small">
            <IconAlertTriangle size={16} stroke={1.6} aria-hidden /> {said}
          </p>
        )}
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={busy}>
            {t('signOff.do')}
          </button>
        </footer>
      </form>
    </Modal>
  );
}

/** Says what a step does before it is done; with a reason where one is asked for. */
export function ConfirmDialog({
  title,
  children,
  action,
  reason,
  reasonLabel,
  confirm,
  close,
}: {
  title: string;
  children: ReactNode;
  action: string;
  reason?: 'needed' | 'optional';
  /** What is asked for, where it is not a reason. */
  reasonLabel?: string;
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
    <Modal opened onClose={close} title={title} size={440} centered closeButtonProps={{ 'aria-label': t('app.close') }}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
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
        {said && (
          <p role="alert" className="said small">
            <IconAlertTriangle size={16} stroke={1.6} aria-hidden /> {said}
          </p>
        )}
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={busy} data-autofocus={reason ? undefined : true}>
            {action}
          </button>
        </footer>
      </form>
    </Modal>
  );
}

/** A row of buttons of which one is pressed: what is shown below it. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; name: string; count?: number }[];
  choose: (value: Value) => void;
}) {
  return (
    <div className="choice" role="group" aria-label={label}>
      {options.map((one) => (
        <button key={one.value} type="button" aria-pressed={one.value === value} onClick={() => choose(one.value)}>
          {one.name}
          {one.count !== undefined && <span className="num"> {one.count}</span>}
        </button>
      ))}
    </div>
  );
}
