import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { invitationView, Me } from '../../../server/trust/contract.ts';
import { ask, Refused } from '../api.ts';
import { meQuery, queries } from '../data.ts';
import { spoken } from '../i18n.ts';
import { refusal } from '../say.ts';
import { Front } from './Front.tsx';
import { Problem } from './SignIn.tsx';

/** Where a one-time link leads. The secret is in the fragment, which no server log and no referrer sees. */
export function Invitation() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [token] = useState(() => location.hash.slice(1));
  const view = useQuery({
    queryKey: ['invitation', token],
    retry: (failures, error) => error instanceof Refused && error.passing && error.status !== 429 && failures < 2,
    queryFn: () =>
      ask<z.infer<typeof invitationView>>('/api/invitations/look', { method: 'POST', body: { token }, quiet: true }),
  });
  const [name, setName] = useState<string>();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);

  if (view.isPending) return <Front>{null}</Front>;
  if (view.isError)
    return (
      <Front>
        <div className="front-f">
          <h1>{t('invitation.gone')}</h1>
          <p className="soft">
            {view.error instanceof Refused && view.error.passing ? refusal(view.error) : t('invitation.goneText')}
          </p>
          <Link to="/sign-in" className="btn lg">
            {t('invitation.toSignIn')}
          </Link>
        </div>
      </Front>
    );
  const invitation = view.data;
  const forgotten = invitation.kind === 'password';
  const asksName = !forgotten && !invitation.known;

  async function redeem(): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      const { me } = await ask<{ me: Me | null }>('/api/invitations/redeem', {
        method: 'POST',
        quiet: true,
        body: {
          token,
          password,
          ...(asksName && { name: (name ?? invitation.name ?? '').trim(), language: spoken() }),
          ...(!invitation.email && { email }),
        },
      });
      queries.clear();
      if (me) queries.setQueryData(meQuery.queryKey, me);
      void navigate({ to: me ? '/' : '/sign-in' });
    } catch (error) {
      setSaid(refusal(error));
      setBusy(false);
    }
  }

  return (
    <Front>
      <form
        className="front-f"
        onSubmit={(event) => {
          event.preventDefault();
          void redeem();
        }}
      >
        <h1>{t(forgotten ? 'invitation.titlePassword' : 'invitation.title')}</h1>
        <p className="soft">
          {forgotten
            ? invitation.email
            : invitation.known
              ? t('invitation.known')
              : t(invitation.kind === 'first_administrator' ? 'invitation.introFirst' : 'invitation.intro', {
                  organisation: invitation.organisation.name,
                })}
        </p>
        <Problem text={said} />
        {asksName && (
          <div className="field">
            <label htmlFor="name">{t('invitation.name')}</label>
            <input
              id="name"
              className="input lg"
              autoComplete="name"
              autoFocus
              required
              maxLength={200}
              value={name ?? invitation.name ?? ''}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor="email">{t('invitation.email')}</label>
          <input
            id="email"
            className="input lg"
            type="email"
            autoComplete="username"
            required
            readOnly={invitation.email !== null}
            value={invitation.email ?? email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="password">{t('invitation.password')}</label>
          <input
            id="password"
            className="input lg"
            type="password"
            autoComplete={invitation.known && !forgotten ? 'current-password' : 'new-password'}
            required
            minLength={invitation.known && !forgotten ? 1 : 10}
            aria-describedby="password-hint"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <span className="meta faint" id="password-hint">
            {t('invitation.passwordHint')}
          </span>
        </div>
        <button type="submit" className="btn pri lg" disabled={busy}>
          {t(busy ? 'signIn.busy' : 'invitation.go')}
        </button>
      </form>
    </Front>
  );
}
