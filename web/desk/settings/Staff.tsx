import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { invitationAnswer, Role, staffList } from '../../../server/trust/contract.ts';
import { dayAndTime, timeOrDay } from '../../ui/format.ts';
import { ask, post, Refused } from '../api.ts';
import { Dialog } from '../Dialog.tsx';
import { Failed, Skeleton } from '../parts.tsx';
import { refusal, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { Once } from './Once.tsx';

const ROLES: readonly Role[] = [
  'agent',
  'nurse',
  'supervisor',
  'planner',
  'quality',
  'author',
  'clinician',
  'administrator',
  'privacy',
];

/** Who works here, and the way in for somebody new. */
export function Staff() {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const list = useQuery({
    queryKey: ['staff'],
    queryFn: ({ signal }) => ask<z.infer<typeof staffList>>('/api/staff', { signal }),
  });
  const [inviting, setInviting] = useState(false);
  const manages = may(me, 'staff.manage');
  useEffect(() => {
    document.title = `${t('staff.title')} · Hebra`;
  }, [t]);
  const now = new Date();
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('staff.title')}</h1>
        {list.data && <span className="soft num">{t('staff.count', { count: list.data.staff.length })}</span>}
        <span className="grow" />
        {manages && (
          <button type="button" className="btn pri" onClick={() => setInviting(true)}>
            <IconPlus size={16} stroke={1.8} aria-hidden /> {t('staff.invite')}
          </button>
        )}
      </header>
      <div className="page-b wide">
        {list.isError ? (
          list.error instanceof Refused && list.error.status === 403 ? (
            <p className="soft">{t('staff.forbidden')}</p>
          ) : (
            <Failed error={list.error} retry={() => void list.refetch()} />
          )
        ) : !list.data ? (
          <Skeleton lines={8} label={t('app.loading')} />
        ) : (
          <>
            <div className="table-box" tabIndex={0} role="region" aria-label={t('staff.title')}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('staff.name')}</th>
                    <th scope="col">{t('staff.email')}</th>
                    <th scope="col">{t('staff.roles')}</th>
                    <th scope="col">{t('staff.secondFactor')}</th>
                    <th scope="col">{t('staff.lastSeen')}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.data.staff.map((one) => (
                    <tr key={one.id} className={one.deactivatedAt ? 'gone' : ''}>
                      <th scope="row">
                        {one.name} {one.deactivatedAt && <span className="chip">{t('staff.inactive')}</span>}
                      </th>
                      <td className="soft">{one.email}</td>
                      <td className="soft">{one.roles.map((role) => t(`settings.role.${role}`)).join(', ')}</td>
                      <td className="soft">{t(one.secondFactor ? 'staff.on' : 'staff.off')}</td>
                      <td className="soft num">
                        {one.lastSeenAt ? timeOrDay(new Date(one.lastSeenAt), language, zone, now) : t('staff.never')}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {list.data.invitations.length > 0 && (
              <section className="pending">
                <h2>{t('staff.pending')}</h2>
                <ul className="lines">
                  {list.data.invitations.map((one) => (
                    <li key={one.id}>
                      <span className="grow">
                        <b className="mid">{one.name ?? one.email}</b>{' '}
                        <span className="small soft">
                          {[
                            one.name && one.email,
                            one.roles.map((role) => t(`settings.role.${role}`)).join(', '),
                            t('staff.expires', { when: dayAndTime(new Date(one.expiresAt), language, zone) }),
                          ]
                            .filter(Boolean)
                            .join(' · ')}
                        </span>
                      </span>
                      {manages && (
                        <button
                          type="button"
                          className="btn sm line"
                          onClick={() =>
                            void ask(`/api/staff/invitations/${one.id}`, { method: 'DELETE' }).then(
                              () => list.refetch(),
                              tellRefusal,
                            )
                          }
                        >
                          {t('staff.withdraw')}
                          <span className="hidden-but-read"> {one.email}</span>
                        </button>
                      )}
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </div>
      {inviting && (
        <Invite
          close={() => {
            setInviting(false);
            void list.refetch();
          }}
        />
      )}
    </main>
  );
}

function Invite({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<Role[]>(['agent']);
  const [said, setSaid] = useState<string>();
  const [made, setMade] = useState<z.infer<typeof invitationAnswer>>();
  async function invite(): Promise<void> {
    if (roles.length === 0) return setSaid(t('staff.rolesMissing'));
    setSaid(undefined);
    try {
      setMade(await post('/api/staff/invitations', { email, roles, ...(name.trim() && { name: name.trim() }) }));
    } catch (error) {
      setSaid(refusal(error));
    }
  }
  if (made)
    return (
      <Once
        title={t('staff.inviteTitle')}
        text={`${t('staff.inviteLink', { when: dayAndTime(new Date(made.expiresAt), language, zone) })}. ${t('staff.inviteOnce')}`}
        shown={made.link}
        copy={t('staff.copyLink')}
        copied={t('action.copied')}
        close={close}
      />
    );
  return (
    <Dialog
      title={t('staff.inviteTitle')}
      intro={t('staff.inviteText')}
      action={t('staff.inviteDo')}
      said={said}
      size={480}
      submit={() => void invite()}
      close={close}
    >
      <TextInput
        data-autofocus
        label={t('staff.email')}
        type="email"
        required
        withAsterisk={false}
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        label={`${t('staff.name')} (${t('app.optional')})`}
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group label={t('staff.roles')} value={roles} onChange={(value) => setRoles(value as Role[])}>
        <div className="role-grid">
          {ROLES.map((role) => (
            <Checkbox key={role} value={role} label={t(`settings.role.${role}`)} />
          ))}
        </div>
      </Checkbox.Group>
    </Dialog>
  );
}
