import type { Handover, Language, OutboundContent, SummaryLine, TraceStep } from '../../conversation/contract.ts';
import type { AnswerKind, Effect, Expression, Facts, Input, Json, Outcome, Session, Step, Text } from '../contract.ts';
import { dayInWords, readBack, understandBirthDate, understandDate, understandTime } from '../dates.ts';
import type { Moment } from '../dates.ts';
import {
  aside,
  asksForLanguage,
  asksForPerson,
  departmentAskedFor,
  deniesName,
  documentNumber,
  isAcknowledgement,
  isGreeting,
  isIndifferent,
  isSigns,
  isUnsure,
  languageOf,
  meaning,
  personName,
  phoneNumber,
  pickByMention,
  pickByWords,
  placeInList,
  twoWishes,
  wantsBack,
  wantsMore,
  wantsToStop,
  yesOrNo,
} from '../understand.ts';
import { say } from './compile.ts';
import type { CompiledFlow, CompiledSet, Row } from './compile.ts';
import type { Scope } from './expression.ts';

/** More steps than any turn needs; a set of flows that goes round in a circle ends here, with a person. */
const MOST_STEPS = 100;
/** Flows that wait for the one on top of them. */
const DEEPEST = 6;
/** Rows that a list shows on the narrowest channel, a person's row and "more" included. */
const ROWS = 10;
const PROOF = { none: 0, claimed: 1, matched: 2, confirmed: 3 };
/** Ids of options that mean the same in every menu. */
const PERSON = 'person';
const MORE = 'more';

type Choose = Extract<Step, { choose: unknown }>;
type Ask = Extract<Step, { ask: unknown }>;

type Option = {
  id: string;
  title: string;
  description?: string;
  words?: string;
  answer?: 'yes' | 'no' | 'any';
  time?: string;
  next: string;
  set?: Record<string, Json>;
  into?: [string, Json];
};

/**
 * One turn: what the patient said (or an effect's result, or silence) and where the session stands give what is said,
 * asked for and remembered. Pure: no I/O, no clock, no chance; the same arguments give the same outcome.
 * Never throws on any session or input of a set that passed `flow check`; ends after a bounded number of steps.
 */
export function step(set: CompiledSet, session: Session | null, input: Input, facts: Facts): Outcome {
  return new Run(set, session, facts).take(input);
}

class Run {
  private readonly set: CompiledSet;
  private readonly facts: Facts;
  private session: Session;
  private readonly begun: boolean;
  private language: Language;
  private readonly says: OutboundContent[] = [];
  private readonly effects: Effect[] = [];
  private readonly trace: TraceStep[] = [];
  private handover: Handover | undefined;
  private closed: Outcome['close'];
  private done = false;
  private steps = 0;
  private wakeAt: number | undefined;
  private readonly scope: Scope;

  constructor(set: CompiledSet, session: Session | null, facts: Facts) {
    this.set = set;
    this.facts = facts;
    this.language = facts.language;
    this.begun =
      session === null ||
      session.set !== set.hash ||
      session.stack.some((frame) => !set.flows.get(frame.flow)?.steps.has(frame.step));
    this.session = this.begun ? { set: set.hash, stack: [], slots: {}, effects: 0 } : structuredClone(session!);
    this.scope = (name) =>
      name === 'facts'
        ? this.facts
        : name === 'item'
          ? this.item
          : name === 'heard'
            ? this.session.heard
            : this.session.slots[name];
  }
  private item: Json = null;
  private captioned = false;
  private lastSaid = '';

  take(input: Input): Outcome {
    if (input.kind === 'effect') this.answered(input.id, input.result.outcome, input.result.value ?? null);
    else if (input.kind === 'timeout') this.silent();
    else if (input.kind === 'unasked') this.unasked(input.flow, input.given);
    else this.heard(input);
    return this.outcome();
  }

  private outcome(): Outcome {
    const over = this.handover || this.closed;
    return {
      session: over ? null : this.session,
      says: this.says,
      effects: over ? [] : this.effects,
      ...(this.handover ? { handover: this.handover } : {}),
      ...(this.closed ? { close: this.closed } : {}),
      ...(this.language !== this.facts.language ? { language: this.language } : {}),
      trace: this.trace,
      ...(this.wakeAt && !over ? { wakeAt: this.wakeAt } : {}),
    };
  }

  // --- what came in ---

  private heard(input: Exclude<Input, { kind: 'effect' | 'timeout' | 'unasked' }>): void {
    const wait = this.session.wait;
    if (input.kind === 'choice') {
      if (input.id === PERSON || input.id.endsWith(':' + PERSON)) return this.toPerson('asked_for_person');
      if (wait && !this.begun && this.tapped(input.id)) return;
      if (this.tappedBefore(input.id)) return;
      if (wait && !this.begun && this.isOfMenu(input.id)) {
        // its title is no answer to what is asked now
        this.tell('old_menu');
        return this.present();
      }
      return this.said(input.title, true);
    }
    if (input.kind === 'text') {
      this.captioned = input.caption === true;
      return this.said(input.text, false);
    }
    this.sent(input);
  }

  /** A file, a place, a card: kept in the thread for a person, which is what is said. The question still stands. */
  private sent(input: Extract<Input, { kind: 'media' | 'other' }>): void {
    const here = this.session.wait && !this.begun ? this.current() : null;
    const sticker = input.kind === 'media' && input.sticker;
    if (here && 'ask' in here.step && here.step.ask.kind === 'text' && input.kind === 'media' && !sticker) {
      if (input.voice) return this.store(here.step.ask.into, this.settingsText('voice_kept'), here.step.next);
      this.tell('media_kept');
      return this.setWake(here);
    }
    if (!here) {
      if (!sticker) this.tell(receivedText(input));
      return this.begin('');
    }
    this.tell(sticker ? 'here_i_am' : receivedText(input));
    this.present();
  }

