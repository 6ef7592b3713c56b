import { sql } from 'kysely';
import { botsOf } from '../../assistant/outside/bots.ts';
import type { Assistant } from '../../assistant/assistant.ts';
import type { Language, Situation, Turn } from '../../conversation/contract.ts';
import { conversationProblems } from '../../conversation/problems.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Trx } from '../../platform/postgres.ts';
import { take } from '../../routing/offers.ts';
import type { Texts } from '../../routing/contract.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { lockConversation } from './ask.ts';
import type { ErrandChoices } from './contract.ts';
import { joiningProblems } from './problems.ts';

export type GiveBackDeps = {
  assistant: Pick<Assistant, 'beginErrand' | 'errands'>;
  conversations: Pick<Conversations, 'assign' | 'giveToAssistant' | 'handOver'>;
  clock(): Date;
};

/** For what a conversation can be given back now: flows that their authors marked, outside bots that are on. */
export async function choices(
  trx: Trx,
  deps: Pick<GiveBackDeps, 'assistant'>,
  organisationId: string,
): Promise<ErrandChoices> {
  const bots = await botsOf(trx, organisationId);
  return {
    flows: await deps.assistant.errands(trx, organisationId),
    bots: bots.map((bot) => ({ bot: bot.key, name: bot.name })),
  };
}

/** What an errand is called, by its kind and purpose; what is not there any more by its key. */
export function titlesOf(choices: ErrandChoices): (kind: 'flow' | 'bot', purpose: string) => Texts {
  return (kind, purpose) =>
    kind === 'flow'
      ? (choices.flows.find((one) => one.flow === purpose)?.title ?? same(purpose))
      : same(choices.bots.find((one) => one.bot === purpose)?.name ?? purpose);
}

const same = (name: string): Texts => ({ es: name, ca: name, en: name, pt: name });

/** What the patient reads before a bot's name. */
const TO_BOT: Record<Language, string> = {
  es: 'hablar con {name}, un asistente automático',
  ca: 'parlar amb {name}, un assistent automàtic',
  en: 'talking to {name}, an automatic assistant',
  pt: 'falar com {name}, um assistente automático',
};

/**
 * Gives a conversation to the assistant for a purpose, or to an outside bot; it comes back to the same agent.
 * @throws joining.errand_unknown; what `giveToAssistant` throws
 */
export async function giveBack(
  trx: Trx,
  deps: GiveBackDeps,
  actor: StaffActor,
  input: { conversationId: string } & ({ flow: string } | { bot: string; tell?: string }),
): Promise<void> {
  const offered = await choices(trx, deps, actor.organisationId);
  if ('flow' in input) {
    const { flow } = input;
    const found = offered.flows.find((one) => one.flow === flow);
    if (!found) throw joiningProblems.errand_unknown();
    return deps.conversations.giveToAssistant(trx, actor, {
      conversationId: input.conversationId,
      errand: {
        kind: 'flow',
        purpose: flow,
        title: lower(found.title),
        turn: (situation: Situation): Promise<Turn> => deps.assistant.beginErrand(trx, situation, { flow }),
      },
    });
  }
  const { bot, tell } = input;
  const found = offered.bots.find((one) => one.bot === bot);
  if (!found) throw joiningProblems.errand_unknown();
  const title = Object.fromEntries(
    Object.entries(TO_BOT).map(([language, text]) => [language, text.replace('{name}', found.name)]),
  ) as Texts;
  return deps.conversations.giveToAssistant(trx, actor, {
    conversationId: input.conversationId,
    errand: {
      kind: 'bot',
      purpose: bot,
      title,
      turn: (situation) => deps.assistant.beginErrand(trx, situation, { bot, ...(tell && { heard: tell }) }),
    },
  });
}

/** "Pedir cita" in the middle of a sentence. */
function lower(title: Texts): Texts {
  return Object.fromEntries(
    Object.entries(title).map(([language, text]) => [language, text.charAt(0).toLowerCase() + text.slice(1)]),
  ) as Texts;
}

/**
 * Who gave a conversation to the assistant takes it back before it is done. A supervisor may too.
 * @throws conversation.not_found · not_yours · wrong_state; routing.full · not_present
 */
export async function takeBack(
  trx: Trx,
  deps: GiveBackDeps,
  actor: StaffActor,
  input: { conversationId: string },
): Promise<void> {
  const conversation = await lockConversation(trx, actor.organisationId, input.conversationId);
  const { rows } = await sql<{ agent_id: string; priority: 'critical' | 'urgent' | 'standard' | 'low' }>`
    select agent_id, priority from errand where conversation_id = ${conversation.id}::uuid and ended_at is null`.execute(
    trx,
  );
  if (conversation.state !== 'assistant' || !rows[0])
    throw conversationProblems.wrong_state({ extra: { state: conversation.state } });
  if (rows[0].agent_id !== actor.membershipId && !actor.roles.includes('supervisor'))
    throw conversationProblems.not_yours();
  await deps.conversations.handOver(trx, actor, {
    conversationId: conversation.id,
    agentId: actor.membershipId,
    priority: rows[0].priority,
    reason: 'taken_back',
  });
  const { rows: items } = await sql<{ id: string }>`
    select id from item where conversation_id = ${conversation.id}::uuid and kind = 'conversation' and state in ('queued', 'offered')`.execute(
    trx,
  );
  await take(trx, actor, { itemId: items[0]!.id }, { conversations: deps.conversations, now: deps.clock() });
}
