import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { personOfPatient } from '../../patient/people.ts';
import { type App, languageOf } from '../../platform/http.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { bookAppointment } from '../../record/book.ts';
import { cancelAppointment } from '../../record/cancel.ts';
import { changeAppointment } from '../../record/change.ts';
import { confirmAppointment } from '../../record/confirm.ts';
import { findSlots } from '../../record/find.ts';
import { places, practitioners, specialties } from '../../record/queries.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import * as contract from './contract.ts';
import { patientOf, readPanel, searchPeople, showAppointment } from './people.ts';

type Deps = { db: Database; vault: Vault; clock: Clock };

const byId = z.object({ id: z.uuid() });
/** Slots are looked for this far ahead unless the caller says. */
const AHEAD_MS = 60 * 86_400_000;

/** Who somebody is: found by name, and the panel beside their conversation. */
export function personRoutes(app: App, deps: Deps): void {
  app.get(
    '/api/people',
    {
      config: { permission: 'person.search' },
      schema: { summary: 'Find people', querystring: contract.peopleQuery, response: { 200: contract.peopleFound } },
    },
    async (request) => ({ people: await searchPeople(deps, request.actor, request.query.search) }),
  );
  app.get(
    '/api/people/:id',
    {
      config: { permission: 'person.read' },
      schema: {
        summary: 'The panel beside a conversation',
        params: byId,
        querystring: z.object({ conversationId: z.uuid().optional() }),
        response: { 200: contract.personPanel },
      },
    },
    (request) =>
      readPanel(deps, request.actor, {
        personId: request.params.id,
        conversationId: request.query.conversationId,
        language: languageOf(request),
        now: deps.clock(),
      }),
  );
}

/** Free places, and what a colleague books, confirms, moves or cancels for a patient. */
export function appointmentRoutes(app: App, deps: Deps): void {
  app.get(
    '/api/slots',
    {
      config: { permission: 'slot.read' },
      schema: { summary: 'Free places', querystring: contract.slotsQuery, response: { 200: contract.slotsFound } },
    },
    (request) =>
      within(deps.db, request.actor.organisationId, async (trx) => {
        const { organisationId } = request.actor;
        const language = languageOf(request);
        const { specialty, professional, place, from, to, limit } = request.query;
        const now = deps.clock();
        const begin = from && new Date(from) > now ? new Date(from) : now;
        const slots = await findSlots(trx, organisationId, {
          specialty,
          practitionerId: professional,
          placeId: place,
          from: begin.toISOString(),
          to: (to ? new Date(to) : new Date(begin.getTime() + AHEAD_MS)).toISOString(),
          limit,
        });
        return {
          slots: slots.map((slot) => ({
            id: slot.id,
            start: slot.start,
            end: slot.end,
            specialty: slot.specialty.name[language],
            professional: slot.practitioner.name,
            place: slot.place.name[language],
          })),
          specialties: (await specialties(trx, organisationId, now)).map((one) => ({
            key: one.key,
            name: one.name[language],
          })),
          professionals: (await practitioners(trx, organisationId, { specialty, placeId: place })).map((one) => ({
            key: one.id,
            name: one.name,
          })),
          places: (await places(trx, organisationId)).map((one) => ({ key: one.id, name: one.name[language] })),
        };
      }),
  );
  app.post(
    '/api/people/:id/appointments',
    {
      config: { permission: 'appointment.book' },
      schema: {
        summary: 'Book for a patient',
        params: byId,
        body: contract.bookBody,
        response: { 201: contract.appointmentView },
      },
    },
    async (request, reply) => {
      const now = deps.clock();
      const booked = await within(
        deps.db,
        request.actor.organisationId,
        async (trx) => {
          const patientId = await patientOf(trx, deps.vault, request.actor.organisationId, request.params.id);
          await audit(trx, request.actor, {
            action: 'change',
            subject: { kind: 'appointment' },
            personId: request.params.id,
            detail: { how: 'booked', slotId: request.body.slotId },
          });
          return bookAppointment(trx, request.actor, { patientId, slotId: request.body.slotId }, now);
        },
        { serializable: true },
      );
      return reply.code(201).send(showAppointment(booked, languageOf(request), now));
    },
  );
  const byAppointment = z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) });
  const change =
    <Body>(
      how: string,
      act: (
        trx: Trx,
        actor: Actor,
        id: string,
        body: Body,
        now: Date,
      ) => Promise<Parameters<typeof showAppointment>[0]>,
    ) =>
    async (request: FastifyRequest): Promise<contract.AppointmentView> => {
      const { id } = request.params as { id: string };
      const now = deps.clock();
      const changed = await within(
        deps.db,
        request.actor.organisationId,
        async (trx) => {
          const { organisationId } = request.actor;
          const done = await act(trx, request.actor, id, request.body as Body, now);
          const personId = await personOfPatient(trx, deps.vault, { organisationId, patientId: done.patientId });
          await audit(trx, request.actor, {
            action: 'change',
            subject: { kind: 'appointment', id },
            personId,
            detail: { how },
          });
          return done;
        },
        { serializable: true },
      );
      return showAppointment(changed, languageOf(request), now);
    };
  app.post(
    '/api/appointments/:id/confirm',
    {
      config: { permission: 'appointment.book' },
      schema: {
        summary: 'The patient says that they come',
        params: byAppointment,
        response: { 200: contract.appointmentView },
      },
    },
    change('confirmed', (trx, actor, appointmentId, _body, now) =>
      confirmAppointment(trx, actor, { appointmentId }, now),
    ),
  );
  app.post(
    '/api/appointments/:id/change',
    {
      config: { permission: 'appointment.book' },
      schema: {
        summary: 'Move to another place',
        params: byAppointment,
        body: contract.changeBody,
        response: { 200: contract.appointmentView },
      },
    },
    change<z.infer<typeof contract.changeBody>>('changed', (trx, actor, appointmentId, { slotId }, now) =>
      changeAppointment(trx, actor, { appointmentId, slotId }, now),
    ),
  );
  app.post(
    '/api/appointments/:id/cancel',
    {
      config: { permission: 'appointment.book' },
      schema: {
        summary: 'Cancel',
        params: byAppointment,
        body: contract.cancelBody,
        response: { 200: contract.appointmentView },
      },
    },
    change<z.infer<typeof contract.cancelBody>>(
      'cancelled',
      async (trx, actor, appointmentId, body, now) =>
        (await cancelAppointment(trx, actor, { appointmentId, reason: body?.reason || undefined }, now)).appointment,
    ),
  );
}