  private said(text: string, fromOldMenu: boolean): void {
    this.lastSaid = text;
    const wait = this.session.wait;
    // the most frequent first word of all, and surely not a wish
    if ((!wait || this.begun) && isGreeting(text)) {
      this.notice(text);
      return this.begin('');
    }
    // a person, before anything else that the words could mean
    if (asksForPerson(text)) return this.toPerson('asked_for_person', departmentAskedFor(text));
    const asked = asksForLanguage(text);
    const free =
      wait?.kind === 'ask' && this.current()?.step && 'ask' in this.current()!.step
        ? (this.current()!.step as Ask).ask.kind
        : null;
    if (!wait || this.begun) {
      this.notice(text);
      if (asked && this.facts.languages.includes(asked as Language)) this.language = asked as Language;
      // "vale", "👍", "no, gracias" after the end: no reason to open a menu
      const polite = this.facts['ended'] === true && (yesOrNo(text) !== null || isSigns(text));
      const goodbye = this.set.byIntent.get('thanks');
      if (polite && goodbye) {
        this.session = { set: this.set.hash, stack: [], slots: {}, effects: this.session.effects };
        this.enter(goodbye, {});
        return this.run();
      }
      return this.begin(asked ? '' : text, fromOldMenu);
    }
    if (this.exactly(text)) return;
    if (this.denies(text)) return;
    if (wantsToStop(text)) return this.stop();
    if (asked && this.facts.languages.includes(asked as Language)) {
      this.language = asked as Language;
      this.trace.push({ step: 'language', detail: { language: asked } });
      this.tell('language_changed');
      return this.present();
    }
    if (free !== 'text' && free !== 'name') this.notice(text);
    if (wantsBack(text) && this.back()) return;
    if (isGreeting(text) && free !== 'text') {
      if (this.session.stack.length <= 1 && this.top()?.flow === this.set.settings.after) return this.begin('');
      if (this.session.stack.length > 1 || this.top()?.flow !== this.set.settings.start) this.tell('hello_again');
      return this.present();
    }
    if (free !== 'text' && yesOrNo(text) === null && isSigns(text)) return this.retry('here_i_am');
    const two = twoWishes(text);
    const meant = two?.first ?? meaning(text);
    const flow = meant ? this.set.byIntent.get(meant.intent) : undefined;
    // a clear wish for something else, unless the question was for free words
    const elsewhere =
      meant &&
      flow &&
      meant.confidence >= 0.7 &&
      !this.session.stack.some((frame) => frame.flow === flow && frame.flow !== this.set.settings.start);
    if (elsewhere && free !== 'text' && !(free === null && this.closelyPicks(text)))
      return this.digress(flow, text, meant.intent, two);
    if (this.answers(text)) return;
    if (
      meant &&
      flow &&
      (elsewhere || (meant.confidence >= 0.5 && !this.session.stack.some((frame) => frame.flow === flow)))
    ) {
      const unsure = elsewhere || meant.band === 'act' ? undefined : this.set.settings.propose;
      return unsure
        ? this.digress(unsure, text, meant.intent, null, this.proposal(flow, text))
        : this.digress(flow, text, meant.intent, two);
    }
    if (fromOldMenu) {
      this.tell('old_menu');
      return this.present();
    }
    // it is what we are at already, said anew: "no, mejor cardiología"
    if (meant && flow && this.top()?.flow === flow && free !== 'text' && flow !== this.set.settings.start) {
      const tries = (this.session.wait?.tries ?? 0) + 1;
      this.session.stack.pop();
      this.digress(flow, text, meant.intent);
      if (this.session.wait && this.session.wait.kind !== 'effect') this.session.wait.tries = tries;
      return;
    }
    const listed = this.current()?.step;
    if (listed && 'choose' in listed && listed.choose.from && yesOrNo(text) === 'yes') return this.retry('which_one');
    this.retry(
      free !== 'text' && isUnsure(text) && this.current() && 'choose' in this.current()!.step ? 'unsure' : null,
    );
  }

  /** Speaks the patient's language once it is sure, and keeps to it. */
  private notice(text: string): void {
    const language = languageOf(text, this.facts.languages);
    if (language && language !== this.language) {
      this.language = language as Language;
      this.trace.push({ step: 'language', detail: { language } });
    }
  }

  /** The beginning, or a finished session: free text may name what it wants at once. */
  private begin(text: string, fromOldMenu = false): void {
    this.session = { set: this.set.hash, stack: [], slots: {}, effects: this.session.effects };
    const two = text ? twoWishes(text) : null;
    const meant = two?.first ?? (text ? meaning(text) : null);
    const flow = meant && meant.confidence >= 0.5 ? this.set.byIntent.get(meant.intent) : undefined;
    if (flow && meant) this.trace.push({ step: 'understood', detail: { intent: meant.intent } });
    if (text) this.session.heard = text.slice(0, 500);
    if (!flow && text && this.denies(text)) return;
    if (!flow && fromOldMenu) this.tell('old_menu');
    if (two) this.session.also = { intent: two.second.intent, words: two.words.slice(0, 500) };
    const unsure = flow && meant!.band !== 'act' ? this.set.settings.propose : undefined;
    if (unsure) this.enter(unsure, this.proposal(flow!, text));
    else this.enter(flow ?? this.set.settings.start, {});
    this.run();
  }

  /** What is asked before a wish is acted on that may not be one. */
  private proposal(flow: string, text: string): Record<string, Json> {
    return { wish: this.set.flows.get(flow)!.flow.title as Json, to: flow, words: text.slice(0, 500) };
  }

  /** "No soy Benigno": before anything of Benigno's is shown. */
  private denies(text: string): boolean {
    const first = this.facts['first'];
    const flow = this.set.byIntent.get('not_me');
    if (!flow || typeof first !== 'string' || !deniesName(text, first)) return false;
    this.session.stack = [];
    this.digress(flow, text, 'not_me');
    return true;
  }

  private digress(
    flow: string,
    text: string,
    intent: string,
    two: ReturnType<typeof twoWishes> = null,
    given: Record<string, Json> = {},
  ): void {
    this.trace.push({ step: 'understood', detail: { intent } });
    this.session.heard = text.slice(0, 500);
    if (two) this.session.also = { intent: two.second.intent, words: two.words.slice(0, 500) };
    // what was proposed is answered by the new wish
    if (this.top() && this.top()!.flow === this.set.settings.propose) this.session.stack.pop();
    const top = this.top();
    // at the menu there is nothing to come back to
    if (
      this.session.stack.length >= DEEPEST ||
      (top && [this.set.settings.start, this.set.settings.after].includes(top.flow))
    )
      this.session.stack = [];
    // "no, mejor cámbiala": about the same thing, so what was begun with it is not gone back to
    const same = this.session.stack.findIndex((frame) => this.sharesAnswers(frame.flow, flow));
    if (same >= 0) this.session.stack.length = same;
    this.enter(flow, given);
    this.run();
  }

