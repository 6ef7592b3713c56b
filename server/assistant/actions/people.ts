import { z } from 'zod';
import { claimOnly, linkPerson, peopleBehind } from '../../patient/contact-points.ts';
import { addPerson, personOfPatient } from '../../patient/people.ts';
import { actsFor } from '../../patient/proxies.ts';
import type { Trx } from '../../platform/postgres.ts';
import { dependants, patientHeads } from '../../record/queries.ts';
import { action, asJson, inEach, localised, noteReading, nothing } from './action.ts';
import type { Turning, Who } from './action.ts';

/** Children under this age are answered for by their parents in the record without a further word. */
const OF_AGE = 16;
/** Nobody younger is asked whether it is them who writes. */
const WRITES_FROM = 12;

/**
 * Who is known to write from this address: a family behind one phone. Given names only, and no health data: a shared
 * number proves that it is one of them, not which.
 */
export const peopleHere = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: z.array(z.object({ id: z.string(), name: z.string() })),
  proof: 'none',
  async run(turning) {
    const { trx, organisation } = turning;
    const behind = (await peopleBehind(trx, organisation.id, [turning.contactPointId])).filter(
      (one) => one.proof !== 'none',
    );
    const heads = await patientHeads(
      trx,
      organisation.id,
      behind.map((one) => one.patientId!),
    );
    const people = behind.flatMap((one) => {
      const head = heads.get(one.patientId!);
      return head && !isUnder(WRITES_FROM, head.birthDate ?? null, turning.now)
        ? [{ id: one.personId, name: head.givenName, family: head.familyName }]
        : [];
    });
    // a mother and her small child behind one number: it is the mother who writes
    if (people.length === 1 && people[0]!.id !== turning.who.personId) {
      const only = behind.find((one) => one.personId === people[0]!.id)!;
      turning.who = {
        personId: only.personId,
        aboutId: only.personId,
        proof: only.proof,
        writerPatientId: only.patientId,
        patientId: only.patientId,
      };
      turning.learned = true;
    }
    for (const one of people)
      if (people.filter((other) => other.name === one.name).length > 1) one.name = `${one.name} ${one.family}`;
    return people.length > 1
      ? { outcome: 'success', value: asJson(people.map(({ id, name }) => ({ id, name }))) }
      : { outcome: 'empty', value: [] };
  },
});

/** One of them says it is them. */
export const chooseWriter = action({
  args: z.object({ person: z.string() }),
  outcomes: [],
  value: nothing,
  proof: 'none',
  async run(turning, { person }) {
    const { trx, organisation, contactPointId } = turning;
    const behind = (await peopleBehind(trx, organisation.id, [contactPointId])).filter((one) => one.proof !== 'none');
    const chosen = behind.find((one) => one.personId === person);
    if (!chosen?.patientId) return { outcome: 'error' };
    // who shares a telephone can say any of its names: what one of them proved last week proves nothing today
    if (behind.length > 1) await claimOnly(trx, { organisationId: organisation.id, contactPointId, personId: person });
    turning.who = {
      personId: chosen.personId,
      aboutId: chosen.personId,
      proof: behind.length > 1 ? 'claimed' : chosen.proof,
      writerPatientId: chosen.patientId,
      patientId: chosen.patientId,
    };
    turning.learned = true;
    return { outcome: 'success' };
  },
});

/** None of them: somebody we do not know yet, who knows nothing of the others' data. */
export const unknownWriter = action({
  args: z.object({}),
  outcomes: [],
  value: nothing,
  proof: 'none',
  async run(turning) {
    const personId = await addPerson(turning.trx, turning.vault, {
      organisationId: turning.organisation.id,
      language: turning.language,
    });
    await linkPerson(turning.trx, {
      organisationId: turning.organisation.id,
      contactPointId: turning.contactPointId,
      personId,
      proof: 'none',
    });
    turning.who = { personId, aboutId: personId, proof: 'none', writerPatientId: null, patientId: null };
    turning.learned = true;
    return { outcome: 'success' };
  },
});

type Represented = { id: string; name: string; relation: string };

/** The record says what the writer is to the patient: "Como madre" beside the child's name. */
const YOU_ARE = { es: 'Como ', ca: 'Com a ', en: 'You are: ', pt: 'Como ' };

