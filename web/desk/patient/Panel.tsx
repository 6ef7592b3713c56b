import { Modal, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { IconAlertCircle, IconChevronLeft, IconCircleCheck, IconHelpCircle, IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppointmentView, PersonPanel } from '../../../server/desk/person/contract.ts';
import {
  ageInYears,
  birthDay,
  clock,
  dayAndTime,
  type Language,
  leaf,
  shortDay,
  timeOrDay,
  weekday,
} from '../../ui/format.ts';
import { post } from '../api.ts';
import { PanelCallBack } from '../call-backs/Panel.tsx';
import { personQuery, queries } from '../data.ts';
import { useKeys } from '../keys.ts';
import { ChannelIcon, Failed, Proof, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { PanelWays } from './Ways.tsx';

const NewTask = lazy(async () => ({ default: (await import('../tasks/Task.tsx')).NewTask }));
const Booking = lazy(async () => ({ default: (await import('./Booking.tsx')).Booking }));

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
    <aside className={`panel ${shown ? 'is-shown' : ''}`} id="patient" tabIndex={-1} aria-label={t('patient.title')}>
      <Link to="/c/$conversationId" params={{ conversationId }} className="ib back" aria-label={t('app.back')}>
        <IconChevronLeft size={20} stroke={1.6} aria-hidden />
      </Link>
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
      <aside className="panel is-shown" id="patient" tabIndex={-1} aria-label={t('patient.title')}>
        <Link to="/" className="ib back" aria-label={t('app.back')}>
          <IconChevronLeft size={20} stroke={1.6} aria-hidden />
        </Link>
        {person.data ? (
          <Sheet person={person.data} conversationId={undefined} />
        ) : person.isError ? (
          <Failed error={person.error} retry={() => void person.refetch()} />
        ) : (
          <div className="panel-wait">
            <Skeleton lines={8} label={t('patient.loading')} />
          </div>
        )}
      </aside>
    </>
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
          <div className="two">
            <Block title={t('patient.problems')}>
              <Few
                items={person.problems}
                none={t('patient.none')}
                show={(problem) => (
                  <li key={problem.id} className={problem.active ? '' : 'faint'}>
                    {problem.name} {problem.since && <span className="soft num">{problem.since.slice(0, 4)}</span>}
                  </li>
                )}
              />
            </Block>
            <Block title={t('patient.medication')}>
              <Few
                items={person.medication}
                none={t('patient.none')}
                show={(medicine) => (
                  <li key={medicine.id}>
                    <b className="mid block">{medicine.name}</b> <span className="soft num">{medicine.dosage}</span>
                  </li>
                )}
              />
            </Block>
          </div>
          {person.coverage.length > 0 && (
            <Block title={t('patient.coverage')}>
              <ul className="pl">
                {person.coverage.map((cover) => (
                  <li key={cover.id} className={cover.active ? '' : 'faint'}>
                    <b className="mid">{cover.name}</b>{' '}
                    <span className="soft num">
                      {[
                        cover.plan,
                        cover.number,
                        !cover.active
                          ? t('patient.expired')
                          : cover.until && t('patient.until', { when: day(cover.until, language) }),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </li>
                ))}
              </ul>
            </Block>
          )}
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

/** A calendar day of the record: it has no zone. */
function day(date: string, language: Language): string {
  return shortDay(new Date(`${date.slice(0, 10)}T12:00:00Z`), language, 'UTC', new Date());
}

/** The record writes figures with a point; three of our languages with a comma. */
function figure(value: string, language: Language): string {
  return language === 'en' ? value : value.replaceAll(/(?<=\d)\.(?=\d)/g, ',');
}

function Block({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="ps">
      <header>
        <h3>{title}</h3>
        {action}
      </header>
      {children}
    </section>
  );
}

const FEW = 5;

/** The first few, and the rest when asked for. */
function Few<Item>({ items, none, show }: { items: Item[]; none: string; show: (item: Item) => ReactNode }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (items.length === 0) return <p className="small faint">{none}</p>;
  return (
    <>
      <ul className="pl">{(all ? items : items.slice(0, FEW)).map(show)}</ul>
      {items.length > FEW && (
        <button type="button" className="link meta" onClick={() => setAll(!all)}>
          {all ? t('patient.hideMore') : t('patient.showMore', { count: items.length - FEW })}
        </button>
      )}
    </>
  );
}

/** First under the name, also when there are none: nobody has to look for them. */
function Allergies({ allergies }: { allergies: PersonPanel['allergies'] }) {
  const { t } = useTranslation();
  if (allergies.known !== 'some' || allergies.list.length === 0) {
    const unknown = allergies.known === 'unknown';
    const Icon = unknown ? IconHelpCircle : IconCircleCheck;
    return (
      <div className="allergy none">
        <span className="allergy-h">
          <Icon size={16} stroke={1.6} aria-hidden /> {t(unknown ? 'patient.allergiesUnknown' : 'patient.noAllergies')}
        </span>
        {unknown && <p className="faint">{t('patient.allergiesAsk')}</p>}
      </div>
    );
  }
  return (
    <section className="allergy" aria-label={t('patient.allergies')}>
      <h3 className="allergy-h">
        <IconAlertCircle size={16} stroke={1.6} aria-hidden /> {t('patient.allergies')}
      </h3>
      <ul>
        {allergies.list.map((allergy) => (
          <li key={allergy.substance}>
            <b>{allergy.substance}</b>
            {[allergy.reaction, allergy.severe && t('patient.severe'), allergy.since?.slice(0, 4)]
              .filter(Boolean)
              .map((part) => (
                <span key={String(part)}> · {part}</span>
              ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Appointments({ person }: { person: PersonPanel }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  const [booking, setBooking] = useState<{ move?: AppointmentView } | null>(null);
  const [cancelling, setCancelling] = useState<AppointmentView | null>(null);
  const books = may(me, 'appointment.book');
  useKeys({ b: books ? () => setBooking({}) : undefined });
  const name = person.name ?? '';
  const renew = () => void queries.invalidateQueries({ queryKey: ['person', person.personId] });
  const next = person.appointments
    .filter((one) => one.start && one.status !== 'cancelled' && one.status !== 'fulfilled' && one.status !== 'noshow')
    .sort((a, b) => a.start!.localeCompare(b.start!));

  async function confirm(appointment: AppointmentView): Promise<void> {
    try {
      await post(`/api/appointments/${encodeURIComponent(appointment.id)}/confirm`);
      tell(t('patient.confirmedDone'));
    } catch (error) {
      tellRefusal(error);
    }
    renew();
  }

  return (
    <Block
      title={t('patient.appointments')}
      action={
        books && (
          <button type="button" className="btn sm quiet" aria-keyshortcuts="B" onClick={() => setBooking({})}>
            <IconPlus size={14} stroke={1.8} aria-hidden /> {t('patient.book')}
          </button>
        )
      }
    >
      {next.length === 0 && <p className="small faint">{t('patient.noAppointments')}</p>}
      <ul className="ap">
        {next.map((appointment, i) => {
          const at = new Date(appointment.start!);
          const [day, month] = leaf(at, language, zone);
          const any = appointment.may.confirm || appointment.may.change || appointment.may.cancel;
          return (
            <li key={appointment.id} className={i === 0 ? 'first' : ''}>
              <span className="leaf" aria-hidden>
                <b className="num">{day}</b>
                {month}
              </span>
              <div className="grow">
                <p className="strong small">{appointment.service ?? appointment.specialty}</p>
                <p className="meta soft num">
                  <time dateTime={appointment.start!}>
                    {weekday(at, language, zone)}, {clock(at, language, zone)}
                  </time>
                  {[appointment.professional, appointment.place].filter(Boolean).map((part) => ` · ${part}`)}
                </p>
                {appointment.status === 'confirmed' && (
                  <p className="meta ok-t">
                    <IconCircleCheck size={14} stroke={1.8} aria-hidden /> {t('patient.confirmed')}
                  </p>
                )}
                {appointment.preparation && (
                  <details className="prep">
                    <summary className="meta">{t('patient.preparation')}</summary>
                    <p className="small">{appointment.preparation}</p>
                  </details>
                )}
                {any && (
                  <p className="ap-a">
                    {appointment.may.confirm && appointment.status !== 'confirmed' && (
                      <button type="button" className="btn sm line" onClick={() => void confirm(appointment)}>
                        {t('patient.confirm')}
                      </button>
                    )}
                    {appointment.may.change && (
                      <button type="button" className="btn sm line" onClick={() => setBooking({ move: appointment })}>
                        {t('patient.move')}
                      </button>
                    )}
                    {appointment.may.cancel && (
                      <button type="button" className="btn sm quiet" onClick={() => setCancelling(appointment)}>
                        {t('patient.cancelIt')}
                      </button>
                    )}
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      <Suspense fallback={null}>
        {booking && (
          <Booking
            person={person}
            move={booking.move}
            close={() => setBooking(null)}
            done={(said) => {
              setBooking(null);
              tell(said);
              renew();
            }}
          />
        )}
      </Suspense>
      {cancelling && (
        <Cancelling
          appointment={cancelling}
          name={name}
          close={() => setCancelling(null)}
          done={() => {
            setCancelling(null);
            tell(t('booking.cancelled'));
            renew();
          }}
        />
      )}
    </Block>
  );
}

function Cancelling({
  appointment,
  name,
  close,
  done,
}: {
  appointment: AppointmentView;
  name: string;
  close: () => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  return (
    <Modal
      opened
      onClose={close}
      title={`${t('booking.cancelTitle')}: ${name}`}
      size={440}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          post(
            `/api/appointments/${encodeURIComponent(appointment.id)}/cancel`,
            reason.trim() ? { reason: reason.trim() } : {},
          )
            .then(done, tellRefusal)
            .finally(() => setBusy(false));
        }}
      >
        <p>
          <b>{appointment.service ?? appointment.specialty}</b>
        </p>
        <p className="small soft">
          {t('booking.cancelText', { when: dayAndTime(new Date(appointment.start!), language, zone) })}
        </p>
        <Textarea
          label={`${t('booking.cancelReason')} (${t('app.optional')})`}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('booking.keep')}
          </button>
          <button type="submit" className="btn" disabled={busy}>
            {t('booking.cancelDo')}
          </button>
        </footer>
      </form>
    </Modal>
  );
}

function Orders({ orders }: { orders: PersonPanel['orders'] }) {
  const { t } = useTranslation();
  const { language } = useWhen();
  return (
    <Block title={t('patient.orders')}>
      <Few
        items={orders}
        none={t('patient.none')}
        show={(order) => (
          <li key={order.id}>
            <b className="mid">{order.name}</b>{' '}
            <span className="soft num">
              {t(`patient.orderStatus.${order.status}`, { defaultValue: order.status })}
              {order.authoredOn && ` · ${t('patient.orderedOn', { when: day(order.authoredOn, language) })}`}
            </span>
            {order.preparation && (
              <details className="prep">
                <summary className="meta">{t('patient.preparation')}</summary>
                <p className="small">{order.preparation}</p>
              </details>
            )}
          </li>
        )}
      />
    </Block>
  );
}

function Results({ results }: { results: PersonPanel['results'] }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  return (
    <Block title={t('patient.results')}>
      <Few
        items={results}
        none={t('patient.none')}
        show={(result) => (
          <li key={result.id} className="rs">
            {result.values.length > 1 ? (
              <details>
                <summary>
                  <span className="grow">{result.name}</span>
                  {result.values.some((value) => value.abnormal) && (
                    <span className="meta over-t">{t('patient.abnormal')}</span>
                  )}
                  {result.at && (
                    <time className="meta faint">{shortDay(new Date(result.at), language, zone, new Date())}</time>
                  )}
                </summary>
                <dl>
                  {result.values.map((value) => (
                    <div key={value.name}>
                      <dt>{value.name}</dt>
                      <dd className="num">
                        <b className={value.abnormal ? 'over-t' : 'mid'}>{figure(value.value, language)}</b>{' '}
                        {value.unit}
                        {value.range && (
                          <span className="faint"> {t('patient.range', { range: figure(value.range, language) })}</span>
                        )}
                      </dd>
                    </div>
                  ))}
                </dl>
              </details>
            ) : (
              <p>
                <span className="grow">{result.name}</span>
                {result.values.map((value) => (
                  <b key={value.name} className={`num ${value.abnormal ? 'over-t' : ''}`}>
                    {figure(value.value, language)} {value.unit}
                  </b>
                ))}
                {result.values.length === 0 && (
                  <span className="meta soft">
                    {t(`patient.resultStatus.${result.status}`, { defaultValue: result.status })}
                  </span>
                )}
                {result.at && (
                  <time className="meta faint">{shortDay(new Date(result.at), language, zone, new Date())}</time>
                )}
              </p>
            )}
          </li>
        )}
      />
    </Block>
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
