import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import type { z } from 'zod';
import type { passkey, session } from '../../../server/trust/contract.ts';
import { timeOrDay } from '../../ui/format.ts';
import { alarm, setAlarm } from '../alarm.ts';
import { ask, post } from '../api.ts';
import { Dialog } from '../Dialog.tsx';
import { meQuery, queries } from '../data.ts';
import { LANGUAGE_NAMES, LANGUAGES, speak, spoken } from '../i18n.ts';
import { IconButton, Skeleton } from '../parts.tsx';
import { refusal, tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { useStore } from '../store.ts';
import { chooseTheme, THEMES, themeChoice } from '../theme.ts';

const renewMe = () => queries.invalidateQueries({ queryKey: meQuery.queryKey });

/** Everything about the one who is signed in. */
export function Settings() {
  const { t } = useTranslation();
  const me = useMe();
  const choice = useStore(themeChoice);
  useEffect(() => {
    document.title = `${t('settings.title')} · Hebra`;
  }, [t]);
  async function choose(language: (typeof LANGUAGES)[number]): Promise<void> {
    await speak(language);
    await ask('/api/me/language', { method: 'PUT', body: { language } }).catch(() => undefined);
  }
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('settings.title')}</h1>
      </header>
      <div className="page-b">
        <Card title={t('settings.profile')}>
          <p className="strong">{me.membership.name}</p>
          <p className="small soft">
            {me.account.email} · {me.organisation.name}
          </p>
          <p className="small soft">
            {t('settings.roles')}: {me.membership.roles.map((role) => t(`settings.role.${role}`)).join(', ')}
          </p>
        </Card>
        <Card title={t('settings.appearance')}>
          <Choices
            name="language"
            legend={t('app.language')}
            value={spoken()}
            options={LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]])}
            choose={(one) => void choose(one)}
          />
          <Choices
            name="theme"
            legend={t('app.theme')}
            value={choice}
            options={THEMES.map((one) => [one, t(`app.themes.${one}`)])}
            choose={chooseTheme}
          />
        </Card>
        {may(me, 'inbox.read') && <Alarm />}
        <Password />
        <Totp />
        <Passkeys />
        <Sessions />
      </div>
    </main>
  );
}

/** Whether a critical case is heard here; it is seen in any case. */
function Alarm() {
  const { t } = useTranslation();
  const on = useStore(alarm);
  return (
    <Card title={t('settings.alarm')}>
      <Checkbox
        checked={on}
        onChange={(event) => setAlarm(event.currentTarget.checked)}
        label={t('settings.alarmText')}
      />
    </Card>
  );
}

function Card({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className="card">
      <div>
        <h2>{title}</h2>
        {text && <p className="small soft">{text}</p>}
      </div>
      <div className="card-b">{children}</div>
    </section>
  );
}