  /** Whether two flows learn the same things, which the second would write over. */
  private sharesAnswers(one: string, other: string): boolean {
    const [a, b] = [this.set.flows.get(one)?.flow.slots ?? {}, this.set.flows.get(other)?.flow.slots ?? {}];
    return Object.entries(a).some(([slot, about]) => about.summary !== undefined && b[slot]?.summary !== undefined);
  }

  private stop(): void {
    this.trace.push({ step: 'stopped' });
    this.tell(
      this.session.stack.some(
        (frame) => frame.flow !== this.set.settings.start && frame.flow !== this.set.settings.after,
      )
        ? 'stopped'
        : 'nothing_to_stop',
    );
    this.session.stack = [];
    this.session.slots = {};
    delete this.session.heard;
    delete this.session.also;
    this.enter(this.set.settings.after, {});
    this.run();
  }

  /** Back to the question before; false where there is none. */
  private back(): boolean {
    const asked = this.session.slots['_asked'];
    if (!Array.isArray(asked) || asked.length === 0) {
      if (this.session.stack.length === 1 && this.top()!.flow === this.set.settings.start) return false;
      this.session.stack = [];
      this.enter(this.set.settings.start, {});
      this.run();
      return true;
    }
    const [flow, name] = String(asked.pop()).split('/') as [string, string];
    if (this.top()?.flow !== flow || !this.set.flows.get(flow)?.steps.has(name)) return false;
    this.session.slots['_asked'] = asked;
    this.trace.push({ step: 'back' });
    delete this.session.heard;
    this.forget([name]);
    this.to(name);
    this.run();
    return true;
  }

  /** What questions of the flow on top were answered with is gone when they are asked again. */
  private forget(names: string[]): void {
    const flow = this.set.flows.get(this.top()!.flow)!;
    for (const name of names) {
      const one = flow.steps.get(name);
      if (!one) continue;
      if ('ask' in one) delete this.session.slots[one.ask.into];
      if (!('choose' in one)) continue;
      for (const into of [one.choose.from?.into, one.choose.or?.into]) if (into) delete this.session.slots[into];
      for (const option of one.choose.options)
        for (const slot of Object.keys(option.set ?? {})) delete this.session.slots[slot];
    }
  }

  private silent(): void {
    const wait = this.session.wait;
    const here = this.current();
    if (!wait || !here) {
      this.closed = { outcome: 'abandoned' };
      return;
    }
    this.trace.push({ step: 'silence' });
    delete this.session.wait;
    if (('ask' in here.step || 'choose' in here.step) && here.step.timeout) this.to(here.step.timeout.next);
    else {
      this.session.stack = [];
      this.enter(this.set.settings.timeout.flow, {});
    }
    this.run();
  }

  /** What the house has to say stands before what was being done, which goes on after it. Sets without such a flow say nothing. */
  private unasked(what: 'freed', given: Record<string, Json>): void {
    const flow = this.set.settings[what];
    if (!flow) return;
    const top = this.top();
    if (top && [this.set.settings.start, this.set.settings.after].includes(top.flow)) this.session.stack = [];
    delete this.session.heard;
    this.enter(flow, given);
    this.run();
  }

  private answered(id: string, outcome: string, value: Json): void {
    const here = this.current();
    if (this.session.wait?.kind !== 'effect' || this.session.wait.effect !== id || !here || !('call' in here.step))
      return;
    delete this.session.wait;
    const { on, into, call } = here.step;
    if (into) this.session.slots[into] = value;
    this.trace.push({ step: call, detail: { outcome } });
    const next = on[outcome] ?? on['error'];
    if (next === undefined) return this.fail('broken_flow');
    this.next(next);
    this.run();
  }

  // --- answers to the question at hand ---

  private tapped(id: string): boolean {
    const here = this.current();
    const wait = this.session.wait;
    if (!here || !wait) return false;
    if (wait.alternatives) {
      const place = /^which:(\d)$/.exec(id);
      const chosen = place ? wait.alternatives[Number(place[1])] : undefined;
      if (chosen && 'ask' in here.step) {
        this.store(here.step.ask.into, chosen.value, here.step.next);
        return true;
      }
      if (chosen && 'choose' in here.step && here.step.choose.or) {
        this.store(here.step.choose.or.into, chosen.value, here.step.choose.or.next);
        return true;
      }
    }
    if ('choose' in here.step) {
      const prefix = this.prefix(here);
      if (id.startsWith(prefix)) {
        const bare = id.slice(prefix.length);
        if (bare === MORE) {
          this.turnPage();
          return true;
        }
        const option = this.options(here.step).find((one) => one.id === bare);
        if (option) {
          this.choose(option);
          return true;
        }
      }
    }
    return false;
  }

