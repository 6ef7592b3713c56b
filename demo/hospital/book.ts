import { newAppointment } from '../../server/record/appointment.ts';
import type * as fhir from '../../server/record/fhir.ts';
import { addDays, instantAt, isWorkingDay, minutes, weekday, type Day } from './calendar.ts';
import type { Human } from './chart.ts';
import type { Random } from './random.ts';
import { PROFESSIONALS, type Professional } from './staff.ts';
import type { SpecialtyKey } from './words.ts';

/** Six weeks. */
const HORIZON_DAYS = 42;

type Cell = { slot: fhir.Slot; professional: Professional; day: Day; minute: number; past: boolean };

/** The book of a hospital while it is being filled. */
export type Book = {
  /** A free slot's cell, by professional, day and time. Throws when there is none: a story told wrong. */
  at(professionalId: string, day: Day, time: string): Cell;
  /** Free cells to come of a specialty between two days. */
  free(specialty: SpecialtyKey, from: Day, to: Day): Cell[];
  /** Books a cell for a patient. */
  take(cell: Cell, human: Human, options?: { order?: fhir.ServiceRequest; confirmed?: boolean }): void;
  /** Something that was, whose slot the book no longer holds. */
  past(
    professionalId: string,
    day: Day,
    time: string,
    human: Human,
    status: 'fulfilled' | 'noshow' | 'cancelled',
    order?: fhir.ServiceRequest,
  ): boolean;
  /** Fills the rest as a busy hospital's book is filled. `only` leaves a stretch with exactly these free. */
  fill(
    chance: Random,
    only: {
      specialty: SpecialtyKey;
      day: Day;
      from: string;
      to: string;
      free: [professionalId: string, time: string][];
    },
  ): void;
  resources(): (fhir.Slot | fhir.Appointment)[];
};

