import { readAs, titleOf } from '../answers.ts';
import { ANSWER, LANGUAGE, commandsFrom } from '../commands.ts';
import type { Provider } from '../commands.ts';
import type { Command, Json, Step } from '../contract.ts';
import type { Language } from '../../conversation/contract.ts';
import { isQuestion, local } from '../local.ts';
import { plain } from '../../triage/words.ts';
import { languageOf } from '../languages.ts';
import { placeInList } from '../list-places.ts';
import { isSigns, isUnsure } from '../short-answers.ts';
import { asksForOneMore } from '../understand.ts';
import { choose, retry, store, tapped } from './answers.ts';
import { back, begin, digress, reopen, stop, thankedAfterEnd } from './interrupts.ts';
import { MORE, ROWS, optionsOf, tellMenu } from './menus.ts';
import type { Option } from './menus.ts';
import { flowsOf, goTo, later, proposal, remember } from './moving.ts';
import { handOver, queueHere, toPerson } from './people.ts';
import type { Run } from './run.ts';
import { askWhich, go, present, readerOf, waitHere } from './running.ts';
import { standingOf } from './standing.ts';

/** How long another provider may take. */
const READ_WITHIN_MS = 60_000;

type Of<Name extends Command['command']> = Extract<Command, { command: Name }>;
type Wish = Of<'start_flow'>;

/** Free words: what a provider makes of them is carried out. */
export function understand(run: Run, text: string, fromOldMenu: boolean, provider: Provider = local): void {
  run.lastSaid = text;
  const kind = freeKind(run);
  if (kind !== 'text' && kind !== 'name') notice(run, text);
  const standing = standingOf(run);
  const commands = provider.commands({ text, language: run.language, standing });
  if (isAside(run) && commands.some((one) => one.command === 'start_flow' && one.intent === 'thanks'))
    return agree(run, 'yes');
  if (isAside(run) && !answersHere(commands)) {
    leaveAside(run);
    return understand(run, text, fromOldMenu, provider);
  }
  if (run.facts.understands === 'model' && !fromOldMenu && mayAsk(commands) && !knownOf(run, commands, text)) {
    const id = `e${++run.session.effects}`;
    const plain = JSON.parse(JSON.stringify(standing)) as Json;
    run.effects.push({ id, action: 'understand', args: { text: text.slice(0, 2000), standing: plain } });
    run.session.reading = { effect: id, text: text.slice(0, 2000), local: commands };
    run.wakeAt = run.facts.at + READ_WITHIN_MS;
    run.done = true;
    return;
  }
  carryOut(run, commands, text, fromOldMenu);
}

function isAside(run: Run): boolean {
  const step = run.session.wait?.kind === 'choose' && !run.begun ? run.current()?.step : undefined;
  return step !== undefined && 'choose' in step && step.choose.aside === true;
}

const answersHere = (commands: Command[]): boolean =>
  commands.some((one) => ['set_slot', 'affirm', 'deny', 'handover', 'cancel', 'emergency'].includes(one.command));

/** Nobody has to say whether it helped: the question that stood before stands again, unsaid. */
function leaveAside(run: Run): void {
  run.session.stack.pop();
  delete run.session.wait;
  delete run.session.heard;
  const below = run.current()?.step;
  if (below && 'ask' in below) run.session.wait = { kind: 'ask', tries: 0 };
  else if (below && 'choose' in below) run.session.wait = { kind: 'choose', tries: 0 };
  else run.session.stack = [];
}

/** Whether the local provider is unsure: it would ask whether something is meant, or show a menu. Else it needs no second reader. */
function mayAsk(commands: Command[]): boolean {
  return commands.every((one) => one.command === 'clarify' || one.command === 'out_of_scope');
}

/** The other provider answered, or did not: then what the local one made of the words holds. */
export function wasRead(run: Run, outcome: string, value: Json): void {
  const { text, local: fallback } = run.session.reading!;
  delete run.session.reading;
  run.lastSaid = text;
  const commands = outcome === 'success' ? commandsFrom(value, standingOf(run)) : null;
  run.trace.push({
    step: 'understand',
    detail: { outcome: commands ? outcome : outcome === 'success' ? 'refused' : outcome },
  });
  carryOut(run, commands ?? fallback, text, false);
}

