import { sql } from 'kysely';
import type { InLine, SaidInLine } from '../../conversation/followers.ts';
import { LANGUAGES, type MenuOption } from '../../conversation/contract.ts';
import { enqueue, type JobPayload } from '../../platform/jobs.ts';
import { Problem } from '../../platform/problems.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { askFrom } from './ask.ts';
import type { CallBackDeps } from './deps.ts';
import { callBackText, TAKE_CALL } from './texts.ts';
import { assistantCallBacks, conversationOf } from './verbs.ts';

/** The job that calls back who took that button while they waited. */
export const TAKE = 'call_backs.take';

export type MeanwhileDeps = {
  /** Whether these words ask to be called. */
  asks(text: string): boolean;
  /** The button, where the organisation's ways offer it to whoever waits there: none or one. */
  offered(trx: Trx, organisationId: string, conversationId: string): Promise<MenuOption[]>;
};

/**
 * What those who wait for a person say about being called instead: a button is carried out by a job of this transaction; who
 * asks in words is offered the button, where the organisation offers that.
 * @returns for each what is said at once, or null
 */
export async function heardOfCalls(trx: Trx, said: SaidInLine[], deps: MeanwhileDeps): Promise<(InLine | null)[]> {
  const heard: (InLine | null)[] = [];
  for (const { organisationId, conversationId, state, content, language } of said) {
    const taps = content.kind === 'choice' && content.id === TAKE_CALL;
    const asks = content.kind === 'text' && deps.asks(content.text);
    if (state !== 'waiting' || !(taps || asks)) {
      heard.push(null);
      continue;
    }
    if (taps) {
      await enqueue(trx, { task: TAKE, payload: { organisationId, conversationId }, key: `${TAKE}:${conversationId}` });
      heard.push(null);
      continue;
    }
    const options = await deps.offered(trx, organisationId, conversationId);
    const { settings } = await organisationOf(trx, organisationId);
    heard.push(
      options.length === 0
        ? null
        : {
            says: callBackText(language, settings.address, (say) => say.offer),
            options,
            left: false,
            trace: [{ step: 'call_back_offered' }],
          },
    );
  }
  return heard;
}

/**
 * Calls back, at the number they write from, who took that button while they waited: their place is kept, and they read so. Who
 * waits no more, for an agent has them or they left, is left as they are; where it is refused they read why and wait on.
 */
export function createTakeCall(deps: CallBackDeps & { db: Database }): (payload: JobPayload) => Promise<void> {
  return async ({ organisationId, conversationId }) => {
    const id = String(conversationId);
    try {
      await within(deps.db, organisationId, (trx) => take(trx, deps, organisationId, id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // an agent took them in this moment
      if (error.code === 'call_back.with_somebody') return;
      await within(deps.db, organisationId, async (trx) => {
        const { rows } = await sql<{ state: string; language: string }>`
          select state, language from conversation where id = ${id} for update`.execute(trx);
        if (rows[0]?.state !== 'waiting') return;
        const { settings } = await organisationOf(trx, organisationId);
        const language = LANGUAGES.find((one) => one === rows[0]!.language) ?? 'es';
        const text = callBackText(language, settings.address, (say) => say.notNow);
        await deps.conversations.reply(
          trx,
          { kind: 'assistant', organisationId },
          { conversationId: id, content: { kind: 'text', text } },
        );
      });
    }
  };
}

async function take(trx: Trx, deps: CallBackDeps, organisationId: string, conversationId: string): Promise<void> {
  const now = deps.clock();
  const { rows } = await sql<{ state: string }>`
    select state from conversation where id = ${conversationId} and organisation_id = ${organisationId} for update`.execute(
    trx,
  );
  const whom = await conversationOf(trx, organisationId, conversationId);
  if (rows[0]?.state !== 'waiting' || !whom?.contactPointId) return;
  const { personId, contactPointId } = whom;
  const caller = { organisationId, personId, conversationId, contactPointId, queue: null };
  const { number } = await assistantCallBacks(deps).standing(trx, caller, now);
  const actor: Actor = { kind: 'patient', organisationId, personId };
  const way = number ? 'phone' : 'message';
  await askFrom(trx, deps, actor, { organisationId, contactPointId, personId }, { slotAt: null, way, number }, now);
}
