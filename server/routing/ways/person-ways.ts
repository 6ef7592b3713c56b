import type { Language } from '../../conversation/contract.ts';
import { consent, type ConsentSource, prefer, preferencesOf } from '../../patient/preferences.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { type changePersonWays, type ConsentKind, CONSENTS, type PersonWays, type WayKind } from './contract.ts';
import { wayProblems } from './problems.ts';
import type { z } from 'zod';

/** How a person likes to be reached and what they agreed to, with an audit entry. @throws ways.person_not_found */
export async function readPersonWays(trx: Trx, actor: Actor, personId: string): Promise<PersonWays> {
  const kept = await preferencesOf(trx, actor.organisationId, personId);
  if (!kept) throw wayProblems.person_not_found();
  await audit(trx, actor, { action: 'read', subject: { kind: 'preferences', id: personId }, personId });
  return {
    preferredWay: kept.way as WayKind | null,
    preferredLanguage: kept.language as Language | null,
    consents: kept.consents.map((one) => ({
      kind: one.kind as ConsentKind,
      given: one.given,
      at: one.at.toISOString(),
      source: one.source,
    })),
  };
}

const SOURCES: Partial<Record<Actor['kind'], ConsentSource>> = {
  staff: 'staff',
  integration: 'integration',
  patient: 'patient',
};

/** Keeps what a person prefers or agrees to, as they said it to who writes it down. @throws ways.person_not_found */
export async function keepPersonWays(
  trx: Trx,
  actor: Actor,
  personId: string,
  change: z.infer<typeof changePersonWays>,
  now: Date,
): Promise<PersonWays> {
  const { organisationId } = actor;
  if (!(await preferencesOf(trx, organisationId, personId))) throw wayProblems.person_not_found();
  await prefer(trx, organisationId, personId, { way: change.preferredWay, language: change.preferredLanguage });
  for (const kind of CONSENTS) {
    const given = change.consents?.[kind];
    if (given === undefined) continue;
    const byId = actor.kind === 'staff' ? actor.membershipId : actor.kind === 'integration' ? actor.apiKeyId : null;
    await consent(trx, organisationId, personId, {
      kind,
      given,
      source: SOURCES[actor.kind] ?? 'system',
      byId,
      at: now,
    });
  }
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'preferences', id: personId },
    personId,
    detail: { ...change },
  });
  return readPersonWays(trx, actor, personId);
}