  private isOfMenu(id: string): boolean {
    const menu = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*):/.exec(id);
    return menu !== null && this.set.flows.get(menu[1]!)?.steps.has(menu[2]!) === true;
  }

  /** A row of an earlier menu: of the flow at hand, whose list still stands, or of the beginning. */
  private tappedBefore(id: string): boolean {
    const old = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*):(.+)$/.exec(id);
    const flow = old ? this.set.flows.get(old[1]!) : undefined;
    const step = old ? flow?.steps.get(old[2]!) : undefined;
    if (!flow || !step || !('choose' in step)) return false;
    const list = this.session.slots['_asked'];
    const asked = Array.isArray(list) ? list.map(String) : [];
    const at = asked.lastIndexOf(`${old![1]}/${old![2]}`);
    if (!this.begun && this.session.wait && this.top()?.flow === flow.name && at >= 0) {
      const again = this.options(step).find((one) => one.id === old![3]);
      if (!again) return false;
      this.forget([...asked.slice(at).map((one) => one.split('/')[1]!), this.top()!.step]);
      this.session.slots['_asked'] = asked.slice(0, at);
      delete this.session.heard;
      this.to(old![2]!);
      this.choose(again);
      return true;
    }
    if (flow.name !== this.set.settings.start) return false;
    const option = step.choose.options.find((one) => one.id === old![3]);
    if (!option) return false;
    if (this.begun) this.session = { set: this.set.hash, stack: [], slots: {}, effects: this.session.effects };
    this.session.stack = [];
    delete this.session.wait;
    delete this.session.heard;
    this.enter(flow.name, {});
    for (const [slot, source] of Object.entries(option.set ?? {})) this.session.slots[slot] = this.value(source);
    this.next(option.next);
    this.run();
    return true;
  }

  /** A number, a place in the list, an option's very title: what no other reading of the words may take away. */
  private exactly(text: string): boolean {
    const here = this.current();
    const wait = this.session.wait;
    if (!here || !wait) return false;
    if (wait.alternatives) {
      const place = placeInList(text);
      const at =
        place === -1
          ? wait.alternatives.length - 1
          : place !== null
            ? place - 1
            : wait.alternatives.findIndex((one) => one.title.toLowerCase() === text.trim().toLowerCase());
      if (at >= 0 && at < wait.alternatives.length) return this.tapped(`which:${at}`);
    }
    if (!('choose' in here.step)) return false;
    const shown = this.shown(here.step);
    const place = placeInList(text);
    if (place !== null && !wait.alternatives) {
      const at = place === -1 ? shown.options.length - 1 : place - 1;
      if (at >= 0 && at < shown.options.length) {
        this.choose(shown.options[at]!);
        return true;
      }
      if (shown.more && place === shown.options.length + 1) {
        this.turnPage();
        return true;
      }
      if (here.step.choose.person && place === shown.options.length + (shown.more ? 2 : 1)) {
        this.toPerson('asked_for_person');
        return true;
      }
    }
    const written = text.trim().toLowerCase();
    const exact = this.options(here.step).filter((option) => option.title.toLowerCase() === written);
    if (exact.length === 1) {
      this.choose(exact[0]!);
      return true;
    }
    if (shown.more && wantsMore(text)) {
      this.turnPage();
      return true;
    }
    return false;
  }

  /** Whether the words name one option of the menu at hand so well that they are not a wish for something else. */
  private closelyPicks(text: string): boolean {
    const here = this.current();
    if (!here || !('choose' in here.step)) return false;
    const options = this.options(here.step);
    return pickByWords(text, options).length === 1 && !(this.top()!.flow === this.set.settings.start);
  }

  private answers(text: string): boolean {
    const here = this.current();
    if (!here) return false;
    if ('ask' in here.step) {
      const { kind, into, min, max } = here.step.ask;
      return this.accept(this.besides(here.step, text) ?? this.read(kind, text, min, max), into, here.step.next);
    }
    if (!('choose' in here.step)) return false;
    const options = this.options(here.step);
    // "vale, gracias" to "¿algo más?" is a no
    const answer = this.top()!.flow === this.set.settings.after && isAcknowledgement(text) ? 'no' : yesOrNo(text);
    const agreed = answer ? options.filter((option) => option.answer === answer) : [];
    if (agreed.length === 1) {
      this.choose(agreed[0]!);
      return true;
    }
    const led = answer ? here.step.choose[answer] : undefined;
    if (led) {
      this.remember();
      delete this.session.wait;
      this.to(led);
      this.run();
      return true;
    }
    const any = isIndifferent(text) || isUnsure(text) ? options.find((option) => option.answer === 'any') : undefined;
    if (any) {
      this.choose(any);
      return true;
    }
    const timed = this.byTime(text, options);
    const named = timed.length ? timed : pickByWords(text, options).map((index) => options[index]!);
    if (named.length === 1) {
      // "cardiología, el martes por la tarde": the rest answers what comes next
      if (text.split(/\s+/).length >= 3) this.session.heard = text.slice(0, 500);
      this.choose(named[0]!);
      return true;
    }
    // "cardiología el martes por la tarde": one of the list, and more
    const spoken = here.step.choose.from && text.split(/\s+/).length >= 3 ? pickByMention(text, options) : [];
    if (named.length === 0 && spoken.length === 1) {
      this.session.heard = text.slice(0, 500);
      this.choose(options[spoken[0]!]!);
      return true;
    }
    const or = here.step.choose.or;
    if (or && this.accept(this.read(or.kind, text), or.into, or.next)) return true;
    if (named.length > 1 && named.length < options.length && named.length <= ROWS - 1) {
      // several fit: show only those
      this.trace.push({ step: 'several' });
      this.tellMenu(this.settingsText('which_one'), named, false, here);
      this.waitHere('choose');
      return true;
    }
    return false;
  }

  /** Options whose time fits "el de las cuatro", "el jueves", "el de la tarde". */
  private byTime(text: string, options: Option[]): Option[] {
    if (!options.some((option) => option.time)) return [];
    const found = understandDate(text, this.language, this.facts.now);
    if (!found) return [];
    const moments = found.ambiguous ?? [found];
    return options.filter((option) => option.time && moments.some((moment) => fits(option.time!, moment)));
  }

  private read(
    kind: AnswerKind,
    text: string,
    min?: number,
    max?: number,
  ): { value: Json } | { which: { title: string; value: Json }[] } | null {
    const { now, country } = this.facts;
    const language = this.language;
    const moments = (
      found: Moment & { ambiguous?: Moment[] },
      plainDay: boolean,
    ): { value: Json } | { which: { title: string; value: Json }[] } => {
      const asJson = (moment: Moment): Json => {
        const { from, to, partOfDay, time, after, before, except, open } = moment;
        return plainDay
          ? from
          : ({
              from,
              to,
              ...(partOfDay ? { partOfDay } : {}),
              ...(time ? { time } : {}),
              ...(after ? { after } : {}),
              ...(before ? { before } : {}),
              ...(except ? { except } : {}),
              ...(open ? { open } : {}),
            } as Json);
      };
      if (!found.ambiguous) return { value: asJson(found) };
      return {
        which: found.ambiguous.map((moment) => ({
          title: plainDay ? dayInWords(moment.from, language, true) : readBack(moment, language),
          value: asJson(moment),
        })),
      };
    };
    switch (kind) {
      case 'text': {
        const bare = text.trim();
        return bare.length >= 2 ? { value: bare.slice(0, 2000) } : null;
      }
      case 'number': {
        const match = text.replace(',', '.').match(/-?\d+(?:\.\d+)?/);
        const number = match ? Number(match[0]) : (placeInList(text) ?? NaN);
        return Number.isFinite(number) && number >= (min ?? -Infinity) && number <= (max ?? Infinity)
          ? { value: number }
          : null;
      }
      case 'birthdate': {
        const found = understandBirthDate(text, language, now, country);
        return found ? moments(found, true) : null;
      }
      case 'date':
      case 'when': {
        const found =
          kind === 'when' && isIndifferent(text)
            ? understandDate('cualquier día', 'es', now)
            : understandDate(text, language, now, { country });
        if (!found || found.to < now.slice(0, 10)) return null;
        if (kind === 'date' && (found.from !== found.to || found.open)) return null;
        return moments(found, kind === 'date');
      }
      case 'time': {
        const times = understandTime(text, language);
        if (!times) return null;
        return times.length === 1
          ? { value: times[0]! }
          : { which: times.map((time) => ({ title: time, value: time })) };
      }
      case 'document': {
        const found = documentNumber(text);
        return found ? { value: found } : null;
      }
      case 'yesno': {
        const found = yesOrNo(text);
        return found ? { value: found === 'yes' } : null;
      }
      case 'phone': {
        const found = phoneNumber(text);
        return found ? { value: found } : null;
      }
      case 'name': {
        const found = personName(text);
        return found ? { value: found } : null;
      }
    }
  }

  private accept(read: ReturnType<Run['read']>, into: string, next: string): boolean {
    if (!read) return false;
    if ('value' in read) {
      this.store(into, read.value, next);
      return true;
    }
    const here = this.current()!;
    this.waitHere('choose' in here.step ? 'choose' : 'ask');
    this.session.wait!.alternatives = read.which;
    this.trace.push({ step: 'ambiguous' });
    const rows = read.which.map((one, index) => ({ id: `which:${index}`, title: one.title }));
    this.says.push({
      kind: 'menu',
      text: this.settingsText('which_one'),
      options: [...rows, this.personRow()],
      button: this.settingsText('list_button'),
    });
    return true;
  }

  private store(into: string, value: Json, next: string): void {
    this.session.slots[into] = value;
    this.remember();
    delete this.session.wait;
    this.next(next);
    this.run();
  }

  private choose(option: Option): void {
    this.remember();
    for (const [slot, value] of Object.entries(option.set ?? {})) this.session.slots[slot] = value;
    if (option.into) this.session.slots[option.into[0]] = option.into[1];
    this.trace.push({ step: 'chose', detail: { at: this.where(), option: option.id.slice(0, 60) } });
    delete this.session.wait;
    this.next(option.next);
    this.run();
  }

  /** The way back: the questions that were answered in the flow on top. */
  private remember(): void {
    const list = this.session.slots['_asked'];
    const asked = Array.isArray(list) ? list.slice(-9) : [];
    asked.push(this.where());
    this.session.slots['_asked'] = asked;
  }

  private where(): string {
    const top = this.top();
    return top ? `${top.flow}/${top.step}` : '';
  }

  /** Not understood: put in another way, then a person. `instead`: what is said in place of that. */
  private retry(instead: 'here_i_am' | 'unsure' | 'which_one' | null = null): void {
    const here = this.current();
    const wait = this.session.wait;
    if (!here || !wait) return this.begin('');
    if (this.captioned) {
      this.tell('media_received');
      return this.present();
    }
    wait.tries += 1;
    const tries = 'ask' in here.step ? here.step.ask.tries : 'choose' in here.step ? here.step.choose.tries : 1;
    this.trace.push({ step: 'not_understood', detail: { at: this.where(), tries: wait.tries } });
    if (wait.tries >= tries) {
      this.tell('not_understood_person');
      return this.handOver(this.queueHere(), 'standard', 'not_understood', undefined);
    }
    if ('ask' in here.step) {
      const texts = retries(here.step.ask.retry);
      const said = this.words(texts[Math.min(wait.tries - 1, texts.length - 1)]!);
      delete wait.alternatives;
      if (instead) this.tell(instead);
      this.says.push({ kind: 'text', text: said });
      this.setWake(here);
      return;
    }
    if ('choose' in here.step) {
      const texts = here.step.choose.retry ? retries(here.step.choose.retry) : null;
      if (instead) {
        if (instead === 'which_one') this.showMenu(here.step, this.settingsText(instead));
        else {
          this.tell(instead);
          this.showMenu(here.step, this.words(here.step.choose.text));
        }
        return this.setWake(here);
      }
      const said = texts
        ? this.words(texts[Math.min(wait.tries - 1, texts.length - 1)]!)
        : this.settingsText('not_understood');
      this.showMenu(here.step, said);
      this.setWake(here);
    }
  }

  // --- running ---

  private top(): { flow: string; step: string; gated?: boolean } | undefined {
    return this.session.stack.at(-1);
  }

  private current(): { flow: CompiledFlow; step: Step; name: string } | null {
    const top = this.top();
    const flow = top ? this.set.flows.get(top.flow) : undefined;
    const found = top && flow?.steps.get(top.step);
    return found && flow && top ? { flow, step: found, name: top.step } : null;
  }

  private to(name: string): void {
    this.top()!.step = name;
  }

  private enter(name: string, given: Record<string, Json>): void {
    const flow = this.set.flows.get(name);
    if (!flow) return this.fail('broken_flow');
    if (this.session.stack.length >= DEEPEST) this.session.stack = [];
    for (const slot of Object.keys(flow.flow.slots)) delete this.session.slots[slot];
    delete this.session.slots['_asked'];
    delete this.session.wait;
    Object.assign(this.session.slots, given);
    this.trace.push({ step: 'flow', detail: { flow: name } });
    this.session.stack.push({ flow: name, step: flow.flow.start });
  }

  /** A flow ended: the one below goes on where it stood, gently; below the last lies the menu. */
  private pop(): void {
    const ended = this.session.stack.pop();
    delete this.session.slots['_asked'];
    delete this.session.wait;
    // who proved it meanwhile, for something else, is not asked for it again
    while (this.top()?.flow === this.set.settings.identify && ended?.flow !== this.set.settings.identify) {
      const { step: asking } = this.current() ?? {};
      if (PROOF[this.facts.proof] < PROOF.matched || !asking || !('ask' in asking || 'choose' in asking)) break;
      this.session.stack.pop();
    }
    const below = this.current();
    const { agreed, to, words, also } = this.session.slots;
    // what a finished errand learned is no news for the next one; a sub-flow's answers belong to who asked for them
    if (ended && !(below && 'goto' in below.step))
      for (const slot of Object.keys(this.set.flows.get(ended.flow)!.flow.slots)) delete this.session.slots[slot];
    const proposed = ended !== undefined && ended.flow === this.set.settings.propose;
    if (proposed && agreed === 'yes' && typeof to === 'string') {
      this.session.heard = String(words ?? '');
      return this.enter(to, {});
    }
    if (!below) {
      delete this.session.heard;
      const { also: second } = this.session;
      const flow = second && this.set.byIntent.get(second.intent);
      delete this.session.also;
      if (flow && flow !== ended?.flow && this.set.settings.propose)
        return this.enter(this.set.settings.propose, { ...this.proposal(flow, second.words), also: true });
      if (proposed && !also) return this.enter(this.set.settings.start, {});
      return this.enter(this.set.settings.after, {});
    }
    if ('goto' in below.step) return this.to(below.step.next);
    if ('ask' in below.step || 'choose' in below.step) {
      // it was left in the middle of a question
      if (!this.top()!.gated) this.tell('resume');
    }
  }

  private run(): void {
    while (!this.done) {
      if (++this.steps > MOST_STEPS) return this.fail('went_in_circles');
      const here = this.current();
      if (!here) return this.fail('broken_flow');
      const top = this.top()!;
      if (here.name === here.flow.flow.start && this.needed(here.flow.flow.proof) > PROOF[this.facts.proof]) {
        // health data needs proof: identification goes first, once
        if (top.gated) {
          this.session.stack = [];
          this.enter(this.set.settings.after, {});
          continue;
        }
        top.gated = true;
        const heard = this.session.heard;
        this.enter(this.set.settings.identify, {});
        if (heard) this.session.heard = heard;
        continue;
      }
      this.perform(here);
    }
  }

  /** A flow that asks for proof asks for what the organisation asks for health data. */
  private needed(asked: keyof typeof PROOF): number {
    const own = this.facts['health_proof'] as keyof typeof PROOF | undefined;
    return asked === 'matched' && own ? PROOF[own] : PROOF[asked];
  }

  private perform(here: { flow: CompiledFlow; step: Step; name: string }): void {
    const { step: one } = here;
    if ('say' in one) {
      const said = this.words(one.say);
      if (said) this.says.push({ kind: 'text', text: said });
      return this.next(one.next);
    }
    if ('set' in one) {
      // all at once: a value may come from a slot that is emptied in the same breath
      Object.assign(
        this.session.slots,
        Object.fromEntries(Object.entries(one.set).map(([slot, source]) => [slot, this.value(source)])),
      );
      return this.next(one.next);
    }
    if ('branch' in one) {
      const taken = one.branch.find((way) => way.when === undefined || this.set.condition(way.when).run(this.scope));
      return taken ? this.next(taken.next) : this.fail('broken_flow');
    }
    if ('goto' in one || 'jump' in one) {
      const given: Record<string, Json> = {};
      for (const [slot, source] of Object.entries(one.with)) given[slot] = this.value(source);
      if ('jump' in one) this.session.stack.pop();
      return this.enter('goto' in one ? one.goto : one.jump, given);
    }
    if ('call' in one) {
      const args: Record<string, Json> = {};
      for (const [name, source] of Object.entries(one.with)) args[name] = this.value(source);
      const id = `e${++this.session.effects}`;
      this.effects.push({ id, action: one.call, args });
      this.session.wait = { kind: 'effect', tries: 0, effect: id };
      this.done = true;
      return;
    }
    if ('handover' in one) {
      const { queue, priority, reason, skills, text } = one.handover;
      // who was just told that a person comes need not hear it twice
      const said = text ? this.words(text) : this.says.length ? '' : this.settingsText('handing_over');
      if (said) this.says.push({ kind: 'text', text: said });
      return this.handOver(queue, priority, reason, skills);
    }
    if ('end' in one) {
      this.closed = one.end;
      this.trace.push({ step: 'closed', detail: { outcome: one.end.outcome } });
      this.done = true;
      return;
    }
    if (this.session.heard && this.hears(here)) return;
    if (this.assumes(one)) return;
    // words that nobody needed before the first menu are no answer to what is asked after it
    if (here.flow.name === this.set.settings.start) delete this.session.heard;
    if ('ask' in one && one.ask.when !== undefined && !this.set.condition(one.ask.when).run(this.scope))
      return this.next(one.next);
    this.present();
  }

  /** Answers a question from the words that began the flow, so that nobody says things twice. */
  private hears(here: { step: Step }): boolean {
    const { step: one } = here;
    const heard = this.session.heard!;
    if ('ask' in one && one.ask.hear) {
      const { into } = one.ask;
      const beside = this.besides(one, heard);
      const read =
        beside ?? this.read(one.ask.kind, one.ask.kind === 'when' ? wishIn(heard) : heard, one.ask.min, one.ask.max);
      if (read && 'value' in read && (beside || !this.isNoAnswer(one, read.value))) {
        this.session.slots[into] = read.value;
        this.next(one.next);
        return true;
      }
      // "next tuesday" could be two: that is what is asked, not the day anew
      if (read && 'which' in read) return this.accept(read, into, one.next);
    }
    if ('choose' in one && one.choose.hear) {
      const options = this.options(one);
      const named = one.choose.hear === 'mention' ? this.mentioned(heard, options) : pickByWords(heard, options, true);
      const option = named.length === 1 ? options[named[0]!]! : undefined;
      if (option) {
        for (const [slot, value] of Object.entries(option.set ?? {})) this.session.slots[slot] = value;
        if (option.into) this.session.slots[option.into[0]] = option.into[1];
        this.next(option.next);
        return true;
      }
    }
    return false;
  }

  /** By a word, or by the day that the text speaks of: "la del jueves". */
  private mentioned(heard: string, options: Option[]): number[] {
    const named = pickByMention(heard, options);
    if (named.length === 1) return named;
    const timed = aside(heard) ? [] : this.byTime(heard.split(AIM)[0]!, options);
    return timed.length === 1 ? [options.indexOf(timed[0]!)] : named;
  }

  /** "Un poco más tarde": the other hours of the day that the question is about. */
  private besides(one: Ask, text: string): { value: Json } | null {
    const way = one.ask.near === undefined ? null : aside(text);
    const near = way ? this.value(one.ask.near!) : null;
    if (typeof near !== 'string') return null;
    const [day, clock] = [near.slice(0, 10), near.slice(11, 16)];
    return { value: { from: day, to: day, ...(way === 'later' ? { after: clock } : { before: clock }) } };
  }

  private isNoAnswer(one: Ask, value: Json): boolean {
    if (one.ask.unless === undefined) return false;
    this.item = value;
    const no = Boolean(this.set.condition(one.ask.unless).run(this.scope));
    this.item = null;
    return no;
  }

  /** Takes what is likely meant without asking: it is read back before anything is done with it. */
  private assumes(one: Step): boolean {
    if (!('choose' in one) || one.choose.from?.likely === undefined) return false;
    const id = this.value(one.choose.from.likely);
    const option = id === null ? undefined : this.options(one).find((other) => other.into && other.id === String(id));
    if (!option) return false;
    this.session.slots[option.into![0]] = option.into![1];
    this.next(option.next);
    return true;
  }

  private next(name: string): void {
    if (name === 'done') this.pop();
    else this.to(name);
  }

  private present(): void {
    const here = this.current();
    if (!here) return this.begin('');
    const { step: one } = here;
    if ('ask' in one) {
      this.waitHere('ask');
      this.says.push({ kind: 'text', text: this.words(one.ask.text) });
    } else if ('choose' in one) {
      if (this.session.wait?.kind !== 'choose') this.waitHere('choose');
      else this.setWake(here);
      this.showMenu(one, this.words(one.choose.text));
    } else {
      // the wait of an effect that never came back: the flow takes the way of an error
      if (this.steps <= MOST_STEPS && 'call' in one) {
        delete this.session.wait;
        this.next(one.on['error'] ?? 'done');
        return this.run();
      }
      return this.fail('broken_flow');
    }
    this.done = true;
  }

  private waitHere(kind: 'ask' | 'choose'): void {
    const before = this.session.wait;
    this.session.wait = { kind, tries: before?.kind === kind ? before.tries : 0 };
    this.setWake(this.current()!);
    this.done = true;
  }

  private setWake(here: { step: Step }): void {
    const own =
      ('ask' in here.step || 'choose' in here.step) && here.step.timeout
        ? here.step.timeout.after
        : this.set.settings.timeout.after;
    this.wakeAt = this.facts.at + milliseconds(own);
    this.done = true;
  }

  // --- menus ---

  private prefix(here: { flow: CompiledFlow; name: string }): string {
    return `${here.flow.name}.${here.name}:`;
  }

  private options(one: Choose): Option[] {
    const options: Option[] = [];
    const { from } = one.choose;
    if (from) {
      const list = this.session.slots[from.list];
      const title = this.set.text(from.title);
      const description = from.description ? this.set.text(from.description) : null;
      for (const entry of Array.isArray(list) ? list : []) {
        this.item = entry;
        const fields = entry as Record<string, Json>;
        options.push({
          id: String(fields?.[from.id] ?? ''),
          title: clip(say(title, this.scope, this.language), 24),
          ...(description ? { description: clip(say(description, this.scope, this.language), 72) } : {}),
          ...(from.words && fields?.[from.words] !== undefined ? { words: String(fields[from.words]) } : {}),
          ...(from.time && typeof fields?.[from.time] === 'string' ? { time: fields[from.time] as string } : {}),
          into: [from.into, entry],
          next: from.next,
        });
      }
      this.item = null;
    }
    for (const option of one.choose.options) {
      if (option.when !== undefined && !this.set.condition(option.when).run(this.scope)) continue;
      options.push({
        id: option.id,
        title: say(this.set.text(option.title), this.scope, this.language),
        ...(option.description
          ? { description: say(this.set.text(option.description), this.scope, this.language) }
          : {}),
        ...(option.words ? { words: option.words } : {}),
        ...(option.answer ? { answer: option.answer } : {}),
        ...(option.set
          ? { set: Object.fromEntries(Object.entries(option.set).map(([slot, source]) => [slot, this.value(source)])) }
          : {}),
        next: option.next,
      });
    }
    return options;
  }

  /** The options on the page at hand. */
  private shown(one: Choose): { options: Option[]; more: boolean } {
    const all = this.options(one);
    const room = ROWS - (one.choose.person ? 1 : 0);
    if (all.length <= room) return { options: all, more: false };
    const size = room - 1;
    const pages = Math.ceil(all.length / size);
    const page = (this.session.wait?.page ?? 0) % pages;
    return { options: all.slice(page * size, page * size + size), more: true };
  }

  private turnPage(): void {
    const here = this.current()!;
    const wait = this.session.wait!;
    wait.page = (wait.page ?? 0) + 1;
    this.showMenu(here.step as Choose, this.words((here.step as Choose).choose.text));
    this.setWake(here);
  }

  private showMenu(one: Choose, text: string): void {
    const { options, more } = this.shown(one);
    this.tellMenu(text, options, more, this.current()!);
  }

  private tellMenu(
    text: string,
    options: Option[],
    more: boolean,
    here: { flow: CompiledFlow; name: string; step: Step },
  ): void {
    const prefix = this.prefix(here);
    const one = here.step as Choose;
    const rows: Row[] = options.map((option) => ({
      id: prefix + option.id,
      title: option.title,
      ...(option.description ? { description: option.description } : {}),
    }));
    if (more) rows.push({ id: prefix + MORE, title: this.settingsText('more_option') });
    if (one.choose.person || rows.length === 0) rows.push(this.personRow());
    const button = one.choose.button
      ? say(this.set.text(one.choose.button), this.scope, this.language)
      : this.settingsText('list_button');
    this.says.push({ kind: 'menu', text: text || this.settingsText('which_one'), options: rows, button });
  }

  private personRow(): Row {
    return { id: PERSON, title: this.settingsText('person_option') };
  }

  // --- people ---

  private queueHere(): string {
    for (let i = this.session.stack.length - 1; i >= 0; i--) {
      const queue = this.set.flows.get(this.session.stack[i]!.flow)?.flow.queue;
      if (queue) return queue;
    }
    return this.set.settings.queue;
  }

  private toPerson(reason: string, named: string | null = null): void {
    this.tell('handing_over');
    const queue = named !== null && this.set.settings.queues.includes(named) ? named : this.queueHere();
    this.handOver(queue, 'standard', reason, undefined);
  }

  private handOver(queue: string, priority: Handover['priority'], reason: string, skills: string[] | undefined): void {
    this.handover = { queue, priority, reason, ...(skills ? { skills } : {}), summary: this.summary() };
    this.trace.push({ step: 'handed_over', detail: { queue, reason } });
    this.done = true;
  }

  /** What the assistant learned, from state: the flows the patient was in and the slots that their authors marked. */
  private summary(): SummaryLine[] {
    const lines: SummaryLine[] = [];
    // read by the staff, in the language of the house
    const language = this.facts.languages[0] ?? this.language;
    const seen = new Set<string>();
    for (const frame of this.session.stack) {
      const flow = this.set.flows.get(frame.flow);
      if (
        !flow ||
        seen.has(frame.flow) ||
        flow.flow.intents.length === 0 ||
        [this.set.settings.start, this.set.settings.after, this.set.settings.identify].includes(frame.flow)
      )
        continue;
      seen.add(frame.flow);
      lines.push({ key: 'wish', value: flow.flow.title[language] });
    }
    lines.push({ key: 'identity', value: IDENTITY[this.facts.proof][language] });
    for (const flow of this.set.flows.values()) {
      for (const [slot, about] of Object.entries(flow.flow.slots)) {
        const value = this.session.slots[slot];
        if (
          !about.summary ||
          value === undefined ||
          value === null ||
          value === '' ||
          lines.some((line) => line.key === about.summary)
        )
          continue;
        const shown = about.show ?? (typeof value === 'object' ? '' : `{${slot}}`);
        const source: Text = { es: shown, ca: shown, en: shown, pt: shown };
        const written =
          typeof value === 'boolean' || (typeof value === 'string' && !about.show)
            ? String(value)
            : say(this.set.text(this.kept(source)), this.scope, language);
        if (written) lines.push({ key: about.summary, value: written.slice(0, 300) });
      }
    }
    const { heard } = this.session;
    if (heard && !documentNumber(heard) && !lines.some((line) => line.value === heard.slice(0, 300).trim()))
      lines.push({ key: 'text', value: heard.slice(0, 200) });
    // the very words with which a person was asked for may say why
    if (!heard && this.lastSaid.split(/\s+/).length > 3 && !/\d{4}/.test(this.lastSaid))
      lines.push({ key: 'last_words', value: this.lastSaid.slice(0, 200) });
    return lines;
  }

  /** One object per shown text, so that compiling it once is enough. */
  private kept(source: { es: string; ca: string; en: string; pt: string }): Text {
    let found = SHOWN.get(source.es);
    if (!found) {
      if (SHOWN.size > 500) SHOWN.clear();
      SHOWN.set(source.es, (found = source));
    }
    return found;
  }

  private fail(reason: string): void {
    this.trace.push({ step: 'failed', detail: { reason } });
    this.tell('went_wrong');
    this.handOver(this.set.settings.queue, 'standard', 'assistant_failed', undefined);
  }

  // --- words ---

  private words(source: Text): string {
    return say(this.set.text(source), this.scope, this.language);
  }

  private settingsText(key: keyof CompiledSet['settings']['texts']): string {
    return this.words(this.set.settings.texts[key]!);
  }

  private tell(key: keyof CompiledSet['settings']['texts']): void {
    this.says.push({ kind: 'text', text: this.settingsText(key) });
  }

  private value(source: Expression): Json {
    return (this.set.condition(source).run(this.scope) ?? null) as Json;
  }
}

