import { sql } from 'kysely';
import type { Situation, Turn } from '../conversation/contract.ts';
import { openElsewhere } from '../conversation/queries.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/log.ts';
import type { Trx } from '../platform/postgres.ts';
import { claimOnly, peopleBehind } from '../patient/contact-points.ts';
import { lockStates } from '../patient/identify.ts';
import { actsFor } from '../patient/proxies.ts';
import { suffices } from '../patient/rules.ts';
import type { PatientFacts } from '../record/contract.ts';
import { patientFacts } from '../record/facts.ts';
import { offersToTell } from '../record/waiting.ts';
import { keepRun } from '../triage/protocols/keep-run.ts';
import { knownProtocol, loadProtocol } from '../triage/protocols/store.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { Organisation } from '../trust/organisation.ts';
import type { Vault } from '../trust/vault.ts';
import { mayActFor } from './actions/people.ts';
import { ACTIONS } from './actions/table.ts';
import type { CallBacks, Turning, Who } from './actions/action.ts';
import type { Effect, EffectResult, Facts, Input, Outcome, Session } from './contract.ts';
import { compileSet } from './engine/compile.ts';
import type { CompiledSet } from './engine/compile.ts';
import { step } from './engine/step.ts';
import type { Library } from './knowledge/library.ts';
import { createLibrary } from './knowledge/library.ts';
import { loadSet, OWN_FLOWS, publishedHash, readFlows, storeSet } from './flows.ts';
import { wallClock } from './wall-clock.ts';

/** What the record and the address say of who writes. */
type Known = {
  who: Who;
  first: string | null;
  facts: PatientFacts | null;
  people: { id: string }[];
  actsFor: number;
  offer: string | null;
  /** It was about somebody for whom they may not act any more. */
  lapsed: boolean;
};

export type Assistant = {
  /** The turns of one batch, in its transaction: one for each situation, in order. A failed statement fails the batch. */
  turns(trx: Trx, situations: Situation[]): Promise<Turn[]>;
  /** The turn of a session whose time ran out. */
  wake(trx: Trx, situation: Situation): Promise<Turn>;
  /** The turn in which the house tells of a freed slot. Null: the flows say nothing of it, or it stands no more. */
  tellOffer(trx: Trx, situation: Situation, offerId: string): Promise<Turn | null>;
  /** The first turn of what an agent gives the conversation back for. */
  beginErrand(
    trx: Trx,
    situation: Situation,
    errand: { flow: string } | { bot: string; heard?: string },
  ): Promise<Turn>;
  /** Flows that agents may give a conversation back for, with what patients call them. */
  errands(trx: Trx, organisationId: string): Promise<{ flow: string; title: Record<Situation['language'], string> }[]>;
  /** The turn on what came back from outside; null where the session waits for it no more. */
  hearBack(trx: Trx, situation: Situation, back: Back): Promise<Turn | null>;
};

/** What answers from outside this process: bots of others, a language model. Without it nothing leaves. */
export type Outside = {
  /** What an organisation has turned on, as facts for its flows. */
  offers(trx: Trx, organisationId: string): Promise<Pick<Facts, 'understands' | 'rephrases' | 'bots'>>;
  /** Leaves an effect to be done after this transaction. @returns what its answer must name */
  ask(trx: Trx, asked: { situation: Situation; session: Session; effect: Effect; now: Date }): Promise<string>;
  /** A conversation was handed over; what may be added to its summary comes later. */
  handedOver(trx: Trx, situation: Situation, now: Date): Promise<void>;
};
/** An answer from outside: `token` is what `ask` gave. */
export type Back = { token: string; effect: string; result: EffectResult };
/** Effects that are done outside; the turn rests until they come back. */
const OUTSIDE = new Set(['understand', 'rephrase', 'bot']);

/** Actions in a turn before something is surely wrong with its flow. */
const MOST_EFFECTS = 20;
/** How long a process goes on beginning conversations with a set after another was published. */
const PUBLISHED_FOR_MS = 5_000;

/** Codes of PostgreSQL after which the whole transaction has to be tried again: nothing of it stands. */
const AGAIN = new Set(['40001', '40P01']);

