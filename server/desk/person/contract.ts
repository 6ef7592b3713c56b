import { z } from 'zod';
import { channelKind, conversationState, language, proofLevel } from '../../conversation/contract.ts';

/** What the desk shows of a person, and the appointments it makes for them: see `../contract.ts` for times, ids and errors. */
const id = z.uuid();
const time = z.iso.datetime();

const labelled = z.object({ id: z.string(), name: z.string() });

export const appointmentView = z.object({
  id: z.string(),
  status: z.enum(['proposed', 'booked', 'confirmed', 'cancelled', 'fulfilled', 'noshow', 'waitlist']),
  start: time.nullable(),
  end: time.nullable(),
  specialty: z.string(),
  service: z.string().nullable(),
  professional: z.string().nullable(),
  place: z.string().nullable(),
  /** What to do before, if anything. */
  preparation: z.string().nullable(),
  may: z.object({ confirm: z.boolean(), change: z.boolean(), cancel: z.boolean() }),
});
export type AppointmentView = z.infer<typeof appointmentView>;

/** `GET /api/people/:id?conversationId=` (writes an audit entry): the panel beside a conversation. */
export const personPanel = z.object({
  personId: id,
  /** Null: nobody knows yet who of the record this is; the record's lists are empty then. */
  patientId: z.string().nullable(),
  name: z.string().nullable(),
  birthDate: z.iso.date().nullable(),
  age: z.number().int().nullable(),
  sex: z.enum(['female', 'male', 'other', 'unknown']).nullable(),
  /** Number of the clinical history and national document, the latter with its middle hidden. */
  recordNumber: z.string().nullable(),
  document: z.string().nullable(),
  language,
  /** Ways to reach the person, each with its middle hidden. */
  contacts: z.array(z.object({ channel: channelKind, address: z.string(), lastAt: time.nullable() })),
  proof: z.object({ level: proofLevel, method: z.string().nullable(), at: time.nullable() }),
  /** `none`: asked, has none. `unknown`: nobody asked. */
  allergies: z.object({
    known: z.enum(['some', 'none', 'unknown']),
    list: z.array(
      z.object({
        substance: z.string(),
        reaction: z.string().nullable(),
        since: z.string().nullable(),
        severe: z.boolean(),
      }),
    ),
  }),
  appointments: z.array(appointmentView),
  orders: z.array(
    labelled.extend({ status: z.string(), authoredOn: z.string().nullable(), preparation: z.string().nullable() }),
  ),
  results: z.array(
    labelled.extend({
      status: z.string(),
      at: z.string().nullable(),
      values: z.array(
        z.object({
          name: z.string(),
          value: z.string(),
          unit: z.string().nullable(),
          range: z.string().nullable(),
          abnormal: z.boolean(),
        }),
      ),
    }),
  ),
  medication: z.array(labelled.extend({ dosage: z.string().nullable(), status: z.string() })),
  problems: z.array(labelled.extend({ since: z.string().nullable(), active: z.boolean() })),
  coverage: z.array(
    labelled.extend({
      plan: z.string().nullable(),
      number: z.string().nullable(),
      until: z.string().nullable(),
      active: z.boolean(),
    }),
  ),
  proxies: z.array(
    z.object({
      personId: id,
      name: z.string().nullable(),
      relation: z.string(),
      /** `for`: this person acts for that one; `by`: that one acts for this person. */
      direction: z.enum(['for', 'by']),
      scope: z.array(z.string()),
      expiresAt: time.nullable(),
    }),
  ),
  /** Every episode in time, newest first, at most 20. */
  conversations: z.array(
    z.object({
      id,
      state: conversationState,
      channel: channelKind.nullable(),
      openedAt: time,
      closedAt: time.nullable(),
      reason: z.string().nullable(),
      outcome: z.string().nullable(),
    }),
  ),
});
export type PersonPanel = z.infer<typeof personPanel>;

/** `GET /api/people?search=` by words of the name, number of history, document, or the whole phone; audited. */
export const peopleQuery = z.object({ search: z.string().trim().min(2).max(120) });
export const peopleFound = z.object({
  people: z.array(
    z.object({
      personId: id,
      name: z.string().nullable(),
      birthDate: z.iso.date().nullable(),
      recordNumber: z.string().nullable(),
      openConversationId: id.nullable(),
    }),
  ),
});

// ── appointments from the desk ──────────────────────────────────────────────────────────────────────────────────

/** `GET /api/slots?specialty=&professional=&place=&from=&to=&limit=`: free places in time order. */
export const slotsQuery = z.object({
  specialty: z.string().max(100).optional(),
  professional: z.string().max(100).optional(),
  place: z.string().max(100).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export const slotView = z.object({
  id: z.string(),
  start: time,
  end: time,
  specialty: z.string(),
  professional: z.string().nullable(),
  place: z.string().nullable(),
});
export type SlotView = z.infer<typeof slotView>;
/** `slots` and what can be asked for: keys for the filters with their names in the caller's language. */
export const slotsFound = z.object({
  slots: z.array(slotView),
  specialties: z.array(z.object({ key: z.string(), name: z.string() })),
  professionals: z.array(z.object({ key: z.string(), name: z.string() })),
  places: z.array(z.object({ key: z.string(), name: z.string() })),
});
/** `POST /api/people/:id/appointments` → 201 `appointmentView`; 409 when the place was just taken. */
export const bookBody = z.object({ slotId: z.string().max(200), note: z.string().trim().max(500).optional() });
/** `POST /api/appointments/:id/change` → 200 `appointmentView`; `confirm` takes no body. */
export const changeBody = z.object({ slotId: z.string().max(200) });
/** `POST /api/appointments/:id/cancel` → 200 `appointmentView` */
export const cancelBody = z.object({ reason: z.string().trim().max(500).optional() }).nullish();
