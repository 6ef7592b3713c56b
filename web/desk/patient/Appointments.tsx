import { Textarea } from '@mantine/core';
import { IconCircleCheck, IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppointmentView, PersonPanel } from '../../../server/desk/person/contract.ts';
import { clock, dayAndTime, leaf, weekday } from '../../ui/format.ts';
import { post } from '../api.ts';
import { queries } from '../data.ts';
import { Dialog } from '../Dialog.tsx';
import { shortcut } from '../key-table.ts';
import { useKeys } from '../keys.ts';
import { tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { Block } from './parts.tsx';

const Booking = lazy(async () => ({ default: (await import('./Booking.tsx')).Booking }));

/** What they have in the book, and what a colleague may do with it. */
export function Appointments({ person }: { person: PersonPanel }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  const [booking, setBooking] = useState<{ move?: AppointmentView } | null>(null);
  const [cancelling, setCancelling] = useState<AppointmentView | null>(null);
  const books = may(me, 'appointment.book');
  useKeys('conversation', { book: books ? () => setBooking({}) : undefined });
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
          <button
            type="button"
            className="btn sm quiet"
            aria-keyshortcuts={shortcut('conversation', 'book')}
            onClick={() => setBooking({})}
          >
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
    <Dialog
      title={`${t('booking.cancelTitle')}: ${name}`}
      action={t('booking.cancelDo')}
      cancel={t('booking.keep')}
      loses
      ready={!busy}
      size={440}
      submit={() => {
        setBusy(true);
        post(
          `/api/appointments/${encodeURIComponent(appointment.id)}/cancel`,
          reason.trim() ? { reason: reason.trim() } : {},
        )
          .then(done, tellRefusal)
          .finally(() => setBusy(false));
      }}
      close={close}
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
    </Dialog>
  );
}