const SHOWN = new Map<string, Text>();

/** How sure it is who writes, as the staff reads it. */
const IDENTITY: Record<Facts['proof'], Record<Language, string>> = {
  none: { es: 'Sin comprobar', ca: 'Sense comprovar', en: 'Not checked', pt: 'Por verificar' },
  claimed: {
    es: 'Dicha, sin comprobar',
    ca: 'Dita, sense comprovar',
    en: 'Said, not checked',
    pt: 'Dita, por verificar',
  },
  matched: { es: 'Comprobada', ca: 'Comprovada', en: 'Checked', pt: 'Verificada' },
  confirmed: {
    es: 'Comprobada con un código',
    ca: 'Comprovada amb un codi',
    en: 'Checked with a code',
    pt: 'Verificada com um código',
  },
};

/** What comes after it is where something should go: "la del jueves, pasarla al martes". */
const AIM = /\s(?:al|a el|para el|para la|pasarla a|a|to|pel|per al|per a|para|pra|pro)\s+(?=\S)/i;

/** The part of a text that says where something should go, when it speaks of a day before that too. */
function wishIn(text: string): string {
  const parts = text.split(AIM);
  const last = parts.at(-1)!;
  return parts.length > 1 && DAY_WORD.test(parts.slice(0, -1).join(' ')) && DAY_WORD.test(last) ? last : text;
}
const DAY_WORD =
  /\d|\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|ma[ñn]ana|hoy|semana|dilluns|dimarts|dimecres|dijous|divendres|dissabte|dem[aà]|avui|setmana|monday|tuesday|wednesday|thursday|friday|saturday|tomorrow|today|week|segunda|ter[cç]a|quarta|quinta|sexta|amanh[aã]|hoje)/i;

