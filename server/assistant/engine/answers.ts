import type { Json, Text } from '../contract.ts';
import {
  isAcknowledgement,
  isIndifferent,
  isUnsure,
  pickByMention,
  pickByWords,
  placeInList,
  wantsMore,
  yesOrNo,
} from '../understand.ts';
import type { Choose, Option } from './menus.ts';
import { MORE, ROWS, byTime, optionsOf, pageOf, prefix, showMenu, tellMenu } from './menus.ts';
import { enter, forget, goTo, goOn, remember } from './moving.ts';
import { handOver, queueHere, toPerson } from './people.ts';
import type { Read } from './reading.ts';
import { besides, readAs } from './reading.ts';
import type { Run } from './run.ts';
import { askWhich, go, present, restart, setWake, waitHere } from './running.ts';

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
  const list = run.session.slots['_asked'];
  const asked = Array.isArray(list) ? list.map(String) : [];
  const at = asked.lastIndexOf(`${old![1]}/${old![2]}`);
  if (!run.begun && run.session.wait && run.top()?.flow === flow.name && at >= 0) {
    const again = optionsOf(run, step).find((one) => one.id === old![3]);
    if (!again) return false;
    forget(run, [...asked.slice(at).map((one) => one.split('/')[1]!), run.top()!.step]);
    run.session.slots['_asked'] = asked.slice(0, at);
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

/** A number, a place in the list, an option's very title: what no other reading of the words may take away. */
export function exactly(run: Run, text: string): boolean {
  const here = run.current();
  const wait = run.session.wait;
  if (!here || !wait) return false;
  if (wait.alternatives) {
    const place = placeInList(text);
    const at =
      place === -1
        ? wait.alternatives.length - 1
        : place !== null
          ? place - 1
          : wait.alternatives.findIndex((one) => one.title.toLowerCase() === text.trim().toLowerCase());
    if (at >= 0 && at < wait.alternatives.length) return tapped(run, `which:${at}`);
  }
  if (!('choose' in here.step)) return false;
  const shown = pageOf(run, here.step);
  const place = placeInList(text);
  if (place !== null && !wait.alternatives) {
    const at = place === -1 ? shown.options.length - 1 : place - 1;
    if (at >= 0 && at < shown.options.length) {
      choose(run, shown.options[at]!);
      return true;
    }
    if (shown.more && place === shown.options.length + 1) {
      turnPage(run);
      return true;
    }
    if (here.step.choose.person && place === shown.options.length + (shown.more ? 2 : 1)) {
      toPerson(run, 'asked_for_person');
      return true;
    }
  }
  const written = text.trim().toLowerCase();
  const exact = optionsOf(run, here.step).filter((option) => option.title.toLowerCase() === written);
  if (exact.length === 1) {
    choose(run, exact[0]!);
    return true;
  }
  if (shown.more && wantsMore(text)) {
    turnPage(run);
    return true;
  }
  return false;
}

/** Whether the words name one option of the menu at hand so well that they are not a wish for something else. */
export function closelyPicks(run: Run, text: string): boolean {
  const here = run.current();
  if (!here || !('choose' in here.step)) return false;
  const options = optionsOf(run, here.step);
  return pickByWords(text, options).length === 1 && !(run.top()!.flow === run.set.settings.start);
}

export function answers(run: Run, text: string): boolean {
  const here = run.current();
  if (!here) return false;
  if ('ask' in here.step) {
    const { kind, into, min, max } = here.step.ask;
    return accept(run, besides(run, here.step, text) ?? readAs(run, kind, text, min, max), into, here.step.next);
  }
  if (!('choose' in here.step)) return false;
  const options = optionsOf(run, here.step);
  // "vale, gracias" to "¿algo más?" is a no
  const answer = run.top()!.flow === run.set.settings.after && isAcknowledgement(text) ? 'no' : yesOrNo(text);
  const agreed = answer ? options.filter((option) => option.answer === answer) : [];
  if (agreed.length === 1) {
    choose(run, agreed[0]!);
    return true;
  }
  const led = answer ? here.step.choose[answer] : undefined;
  if (led) {
    remember(run);
    delete run.session.wait;
    goTo(run, led);
    go(run);
    return true;
  }
  const any = isIndifferent(text) || isUnsure(text) ? options.find((option) => option.answer === 'any') : undefined;
  if (any) {
    choose(run, any);
    return true;
  }
  const timed = byTime(run, text, options);
  const named = timed.length ? timed : pickByWords(text, options).map((index) => options[index]!);
  if (named.length === 1) {
    // "cardiología, el martes por la tarde": the rest answers what comes next
    if (text.split(/\s+/).length >= 3) run.session.heard = text.slice(0, 500);
    choose(run, named[0]!);
    return true;
  }
  // "cardiología el martes por la tarde": one of the list, and more
  const spoken = here.step.choose.from && text.split(/\s+/).length >= 3 ? pickByMention(text, options) : [];
  if (named.length === 0 && spoken.length === 1) {
    run.session.heard = text.slice(0, 500);
    choose(run, options[spoken[0]!]!);
    return true;
  }
  const or = here.step.choose.or;
  if (or && accept(run, readAs(run, or.kind, text), or.into, or.next)) return true;
  if (named.length > 1 && named.length < options.length && named.length <= ROWS - 1) {
    // several fit: show only those
    run.trace.push({ step: 'several' });
    tellMenu(run, run.settingsText('which_one'), named, false, here);
    waitHere(run, 'choose');
    return true;
  }
  return false;
}

function accept(run: Run, read: Read, into: string, next: string): boolean {
  if (!read) return false;
  if ('value' in read) {
    store(run, into, read.value, next);
    return true;
  }
  askWhich(run, read.which);
  return true;
}

export function store(run: Run, into: string, value: Json, next: string): void {
  run.session.slots[into] = value;
  remember(run);
  delete run.session.wait;
  goOn(run, next);
  go(run);
}

function choose(run: Run, option: Option): void {
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
  const tries = 'ask' in here.step ? here.step.ask.tries : 'choose' in here.step ? here.step.choose.tries : 1;
  run.trace.push({ step: 'not_understood', detail: { at: run.where(), tries: wait.tries } });
  if (wait.tries >= tries) {
    run.tell('not_understood_person');
    return handOver(run, queueHere(run), 'standard', 'not_understood', undefined);
  }
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

function turnPage(run: Run): void {
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
