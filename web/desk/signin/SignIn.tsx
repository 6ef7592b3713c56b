import { IconAlertTriangle, IconEye, IconEyeOff, IconFingerprint } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInAnswer } from '../../../server/trust/contract.ts';
import { ask, Refused } from '../api.ts';
import { meQuery, queries } from '../data.ts';
import { refusal } from '../say.ts';
import { wait } from '../../ui/format.ts';
import { Front } from './Front.tsx';

type Step = { step: 'password' } | Exclude<SignInAnswer, { step: 'done' }>;
type Said = { text: string; until?: number } | null;

/** Signing in: passkey first, or password and code, then the organisation when there are several. */
export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to, ended, organisation } = useSearch({ from: '/sign-in' });
  const [step, setStep] = useState<Step>({ step: 'password' });
  const [email, setEmail] = useState('');
  const [said, setSaid] = useState<Said>(ended ? { text: t('signIn.ended') } : null);
  const [busy, setBusy] = useState(false);
  const locked = useLocked(said);

  useEffect(() => {
    document.title = `${t('signIn.title')} · Hebra`;
  }, [t]);

  async function go(path: string, body: unknown): Promise<void> {
    setBusy(true);
    setSaid(null);
    try {
      take(await ask<SignInAnswer>(path, { method: 'POST', body, quiet: true }));
    } catch (error) {
      refuse(error);
    } finally {
      setBusy(false);
    }
  }
  function take(answer: SignInAnswer): void {
    if (answer.step !== 'done') return setStep(answer);
    queries.clear();
    queries.setQueryData(meQuery.queryKey, answer.me);
    void navigate({ to: to ?? '/' });
  }
  function refuse(error: unknown): void {
    const after = error instanceof Refused ? Number(error.extra['retryAfter'] ?? error.extra['seconds'] ?? 0) : 0;
    if (error instanceof Refused && error.code.endsWith('ticket_gone')) setStep({ step: 'password' });
    setSaid(
      after > 0 && error instanceof Refused && error.status === 429
        ? { text: '', until: Date.now() + after * 1000 }
        : { text: refusal(error) },
    );
  }

  async function passkey(): Promise<void> {
    const { browserSupportsWebAuthn, startAuthentication } = await import('@simplewebauthn/browser');
    if (!browserSupportsWebAuthn()) return setSaid({ text: t('signIn.passkeyUnsupported') });
    setBusy(true);
    setSaid(null);
    try {
      const { ticket, options } = await ask<{ ticket: string; options: never }>('/api/sign-in/passkey/options', {
        method: 'POST',
        quiet: true,
      });
      const response = await startAuthentication({ optionsJSON: options });
      take(
        await ask<SignInAnswer>('/api/sign-in/passkey/verify', {
          method: 'POST',
          body: { ticket, response, ...(organisation && { organisation }) },
          quiet: true,
        }),
      );
    } catch (error) {
      if (error instanceof Refused) refuse(error);
      else setSaid({ text: t('signIn.passkeyCancelled') });
    } finally {
      setBusy(false);
    }
  }

  const problem = locked ? t('signIn.locked', { time: locked }) : said?.text;
  const shared = { busy: busy || locked !== null, problem };
  return (
    <Front>
      {step.step === 'password' ? (
        <Password
          {...shared}
          email={email}
          setEmail={setEmail}
          passkey={() => void passkey()}
          go={(password) => void go('/api/sign-in', { email, password, ...(organisation && { organisation }) })}
          setSaid={setSaid}
        />
      ) : step.step === 'totp' ? (
        <Code
          {...shared}
          go={(code) => void go('/api/sign-in/totp', { ticket: step.ticket, code })}
          again={() => (setStep({ step: 'password' }), setSaid(null))}
        />
      ) : (
        <div className="front-f">
          <h1>{t('signIn.organisationTitle')}</h1>
          <p className="soft">{t('signIn.organisationText')}</p>
          <Problem text={problem} />
          <ul className="orgs">
            {step.organisations.map((one, i) => (
              <li key={one.id}>
                <button
                  type="button"
                  className="btn lg"
                  autoFocus={i === 0}
                  disabled={shared.busy}
                  onClick={() => void go('/api/sign-in/organisation', { ticket: step.ticket, organisation: one.id })}
                >
                  {one.name}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Front>
  );
}

function Password(props: {
  busy: boolean;
  problem: string | undefined;
  email: string;
  setEmail: (email: string) => void;
  passkey: () => void;
  go: (password: string) => void;
  setSaid: (said: Said) => void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [seen, setSeen] = useState(false);
  const [trouble, setTrouble] = useState(false);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!props.email.includes('@')) {
      props.setSaid({ text: t('signIn.emailMissing') });
      return emailField.current?.focus();
    }
    if (!password) {
      props.setSaid({ text: t('signIn.passwordMissing') });
      return passwordField.current?.focus();
    }
    props.go(password);
  }
  return (
    <form className="front-f" onSubmit={submit} noValidate>
      <h1>{t('signIn.title')}</h1>
      <Problem text={props.problem} />
      <button type="button" className="btn pri lg" disabled={props.busy} onClick={props.passkey}>
        <IconFingerprint size={20} stroke={1.6} aria-hidden /> {t('signIn.passkey')}
      </button>
      <p className="or">
        <span>{t('signIn.or')}</span>
      </p>
      <div className="field">
        <label htmlFor="email">{t('signIn.email')}</label>
        <input
          ref={emailField}
          id="email"
          className="input lg"
          type="email"
          autoComplete="username webauthn"
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          value={props.email}
          onChange={(event) => props.setEmail(event.currentTarget.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="password">{t('signIn.password')}</label>
        <div className="with-eye">
          <input
            ref={passwordField}
            id="password"
            className="input lg"
            type={seen ? 'text' : 'password'}
            autoComplete="current-password"
            aria-describedby="password-hint"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <button
            type="button"
            className="ib"
            aria-label={t(seen ? 'signIn.passwordHide' : 'signIn.passwordShow')}
            aria-pressed={seen}
            onClick={() => setSeen(!seen)}
          >
            {seen ? <IconEyeOff size={18} stroke={1.6} aria-hidden /> : <IconEye size={18} stroke={1.6} aria-hidden />}
          </button>
        </div>
        <span className="meta faint" id="password-hint">
          {t('signIn.hint')}
        </span>
      </div>
      <button type="submit" className="btn lg" disabled={props.busy}>
        {t(props.busy ? 'signIn.busy' : 'signIn.continue')}
      </button>
      <button type="button" className="link small" aria-expanded={trouble} onClick={() => setTrouble(!trouble)}>
        {t('signIn.trouble')}
      </button>
      {trouble && <p className="small soft">{t('signIn.troubleText')}</p>}
    </form>
  );
}

function Code({
  busy,
  problem,
  go,
  again,
}: {
  busy: boolean;
  problem: string | undefined;
  go: (code: string) => void;
  again: () => void;
}) {
  const { t } = useTranslation();
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const ready = recovery ? code.trim().length >= 6 : /^\d{6}$/.test(code.replaceAll(/\s/g, ''));
  const say = recovery ? 'recovery' : 'code';
  return (
    <form
      className="front-f"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) go(recovery ? code.trim() : code.replaceAll(/\s/g, ''));
      }}
    >
      <h1>{t(`signIn.${say}Title`)}</h1>
      <p className="soft">{t(`signIn.${say}Text`)}</p>
      <Problem text={problem} />
      <div className="field">
        <label htmlFor="code">{t(`signIn.${say}`)}</label>
        <input
          key={say}
          id="code"
          className="input lg code num"
          autoFocus
          inputMode={recovery ? 'text' : 'numeric'}
          autoComplete={recovery ? 'off' : 'one-time-code'}
          maxLength={40}
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      </div>
      <button type="submit" className="btn pri lg" disabled={busy || !ready}>
        {t(busy ? 'signIn.busy' : 'signIn.continue')}
      </button>
      <div className="front-x">
        <button type="button" className="link small" onClick={() => (setRecovery(!recovery), setCode(''))}>
          {t(recovery ? 'signIn.useCode' : 'signIn.useRecovery')}
        </button>
        <button type="button" className="link small" onClick={again}>
          {t('signIn.again')}
        </button>
      </div>
    </form>
  );
}

export function Problem({ text }: { text: string | undefined }) {
  return (
    <div role="alert">
      {text && (
        <p className="said small">
          <IconAlertTriangle size={16} stroke={1.8} aria-hidden /> {text}
        </p>
      )}
    </div>
  );
}

/** How long the door stays shut, counting down; null: it is open. */
function useLocked(said: Said): string | null {
  const [, tick] = useState(0);
  const until = said?.until ?? 0;
  useEffect(() => {
    if (until <= Date.now()) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return until > Date.now() ? wait(until - Date.now() + 999) : null;
}
