import { sql } from 'kysely';
import { LANGUAGES, type Language, type MenuOption } from '../../conversation/contract.ts';
import type { HandedOver } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Trx } from '../../platform/postgres.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { callOption } from '../call-backs/texts.ts';
import { waitFor } from '../wait/wait.ts';
import type { OfferedWay } from './contract.ts';
import { isEmergency } from './rules.ts';
import { alsoText } from './texts.ts';
import { waysInForce } from './versions.ts';
import { stranger, visitorOf } from './visitor.ts';
import { waysFor, type WaysDeps } from './ways.ts';

type Answer = { queueId: string | null; says: string | null; options?: MenuOption[] };

/**
 * Adds to what a patient reads of a long wait which other ways are offered to them, with where each leads. The web window shows
 * them as buttons itself; an emergency has its own fixed words.
 */
export async function tellOtherWays(
  trx: Trx,
  handed: HandedOver[],
  answers: Answer[],
  deps: WaysDeps,
  clock: Clock,
): Promise<Answer[]> {
  if (!handed.some((one, i) => mayBeTold(one, answers[i]!))) return answers;
  const now = clock();
  const { organisationId } = handed[0]!;
  const organisation = await organisationOf(trx, organisationId);
  const told: Answer[] = [];
  for (const [i, one] of handed.entries()) {
    const answer = answers[i]!;
    told.push(answer);
    if (!mayBeTold(one, answer) || !answer.queueId) continue;
    const ways = await waysBeside(trx, one, answer.queueId, deps, now);
    const lines = ways.flatMap((way) => lineOf(way, one.channel));
    told[i] = {
      ...answer,
      ...withCall(answer.options, ways, one),
      ...(lines.length > 0 && {
        says: `${answer.says}\n\n${alsoText(languageOf(one), organisation.settings.address)}\n${lines.join('\n')}`,
      }),
    };
  }
  return told;
}

/** To be called stands between waiting on and leaving, for whoever is offered that and can be called where they write. */
function withCall(options: MenuOption[] | undefined, ways: OfferedWay[], one: HandedOver): { options?: MenuOption[] } {
  const call = ways.some((way) => way.kind === 'callback') ? callOption(one.channel, one.language) : [];
  if (call.length === 0) return {};
  return { options: [...(options ?? []).slice(0, 1), ...call, ...(options ?? []).slice(1)] };
}

const languageOf = (one: { language: string }): Language => LANGUAGES.find((known) => known === one.language) ?? 'es';

type Waits = Pick<HandedOver, 'organisationId' | 'personId' | 'channel' | 'language' | 'priority'>;

/**
 * The ways that somebody who waits long in a queue is offered beside it; none while it is closed, or the wait is not long. The
 * wait is known to whoever asks in the same second: most are told nothing, and cost nothing.
 */
export async function waysBeside(
  trx: Trx,
  one: Waits,
  queueId: string,
  deps: WaysDeps,
  now: Date,
): Promise<OfferedWay[]> {
  const { organisationId, priority } = one;
  const organisation = await organisationOf(trx, organisationId);
  const { content } = await waysInForce(trx, organisation);
  const wait = await waitFor(trx, organisationId, { queueId, priority }, now);
  if (!wait?.open || (wait.seconds !== null && wait.seconds <= content.longMinutes * 60)) return [];
  const visitor = { ...(await visitorBehind(trx, one, languageOf(one), now)), urgency: priority };
  const { key } = (await trx.selectFrom('queue').select('key').where('id', '=', queueId).executeTakeFirst()) ?? {
    key: null,
  };
  return (await waysFor(trx, organisation, content, { queue: key, visitor }, deps, now)).ways;
}

/** To be called, for whoever waits in a conversation and is offered that. */
export async function callBeside(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  deps: WaysDeps,
  now: Date,
): Promise<MenuOption[]> {
  const { rows } = await sql<Omit<Waits, 'organisationId'> & { queueId: string }>`
    select person_id as "personId", channel, language, priority, queue_id as "queueId" from item
    where organisation_id = ${organisationId} and conversation_id = ${conversationId} and kind = 'conversation' and state = 'queued'`.execute(
    trx,
  );
  const row = rows[0];
  if (!row || isEmergency(row.priority)) return [];
  const call = callOption(row.channel, row.language);
  if (call.length === 0) return [];
  const ways = await waysBeside(trx, { ...row, organisationId }, row.queueId, deps, now);
  return ways.some((way) => way.kind === 'callback') ? call : [];
}

const mayBeTold = (one: HandedOver, answer: Answer): boolean =>
  answer.says !== null && one.channel !== 'webchat' && !isEmergency(one.priority);

/** Who writes, by the address that they wrote from last on this channel. */
async function visitorBehind(trx: Trx, one: Waits, language: Language, now: Date) {
  const { rows } = await sql<{ account_id: string; address_hash: Buffer }>`
    select account_id, address_hash from contact_point
    where organisation_id = ${one.organisationId} and person_id = ${one.personId} and channel = ${one.channel}
    order by last_inbound_at desc nulls last limit 1`.execute(trx);
  const row = rows[0];
  if (!row) return stranger(language);
  const address = { accountId: row.account_id, hash: row.address_hash };
  return (await visitorOf(trx, one.organisationId, address, language, now)).visitor;
}

/** A way as a line of text: only one that leads somewhere from where the patient is. */
function lineOf({ kind, label, href }: OfferedWay, channel: string): string[] {
  if (href === null || kind === 'chat' || kind === 'emergency' || kind === channel) return [];
  const target = decodeURI(href.replace(/^(tel|mailto):/, ''));
  const digits = (text: string): string => text.replaceAll(/\D/g, '');
  // a name that says the number says it once
  if (kind === 'call' && digits(label).length >= 3 && digits(target).endsWith(digits(label))) return [`• ${label}`];
  return [`• ${label}: ${target}`];
}
