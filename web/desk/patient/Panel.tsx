import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { IconChevronLeft } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersonPanel } from '../../../server/desk/person/contract.ts';
import { ageInYears, birthDay, timeOrDay } from '../../ui/format.ts';
import { PanelCallBack } from '../call-backs/Panel.tsx';
import { personQuery } from '../data.ts';
import { ChannelIcon, Failed, Proof, Skeleton } from '../parts.tsx';
import { may, useMe, useWhen } from '../session.ts';
import { Appointments } from './Appointments.tsx';
import { Block } from './parts.tsx';
import { Allergies, Coverage, Orders, ProblemsAndMedication, Results } from './Recorded.tsx';
import { PanelWays } from './Ways.tsx';

const NewTask = lazy(async () => ({ default: (await import('../tasks/Task.tsx')).NewTask }));

/** Who it is about: beside the conversation, or as the third step on a phone. */
export function PatientPanel({
  personId,
  conversationId,
  shown,
}: {
  personId: string;
  conversationId: string;
  shown: boolean;
}) {
  const { t } = useTranslation();
  const person = useQuery(personQuery(personId, conversationId));
  return (
    <Aside shown={shown} person={person} conversationId={conversationId}>
      <Link to="/c/$conversationId" params={{ conversationId }} className="ib back" aria-label={t('app.back')}>
        <IconChevronLeft size={20} stroke={1.6} aria-hidden />
      </Link>
    </Aside>
  );
}

