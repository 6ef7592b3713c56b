import type { Actor } from '../../trust/contract.ts';

/** Who stands in the history: a member, a person, a key; the assistant and the system have no id. */
export function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'staff':
      return actor.membershipId;
    case 'integration':
      return actor.apiKeyId;
    case 'patient':
      return actor.personId;
    default:
      return null;
  }
}
