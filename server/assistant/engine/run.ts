import type { Handover, Language, OutboundContent, TraceStep } from '../../conversation/contract.ts';
import type { Effect, Expression, Facts, Frame, Json, Outcome, Session, Step, Text } from '../contract.ts';
import type { CompiledFlow, CompiledSet } from './compile.ts';
import { say } from './compile.ts';
import type { Scope } from './expression.ts';

/** What one turn is made of: where the session stands, what is known, and what is being said. The rest of the engine are functions over it. */
export class Run {
  readonly set: CompiledSet;
  readonly facts: Facts;
  session: Session;
  /** There was no session to go on with. */
  readonly begun: boolean;
  language: Language;
  readonly says: OutboundContent[] = [];
  readonly effects: Effect[] = [];
  readonly trace: TraceStep[] = [];
  handover: Handover | undefined;
  closed: Outcome['close'];
  /** A triage run as it is to be stored. */
  triage: Outcome['triage'];
  /** The turn rests: a question was put, an action asked for, a person called. */
  done = false;
  steps = 0;
  /** Epoch milliseconds. */
  wakeAt: number | undefined;
  readonly scope: Scope;
  /** What a text or condition about one of a list speaks of. */
  item: Json = null;
  captioned = false;
  lastSaid = '';
  /** The question is put anew, whatever is known of its answer. */
  anew = false;

  constructor(set: CompiledSet, session: Session | null, facts: Facts) {
    this.set = set;
    this.facts = facts;
    this.language = facts.language;
    this.begun =
      session === null ||
      session.set !== set.hash ||
      session.stack.some((frame) => !set.flows.get(frame.flow)?.steps.has(frame.step));
    this.session = this.begun ? { set: set.hash, stack: [], slots: {}, effects: 0 } : copied(session!);
    this.scope = (name) =>
      name === 'facts'
        ? this.facts
        : name === 'errand'
          ? this.errand()
          : name === 'item'
            ? this.item
            : name === 'heard'
              ? this.session.heard
              : this.session.slots[name];
  }

  outcome(): Outcome {
    const over = this.handover || this.closed;
    return {
      session: over ? null : this.session,
      says: this.says,
      effects: over ? [] : this.effects,
      ...(this.handover ? { handover: this.handover } : {}),
      ...(this.closed ? { close: this.closed } : {}),
      ...(this.triage ? { triage: this.triage } : {}),
      ...(this.language !== this.facts.language ? { language: this.language } : {}),
      trace: this.trace,
      ...(this.wakeAt && !over ? { wakeAt: this.wakeAt } : {}),
    };
  }

  /** The title of what is at hand; who proves who they are, or says for whom it is, does it for the flow below. */
  private errand(): unknown {
    const { stack } = this.session;
    const isOwn = (name: string): boolean =>
      name !== this.set.settings.identify && (this.set.flows.get(name)?.flow.intents.length ?? 0) > 0;
    const at = stack.findLast((frame) => isOwn(frame.flow)) ?? stack.at(-1);
    return this.set.flows.get(at?.flow ?? '')?.flow.title ?? null;
  }

  where(): string {
    const top = this.top();
    return top ? `${top.flow}/${top.step}` : '';
  }

  top(): Frame | undefined {
    return this.session.stack.at(-1);
  }

  current(): { flow: CompiledFlow; step: Step; name: string } | null {
    const top = this.top();
    const flow = top ? this.set.flows.get(top.flow) : undefined;
    const found = top && flow?.steps.get(top.step);
    return found && flow && top ? { flow, step: found, name: top.step } : null;
  }

  words(source: Text): string {
    return say(this.set.text(source), this.scope, this.language);
  }

  settingsText(key: keyof CompiledSet['settings']['texts']): string {
    return this.words(this.set.settings.texts[key]!);
  }

  tell(key: keyof CompiledSet['settings']['texts']): void {
    this.says.push({ kind: 'text', text: this.settingsText(key) });
  }

  value(source: Expression): Json {
    return (this.set.condition(source).run(this.scope) ?? null) as Json;
  }
}

/** A session that may be written to. What slots hold is never changed in place, only replaced. */
function copied({ stack, slots, wait, also, ...rest }: Session): Session {
  return {
    ...structuredClone(rest),
    stack: stack.map((frame) => ({ ...frame })),
    slots: { ...slots },
    ...(wait ? { wait: { ...wait } } : {}),
    ...(Array.isArray(also) ? { also: [...also] } : {}),
  };
}
