import { z } from 'zod';

/** A text of the record in the four languages; what a hospital wrote in one only stands in all of them. */
export const localised = z.object({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
export type Localised = z.infer<typeof localised>;

/** An instant, ISO 8601 in UTC. */
const instant = z.iso.datetime();
/** The clock on the hospital's wall: `2026-11-24T16:20`. */
const wallTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
/** A calendar day: `2026-11-24`. */
const day = z.iso.date();
/** A FHIR id. */
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);

/** Morning ends and afternoon begins at 14:00 on the hospital's wall; evening is the afternoon from 18:00. */
export const PARTS_OF_DAY = ['morning', 'afternoon', 'evening'] as const;
export const partOfDay = z.enum(PARTS_OF_DAY);
export type PartOfDay = z.infer<typeof partOfDay>;

export const practitioner = z.object({
  id,
  /** As people call them: `Dra. Aurora Vilaplana`. */
  name: z.string(),
  /** Keys of their specialties. */
  specialties: z.array(z.string()),
  /** Languages they attend in. */
  languages: z.array(z.string()),
});
export type Practitioner = z.infer<typeof practitioner>;

export const place = z.object({
  id,
  name: localised,
  address: z.string(),
  /** How to find it and when it is open, in a sentence. */
  directions: localised.optional(),
  hours: localised.optional(),
  phone: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});
export type Place = z.infer<typeof place>;

export const specialty = z.object({
  key: z.string(),
  name: localised,
  practitioners: z.number().int(),
  /** The first free slot from now on, if any. */
  nextFree: instant.nullable(),
});
export type Specialty = z.infer<typeof specialty>;

const where = z.object({ id, name: localised });
const who = z.object({ id, name: z.string() });

export const slot = z.object({
  id,
  specialty: z.object({ key: z.string(), name: localised }),
  practitioner: who,
  place: where,
  start: instant,
  end: instant,
  localStart: wallTime,
  localEnd: wallTime,
});
export type Slot = z.infer<typeof slot>;

/** What a search for free slots asks. Times are instants. */
export const slotQuery = z.object({
  specialty: z.string().optional(),
  practitionerId: id.optional(),
  placeId: id.optional(),
  from: instant,
  to: instant,
  partOfDay: partOfDay.optional(),
  /** One slot for each time of day, this professional's before another's. */
  preferPractitionerId: id.optional(),
  limit: z.number().int().min(1).max(100).default(10),
});
export type SlotQuery = z.input<typeof slotQuery>;

/** A calendar day with free slots. */
export type FreeDay = { date: string; free: number; first: string };

/** As FHIR has them, of those that a patient can be told of. */
export const APPOINTMENT_STATES = ['booked', 'arrived', 'fulfilled', 'cancelled', 'noshow'] as const;
export const appointmentState = z.enum(APPOINTMENT_STATES);

export const appointment = z.object({
  id,
  patientId: id,
  state: appointmentState,
  /** The patient said that they come. */
  confirmed: z.boolean(),
  specialty: z.object({ key: z.string(), name: localised }),
  /** What is done there: `Colonoscopia con sedación`. */
  service: localised,
  practitioner: who,
  place: where,
  slotId: id.nullable(),
  orderId: id.nullable(),
  start: instant,
  end: instant,
  localStart: wallTime,
  localEnd: wallTime,
  /** What to do before coming, if anything. */
  preparation: localised.nullable(),
  version: z.number().int(),
});
export type Appointment = z.infer<typeof appointment>;

export const bookingRequest = z.object({
  patientId: id,
  slotId: id,
  /** The order that this appointment carries out. */
  orderId: id.optional(),
});
export type BookingRequest = z.infer<typeof bookingRequest>;

/** With `patientId` the appointment must be that patient's, else it is not found. */
export type AppointmentRequest = { appointmentId: string; patientId?: string };
export type ChangeRequest = AppointmentRequest & { slotId: string };
/** `reason` is a key (`patient_request`, `hospital`, …). */
export type CancelRequest = AppointmentRequest & { reason?: string };

export const waitingRequest = z.object({
  patientId: id,
  specialty: z.string(),
  practitionerId: id.optional(),
  placeId: id.optional(),
  partOfDay: partOfDay.optional(),
  /** The appointment they hold and would give for an earlier one. */
  appointmentId: id.optional(),
});
export type WaitingRequest = z.infer<typeof waitingRequest>;

export const waitingEntry = z.object({
  id: z.uuid(),
  patientId: id,
  specialty: z.object({ key: z.string(), name: localised }),
  practitionerId: id.nullable(),
  placeId: id.nullable(),
  partOfDay: partOfDay.nullable(),
  appointmentId: id.nullable(),
  since: instant,
  /** Free slots put before them and still good. */
  offers: z.array(z.object({ id: z.uuid(), slotId: id, start: instant, localStart: wallTime, until: instant })),
});
export type WaitingEntry = z.infer<typeof waitingEntry>;

/** Whether a slot that came free was put before someone on the waiting list. */
export type Cancelled = {
  appointment: Appointment;
  offered: { offerId: string; entryId: string; patientId: string; slotId: string } | null;
};

/** The job of a freed slot that was put before someone, with {organisationId, offerId}; whoever speaks with patients does it. */
export const SLOT_OFFERED = 'slot.offered';

/** A freed slot that was put before a patient who waits for one like it, still free and good. */
export type StandingOffer = {
  id: string;
  patientId: string;
  entryId: string;
  until: string;
  /** They were told of it. */
  told: boolean;
  slot: Slot;
  /** The appointment that they would give for it. */
  appointment: { id: string; localStart: string } | null;
};

export const order = z.object({
  id,
  name: localised,
  state: z.enum(['active', 'completed', 'cancelled']),
  /** Key of the specialty whose slots can carry it out; null when it needs no appointment. */
  specialty: z.string().nullable(),
  orderedOn: day,
  orderedBy: z.string().nullable(),
  due: day.nullable(),
  preparation: localised.nullable(),
  appointmentId: id.nullable(),
});
export type Order = z.infer<typeof order>;

export const result = z.object({
  id,
  name: localised,
  /** `with_professional`: it is there, and a person has to tell it. Its values are not in this answer. */
  state: z.enum(['ready', 'pending', 'with_professional']),
  takenOn: day.nullable(),
  readySince: instant.nullable(),
  /** Why it may be told: what the professional wrote for the patient. Only of ready ones. */
  conclusion: localised.nullable(),
  values: z.array(
    z.object({
      name: localised,
      value: z.string(),
      unit: z.string().nullable(),
      range: z.string().nullable(),
      flag: z.enum(['normal', 'low', 'high', 'abnormal']).nullable(),
    }),
  ),
});
export type Result = z.infer<typeof result>;

export const medicine = z.object({
  id,
  name: localised,
  /** How to take it, as the prescription says. */
  dosage: localised,
  asNeeded: z.boolean(),
  since: day.nullable(),
  until: day.nullable(),
  prescriber: z.string().nullable(),
  /** What to watch for, if the professional wrote it. */
  note: localised.nullable(),
});
export type Medicine = z.infer<typeof medicine>;

export const allergies = z.object({
  /** `none`: asked, and there are none known. `unknown`: nobody has asked. */
  known: z.enum(['some', 'none', 'unknown']),
  list: z.array(
    z.object({
      id,
      substance: localised,
      reaction: localised.nullable(),
      severity: z.enum(['mild', 'moderate', 'severe']).nullable(),
      high: z.boolean(),
      since: z.string().nullable(),
    }),
  ),
});
export type Allergies = z.infer<typeof allergies>;

export const problem = z.object({ id, name: localised, since: z.string().nullable(), active: z.boolean() });
export type Problem = z.infer<typeof problem>;

export const cover = z.object({
  id,
  payor: z.string(),
  plan: localised,
  /** The last four characters of the card. */
  memberEnds: z.string().nullable(),
  from: day.nullable(),
  until: day.nullable(),
  active: z.boolean(),
});
export type Cover = z.infer<typeof cover>;

export const bill = z.object({
  id,
  concept: localised,
  /** In the currency's unit, two decimals. */
  amount: z.number(),
  currency: z.string(),
  state: z.enum(['due', 'paid', 'cancelled']),
  date: day,
  due: day.nullable(),
});
export type Bill = z.infer<typeof bill>;

/** Who a patient is, without what is sealed. */
export const patientHead = z.object({
  id,
  givenName: z.string(),
  familyName: z.string(),
  birthDate: day.nullable(),
  gender: z.enum(['male', 'female', 'other', 'unknown']),
  language: z.enum(['es', 'ca', 'en', 'pt']).nullable(),
  /** Number of the clinical history in this hospital. */
  recordNumber: z.string().nullable(),
  employee: z.boolean(),
});
export type PatientHead = z.infer<typeof patientHead>;

/** A patient for whom another patient answers, or the other way round. */
export const relative = z.object({
  patientId: id,
  givenName: z.string(),
  familyName: z.string(),
  birthDate: day.nullable(),
  /** HL7 v3 RoleCode of the one who acts: MTH, FTH, DAUC, SONC, SPS, GRPRN, … */
  relation: z.string(),
  relationName: localised,
});
export type Relative = z.infer<typeof relative>;

/** What is sealed: opened only to show it to who may see it. */
export type PatientContacts = {
  documents: { kind: string; value: string }[];
  phones: string[];
  emails: string[];
  address: string | null;
};

/** What a greeting may want to name first. Days are counted on the hospital's calendar: 0 today, 1 tomorrow. */
export type PatientFacts = {
  patientId: string;
  givenName: string;
  familyName: string;
  birthDate: string | null;
  language: 'es' | 'ca' | 'en' | 'pt' | null;
  employee: boolean;
  nextAppointment: {
    id: string;
    daysAway: number;
    start: string;
    localStart: string;
    confirmed: boolean;
    specialty: { key: string; name: Localised };
    service: Localised;
    practitioner: { id: string; name: string };
    place: { id: string; name: Localised };
    hasPreparation: boolean;
  } | null;
  /** How many are booked from now on. */
  appointments: number;
  /** The newest result made ready within 30 days. */
  resultReady: { id: string; name: Localised; daysAgo: number } | null;
  resultsPending: number;
  /** An open order that nobody booked yet. */
  orderOpen: { id: string; name: Localised; specialty: string | null } | null;
  billDue: { id: string; amount: number; currency: string } | null;
  /** How many patients this one answers for (children, parents). */
  dependants: number;
};

/*
The functions, one file a verb. `trx` sees one organisation; every verb throws its problems before it writes anything
and never fails a statement on the way, so a transaction that holds other people's work goes on after a refusal.

find.ts       findSlots(trx, organisationId, query: SlotQuery): Promise<Slot[]>
              freeDays(trx, organisationId, query: SlotQuery): Promise<FreeDay[]>
book.ts       bookAppointment(trx, actor, request: BookingRequest, now?: Date): Promise<Appointment>
change.ts     changeAppointment(trx, actor, request: ChangeRequest, now?: Date): Promise<Appointment>
cancel.ts     cancelAppointment(trx, actor, request: CancelRequest, now?: Date): Promise<Cancelled>
confirm.ts    confirmAppointment(trx, actor, request: AppointmentRequest, now?: Date): Promise<Appointment>
waiting.ts    joinWaitingList(trx, actor, request: WaitingRequest, now?: Date): Promise<WaitingEntry>
              leaveWaitingList(trx, actor, { entryId, patientId? }): Promise<void>
              waitingList(trx, organisationId, { patientId?, specialty? }): Promise<WaitingEntry[]>
              standingOffers(trx, organisationId, { patientId } | { offerId }, now?): Promise<StandingOffer[]>
              offersToTell(trx, organisationId, patientIds: string[], now?): Promise<Map<string, string>>
              offerTold(trx, organisationId, offerId, now?): Promise<void>
identity.ts   matchIdentity(trx, vault, organisationId, { documentNumber, birthDate }): Promise<string | null>
              patientsByPhone(trx, vault, organisationId, phones: string[]): Promise<Map<string, string[]>>
              searchPatients(trx, vault, organisationId, text, limit?): Promise<PatientHead[]>
              patientContacts(trx, vault, organisationId, patientId): Promise<PatientContacts>
queries.ts    (all: trx, organisationId, …) specialties() practitioners({ specialty?, placeId? }) places()
              appointment(id) upcomingAppointments(patientId, now?) pastAppointments(patientId, limit?)
              orders(patientId) results(patientId) medicines(patientId) allergies(patientId) problems(patientId)
              coverage(patientId) bills(patientId) patientHeads(patientIds) dependants(patientId) relatives(patientId)
facts.ts      patientFacts(trx, organisationId, patientIds: string[], now?: Date): Promise<Map<string, PatientFacts>>

Problems (problems.ts, recordProblems.<code>()): slot_not_found slot_taken slot_past appointment_not_found
appointment_closed too_late_to_change too_late_to_cancel patient_not_found patient_busy waiting_entry_not_found
already_waiting specialty_not_found order_not_found order_booked resource_not_found version_conflict invalid_resource

Events (ids only): appointment.booked · appointment.changed · appointment.cancelled · appointment.confirmed
{appointmentId, patientId, slotId} · slot.offered {offerId, entryId, patientId, slotId} · waiting.joined · waiting.left {entryId, patientId}
*/