/** The order of what no author can change: emergency, a person, stopping, the language, another flow. */
function carryOut(run: Run, commands: Command[], text: string, fromOldMenu: boolean): void {
  const of = <Name extends Command['command']>(name: Name): Of<Name> | undefined =>
    commands.find((one): one is Of<Name> => one.command === name);
  if (of('emergency')) return inDanger(run);
  const person = of('handover');
  const wishes = commands.filter((one): one is Wish => one.command === 'start_flow');
  if (person) {
    later(run, wishes);
    return toPerson(run, 'asked_for_person', person.queue ?? null);
  }
  if (of('cancel') && run.session.wait && !run.begun) return stop(run, wishes);
  const language = commands.find((one) => one.command === 'set_slot' && one.slot === LANGUAGE) as
    | Of<'set_slot'>
    | undefined;
  if (language) return speak(run, String(language.value) as Language);
  if (!run.session.wait || run.begun) return opens(run, commands, wishes, text, fromOldMenu);

  const answered = commands.filter((one) => one.command === 'set_slot' || one.command === 'correct_slot');
  const agreed = of('affirm') ?? of('deny');
  if (answered.length || agreed) {
    later(run, wishes);
    if (agreed && !answered.length) return agree(run, agreed.command === 'affirm' ? 'yes' : 'no');
    const mended = answered.find((one): one is Of<'correct_slot'> => one.command === 'correct_slot');
    return mended ? correct(run, mended, text) : answer(run, answered as Of<'set_slot'>[], text);
  }
  const query = of('knowledge') ?? knownOf(run, commands, text);
  if (query && run.set.byIntent.get('knowledge') && !fromOldMenu)
    return digress(run, [{ intent: 'knowledge', words: query.query }]);
  if (wishes.length) return wish(run, wishes, text, fromOldMenu);
  const unsure = of('clarify');
  if (unsure) return clarify(run, unsure);
  if (fromOldMenu) {
    run.tell('old_menu');
    return present(run);
  }
  const kind = freeKind(run);
  const here = run.current()?.step;
  const menu = here !== undefined && 'choose' in here;
  retry(run, kind === 'text' ? null : isSigns(text) ? 'here_i_am' : menu && isUnsure(text) ? 'unsure' : null);
}

/** Words of which no wish is clear, and which an article answers. */
function knownOf(run: Run, commands: Command[], text: string): Of<'knowledge'> | undefined {
  if (freeKind(run) === 'text' || placeInList(text) !== null || !run.set.byIntent.get('knowledge')) return;
  const unclear = commands.every((one) => one.command === 'out_of_scope' || one.command === 'clarify');
  const [first] = commands;
  const wish = commands.length === 1 && first?.command === 'start_flow' ? first.intent : null;
  const general = wish !== null && (TELLS.has(wish) || ASKED_OF.has(wish)) && isGeneral(text, wish);
  if (!unclear && !general) return;
  // "el de la tarde" is an answer, though an article speaks of afternoons
  const asks = isQuestion(text);
  if (!asks && run.session.wait && !run.begun && readAs({ kind: 'when' }, text, readerOf(run))) return;
  const article = run.facts.knows?.(text, run.language);
  if (!article) return;
  // an article with the tag of a wish leaves it to the wish's own flow
  if (wish !== null && (article.tags.includes(wish) || article.asked < 2 || !speaksOf(article))) return;
  // where a wish is likely, an article that speaks of it only in part is no answer
  const likely = commands.some((one) => one.command === 'clarify');
  if (likely && (!speaksOf(article) || (!asks && article.asked < 2))) return;
  // what was not understood and asks nothing is an answer that failed, unless an article is called by its name
  if (wish === null && !asks && !(speaksOf(article) && article.titled)) return;
  return { command: 'knowledge', query: text.slice(0, 500) };
}

/** Whether an article, and no other, speaks of what is asked: one word in common is no answer to a whole question. */
function speaksOf(article: NonNullable<ReturnType<NonNullable<Run['facts']['knows']>>>): boolean {
  const alone = article.ahead >= APART || article.covered >= WHOLLY;
  return article.covered >= WELL && (article.asked >= 2 ? alone : article.titled && article.ahead >= APART);
}

