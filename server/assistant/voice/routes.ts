import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { addressed } from '../../trust/address.ts';
import { staffOf } from '../../trust/guard.ts';
import { changeAddress, organisationOf } from '../../trust/organisation.ts';
import type { FlowSet } from '../contract.ts';
import { loadSet, OWN_FLOWS, publishedHash, readFlows } from '../flows.ts';
import { voiceChange, voiceView, type VoiceView } from './contract.ts';

/** Texts that every organisation says often and whose words differ with the form of address. */
const SHOWN = ['not_understood', 'handing_over', 'voice_received'] as const;
const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;

/** How the organisation speaks to its patients: usted, tú or vos. */
export function voiceRoutes(app: App, deps: { db: Database }): void {
  app.get(
    '/api/voice',
    {
      config: { permission: 'organisation.manage' },
      schema: { tags: ['voice'], summary: 'How patients are spoken to', response: { 200: voiceView } },
    },
    (request) => {
      const { organisationId } = staffOf(request);
      return within(deps.db, organisationId, (trx) => readVoice(trx, organisationId));
    },
  );
  app.put(
    '/api/voice',
    {
      config: { permission: 'organisation.manage' },
      schema: {
        tags: ['voice'],
        summary: 'Choose how patients are spoken to, from the next word on',
        body: voiceChange,
        response: { 200: voiceChange },
      },
    },
    async (request) => {
      const actor = staffOf(request);
      const { address } = request.body;
      await within(deps.db, actor.organisationId, (trx) => changeAddress(trx, actor, address));
      return { address };
    },
  );
}

async function readVoice(trx: Trx, organisationId: string): Promise<VoiceView> {
  const { settings, languages } = await organisationOf(trx, organisationId);
  const texts = (await presentSet(trx, organisationId))?.settings.texts;
  return {
    address: settings.address,
    languages: LANGUAGES.filter((language) => languages.includes(language)),
    texts: SHOWN.flatMap((key) => {
      if (!texts) return [];
      const inForms = (written: string) => ({
        usted: addressed(written, 'usted'),
        tu: addressed(written, 'tu'),
        vos: addressed(written, 'vos'),
      });
      const { es, ca, en, pt } = texts[key];
      return [{ key, said: { es: inForms(es), ca: inForms(ca), en: inForms(en), pt: inForms(pt) } }];
    }),
  };
}

/** The flows that new conversations begin with: those that were published, or the project's own. */
async function presentSet(trx: Trx, organisationId: string): Promise<FlowSet | null> {
  const hash = await publishedHash(trx, organisationId);
  return hash ? loadSet(trx, organisationId, hash) : (await readFlows(OWN_FLOWS)).set;
}
