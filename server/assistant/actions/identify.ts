import { z } from 'zod';
import { lockState, prove, recordAttempt } from '../../patient/identify.ts';
import { matchIdentity } from '../../record/identity.ts';
import { patientHeads } from '../../record/queries.ts';
import { action, asJson, nothing } from './action.ts';

/** Whether who writes may still be asked for their data. */
export const identityState = action({
  args: z.object({}),
  outcomes: ['known', 'locked'],
  value: nothing,
  proof: 'none',
  light: true,
  async run(turning) {
    if (turning.who.proof === 'matched' || turning.who.proof === 'confirmed') return { outcome: 'known' };
    return { outcome: (await turning.isLocked()) ? 'locked' : 'success' };
  },
});

/**
 * Document number and birth date against the record. A wrong number and a wrong date give the same answer; the third
 * wrong try locks the address.
 */
export const identify = action({
  args: z.object({ document: z.string().max(40), birth: z.iso.date() }),
  outcomes: ['wrong', 'locked'],
  value: z.object({ left: z.number() }).nullable().optional(),
  proof: 'none',
  async run(turning, { document, birth }) {
    const { trx, vault, contactPointId } = turning;
    const organisationId = turning.organisation.id;
    if ((await lockState(trx, organisationId, contactPointId)).locked) return { outcome: 'locked' };
    const patientId = await matchIdentity(trx, vault, organisationId, { documentNumber: document, birthDate: birth });
    const state = await recordAttempt(trx, { organisationId, contactPointId, succeeded: patientId !== null });
    if (!patientId)
      return state.locked ? { outcome: 'locked' } : { outcome: 'wrong', value: asJson({ left: state.left }) };
    const head = (await patientHeads(trx, organisationId, [patientId])).get(patientId);
    const proved = await prove(trx, vault, {
      organisationId,
      contactPointId,
      personId: turning.who.personId,
      patientId,
      level: 'matched',
      method: 'document_and_birth_date',
      ...(head ? { name: `${head.givenName} ${head.familyName}`, language: head.language ?? turning.language } : {}),
    });
    turning.who = {
      personId: proved.personId,
      aboutId: proved.aboutId,
      proof: 'matched',
      writerPatientId: patientId,
      patientId,
    };
    turning.learned = true;
    return { outcome: 'success' };
  },
});
