import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../Dialog.tsx';
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
    <Dialog
      title={title}
      action={t('signOff.do')}
      ready={!busy}
      said={said}
      size={480}
      submit={() => void submit()}
      close={close}
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
    </Dialog>
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