function Choices<Value extends string>({
  name,
  legend,
  value,
  options,
  choose,
}: {
  name: string;
  legend: string;
  value: Value;
  options: [Value, string][];
  choose: (value: Value) => void;
}) {
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {options.map(([one, label]) => (
        <label key={one} className={one === value ? 'on' : ''}>
          <input type="radio" name={name} checked={one === value} onChange={() => choose(one)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function PasswordField({
  id,
  label,
  value,
  set,
  fresh = false,
}: {
  id: string;
  label: string;
  value: string;
  set: (value: string) => void;
  fresh?: boolean;
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type="password"
        required
        minLength={fresh ? 10 : 1}
        autoComplete={fresh ? 'new-password' : 'current-password'}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </div>
  );
}

function Password() {
  const { t } = useTranslation();
  const me = useMe();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [said, setSaid] = useState<string>();
  async function change(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(undefined);
    try {
      await post('/api/me/password', { current, password: fresh });
      setCurrent('');
      setFresh('');
      tell(t('settings.changed'));
      void queries.invalidateQueries({ queryKey: ['sessions'] });
    } catch (error) {
      setSaid(refusal(error));
    }
  }
  return (
    <Card title={t('settings.password')} text={t('settings.passwordText')}>
      <form className="stack" onSubmit={(event) => void change(event)}>
        <input type="text" autoComplete="username" value={me.account.email} readOnly hidden />
        <PasswordField id="current" label={t('settings.current')} value={current} set={setCurrent} />
        <PasswordField id="fresh" label={t('settings.fresh')} value={fresh} set={setFresh} fresh />
        {said && (
          <p role="alert" className="small over-t">
            {said}
          </p>
        )}
        <button type="submit" className="btn" disabled={!current || fresh.length < 10}>
          {t('settings.change')}
        </button>
      </form>
    </Card>
  );
}

type TotpStep =
  | { at: 'rest' }
  | { at: 'prove' }
  | { at: 'scan'; secret: string; uri: string }
  | { at: 'codes'; codes: string[] }
  | { at: 'remove' };

function Totp() {
  const { t } = useTranslation();
  const me = useMe();
  const on = me.secondFactor.totp;
  const [step, setStep] = useState<TotpStep>({ at: 'rest' });
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();
  const run = (work: () => Promise<void>) => (event: FormEvent) => {
    event.preventDefault();
    setSaid(undefined);
    work().catch((error: unknown) => setSaid(refusal(error)));
  };
  const rest = () => {
    setStep({ at: 'rest' });
    setPassword('');
    setCode('');
    setSaid(undefined);
  };
  const begin = run(async () =>
    setStep({ at: 'scan', ...(await post<{ secret: string; uri: string }>('/api/me/totp', { password })) }),
  );
  const confirm = run(async () => {
    const { recoveryCodes } = await post<{ recoveryCodes: string[] }>('/api/me/totp/confirm', {
      code: code.replaceAll(/\s/g, ''),
    });
    setStep({ at: 'codes', codes: recoveryCodes });
    await renewMe();
  });
  const remove = run(async () => {
    await ask('/api/me/totp', { method: 'DELETE', body: { password } });
    rest();
    tell(t('settings.totpRemoved'));
    await renewMe();
  });
  const problem = said && (
    <p role="alert" className="small over-t">
      {said}
    </p>
  );
  return (
    <Card title={t('settings.totp')} text={t(on ? 'settings.totpOn' : 'settings.totpOff')}>
      {step.at === 'rest' && (
        <>
          {on && <p className="small soft">{t('settings.recoveryLeft', { count: me.secondFactor.recoveryCodes })}</p>}
          <button type="button" className="btn" onClick={() => setStep({ at: on ? 'remove' : 'prove' })}>
            {t(on ? 'settings.totpRemove' : 'settings.totpBegin')}
          </button>
        </>
      )}
      {step.at === 'prove' && (
        <form className="stack" onSubmit={begin}>
          <PasswordField id="totp-password" label={t('settings.totpProve')} value={password} set={setPassword} />
          {problem}
          <p className="buttons">
            <button type="submit" className="btn pri" disabled={!password}>
              {t('signIn.continue')}
            </button>
            <button type="button" className="btn quiet" onClick={rest}>
              {t('app.cancel')}
            </button>
          </p>
        </form>
      )}
      {step.at === 'scan' && (
        <form className="stack" onSubmit={confirm}>
          <p className="small">{t('settings.totpScan')}</p>
          <Qr text={step.uri} />
          <p className="small soft">
            {t('settings.totpSecret')}: <code className="num">{step.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
          <div className="field">
            <label htmlFor="totp-code">{t('settings.totpCode')}</label>
            <input
              id="totp-code"
              className="input num"
              inputMode="numeric"
              autoComplete="one-time-code"
              autoFocus
              maxLength={7}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          </div>
          {problem}
          <p className="buttons">
            <button type="submit" className="btn pri" disabled={!/^\d{6}$/.test(code.replaceAll(/\s/g, ''))}>
              {t('settings.totpConfirm')}
            </button>
            <button type="button" className="btn quiet" onClick={rest}>
              {t('app.cancel')}
            </button>
          </p>
        </form>
      )}
      {step.at === 'codes' && (
        <div className="stack">
          <p className="strong">{t('settings.recovery')}</p>
          <p className="small soft">{t('settings.recoveryText')}</p>
          <ul className="codes num">
            {step.codes.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <p className="buttons">
            <button
              type="button"
              className="btn"
              onClick={() => {
                void navigator.clipboard?.writeText(step.codes.join('\n'));
                tell(t('settings.copiedAll'));
              }}
            >
              {t('settings.copy')}
            </button>
            <button type="button" className="btn pri" onClick={rest}>
              {t('settings.done')}
            </button>
          </p>
        </div>
      )}
      {step.at === 'remove' && (
        <form className="stack" onSubmit={remove}>
          <p className="small">{t('settings.totpRemoveText')}</p>
          <PasswordField id="totp-remove" label={t('settings.current')} value={password} set={setPassword} />
          {problem}
          <p className="buttons">
            <button type="submit" className="btn" disabled={!password}>
              {t('settings.totpRemove')}
            </button>
            <button type="button" className="btn quiet" onClick={rest}>
              {t('app.cancel')}
            </button>
          </p>
        </form>
      )}
    </Card>
  );
}

/** Dark on light in every theme: a camera has no dark mode. */
function Qr({ text }: { text: string }) {
  const { t } = useTranslation();
  const { data, size } = useMemo(() => encode(text, { ecc: 'M', border: 2 }), [text]);
  const path = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t('settings.totpQr')}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function Passkeys() {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const list = useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => ask<{ passkeys: z.infer<typeof passkey>[] }>('/api/me/passkeys', { signal }),
  });
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const renew = () => (void list.refetch(), void renewMe());
  async function add(): Promise<void> {
    const { browserSupportsWebAuthn, startRegistration } = await import('@simplewebauthn/browser');
    if (!browserSupportsWebAuthn()) return tell(t('signIn.passkeyUnsupported'));
    try {
      const { ticket, options } = await post<{ ticket: string; options: never }>('/api/me/passkeys/options');
      const response = await startRegistration({ optionsJSON: options }).catch(() => null);
      if (!response) return tell(t('signIn.passkeyCancelled'));
      await post('/api/me/passkeys', { ticket, response, name: name.trim() || t('settings.passkeyNameDefault') });
      setNaming(false);
      tell(t('settings.passkeyAdded'));
      renew();
    } catch (error) {
      tellRefusal(error);
    }
  }
  return (
    <Card title={t('settings.passkeys')} text={t('settings.passkeysText')}>
      {list.isPending ? (
        <Skeleton lines={2} label={t('app.loading')} />
      ) : (
        <ul className="lines">
          {list.data?.passkeys.map((one) => (
            <li key={one.id}>
              <IconKey size={18} stroke={1.6} aria-hidden />
              <span className="grow">
                <b className="mid">{one.name}</b>{' '}
                <span className="small soft">
                  {one.lastUsedAt
                    ? t('settings.passkeyUsed', {
                        when: timeOrDay(new Date(one.lastUsedAt), language, zone, new Date()),
                      })
                    : t('settings.passkeyUnused')}
                </span>
              </span>
              <button
                type="button"
                className="btn sm line"
                aria-label={t('settings.passkeyRemove', { name: one.name })}
                onClick={() =>
                  void ask(`/api/me/passkeys/${encodeURIComponent(one.id)}`, { method: 'DELETE' }).then(
                    renew,
                    tellRefusal,
                  )
                }
              >
                {t('staff.withdraw')}
              </button>
            </li>
          ))}
          {list.data?.passkeys.length === 0 && <li className="small soft">{t('settings.passkeysNone')}</li>}
        </ul>
      )}
      <button type="button" className="btn" onClick={() => setNaming(true)}>
        <IconPlus size={16} stroke={1.6} aria-hidden /> {t('settings.passkeyAdd')}
      </button>
      {naming && (
        <Dialog
          title={t('settings.passkeyAdd')}
          action={t('settings.passkeyAdd')}
          size={400}
          submit={() => void add()}
          close={() => setNaming(false)}
        >
          <div className="field">
            <label htmlFor="passkey-name">{t('settings.passkeyName')}</label>
            <input
              id="passkey-name"
              data-autofocus
              className="input"
              maxLength={100}
              placeholder={t('settings.passkeyNameDefault')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </div>
        </Dialog>
      )}
    </Card>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const list = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => ask<{ sessions: z.infer<typeof session>[] }>('/api/me/sessions', { signal }),
  });
  const sessions = list.data?.sessions ?? [];
  const end = (path: string) =>
    void ask(path, { method: 'DELETE' }).then(() => (tell(t('settings.sessionEnded')), list.refetch()), tellRefusal);
  return (
    <Card title={t('settings.sessions')} text={t('settings.sessionsText')}>
      {list.isPending ? (
        <Skeleton lines={2} label={t('app.loading')} />
      ) : (
        <ul className="lines">
          {sessions.map((one) => {
            const where = browserOf(one.userAgent) ?? t('settings.unknownBrowser');
            return (
              <li key={one.id}>
                <span className="grow">
                  <b className="mid">{where}</b>{' '}
                  {one.current && <span className="chip">{t('settings.thisSession')}</span>}
                  <br />
                  <span className="small soft num">
                    {[
                      one.address,
                      t('settings.sessionSeen', {
                        when: timeOrDay(new Date(one.lastSeenAt), language, zone, new Date()),
                      }),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                {!one.current && (
                  <IconButton
                    className="as-text"
                    label={t('settings.sessionEnd', { where })}
                    onClick={() => end(`/api/me/sessions/${one.id}`)}
                  >
                    {t('settings.sessionEndShort')}
                  </IconButton>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {sessions.length > 1 && (
        <button type="button" className="btn" onClick={() => end('/api/me/sessions')}>
          {t('settings.sessionEndOthers')}
        </button>
      )}
    </Card>
  );
}

/** `Firefox, Linux`: enough to recognise one's own. */
function browserOf(agent: string | null): string | null {
  if (!agent) return null;
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrom(e|ium)\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : null;
  const system = /Android/.test(agent)
    ? 'Android'
    : /iPhone|iPad/.test(agent)
      ? 'iOS'
      : /Windows/.test(agent)
        ? 'Windows'
        : /Mac OS X/.test(agent)
          ? 'macOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : null;
  return [browser, system].filter(Boolean).join(', ') || null;
}
