import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { uuid } from '../../platform/ids.ts';
import { type Database, within } from '../../platform/postgres.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import type { EffectResult, Json } from '../contract.ts';
import type { Outgoing } from './address.ts';
import { type Bot, botsOf, secretsOf } from './bots.ts';
import { botAnswer } from './contract.ts';
import { Redactor, type Redaction } from './redact.ts';
import type { Perform, Work } from './requests.ts';
import { signed } from './sign.ts';

/** The most that a bot may answer, and the most that is told to it. */
const MOST_BYTES = 65_536;
const MOST_TOLD = 8_000;

export type CallDeps = { db: Database; vault: Vault; clock: Clock; outgoing: Outgoing };

/** Asks a bot over its webhook and reads what it answers. */
export function createCallBot(deps: CallDeps): Perform {
  return async (work) => {
    const found = await within(deps.db, work.organisationId, async (trx) => {
      const bot = (await botsOf(trx, work.organisationId)).find((one) => one.key === work.payload['bot']);
      if (!bot) return null;
      const [secret] = await secretsOf(trx, deps.vault, work.organisationId, bot.id, deps.clock());
      const { slug } = await organisationOf(trx, work.organisationId);
      const { rows } = await sql<{ language: string; channel: string }>`
        select c.language, (select channel from leg where conversation_id = c.id order by last_at desc limit 1) as channel
        from conversation c where c.id = ${work.conversationId}::uuid`.execute(trx);
      return secret ? { bot, secret, slug, ...rows[0]! } : null;
    });
    if (!found) return { outcome: 'off' };
    const redactor = new Redactor({ ...work.redaction, allows: found.bot.allows });
    const body = JSON.stringify({ version: 1, organisation: found.slug, ...told(work, redactor, found) });
    return ask(deps, found.bot, found.secret, { id: work.id, body, redactor, deadline: work.deadline });
  };
}

/** What a bot is told: nothing that says who it is, but what the administrator allows it. */
function told(work: Work, redactor: Redactor, about: { language: string; channel: string }): Record<string, unknown> {
  const { payload } = work;
  const given = JSON.stringify(hidden(payload['with'] ?? {}, redactor));
  return {
    id: work.id,
    event: payload['event'],
    conversation: work.passageId,
    language: about.language,
    channel: about.channel,
    text: hiddenText(String(payload['text'] ?? ''), redactor),
    kind: payload['kind'] ?? 'text',
    ...(payload['choice'] === undefined ? {} : { choice: payload['choice'] }),
    ...(payload['event'] === 'begin' ? { with: given.length <= MOST_TOLD ? JSON.parse(given) : {} } : {}),
    slots: payload['into'] ?? {},
    outcomes: payload['outcomes'] ?? [],
  };
}

/** A bot gets words with holes rather than none: what cannot be told apart is cut or covered. */
function hiddenText(text: string, redactor: Redactor): string {
  const cut = text.slice(0, 1_400);
  const first = redactor.hide(cut);
  if ('text' in first) return first.text;
  const again = redactor.hide(cut.replace(/\d(?:[ .\-/]?\d){4,}/g, '[NUMBER]').slice(0, 1_400));
  return 'text' in again ? again.text.replaceAll('(NUMBER)', '[NUMBER]') : '';
}

function hidden(value: Json, redactor: Redactor, depth = 0): Json {
  if (typeof value === 'string') return hiddenText(value, redactor);
  if (typeof value === 'number') return Math.abs(value) < 1e6 ? value : null;
  if (value === null || typeof value === 'boolean' || depth > 3) return typeof value === 'boolean' ? value : null;
  if (Array.isArray(value)) return value.slice(0, 20).map((one) => hidden(one, redactor, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      // ids of the record are identifiers too
      .filter(([name]) => !/(?:^|_)id$/i.test(name))
      .map(([name, one]) => [name, hidden(one, redactor, depth + 1)]),
  );
}

async function ask(
  deps: CallDeps,
  bot: Bot,
  secret: string,
  given: { id: string; body: string; redactor: Redactor; deadline: Date },
): Promise<EffectResult> {
  const now = deps.clock();
  const ms = Math.max(200, Math.min(bot.timeoutSeconds * 1000, given.deadline.getTime() - now.getTime()));
  try {
    const response = await deps.outgoing.fetch(bot.privateAddress)(bot.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Hebra',
        ...signed(secret, given.id, given.body, Math.floor(Date.now() / 1000)),
      },
      body: given.body,
      signal: AbortSignal.timeout(ms),
    });
    if (response.status === 202 || response.status === 204) {
      await response.body?.cancel();
      return { outcome: 'accepted' };
    }
    const text = await readAtMost(response, MOST_BYTES);
    if (response.status !== 200 || text === null) return { outcome: 'error' };
    return answerOf(text, bot.name, (one) => given.redactor.show(one));
  } catch (error) {
    const late = (error as Error).name === 'TimeoutError' || (error as Error).name === 'AbortError';
    return { outcome: late ? 'timeout' : 'error' };
  }
}

/** The body, if it is no longer than that. */
async function readAtMost(response: Response, most: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!response.body) return '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A bot's answer as the engine takes it; tokens in it are put back into what they stand for. */
export function answerOf(text: string, name: string, show: (text: string) => string | null): EffectResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { outcome: 'refused' };
  }
  const read = botAnswer.safeParse(json);
  if (!read.success) return { outcome: 'refused' };
  const answer = read.data;
  if (answer.then === 'wait' && answer.say.length === 0) return { outcome: 'accepted' };
  let strange = false;
  const shown = (one: string): string => {
    const real = show(one);
    if (real === null) strange = true;
    return real ?? '';
  };
  const say = answer.say.map((one) => ({
    text: shown(one.text),
    ...(one.options ? { options: one.options.map((each) => ({ ...each, title: shown(each.title) })) } : {}),
  }));
  const slots = Object.fromEntries(
    Object.entries(answer.slots).map(([slot, value]) => [slot, typeof value === 'string' ? shown(value) : value]),
  );
  if (strange) return { outcome: 'refused' };
  return {
    outcome: 'success',
    value: {
      name,
      say,
      then: answer.then,
      slots,
      ...(answer.outcome ? { outcome: answer.outcome } : {}),
    } as unknown as Json,
  };
}

/** Whether a bot answers as agreed, told nothing of anybody. */
export async function tryBot(
  deps: CallDeps,
  bot: Bot,
  secret: string,
  about: { slug: string; redaction: Redaction },
): Promise<{ ok: boolean; why: string }> {
  const id = uuid();
  const body = JSON.stringify({
    ...{
      version: 1,
      organisation: about.slug,
      id,
      event: 'test',
      conversation: uuid(),
      language: 'en',
      channel: 'webchat',
    },
    ...{ text: '', kind: 'text', with: {}, slots: {}, outcomes: ['done'] },
  });
  const deadline = new Date(deps.clock().getTime() + bot.timeoutSeconds * 1000);
  const { outcome } = await ask(deps, bot, secret, { id, body, redactor: new Redactor(about.redaction), deadline });
  return { ok: outcome === 'success' || outcome === 'accepted', why: outcome };
}
