import { sql } from 'kysely';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Trx } from '../platform/postgres.ts';
import type { Organisation } from '../trust/organisation.ts';
import { open, type Vault } from '../trust/vault.ts';
import type { ChannelKind } from './contract.ts';

/** Channels on which an address is a telephone's. */
const TELEPHONES: readonly ChannelKind[] = ['whatsapp', 'sms', 'voice'];

/**
 * The emergency number that somebody is told: that of the country of the telephone they write from, where the organisation
 * gave one, else the organisation's own.
 */
export function emergencyNumberFor(
  { emergencyNumber, settings }: Pick<Organisation, 'emergencyNumber' | 'settings'>,
  from: { channel: ChannelKind; address: string },
): string {
  if (Object.keys(settings.emergencyNumbers).length === 0 || !TELEPHONES.includes(from.channel)) return emergencyNumber;
  const country = parsePhoneNumberFromString(`+${from.address.replace(/^\+/, '')}`)?.country;
  return (country && settings.emergencyNumbers[country]) || emergencyNumber;
}

/** The same where nobody wrote just now: by where they wrote last in a conversation. */
export async function emergencyNumberIn(
  trx: Trx,
  vault: Vault,
  organisation: Organisation,
  conversationId: string,
): Promise<string> {
  if (Object.keys(organisation.settings.emergencyNumbers).length === 0) return organisation.emergencyNumber;
  const { rows } = await sql<{ id: string; channel: ChannelKind; address_sealed: Buffer }>`
    select cp.id, cp.channel, cp.address_sealed from leg join contact_point cp on cp.id = leg.contact_point_id
    where leg.conversation_id = ${conversationId} and cp.organisation_id = ${organisation.id}
    order by cp.last_inbound_at desc nulls last, leg.began_at desc limit 1`.execute(trx);
  const last = rows[0];
  if (!last) return organisation.emergencyNumber;
  const key = await vault.organisationKey(trx, organisation.id);
  const address = open(key, last.address_sealed, `contact-point:${last.id}`).toString('utf8');
  return emergencyNumberFor(organisation, { channel: last.channel, address });
}
