import { log } from '../platform/log.ts';
import type { Config } from '../platform/config.ts';
import { type Database, within } from '../platform/postgres.ts';
import { organisationIds, organisationOf } from '../trust/organisation.ts';
import type { Vault } from '../trust/vault.ts';
import { connectAccount } from './accounts.ts';

/**
 * Connects what the settings say: every organisation's web window, and the WhatsApp number of the environment
 * when there is one organisation that it can belong to. Saying it again changes nothing.
 */
export async function connectChannels(db: Database, vault: Vault, whatsapp: Config['whatsapp']): Promise<void> {
  const organisations = await organisationIds(db);
  for (const organisationId of organisations)
    await within(db, organisationId, async (trx) => {
      const { slug } = await organisationOf(trx, organisationId);
      await connectAccount(trx, vault, {
        organisationId,
        channel: 'webchat',
        name: 'Web',
        externalId: slug,
        settings: {},
        secrets: {},
      });
    });
  const { phoneNumberId, accessToken, appSecret, verifyToken, graphUrl } = whatsapp;
  if (!phoneNumberId || !accessToken || !appSecret) return;
  const [organisationId] = organisations;
  if (organisationId === undefined || organisations.length > 1) {
    log.warn('the WhatsApp number of the environment is not connected: it is not clear whose it is');
    return;
  }
  await within(db, organisationId, (trx) =>
    connectAccount(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      name: 'WhatsApp',
      externalId: phoneNumberId,
      settings: { graphUrl },
      secrets: { accessToken, appSecret, verifyToken },
    }),
  );
}
