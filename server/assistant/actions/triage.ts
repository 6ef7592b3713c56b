import { z } from 'zod';
import { patientHeads, specialties } from '../../record/queries.ts';
import { ageFrom, ageMentioned } from '../../triage/protocols/hear.ts';
import { wasHereLately } from '../../triage/protocols/keep-run.ts';
import { byComplaint, isFor } from '../../triage/protocols/complaint.ts';
import { isProven } from '../../triage/protocols/proofs.ts';
import { serving } from '../../triage/protocols/store.ts';
import { uuid } from '../../platform/ids.ts';
import { wallClock } from '../wall-clock.ts';
import { action, asJson, localised, maybe } from './action.ts';
import type { Turning } from './action.ts';

const years = z.number().min(0).max(48_000);
const by = z.enum(['self', 'relative']);

/** How old the patient is by the record, once it is proved who they are; and whether who writes speaks for another. */
export const recordAge = action({
  args: z.object({ whose: z.enum(['writer', 'about']) }),
  outcomes: ['empty'],
  value: z.object({ age: years, by }).nullable().optional(),
  proof: 'none',
  async run(turning, { whose }) {
    const { trx, organisation, who, now } = turning;
    const patientId = whose === 'writer' ? who.writerPatientId : who.patientId;
    if (!patientId || !isProved(turning)) return { outcome: 'empty' };
    const birthDate = (await patientHeads(trx, organisation.id, [patientId])).get(patientId)?.birthDate;
    if (!birthDate) return { outcome: 'empty' };
    const age = ageFrom(birthDate, wallClock(now, organisation.timezone).slice(0, 10));
    return { outcome: 'success', value: { age, by: patientId === who.writerPatientId ? 'self' : 'relative' } };
  },
});

const isProved = ({ who }: Turning): boolean => who.proof === 'matched' || who.proof === 'confirmed';

/** An age that was told in passing with the complaint. */
export const ageSaid = action({
  args: z.object({ text: maybe }),
  outcomes: ['empty'],
  value: z.object({ age: years }).nullable().optional(),
  proof: 'none',
  light: true,
  async run(_turning, { text }) {
    const age = text ? ageMentioned(text) : null;
    return age === null ? { outcome: 'empty' } : { outcome: 'success', value: { age } };
  },
});

/**
 * Protocols that may serve for somebody of this age: by the words of the complaint, or all of them. `one`: only one fits ·
 * `empty`: the words name none · `none`: none may serve.
 */
export const triageProtocols = action({
  args: z.object({ words: maybe, age: years.nullable().optional() }),
  outcomes: ['one', 'empty', 'none'],
  value: z.array(z.object({ id: z.string(), key: z.string(), title: localised })),
  proof: 'none',
  async run(turning, { words, age }) {
    const all = (await serving(turning.trx, turning.vault, turning.organisation, turning.now)).filter(
      (one) => age === null || age === undefined || isFor(one.protocol, age),
    );
    if (all.length === 0) return { outcome: 'none', value: [] };
    const found = words ? byComplaint(words, all) : all;
    const rows = found.map(({ protocol: { content } }) => ({
      // marked as ours: "Dolor de pecho" picked from a list is no cry for help, it begins the questions
      id: `protocol.${content.protocol}`,
      key: content.protocol,
      title: content.title,
    }));
    return { outcome: rows.length === 0 ? 'empty' : rows.length === 1 ? 'one' : 'success', value: asJson(rows) };
  },
});

/** Opens a run: which protocol and which version of it, and whether they were in touch within 72 hours. */
export const triageOpen = action({
  args: z.object({ protocol: maybe, complaint: z.string(), age: years.nullable(), by: by.nullable() }),
  outcomes: ['empty'],
  value: z.unknown(),
  proof: 'none',
  async run(turning, given) {
    const { trx, vault, organisation, now, who, conversationId } = turning;
    if (given.age === null) return { outcome: 'empty' };
    const all = (await serving(trx, vault, organisation, now)).filter((one) => isFor(one.protocol, given.age!));
    const found = given.protocol
      ? all.find((one) => one.protocol.content.protocol === given.protocol)
      : byComplaint(given.complaint, all)[0];
    // what is not proven is run nowhere, not even as a draft: a run ends early only because no answer could lower it
    if (!found || !isProven(found.protocol)) return { outcome: 'empty' };
    const personIds = [...new Set([who.aboutId, who.personId])];
    const repeat = await wasHereLately(trx, organisation.id, { personIds, conversationId }, now);
    return {
      outcome: 'success',
      value: {
        id: uuid(),
        hash: found.protocol.hash,
        draft: found.draft,
        repeat,
        age: given.age,
        by: given.by ?? 'self',
        complaint: given.complaint,
      },
    };
  },
});

const DOCTOR = { adult: /family|general|primary/, child: /paed|pediat/ };
const GROWN_UP_DAYS = 14 * 365.25;

/** Where and when somebody is seen who must be within a day: their own doctor's specialty, until the same hour tomorrow. */
export const triageBooking = action({
  args: z.object({ age: years.nullable() }),
  outcomes: ['empty'],
  value: z
    .object({ specialty: z.string(), name: localised, when: z.object({ from: z.string(), to: z.string() }) })
    .nullable()
    .optional(),
  proof: 'none',
  async run({ trx, organisation, now }, { age }) {
    const form = age !== null && age < GROWN_UP_DAYS ? DOCTOR.child : DOCTOR.adult;
    const all = (await specialties(trx, organisation.id, now)).filter((one) => one.practitioners > 0);
    const found = all.find((one) => form.test(one.key)) ?? all.find((one) => DOCTOR.adult.test(one.key));
    if (!found) return { outcome: 'empty' };
    const [from, to] = [now, new Date(now.getTime() + 86_400_000)].map((one) =>
      wallClock(one, organisation.timezone).slice(0, 10),
    ) as [string, string];
    return { outcome: 'success', value: asJson({ specialty: found.key, name: found.name, when: { from, to } }) };
  },
});