/** Makes the assistant: flows from the database, the pure engine, actions in the caller's transaction. */
export function createAssistant(deps: {
  vault: Vault;
  clock: Clock;
  library?: Library;
  outside?: Outside;
  callBacks?: CallBacks;
}): Assistant {
  const { library = createLibrary(deps.clock) } = deps;
  const published = new Map<string, { hash: string; until: number }>();
  const sets = new Map<string, CompiledSet>();

  async function setOf(trx: Trx, organisationId: string, hash: string): Promise<CompiledSet | null> {
    const known = sets.get(hash);
    if (known) return known;
    const stored = await loadSet(trx, organisationId, hash);
    if (!stored) return null;
    const compiled = compileSet(stored);
    sets.set(hash, compiled);
    return compiled;
  }

  /** The set that new conversations begin with; an organisation that published none gets the project's own. */
  async function present(trx: Trx, organisationId: string): Promise<CompiledSet> {
    const known = published.get(organisationId);
    if (known && known.until > Date.now()) {
      const set = await setOf(trx, organisationId, known.hash);
      if (set) return set;
    }
    let hash = await publishedHash(trx, organisationId);
    if (!hash) {
      const own = await readFlows(OWN_FLOWS);
      if (!own.set)
        throw new Error(`the project's own flows are broken: ${own.problems[0]?.file} ${own.problems[0]?.message}`);
      hash = await storeSet(trx, organisationId, own.set);
    }
    const set = await setOf(trx, organisationId, hash);
    if (!set) throw new Error('the published flows cannot be read');
    published.set(organisationId, { hash, until: Date.now() + PUBLISHED_FOR_MS });
    return set;
  }

  /** What is known of everyone in the batch: two statements, one more when someone acts for another. */
  async function knowledge(
    trx: Trx,
    organisation: Organisation,
    situations: Situation[],
    now: Date,
    spoken: boolean,
  ): Promise<Known[]> {
    const organisationId = organisation.id;
    // one that begins anew with a word is about who writes
    const aboutOf = (one: Situation): string => (spoken && one.session === null ? one.personId : one.aboutId);
    const behind = await peopleBehind(trx, organisationId, [...new Set(situations.map((one) => one.contactPointId))]);
    const strangers = situations.filter((one) => aboutOf(one) !== one.personId).map(aboutOf);
    const about = new Map<string, string>();
    if (strangers.length) {
      const { rows } = await sql<{ id: string; patient_id: string | null }>`
        select id, patient_id from person where organisation_id = ${organisationId}::uuid and id = any(${strangers}::uuid[])`.execute(
        trx,
      );
      for (const row of rows) if (row.patient_id) about.set(row.id, row.patient_id);
    }
    const list = situations.map((one): Known => {
      const here = behind.filter((person) => person.contactPointId === one.contactPointId);
      const writerPatientId = here.find((person) => person.personId === one.personId)?.patientId ?? null;
      const aboutId = aboutOf(one);
      const patientId = aboutId === one.personId ? writerPatientId : (about.get(aboutId) ?? null);
      return {
        who: { personId: one.personId, aboutId, proof: one.proof, writerPatientId, patientId },
        first: null,
        facts: null,
        people: here.filter((person) => suffices(person.proof, 'claimed')).map((person) => ({ id: person.personId })),
        actsFor: 0,
        offer: null,
        lapsed: false,
      };
    });
    for (const [index, one] of list.entries()) {
      const { who } = one;
      const { fresh, contactPointId } = situations[index]!;
      // a telephone that a family shares: what one of them proved in an earlier conversation proves nothing in this one
      if (fresh && spoken && one.people.length > 1 && suffices(who.proof, 'matched')) {
        await claimOnly(trx, { organisationId, contactPointId, personId: who.personId });
        who.proof = 'claimed';
      }
      if (who.aboutId === who.personId || (await mayActFor(trx, organisationId, who, now))) continue;
      one.who = { ...who, aboutId: who.personId, patientId: who.writerPatientId };
      one.lapsed = true;
    }
    await fillIn(trx, organisation, list, now);
    // a greeting names it; in the middle of something else nobody asks
    const greeted = list.filter((one, index) => one.facts && situations[index]!.session === null);
    await fillInOffers(trx, organisationId, greeted, now);
    return list;
  }

  async function fillIn(trx: Trx, organisation: Organisation, list: Known[], now: Date): Promise<void> {
    const organisationId = organisation.id;
    const { proofForHealthData } = organisation.settings;
    const proved = list.filter(
      (one) => one.who.patientId && suffices(one.who.proof, 'matched') && suffices(one.who.proof, proofForHealthData),
    );
    if (proved.length === 0) return;
    const wanted = [
      ...new Set(proved.flatMap((one) => [one.who.patientId!, one.who.writerPatientId].filter((id) => id !== null))),
    ];
    const facts = await patientFacts(trx, organisationId, wanted, now);
    const proxies = await actsFor(trx, organisationId, [...new Set(proved.map((one) => one.who.personId))]);
    for (const one of proved) {
      one.facts = facts.get(one.who.patientId!) ?? null;
      const writer = one.who.writerPatientId ? facts.get(one.who.writerPatientId) : undefined;
      one.first = (writer ?? one.facts)?.givenName ?? null;
      one.actsFor = (writer?.dependants ?? 0) + proxies.filter((proxy) => proxy.personId === one.who.personId).length;
    }
  }

  async function fillInOffers(trx: Trx, organisationId: string, list: Known[], now: Date): Promise<void> {
    const offers = await offersToTell(trx, organisationId, [...new Set(list.map((one) => one.who.patientId!))], now);
    for (const one of list) one.offer = offers.get(one.who.patientId!) ?? null;
  }

  async function turns(trx: Trx, situations: Situation[], unspoken?: Input): Promise<Turn[]> {
    const done: Turn[] = [];
    const groups = new Map<string, number[]>();
    situations.forEach((one, index) =>
      groups.set(one.organisationId, [...(groups.get(one.organisationId) ?? []), index]),
    );
    for (const [organisationId, indexes] of groups) {
      const organisation = await organisationOf(trx, organisationId);
      const set = await present(trx, organisationId);
      const now = deps.clock();
      const group = indexes.map((index) => situations[index]!);
      const known = await knowledge(trx, organisation, group, now, unspoken === undefined);
      let locks: ReturnType<typeof lockStates> | undefined;
      const isLocked = async (contactPointId: string): Promise<boolean> => {
        locks ??= lockStates(trx, organisationId, [...new Set(group.map((one) => one.contactPointId))]);
        return (await locks).get(contactPointId)?.locked ?? false;
      };
      for (const [place, index] of indexes.entries()) {
        // what was begun for somebody whom they may not act for any more is not gone on with for themselves
        const situation = group[place]!;
        const begun = known[place]!.lapsed && !unspoken ? { ...situation, session: null } : situation;
        done[index] = await turn(trx, organisation, set, begun, known[place]!, now, unspoken, isLocked);
      }
    }
    return done;
  }

  async function turn(
    trx: Trx,
    organisation: Organisation,
    presentSet: CompiledSet,
    situation: Situation,
    known: Known,
    now: Date,
    unspoken: Input | undefined,
    isLocked: (contactPointId: string) => Promise<boolean>,
  ): Promise<Turn> {
    const session = situation.session as Session | null;
    // a session ends on the set that it began with
    const set =
      session && session.set !== presentSet.hash
        ? ((await setOf(trx, organisation.id, session.set)) ?? presentSet)
        : presentSet;
    const offers = deps.outside ? await deps.outside.offers(trx, organisation.id) : {};
    const turning: Turning = {
      trx,
      vault: deps.vault,
      organisation,
      contactPointId: situation.contactPointId,
      conversationId: situation.conversationId,
      library,
      callBacks: deps.callBacks,
      isLocked: () => isLocked(situation.contactPointId),
      who: known.who,
      learned: false,
      language: situation.language,
      now,
    };
    let learned = known.who.aboutId !== situation.aboutId;
    // the version that a triage run is pinned to, also when another one serves meanwhile
    if (session?.triage) await loadProtocol(trx, organisation.id, session.triage.run.hash);
    let triage: Outcome['triage'];
    let callBack: string | null | undefined;
    // words that were read outside are still the patient's
    const shelf = unspoken && unspoken.kind !== 'effect' ? null : await library.shelf(trx, organisation.id);
    const knows: Facts['knows'] = (text, language) => shelf?.answer(text, language, 'patient') ?? null;
    let facts: Facts = { ...factsOf(situation, organisation, known, now, turning.language), knows };
    let input: Input = unspoken ?? inputOf(situation);
    let current = session;
    const turn: Turn = { session: null, says: [], trace: [] };
    for (let effects = 0; ; effects++) {
      let outcome: Outcome = step(set, current, input, { ...facts, ...offers });
      const finished = outcome.trace.some((one) => one.step === 'flow' && one.detail?.['flow'] === set.settings.after);
      if (finished && deps.callBacks && facts['call_back'] === undefined) {
        // an engine that is pure does the step again, knowing what only the end of an errand needs to know
        callBack = await deps.callBacks.unasked(trx, {
          organisationId: organisation.id,
          personId: turning.who.personId,
          conversationId: situation.conversationId,
        });
        facts = { ...facts, call_back: callBack };
        if (callBack !== null) outcome = step(set, current, input, { ...facts, ...offers });
      }
      current = outcome.session;
      turn.says.push(...outcome.says);
      turn.trace.push(...outcome.trace);
      if (outcome.language) turning.language = outcome.language;
      turn.session = outcome.session;
      if (outcome.handover) turn.handover = outcome.handover;
      if (outcome.close) turn.close = outcome.close;
      if (outcome.wakeAt) turn.wakeAt = new Date(outcome.wakeAt);
      triage = outcome.triage ?? triage;
      const effect = outcome.effects[0];
      if (!effect) break;
      if (deps.outside && OUTSIDE.has(effect.action) && outcome.session) {
        outcome.session.outside = await deps.outside.ask(trx, { situation, session: outcome.session, effect, now });
        break;
      }
      const result: EffectResult = effects < MOST_EFFECTS ? await act(turning, effect) : { outcome: 'error' };
      if (turning.learned) {
        learned = true;
        turning.learned = false;
        if (await servedElsewhere(turning, situation)) {
          turn.session = null;
          delete turn.wakeAt;
          turn.trace.push({ step: 'served_elsewhere' });
          break;
        }
        known = { ...known, who: turning.who, first: null, facts: null, actsFor: 0, offer: null };
        await fillIn(trx, organisation, [known], now);
        if (known.facts) await fillInOffers(trx, organisation.id, [known], now);
      }
      facts = { ...factsOf(situation, organisation, known, now, turning.language), knows, call_back: callBack };
      input = { kind: 'effect', id: effect.id, result };
      if (effects > MOST_EFFECTS + 5) throw new Error('a turn that does not rest');
    }
    if (turning.language !== situation.language) turn.language = turning.language;
    if (turn.handover && deps.outside) await deps.outside.handedOver(trx, situation, now);
    if (triage) {
      const { conversationId, channel } = situation;
      const place = { organisationId: organisation.id, conversationId, channel, personId: turning.who.aboutId };
      await keepRun(trx, deps.vault, place, triage, now);
    }
    if (learned)
      turn.person = { personId: turning.who.personId, aboutId: turning.who.aboutId, proof: turning.who.proof };
    return turn;
  }

  return {
    turns: (trx, situations) => turns(trx, situations),
    wake: async (trx, situation) => (await turns(trx, [situation], { kind: 'timeout' }))[0]!,
    tellOffer: async (trx, situation, offerId) => {
      const unspoken: Input = { kind: 'unasked', flow: 'freed', given: { offer_id: offerId } };
      const turn = (await turns(trx, [situation], unspoken))[0]!;
      const told = turn.trace.some((one) => one.step === 'standing_offer' && one.detail?.['outcome'] === 'success');
      return told ? turn : null;
    },
    beginErrand: async (trx, situation, errand) => (await turns(trx, [situation], { kind: 'errand', ...errand }))[0]!,
    errands: async (trx, organisationId) => {
      const { flows } = await present(trx, organisationId);
      return [...flows.values()]
        .filter(({ flow }) => flow.returns)
        .map(({ name, flow }) => ({ flow: name, title: flow.title }));
    },
    hearBack: async (trx, situation, { token, effect, result }) => {
      const session = situation.session as Session | null;
      // what the patient said meanwhile may have ended the wait, though the session still names the request
      const waits = [session?.reading, session?.rephrasing, session?.bot].some((one) => one?.effect === effect);
      if (session?.outside !== token || !waits) return null;
      const input: Input = { kind: 'effect', id: effect, result };
      return (await turns(trx, [situation], input))[0]!;
    },
  };
}

