import { sql } from 'kysely';
import { LANGUAGES, type Language, type MenuOption } from '../../conversation/contract.ts';
import type { HandedOver } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Trx } from '../../platform/postgres.ts';
import { organisationOf } from '../../trust/organisation.ts';
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
  const { content } = await waysInForce(trx, organisation);
  const told: Answer[] = [];
  for (const [i, one] of handed.entries()) {
    const answer = answers[i]!;
    told.push(answer);
    if (!mayBeTold(one, answer) || !answer.queueId) continue;
    // the wait is known to whoever asks in the same second: most are told nothing, and cost nothing
    const wait = await waitFor(trx, organisationId, { queueId: answer.queueId, priority: one.priority }, now);
    if (!wait?.open || (wait.seconds !== null && wait.seconds <= content.longMinutes * 60)) continue;
    const language = LANGUAGES.find((known) => known === one.language) ?? 'es';
    const visitor = { ...(await visitorBehind(trx, one, language, now)), urgency: one.priority };
    const { key } = (await trx
      .selectFrom('queue')
      .select('key')
      .where('id', '=', answer.queueId)
      .executeTakeFirst()) ?? {
      key: null,
    };
    const offer = await waysFor(trx, organisation, content, { queue: key, visitor }, deps, now);
    const lines = offer.ways.flatMap((way) => lineOf(way, one.channel));
    if (lines.length === 0) continue;
    told[i] = {
      ...answer,
      says: `${answer.says}\n\n${alsoText(language, organisation.settings.address)}\n${lines.join('\n')}`,
    };
  }
  return told;
}

const mayBeTold = (one: HandedOver, answer: Answer): boolean =>
  answer.says !== null && one.channel !== 'webchat' && !isEmergency(one.priority);

/** Who writes, by the address that they wrote from last on this channel. */
async function visitorBehind(trx: Trx, one: HandedOver, language: Language, now: Date) {
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
