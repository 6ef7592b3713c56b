import { mended } from '../answers.ts';
import type { Json, Text } from '../contract.ts';
import type { Choose, Option } from './menus.ts';
import { MORE, optionsOf, prefix, showMenu } from './menus.ts';
import { MOST_MISSED, enter, forget, goOn, goTo, remember } from './moving.ts';
import { givesUp } from './people.ts';
import type { Run } from './run.ts';
import { go, present, restart, setWake } from './running.ts';

export function tapped(run: Run, id: string): boolean {
  const here = run.current();
  const wait = run.session.wait;
  if (!here || !wait) return false;
  if (wait.alternatives) {
    const place = /^which:(\d)$/.exec(id);
    const chosen = place ? wait.alternatives[Number(place[1])] : undefined;
    if (chosen && 'ask' in here.step) {
      store(run, here.step.ask.into, chosen.value, here.step.next);
      return true;
    }
    if (chosen && 'choose' in here.step && here.step.choose.or) {
      store(run, here.step.choose.or.into, chosen.value, here.step.choose.or.next);
      return true;
    }
  }
  if ('choose' in here.step) {
    const own = prefix(run, here);
    if (id.startsWith(own)) {
      const bare = id.slice(own.length);
      if (bare === MORE) {
        turnPage(run);
        return true;
      }
      const option = optionsOf(run, here.step).find((one) => one.id === bare);
      if (option) {
        choose(run, option);
        return true;
      }
    }
  }
  return false;
}

export function isOfMenu(run: Run, id: string): boolean {
  const menu = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*):/.exec(id);
  return menu !== null && run.set.flows.get(menu[1]!)?.steps.has(menu[2]!) === true;
}

/** A row of an earlier menu: of the flow at hand, whose list still stands, or of the beginning. */
export function tappedBefore(run: Run, id: string): boolean {
  const old = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*):(.+)$/.exec(id);
  const flow = old ? run.set.flows.get(old[1]!) : undefined;
  const step = old ? flow?.steps.get(old[2]!) : undefined;
  if (!flow || !step || !('choose' in step)) return false;
  const asked = run.top()?.asked ?? [];
  const at = asked.lastIndexOf(old![2]!);
  if (!run.begun && run.session.wait && run.top()?.flow === flow.name && at >= 0) {
    const again = optionsOf(run, step).find((one) => one.id === old![3]);
    if (!again) return false;
    forget(run, [...asked.slice(at), run.top()!.step]);
    run.top()!.asked = asked.slice(0, at);
    delete run.session.heard;
    goTo(run, old![2]!);
    choose(run, again);
    return true;
  }
  if (flow.name !== run.set.settings.start) return false;
  const option = step.choose.options.find((one) => one.id === old![3]);
  if (!option) return false;
  if (run.begun) run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
  run.session.stack = [];
  delete run.session.wait;
  delete run.session.heard;
  enter(run, flow.name, {});
  for (const [slot, source] of Object.entries(option.set ?? {})) run.session.slots[slot] = run.value(source);
  goOn(run, option.next);
  go(run);
  return true;
}

export function store(run: Run, into: string, value: Json, next: string): void {
  run.session.slots[into] = mended(run.session.slots[into], value);
  understood(run);
  remember(run);
  delete run.session.wait;
  goOn(run, next);
  go(run);
}

export function choose(run: Run, option: Option): void {
  understood(run);
  remember(run);
  for (const [slot, value] of Object.entries(option.set ?? {})) run.session.slots[slot] = value;
  if (option.into) run.session.slots[option.into[0]] = option.into[1];
  run.trace.push({ step: 'chose', detail: { at: run.where(), option: option.id.slice(0, 60) } });
  delete run.session.wait;
  goOn(run, option.next);
  go(run);
}

/** Not understood: put in another way, then a person. `instead`: what is said in place of that. */
export function retry(run: Run, instead: 'here_i_am' | 'unsure' | 'which_one' | null = null): void {
  const here = run.current();
  const wait = run.session.wait;
  if (!here || !wait) return restart(run);
  if (run.captioned) {
    run.tell('media_received');
    return present(run);
  }
  wait.tries += 1;
  run.session.missed = (run.session.missed ?? 0) + 1;
  const tries = 'ask' in here.step ? here.step.ask.tries : 'choose' in here.step ? here.step.choose.tries : 1;
  run.trace.push({ step: 'not_understood', detail: { at: run.where(), tries: wait.tries } });
  if (wait.tries >= tries || run.session.missed >= Math.max(MOST_MISSED, tries)) return givesUp(run);
  if ('ask' in here.step) {
    const texts = retries(here.step.ask.retry);
    const said = run.words(texts[Math.min(wait.tries - 1, texts.length - 1)]!);
    delete wait.alternatives;
    if (instead) run.tell(instead);
    run.says.push({ kind: 'text', text: said });
    setWake(run, here);
    return;
  }
  if ('choose' in here.step) {
    const texts = here.step.choose.retry ? retries(here.step.choose.retry) : null;
    if (instead) {
      if (instead === 'which_one') showMenu(run, here.step, run.settingsText(instead));
      else {
        run.tell(instead);
        showMenu(run, here.step, run.words(here.step.choose.text));
      }
      return setWake(run, here);
    }
    const said = texts
      ? run.words(texts[Math.min(wait.tries - 1, texts.length - 1)]!)
      : run.settingsText('not_understood');
    showMenu(run, here.step, said);
    setWake(run, here);
  }
}

/** What was not understood before is forgiven; not what was proposed in vain. */
function understood(run: Run): void {
  if (run.top()?.flow !== run.set.settings.propose) delete run.session.missed;
}

export function turnPage(run: Run): void {
  const here = run.current()!;
  const wait = run.session.wait!;
  wait.page = (wait.page ?? 0) + 1;
  showMenu(run, here.step as Choose, run.words((here.step as Choose).choose.text));
  setWake(run, here);
}

function retries(source: unknown): Text[] {
  if (!Array.isArray(source)) return [source as Text];
  return Array.isArray(source[0]) ? (source as Text[]) : [source as Text];
}