/** Whether the writer proved to be someone whom people serve already, elsewhere: what was begun here is theirs to go on with. */
async function servedElsewhere({ trx, who }: Turning, situation: Situation): Promise<boolean> {
  if (who.personId === situation.personId) return false;
  const { organisationId, conversationId } = situation;
  const other = await openElsewhere(trx, organisationId, { personId: who.personId, conversationId });
  return other !== null && other.state !== 'assistant';
}

/**
 * Carries out one action behind a savepoint, so that one that fails leaves nothing half-done and the patient's turn goes
 * on with a true sentence. What spoils the whole transaction goes up.
 */
async function act(turning: Turning, effect: Effect): Promise<EffectResult> {
  const found = ACTIONS[effect.action];
  const args = found?.args.safeParse(effect.args);
  // what the organisation asks before health data leaves, the same as the engine asks
  const needed =
    found?.proof === 'matched' ? turning.organisation.settings.proofForHealthData : (found?.proof ?? 'none');
  if (
    !found ||
    !args?.success ||
    !suffices(turning.who.proof, needed) ||
    (found.proof !== 'none' && !turning.who.patientId)
  ) {
    log.warn({ action: effect.action }, 'an action was asked for that cannot be done');
    return { outcome: 'error' };
  }
  const who = turning.who;
  if (found.light) return found.run(turning, args.data);
  await sql`savepoint action`.execute(turning.trx);
  try {
    const result = await found.run(turning, args.data);
    await sql`release savepoint action`.execute(turning.trx);
    return result;
  } catch (error) {
    if (AGAIN.has((error as { code?: string }).code ?? '')) throw error;
    // fails by itself when the connection is lost: then the batch fails, as it must
    await sql`rollback to savepoint action`.execute(turning.trx);
    turning.who = who;
    turning.learned = false;
    log.error(
      { action: effect.action, error: { name: (error as Error).name, code: (error as { code?: string }).code } },
      'an action failed',
    );
    return { outcome: 'error' };
  }
}

