import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Vault } from '../../trust/vault.ts';
import type { Outside } from '../assistant.ts';
import type { Facts, Json } from '../contract.ts';
import { purposesOn } from '../model/settings.ts';
import { botsOf } from './bots.ts';
import { type Kind, leaveRequest } from './requests.ts';

/** How long a process goes on with what an organisation had turned on; what is off is asked again before anything leaves. */
const REMEMBER_MS = 5_000;
/** How long a model may take in all, with its second try. */
const MODEL_MS = 45_000;
/** A bot's own time, and a little for who takes over when a process dies. */
const SPARE_MS = 12_000;

export type OutsideRooms = Outside & {
  /** What is on was changed: this process sees it at once. */
  changed(organisationId: string): void;
};

/** The assistant's way out: what is on, and rows for what is asked. */
export function createOutside(deps: { vault: Vault }): OutsideRooms {
  type Offers = Pick<Facts, 'understands' | 'rephrases' | 'bots'>;
  const remembered = new Map<string, { offers: Offers; summary: boolean; until: number }>();

  async function known(trx: Trx, organisationId: string): Promise<{ offers: Offers; summary: boolean }> {
    const held = remembered.get(organisationId);
    if (held && held.until > Date.now()) return held;
    const purposes = await purposesOn(trx, organisationId);
    const bots = await botsOf(trx, organisationId);
    const offers: Offers = {
      ...(purposes.has('understand') ? { understands: 'model' as const } : {}),
      ...(purposes.has('rephrase') ? { rephrases: true as const } : {}),
      ...(bots.length
        ? {
            bots: Object.fromEntries(
              bots.map((bot) => [bot.key, { turns: bot.mostTurns, waitMs: bot.timeoutSeconds * 1000 }]),
            ),
          }
        : {}),
    };
    const fresh = { offers, summary: purposes.has('summary'), until: Date.now() + REMEMBER_MS };
    remembered.set(organisationId, fresh);
    return fresh;
  }

  return {
    changed: (organisationId) => void remembered.delete(organisationId),
    offers: async (trx, organisationId) => (await known(trx, organisationId)).offers,
    async ask(trx, { situation, session, effect, now }) {
      const { organisationId, conversationId, personId } = situation;
      const given = { organisationId, conversationId, personId, effect, now };
      if (effect.action !== 'bot') {
        // the words that are read are about a place: where the conversation stood when they came
        const args = { ...effect.args, language: situation.language };
        return leaveRequest(trx, deps.vault, {
          ...given,
          effect: { ...effect, args },
          kind: effect.action as Kind,
          withinMs: MODEL_MS,
        });
      }
      const bot = (await botsOf(trx, organisationId)).find((one) => one.key === effect.args['bot']);
      const begins = effect.args['event'] === 'begin';
      const passageId = begins ? uuid() : (session.outside ?? uuid());
      if (begins && bot)
        await sql`
          insert into bot_passage (organisation_id, id, bot_id, conversation_id, effect, takes, outcomes, begun_at)
          values (${organisationId}::uuid, ${passageId}::uuid, ${bot.id}::uuid, ${conversationId}::uuid, ${effect.id},
            ${JSON.stringify(effect.args['into'] ?? {})}::jsonb, ${(effect.args['outcomes'] ?? []) as string[]}::text[], ${now})`.execute(
          trx,
        );
      const withinMs = (bot?.timeoutSeconds ?? 1) * 1000 + SPARE_MS;
      await leaveRequest(trx, deps.vault, { ...given, kind: 'bot', ...(bot ? { passageId } : {}), withinMs });
      return passageId;
    },
    async handedOver(trx, situation, now) {
      const { organisationId, conversationId, personId } = situation;
      if (!(await known(trx, organisationId)).summary) return;
      const effect = { id: 'summary', action: 'summary', args: {} as Record<string, Json> };
      await leaveRequest(trx, deps.vault, {
        kind: 'summary',
        organisationId,
        conversationId,
        personId,
        effect,
        now,
        withinMs: MODEL_MS,
      });
    },
  };
}