/** Somebody found by name, with or without an open conversation. */
export function PatientPage({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const person = useQuery(personQuery(personId));
  const me = useMe();
  const [making, setMaking] = useState(false);
  const open = person.data?.conversations.find((one) => one.state !== 'closed');
  return (
    <>
      <section className="calm" aria-label={t('conversation.title')}>
        <h2>{person.data?.name ?? ''}</h2>
        {person.data && !open && <p className="soft">{t('patient.noConversation')}</p>}
        {open && (
          <Link className="btn pri lg" to="/c/$conversationId" params={{ conversationId: open.id }}>
            {t('patient.openConversation')}
          </Link>
        )}
        {person.data && may(me, 'task.write') && (
          <button type="button" className="btn line" onClick={() => setMaking(true)}>
            {t('tasks.new')}
          </button>
        )}
      </section>
      {making && (
        <Suspense fallback={null}>
          <NewTask
            about={{ personId }}
            name={person.data?.name ?? t('inbox.nameless')}
            close={() => setMaking(false)}
          />
        </Suspense>
      )}
      <Aside shown person={person}>
        <Link to="/" className="ib back" aria-label={t('app.back')}>
          <IconChevronLeft size={20} stroke={1.6} aria-hidden />
        </Link>
      </Aside>
    </>
  );
}

function Aside({
  shown,
  person,
  conversationId,
  children,
}: {
  shown: boolean;
  person: UseQueryResult<PersonPanel>;
  conversationId?: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <aside className={`panel ${shown ? 'is-shown' : ''}`} id="patient" tabIndex={-1} aria-label={t('patient.title')}>
      {children}
      {person.data ? (
        <Sheet person={person.data} conversationId={conversationId} />
      ) : person.isError ? (
        <Failed error={person.error} retry={() => void person.refetch()} />
      ) : (
        <div className="panel-wait">
          <Skeleton lines={8} label={t('patient.loading')} />
        </div>
      )}
    </aside>
  );
}

function Sheet({ person, conversationId }: { person: PersonPanel; conversationId: string | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const known = person.patientId !== null;
  const who = [
    person.birthDate && t('patient.years', { count: person.age ?? ageInYears(person.birthDate, new Date(), zone) }),
    person.sex && person.sex !== 'unknown' && t(`patient.sex.${person.sex}`),
    person.birthDate && birthDay(person.birthDate, language),
    person.recordNumber && t('patient.record', { number: person.recordNumber }),
  ].filter(Boolean);
  const { proof } = person;
  const how = [
    proof.method && t(`patient.proofBy.${proof.method}`, { defaultValue: '' }),
    proof.at && timeOrDay(new Date(proof.at), language, zone, new Date()),
  ].filter(Boolean);
  return (
    <>
      <header className="pid">
        <h2>{person.name ?? t('inbox.nameless')}</h2>
        {who.length > 0 && <p className="small soft num">{who.join(' · ')}</p>}
      </header>
      <div className="pidp">
        <Proof level={proof.level} />
        <span className="meta">{t(`patient.proof.${proof.level}`)}</span>
        {how.length > 0 && <span className="meta faint num">{how.join(', ')}</span>}
      </div>
      {known ? (
        <>
          <Allergies allergies={person.allergies} />
          <Appointments person={person} />
          {person.orders.length > 0 && <Orders orders={person.orders} />}
          {person.results.length > 0 && <Results results={person.results} />}
          <ProblemsAndMedication person={person} />
          {person.coverage.length > 0 && <Coverage coverage={person.coverage} />}
        </>
      ) : (
        <div className="unknown-person">
          <p className="strong small">{t('patient.unknown')}</p>
          <p className="small soft">{t('patient.unknownText')}</p>
        </div>
      )}
      {person.proxies.length > 0 && (
        <Block title={t('patient.proxies')}>
          <ul className="pl">
            {person.proxies.map((proxy) => (
              <li key={`${proxy.personId} ${proxy.direction}`}>
                <Link to="/p/$personId" params={{ personId: proxy.personId }} className="link">
                  {proxy.name ?? t('inbox.nameless')}
                </Link>{' '}
                <span className="soft">
                  {[
                    t(`patient.relation.${proxy.relation}`, { defaultValue: proxy.relation }),
                    t(proxy.direction === 'for' ? 'patient.proxyFor' : 'patient.proxyBy'),
                  ].join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Block>
      )}
      {person.contacts.length > 0 && (
        <Block title={t('patient.contacts')}>
          <ul className="pl contacts">
            {person.contacts.map((contact) => (
              <li key={contact.channel + contact.address}>
                <ChannelIcon channel={contact.channel} size={16} />{' '}
                <span className="hidden-but-read">{t(`channel.${contact.channel}`)}</span>
                <span className="num">{contact.address}</span>
              </li>
            ))}
            {person.document && (
              <li>
                <span className="soft">{t('patient.document')}</span> <span className="num">{person.document}</span>
              </li>
            )}
          </ul>
        </Block>
      )}
      {conversationId && <PanelCallBack conversationId={conversationId} name={person.name ?? t('inbox.nameless')} />}
      {may(me, 'person.read') && <PanelWays personId={person.personId} />}
      <Story person={person} conversationId={conversationId} />
    </>
  );
}

/** All their conversations, newest first: the thread that never breaks. */
function Story({ person, conversationId }: { person: PersonPanel; conversationId: string | undefined }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const navigate = useNavigate();
  const now = new Date();
  return (
    <Block title={t('patient.thread')}>
      {person.conversations.length === 0 && <p className="small faint">{t('patient.threadEmpty')}</p>}
      <ul className="tl">
        {person.conversations.map((one) => {
          const title = one.reason
            ? t(`reason.${one.reason}`, { defaultValue: t('patient.threadClosed') })
            : t(one.state === 'closed' ? 'patient.threadClosed' : `conversation.state.${one.state}`, { name: '' });
          return (
            <li key={one.id} aria-current={one.id === conversationId ? 'true' : undefined}>
              <span className="tl-i">
                <ChannelIcon channel={one.channel} size={14} />
              </span>
              {one.id === conversationId ? (
                <span className="grow cut strong">{title}</span>
              ) : (
                <button
                  type="button"
                  className="grow cut"
                  onClick={() => void navigate({ to: '/c/$conversationId', params: { conversationId: one.id } })}
                >
                  {title}
                </button>
              )}
              <time className="meta faint num">
                {one.id === conversationId
                  ? t('patient.threadNow')
                  : timeOrDay(new Date(one.openedAt), language, zone, now)}
              </time>
            </li>
          );
        })}
      </ul>
    </Block>
  );
}