function inputOf(situation: Situation): Input {
  const { content } = situation;
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text };
    case 'choice':
      return { kind: 'choice', id: content.id, title: content.title };
    case 'media':
      return content.caption
        ? { kind: 'text', text: content.caption, caption: true }
        : { kind: 'media', voice: content.media === 'audio', sticker: content.media === 'sticker' };
    case 'location':
      return { kind: 'other', place: true };
    case 'contacts':
      return { kind: 'other', contact: true };
    default:
      return { kind: 'other' };
  }
}

/** Days ahead at which an appointment comes before a new result. */
const AT_ONCE_DAYS = 2;
/** Days ahead at which an appointment is what someone most likely writes about. */
const SOON_DAYS = 7;
/** Days for which a new result is. */
const FRESH_DAYS = 4;

function factsOf(
  situation: Situation,
  organisation: Organisation,
  known: Known,
  now: Date,
  language: Situation['language'],
): Facts {
  const { facts: patient } = known;
  const next = patient?.nextAppointment ?? null;
  const result = patient?.resultReady ?? null;
  const order = patient?.orderOpen ?? null;
  const news =
    next && next.daysAway <= AT_ONCE_DAYS
      ? 'appointment'
      : result && result.daysAgo <= FRESH_DAYS
        ? 'result'
        : next && next.daysAway <= SOON_DAYS
          ? 'appointment'
          : order?.specialty
            ? 'order'
            : null;
  return {
    at: now.getTime(),
    now: wallClock(now, organisation.timezone),
    language,
    languages: organisation.languages as Facts['languages'],
    country: organisation.country,
    address: organisation.settings.address,
    proof: known.who.proof,
    health_proof: organisation.settings.proofForHealthData,
    organisation: organisation.name,
    emergency_number: situation.emergencyNumber ?? organisation.emergencyNumber,
    channel: situation.channel,
    protocol: knownProtocol,
    // the first words, or the first after an end: both are greeted
    fresh: situation.session === null,
    ended: situation.session === null && !situation.fresh,
    people: known.people,
    acts_for: known.actsFor,
    first: known.first,
    news,
    next,
    result,
    order,
    offer: known.offer,
  };
}
