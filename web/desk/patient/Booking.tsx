import { Modal, Select, Textarea } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { AppointmentView, PersonPanel, SlotView, slotsFound } from '../../../server/desk/person/contract.ts';
import { clock, dayAndTime, dayOf, longDay } from '../../ui/format.ts';
import { ask, post, Refused } from '../api.ts';
import { spoken } from '../i18n.ts';
import { Failed, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';

const PAGE = 40;

/** Finds a free place by what the patient cares about, and books it, or moves an appointment there. */
export function Booking({
  person,
  move,
  close,
  done,
}: {
  person: PersonPanel;
  move: AppointmentView | undefined;
  close: () => void;
  done: (said: string) => void;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const today = dayOf(new Date(), zone);
  const [specialty, setSpecialty] = useState<string | null>(null);
  const [professional, setProfessional] = useState<string | null>(null);
  const [place, setPlace] = useState<string | null>(null);
  const [from, setFrom] = useState(today);
  const [limit, setLimit] = useState(PAGE);
  const [slot, setSlot] = useState<SlotView | null>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const dayId = useId();

  const asked = new URLSearchParams({ limit: String(Math.min(100, limit)) });
  if (specialty) asked.set('specialty', specialty);
  if (professional) asked.set('professional', professional);
  if (place) asked.set('place', place);
  // from the first minute of that day on the hospital's wall, whatever the zone of this browser
  if (from > today) asked.set('from', startOf(from, zone).toISOString());
  const found = useQuery({
    queryKey: ['slots', asked.toString(), spoken()],
    staleTime: 5_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<z.infer<typeof slotsFound>>(`/api/slots?${asked}`, { signal }),
  });
  const specialties = found.data?.specialties ?? [];
  // moving keeps the specialty unless somebody chooses another
  const own = move && !specialty ? specialties.find((one) => one.name === move.specialty)?.key : undefined;
  if (own && !specialty) setSpecialty(own);

  const options = (list: { key: string; name: string }[]) => list.map((one) => ({ value: one.key, label: one.name }));
  const days = Map.groupBy(found.data?.slots ?? [], (one) => dayOf(new Date(one.start), zone));
  const when = slot && dayAndTime(new Date(slot.start), language, zone);

  async function book(): Promise<void> {
    if (!slot || busy) return;
    setBusy(true);
    try {
      if (move) await post(`/api/appointments/${encodeURIComponent(move.id)}/change`, { slotId: slot.id });
      else
        await post(`/api/people/${person.personId}/appointments`, {
          slotId: slot.id,
          ...(note.trim() && { note: note.trim() }),
        });
      done(t(move ? 'booking.moved' : 'booking.booked', { when }));
    } catch (error) {
      if (error instanceof Refused && error.status === 409) {
        tell(error.message || t('booking.taken'));
        setSlot(null);
        void found.refetch();
      } else tellRefusal(error);
      setBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t(move ? 'booking.moveTitle' : 'booking.title', { name: person.name ?? '' })}
      size={640}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form
        className="dialog booking"
        onSubmit={(event) => {
          event.preventDefault();
          void book();
        }}
      >
        {move?.start && (
          <p className="small soft">
            <b className="ink">{move.service ?? move.specialty}</b> ·{' '}
            {t('booking.now', { when: dayAndTime(new Date(move.start), language, zone) })}
          </p>
        )}
        <div className="booking-q">
          <Select
            data-autofocus
            label={t('booking.specialty')}
            placeholder={t('booking.any')}
            data={options(specialties)}
            value={specialty}
            searchable
            openOnFocus={false}
            clearable={!move}
            nothingFoundMessage={t('booking.none')}
            onChange={(value) => {
              setSpecialty(value);
              setProfessional(null);
              setSlot(null);
            }}
          />
          <Select
            label={t('booking.professional')}
            placeholder={t('booking.any')}
            data={options(found.data?.professionals ?? [])}
            value={professional}
            searchable
            clearable
            openOnFocus={false}
            onChange={(value) => (setProfessional(value), setSlot(null))}
          />
          <Select
            label={t('booking.place')}
            placeholder={t('booking.any')}
            data={options(found.data?.places ?? [])}
            value={place}
            searchable
            clearable
            openOnFocus={false}
            onChange={(value) => (setPlace(value), setSlot(null))}
          />
          <div className="field">
            <label htmlFor={dayId}>{t('booking.day')}</label>
            <input
              id={dayId}
              className="input"
              type="date"
              min={today}
              value={from}
              onChange={(event) => (setFrom(event.currentTarget.value || today), setSlot(null))}
            />
          </div>
        </div>
        <div className="slots" role="group" aria-label={t('booking.free')} aria-busy={found.isFetching}>
          {found.isError ? (
            <Failed error={found.error} retry={() => void found.refetch()} />
          ) : !found.data ? (
            <Skeleton lines={5} label={t('app.loading')} />
          ) : days.size === 0 ? (
            <p className="small soft slots-none">{t('booking.none')}</p>
          ) : (
            [...days].map(([day, slots]) => (
              <fieldset key={day} className="slot-day">
                <legend>{longDay(new Date(slots[0]!.start), language, zone)}</legend>
                <div>
                  {slots.map((one) => (
                    <label key={one.id} className={`slot ${slot?.id === one.id ? 'on' : ''}`}>
                      <input type="radio" name="slot" checked={slot?.id === one.id} onChange={() => setSlot(one)} />
                      <b className="num">{clock(new Date(one.start), language, zone)}</b>
                      <span className="meta soft">
                        {[!specialty && one.specialty, one.professional, one.place].filter(Boolean).join(' · ')}
                      </span>
                    </label>
                  ))}
                </div>
              </fieldset>
            ))
          )}
          {(found.data?.slots.length ?? 0) >= limit && limit < 100 && (
            <button type="button" className="btn sm line" onClick={() => setLimit(limit + PAGE)}>
              {t('booking.moreSlots')}
            </button>
          )}
        </div>
        {!move && (
          <Textarea
            label={`${t('booking.note')} (${t('app.optional')})`}
            value={note}
            maxLength={500}
            autosize
            minRows={1}
            maxRows={4}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        )}
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={!slot || busy}>
            {slot
              ? t(move ? 'booking.move' : 'booking.book', { when })
              : t(move ? 'booking.movePlain' : 'booking.bookPlain')}
          </button>
        </footer>
      </form>
    </Modal>
  );
}

/** The instant at which a day begins on the wall of that zone. */
function startOf(day: string, zone: string): Date {
  const guess = new Date(`${day}T00:00:00Z`);
  // the offset of a zone is at most 14 hours either way: the shown time of the guess tells it
  const shown = new Date(`${dayOf(guess, zone)}T${clock(guess, 'en', zone)}:00Z`);
  return new Date(guess.getTime() - (shown.getTime() - guess.getTime()));
}