async function represented(turning: Turning): Promise<Represented[]> {
  const { trx, organisation, who } = turning;
  if (!who.writerPatientId) return [];
  const proxies = (await actsFor(trx, organisation.id, [who.personId])).filter((one) => one.forPatientId);
  const children = (await dependants(trx, organisation.id, who.writerPatientId)).filter((one) =>
    isUnder(OF_AGE, one.birthDate, turning.now),
  );
  const heads = await patientHeads(
    trx,
    organisation.id,
    proxies.map((one) => one.forPatientId!),
  );
  const found = new Map<string, Represented>();
  for (const one of proxies) {
    const head = heads.get(one.forPatientId!);
    if (head) found.set(head.id, { id: head.id, name: `${head.givenName} ${head.familyName}`, relation: '' });
  }
  for (const one of children)
    found.set(one.patientId, {
      id: one.patientId,
      name: `${one.givenName} ${one.familyName}`,
      relation: YOU_ARE[turning.language] + one.relationName[turning.language].toLowerCase(),
    });
  return [...found.values()];
}

/** Whether who writes may act for the patient whom the conversation is about: a proxy ends, a child comes of age. */
export async function mayActFor(trx: Trx, organisationId: string, who: Who, now: Date): Promise<boolean> {
  if (!who.writerPatientId || !who.patientId) return false;
  const proxies = await actsFor(trx, organisationId, [who.personId]);
  if (proxies.some((one) => one.forPersonId === who.aboutId)) return true;
  const children = await dependants(trx, organisationId, who.writerPatientId);
  return children.some((one) => one.patientId === who.patientId && isUnder(OF_AGE, one.birthDate, now));
}

function isUnder(age: number, birthDate: string | null, now: Date): boolean {
  if (!birthDate) return false;
  const [year, month, day] = birthDate.split('-').map(Number) as [number, number, number];
  return Date.UTC(year + age, month - 1, day) > now.getTime();
}

const RELATION_WORDS =
  'hijo hija fill filla son daughter child filho filha nino nina madre mama padre papa mare pare mother father mum mom mae pai marido mujer esposa esposo husband wife abuela abuelo avia avi';

/** Whom who writes may act for, themselves first. */
export const relatives = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      relation: z.union([localised, z.string()]),
      words: z.string(),
      /** It is who writes. */
      self: z.boolean(),
    }),
  ),
  proof: 'matched',
  async run(turning) {
    const others = await represented(turning);
    if (others.length === 0) return { outcome: 'empty', value: [] };
    const self = (await patientHeads(turning.trx, turning.organisation.id, [turning.who.writerPatientId!])).get(
      turning.who.writerPatientId!,
    );
    const me = { es: 'Para mí', ca: 'Per a mi', en: 'For me', pt: 'Para mim' };
    const list = [
      {
        id: turning.who.writerPatientId!,
        name: me[turning.language],
        relation: self ? `${self.givenName} ${self.familyName}` : inEach((language) => me[language]),
        words: 'mi mim me yo jo eu myself mismo misma',
        self: true,
      },
      ...others.map((one) => ({ ...one, words: others.length === 1 ? RELATION_WORDS : one.relation, self: false })),
    ];
    return { outcome: 'success', value: asJson(list) };
  },
});

/** From here on the conversation is about this patient. */
export const actFor = action({
  args: z.object({ patient: z.string() }),
  outcomes: [],
  value: nothing,
  proof: 'matched',
  async run(turning, { patient }) {
    const { trx, vault, organisation, who } = turning;
    if (patient === who.writerPatientId) {
      turning.who = { ...who, aboutId: who.personId, patientId: patient };
      turning.learned = true;
      return { outcome: 'success' };
    }
    const allowed = (await represented(turning)).find((one) => one.id === patient);
    if (!allowed) return { outcome: 'error' };
    const aboutId = await personOfPatient(trx, vault, {
      organisationId: organisation.id,
      patientId: patient,
      name: allowed.name,
      language: turning.language,
    });
    turning.who = { ...who, aboutId, patientId: patient };
    turning.learned = true;
    await noteReading(turning, 'patient');
    return { outcome: 'success' };
  },
});