/** Wishes that are only told something: an article that speaks of it tells it better. */
const TELLS = new Set(['opening_hours', 'where_to_go']);
/** Wishes about one's own affairs, which people also ask of in general: "¿puedo beber agua antes del análisis?" */
const ASKED_OF = new Set([
  'lab_order',
  'lab_results',
  'medication_info',
  'bill_pay',
  'insurance_authorization',
  'policy_activation',
]);
/** The share of a text that an article must speak of to come before a wish that was understood, or where nothing is asked. */
const WELL = 0.55;
/** The share at which it may have others close by, and how far it else stands before the next one. */
const WHOLLY = 0.9;
const APART = 0.3;
/** Of one's own: "mi cita", "¿qué medicación tengo?", "¿cómo tomo la metformina?", "¿cómo me preparo?", "a la prueba". */
const OWN =
  /\b(?:mi|mis|mio|mios|mia|mias|meu|meus|meva|meves|minha|minhas|my|mine)\b|\b(?:tengo|tenemos|tinc|tenim|tenho|temos) (?!que |de |d')|\b(?:tomo|prenc|me preparo|em preparo|preparar-?me|me toca|em toca|me mandaron|me pidieron|m'han demanat|do i (?:take|have (?!to))|i have (?!to )|i take|i'?m taking)\b|\b(?:tengo|hay|he|haig|tenho|have) (?:que|d'|de|to) (?:ir|anar|go)(?: manana| dema| amanha| tomorrow| hoy| avui| hoje| today)?[ ?]*$|\b(?:la|el|a l'|a|o|the|esa|aquesta|essa|that) ?(?:prueba|prova|proves?|examen|exame|test|scan)[ ?]*$/;
function isGeneral(text: string, wish: string): boolean {
  // "¿puedo visitar a mi madre por la tarde?": hours are the house's, whoever is visited
  return wish === 'opening_hours' || (!OWN.test(plain(text)) && (TELLS.has(wish) || isQuestion(text)));
}

/** Nothing was begun: the first words of a conversation. */
function opens(run: Run, commands: Command[], wishes: Wish[], text: string, fromOldMenu: boolean): void {
  const first = commands[0];
  const known = knownOf(run, commands, text);
  if (known && !fromOldMenu) return begin(run, known.query, { intent: 'knowledge' });
  if (wishes.length) {
    if (wishes[0]!.intent === 'greeting') return begin(run, '');
    later(run, wishes.slice(1));
    return begin(run, wishes[0]!.words, { intent: wishes[0]!.intent });
  }
  if (first?.command === 'affirm' && thankedAfterEnd(run)) return;
  if (first?.command === 'clarify')
    return begin(run, first.words, { intent: first.intents[0]!, unsure: first.intents });
  if (first?.command === 'knowledge') return begin(run, first.query, { intent: 'knowledge' });
  begin(run, text, { fromOldMenu });
}

function speak(run: Run, language: Language): void {
  run.language = language;
  if (!run.session.wait || run.begun) return begin(run, '');
  run.trace.push({ step: 'language', detail: { language } });
  run.tell('language_changed');
  present(run);
}

/** Speaks the patient's language once it is sure, and keeps to it. */
function notice(run: Run, text: string): void {
  const language = languageOf(text, run.facts.languages);
  if (language && language !== run.language) {
    run.language = language as Language;
    run.trace.push({ step: 'language', detail: { language } });
  }
}

function wish(run: Run, wishes: Wish[], text: string, fromOldMenu: boolean): void {
  const [first, ...rest] = wishes as [Wish, ...Wish[]];
  const top = run.top();
  if (first.intent === 'greeting') {
    if (run.session.stack.length <= 1 && top?.flow === run.set.settings.after) return begin(run, '');
    if (run.session.stack.length > 1 || top?.flow !== run.set.settings.start) run.tell('hello_again');
    return present(run);
  }
  if (first.intent === 'not_me') run.session.stack = [];
  const flow = run.set.byIntent.get(first.intent);
  // one more of what is at hand waits for its end
  const more = first.intent === 'appointment_book' && asksForOneMore(first.words);
  if (more && top?.flow !== run.set.settings.start && top?.flow !== run.set.settings.after) {
    later(run, [first, ...rest]);
    run.tell('resume');
    return present(run);
  }
  later(run, rest);
  if (top?.flow !== flow || flow === run.set.settings.start || first.intent === 'not_me') {
    delete run.session.missed;
    return digress(run, [first]);
  }
  // what is at hand already, said anew; words that bring nothing new are words not understood
  if (fromOldMenu) {
    run.tell('old_menu');
    return present(run);
  }
  const tries = (run.session.wait?.tries ?? 0) + 1;
  run.session.missed = (run.session.missed ?? 0) + 1;
  if (run.session.missed > 3) return retry(run);
  run.session.stack.pop();
  digress(run, [{ ...first, words: text }]);
  if (run.session.wait && run.session.wait.kind !== 'effect') run.session.wait.tries = tries;
}

/** Perhaps this is meant; perhaps one of these. */
function clarify(run: Run, { intents, words }: Of<'clarify'>): void {
  const [intent] = intents;
  const flows = flowsOf(run, intents);
  if (!flows.length || intent === undefined) return retry(run);
  const { propose } = run.set.settings;
  digress(run, [{ intent, words }], propose ? { flow: propose, given: proposal(run, flows, words) } : undefined);
}

function inDanger(run: Run): void {
  run.trace.push({ step: 'emergency' });
  run.tell('handing_over');
  handOver(run, queueHere(run), 'critical', 'red_flag', undefined);
}

// --- answers ---

/** The kind of the free question that stands; null of a menu, or where nothing is asked. */
function freeKind(run: Run): string | null {
  const step = run.session.wait?.kind === 'ask' && !run.begun ? run.current()?.step : undefined;
  return step && 'ask' in step ? step.ask.kind : null;
}

function agree(run: Run, said: 'yes' | 'no'): void {
  const here = run.current();
  if (!here) return retry(run);
  if ('ask' in here.step && here.step.ask.kind === 'yesno')
    return store(run, here.step.ask.into, said === 'yes', here.step.next);
  if (!('choose' in here.step)) return retry(run);
  const agreed = optionsOf(run, here.step).filter((option) => option.answer === said);
  if (agreed.length === 1) return choose(run, agreed[0]!);
  const led = here.step.choose[said];
  if (led) {
    remember(run);
    delete run.session.missed;
    delete run.session.wait;
    goTo(run, led);
    return go(run);
  }
  retry(run, here.step.choose.from && said === 'yes' ? 'which_one' : null);
}

/** An answer to the question that stands; several of one slot are asked about. */
function answer(run: Run, given: Of<'set_slot'>[], text: string): void {
  const here = run.current();
  const [{ slot, value }] = given as [Of<'set_slot'>];
  if (!here) return retry(run);
  if (slot === ANSWER && String(value).startsWith('which:')) {
    if (!tapped(run, String(value))) retry(run);
    return;
  }
  if (slot === ANSWER && 'choose' in here.step) {
    if (value === MORE) {
      tapped(run, `${here.flow.name}.${here.name}:${MORE}`);
      return;
    }
    const ids = given.map((one) => String(one.value));
    const options = optionsOf(run, here.step).filter((option) => ids.includes(option.id));
    if (options.length === 0) return retry(run);
    // "me da igual" is said of this question, not of the next
    if (options.length === 1) return choose(options[0]!.answer === 'any' ? run : heardIn(run, text), options[0]!);
    return several(run, options);
  }
  const asked =
    'ask' in here.step && here.step.ask.into === slot
      ? { kind: here.step.ask.kind, next: here.step.next }
      : 'choose' in here.step && here.step.choose.or?.into === slot
        ? here.step.choose.or
        : null;
  if (!asked) return retry(run);
  if (given.length === 1) return store(run, slot, value, asked.next);
  askWhich(
    run,
    given.slice(0, 4).map((one) => ({ title: titleOf(asked.kind, one.value, run.language), value: one.value })),
  );
}

/** "Cardiología, el martes por la tarde": the rest answers what comes next. */
function heardIn(run: Run, text: string): Run {
  if (text.trim().split(/\s+/).length < 3) return run;
  // who says for whom it is has said what it is already
  const before = run.current()?.flow.flow.intents.length === 0 ? run.session.heard : undefined;
  run.session.heard = (before ? `${before}, ${text}` : text).slice(0, 500);
  return run;
}

function several(run: Run, options: Option[]): void {
  run.trace.push({ step: 'several' });
  tellMenu(run, run.settingsText('which_one'), options.slice(0, ROWS - 1), false, run.current()!);
  waitHere(run, 'choose');
}

// --- corrections ---

/** Another answer to an earlier question of the flow; what followed from the old one is found out anew. */
function correct(run: Run, { slot, value }: Of<'correct_slot'>, text: string): void {
  if (slot === undefined) {
    if (!back(run)) retry(run);
    return;
  }
  const flow = run.current()?.flow;
  const found = flow ? [...flow.steps].find(([, one]) => asksFor(one) === slot) : undefined;
  if (!found) return retry(run);
  const [name, one] = found;
  run.trace.push({ step: 'corrected', detail: { slot } });
  if (value === undefined) return reopen(run, name);
  reopen(run, name, () => {
    if ('ask' in one) return store(run, slot, value, one.next);
    const option = 'choose' in one ? optionsOf(run, one).find((other) => other.id === value) : undefined;
    return option ? choose(heardIn(run, text), option) : retry(run);
  });
}

const asksFor = (one: Step): string | undefined =>
  'ask' in one ? one.ask.into : 'choose' in one ? one.choose.from?.into : undefined;