export function openBook(today: Day, now: string, zone: string, house: readonly fhir.Resource[]): Book {
  const cells: Cell[] = [];
  for (const professional of PROFESSIONALS)
    for (let ahead = 0; ahead < HORIZON_DAYS; ahead += 1) {
      const day = addDays(today, ahead);
      for (const minute of startsOn(professional, day)) {
        const start = instantAt(day, minute, zone);
        cells.push({
          professional,
          day,
          minute,
          past: start <= now,
          slot: {
            resourceType: 'Slot',
            id: `slot-${professional.id}-${day.replaceAll('-', '')}-${String(minute).padStart(4, '0')}`,
            schedule: { reference: `Schedule/schedule-${professional.id}` },
            status: 'free',
            start,
            end: instantAt(day, minute + professional.hours.every, zone),
          },
        });
      }
    }
  const byPlace = new Map(cells.map((cell) => [`${cell.professional.id} ${cell.day} ${cell.minute}`, cell]));
  const byKey = new Map(house.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  const appointments: fhir.Appointment[] = [];
  const pastTimes = new Set<string>();
  const patientTimes = new Map<string, { start: string; end: string }[]>();

  const people = (professional: Professional) => ({
    practitioner: byKey.get(`Practitioner/${professional.id}`) as fhir.Practitioner,
    place: byKey.get(`Location/${professional.place}`) as fhir.Location,
    service: byKey.get(`HealthcareService/${professional.specialty}`) as fhir.HealthcareService,
  });
  const clashes = (human: Human, start: string, end: string): boolean =>
    (patientTimes.get(human.id) ?? []).some((one) => one.start < end && one.end > start);
  const remember = (human: Human, start: string, end: string): void => {
    patientTimes.set(human.id, [...(patientTimes.get(human.id) ?? []), { start, end }]);
  };

  return {
    at(professionalId, day, time) {
      const cell = byPlace.get(`${professionalId} ${day} ${minutes(time)}`);
      if (!cell || cell.slot.status !== 'free') throw new Error(`no free slot: ${professionalId} ${day} ${time}`);
      return cell;
    },
    free: (specialty, from, to) =>
      cells.filter(
        (cell) =>
          cell.professional.specialty === specialty &&
          cell.slot.status === 'free' &&
          !cell.past &&
          cell.day >= from &&
          cell.day <= to,
      ),
    take(cell, human, options = {}) {
      if (cell.slot.status !== 'free' || clashes(human, cell.slot.start, cell.slot.end))
        throw new Error(`taken: ${cell.slot.id}`);
      cell.slot.status = 'busy';
      remember(human, cell.slot.start, cell.slot.end);
      const appointment = newAppointment({
        id: `appointment-${cell.slot.id.slice(5)}`,
        patientId: human.id,
        slot: cell.slot,
        ...people(cell.professional),
        order: options.order ?? null,
        created: instantAt(addDays(today, -9), 11 * 60, zone),
      });
      if (options.confirmed) appointment.participant[0]!.status = 'accepted';
      appointments.push(appointment);
    },
    past(professionalId, day, time, human, status, order) {
      const professional = PROFESSIONALS.find((one) => one.id === professionalId)!;
      const start = instantAt(day, minutes(time), zone);
      const end = instantAt(day, minutes(time) + professional.hours.every, zone);
      if (pastTimes.has(`${professionalId} ${start}`) || clashes(human, start, end)) return false;
      pastTimes.add(`${professionalId} ${start}`);
      remember(human, start, end);
      const appointment = newAppointment({
        id: `appointment-${professionalId}-${day.replaceAll('-', '')}-${time.replace(':', '')}`,
        patientId: human.id,
        slot: null,
        times: { start, end },
        ...people(professional),
        order: order ?? null,
        created: instantAt(addDays(day, -14), 11 * 60, zone),
      });
      appointments.push({ ...appointment, status });
      return true;
    },
    fill(chance, only) {
      const kept = new Set(only.free.map(([professionalId, time]) => `${professionalId} ${minutes(time)}`));
      const open = new Map<string, number>();
      for (const cell of cells) {
        // drawn for every cell, so that one booking more or less leaves the rest of the book as it was
        const drawn = chance.next();
        if (cell.slot.status !== 'free') continue;
        const stretch =
          cell.professional.specialty === only.specialty &&
          cell.day === only.day &&
          cell.minute >= minutes(only.from) &&
          cell.minute < minutes(only.to);
        if (stretch) {
          if (!kept.has(`${cell.professional.id} ${cell.minute}`)) cell.slot.status = 'busy-unavailable';
          continue;
        }
        if (drawn < occupancy(today, cell.day)) cell.slot.status = 'busy-unavailable';
        else
          open.set(`${cell.professional.id} ${cell.day}`, (open.get(`${cell.professional.id} ${cell.day}`) ?? 0) + 1);
      }
      // whoever works always has something left, so that a demonstration finds it
      for (const cell of cells) {
        const key = `${cell.professional.id} ${cell.day}`;
        const stretch =
          cell.professional.specialty === only.specialty && cell.day === only.day && cell.minute >= minutes(only.from);
        if (cell.slot.status !== 'busy-unavailable' || stretch || cell.past || (open.get(key) ?? 0) >= LEAST_OPEN)
          continue;
        cell.slot.status = 'free';
        open.set(key, (open.get(key) ?? 0) + 1);
      }
    },
    resources: () => [...cells.map((cell) => cell.slot), ...appointments],
  };
}

const LEAST_OPEN = 3;

/** How full a day is: this week nearly, the sixth hardly. */
function occupancy(today: Day, day: Day): number {
  const ahead = (Date.parse(day) - Date.parse(today)) / 86_400_000;
  return ahead <= 7 ? 0.72 : ahead <= 14 ? 0.6 : ahead <= 28 ? 0.45 : 0.25;
}

function startsOn(professional: Professional, day: Day): number[] {
  const { hours } = professional;
  if (!isWorkingDay(day) && !hours.weekends) return [];
  const starts: number[] = [];
  const stretch = ([from, to]: [string, string]): void => {
    for (let minute = minutes(from); minute + hours.every <= minutes(to); minute += hours.every) starts.push(minute);
  };
  stretch(hours.morning);
  if (hours.afternoon && (hours.afternoons ?? [weekday(day)]).includes(weekday(day))) stretch(hours.afternoon);
  return starts;
}
