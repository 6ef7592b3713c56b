import { z } from 'zod';
import { cancelAppointment } from '../../record/cancel.ts';
import { changeAppointment } from '../../record/change.ts';
import { confirmAppointment } from '../../record/confirm.ts';
import type { Appointment } from '../../record/contract.ts';
import { appointment as appointmentOf, upcomingAppointments } from '../../record/queries.ts';
import { action, asJson, assistantActor, localised, noteReading, patientOf, refused } from './action.ts';

export const appointmentRow = z.object({
  id: z.string(),
  /** On the hospital's wall. */
  start: z.string(),
  /** Its day alone. */
  day: z.string(),
  service: localised,
  specialty: z.string(),
  practitioner: z.string(),
  practitioner_id: z.string(),
  place: localised,
  confirmed: z.boolean(),
  preparation: localised.nullable(),
});

/** What of an appointment a flow speaks of. */
export function rowOf(one: Appointment): z.infer<typeof appointmentRow> {
  return {
    id: one.id,
    start: one.localStart,
    day: one.localStart.slice(0, 10),
    service: one.service,
    specialty: one.specialty.key,
    practitioner: one.practitioner.name,
    practitioner_id: one.practitioner.id,
    place: one.place.name,
    confirmed: one.confirmed,
    preparation: one.preparation,
  };
}

/** Those to come, the next first. `one`: there is only one. */
export const nextAppointments = action({
  args: z.object({}),
  outcomes: ['one', 'empty'],
  value: z.array(appointmentRow),
  proof: 'matched',
  async run(turning) {
    await noteReading(turning, 'appointments');
    const list = (await upcomingAppointments(turning.trx, turning.organisation.id, patientOf(turning), turning.now))
      .slice(0, 30)
      .map(rowOf);
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});

const GONE = { appointment_not_found: 'gone', appointment_closed: 'gone', slot_past: 'gone' };

export const confirm = action({
  args: z.object({ appointment: z.string() }),
  outcomes: ['gone'],
  value: appointmentRow,
  proof: 'matched',
  async run(turning, args) {
    try {
      const done = await confirmAppointment(
        turning.trx,
        assistantActor(turning),
        { appointmentId: args.appointment, patientId: patientOf(turning) },
        turning.now,
      );
      return { outcome: 'success', value: asJson(rowOf(done)) };
    } catch (error) {
      return refused(error, GONE);
    }
  },
});

export const cancel = action({
  args: z.object({ appointment: z.string() }),
  outcomes: ['late', 'gone'],
  value: appointmentRow,
  proof: 'matched',
  async run(turning, args) {
    try {
      const done = await cancelAppointment(
        turning.trx,
        assistantActor(turning),
        { appointmentId: args.appointment, patientId: patientOf(turning), reason: 'patient_request' },
        turning.now,
      );
      return { outcome: 'success', value: asJson(rowOf(done.appointment)) };
    } catch (error) {
      return refused(error, { ...GONE, too_late_to_cancel: 'late' });
    }
  },
});

export const change = action({
  args: z.object({ appointment: z.string(), slot: z.string() }),
  outcomes: ['taken', 'busy', 'late', 'gone'],
  value: appointmentRow,
  proof: 'matched',
  async run(turning, args) {
    try {
      const done = await changeAppointment(
        turning.trx,
        assistantActor(turning),
        { appointmentId: args.appointment, slotId: args.slot, patientId: patientOf(turning) },
        turning.now,
      );
      // with its preparation, which belongs to what is done there
      return {
        outcome: 'success',
        value: asJson(rowOf((await appointmentOf(turning.trx, turning.organisation.id, done.id)) ?? done)),
      };
    } catch (error) {
      return refused(error, {
        ...GONE,
        slot_taken: 'taken',
        slot_not_found: 'taken',
        slot_past: 'taken',
        patient_busy: 'busy',
        too_late_to_change: 'late',
      });
    }
  },
});