function receivedText(input: Extract<Input, { kind: 'media' | 'other' }>): keyof CompiledSet['settings']['texts'] {
  if (input.kind === 'media') return input.voice ? 'voice_received' : 'media_received';
  return input.place ? 'place_received' : input.contact ? 'contact_received' : 'not_readable';
}

function retries(source: unknown): Text[] {
  if (!Array.isArray(source)) return [source as Text];
  return Array.isArray(source[0]) ? (source as Text[]) : [source as Text];
}

function milliseconds(duration: string): number {
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[duration.at(-1) as 'm' | 'h' | 'd'];
  return Number(duration.slice(0, -1)) * unit;
}

/** Cut at a word where it must be cut; the channel would else cut through one. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const space = cut.lastIndexOf(' ');
  return (space > most / 2 ? cut.slice(0, space) : cut).replace(/[\s,·.]+$/, '') + '…';
}

function fits(time: string, moment: Moment): boolean {
  const [date, clock] = [time.slice(0, 10), time.slice(11, 16)];
  if (date < moment.from || date > moment.to) return false;
  if (moment.except?.includes(new Date(date + 'T00:00:00Z').getUTCDay())) return false;
  if (moment.time && clock !== moment.time) return false;
  if (moment.after && clock < moment.after) return false;
  if (moment.before && clock >= moment.before) return false;
  if (moment.partOfDay === 'morning' && clock >= '14:00') return false;
  if (moment.partOfDay === 'afternoon' && clock < '14:00') return false;
  if (moment.partOfDay === 'evening' && clock < '18:00') return false;
  return true;
}
