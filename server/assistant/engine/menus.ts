import type { Json, Step } from '../contract.ts';
import type { CompiledFlow, Row } from './compile.ts';
import { say } from './compile.ts';
import type { Run } from './run.ts';

/** Rows that a list shows on the narrowest channel, a person's row and "more" included. */
export const ROWS = 10;
/** Ids of options that mean the same in every menu. */
export const PERSON = 'person';
export const MORE = 'more';

export type Choose = Extract<Step, { choose: unknown }>;

export type Option = {
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

export function prefix(run: Run, here: { flow: CompiledFlow; name: string }): string {
  return `${here.flow.name}.${here.name}:`;
}

export function optionsOf(run: Run, one: Choose): Option[] {
  const options: Option[] = [];
  const { from } = one.choose;
  if (from) {
    const list = run.session.slots[from.list];
    const title = run.set.text(from.title);
    const description = from.description ? run.set.text(from.description) : null;
    for (const entry of Array.isArray(list) ? list : []) {
      run.item = entry;
      const fields = entry as Record<string, Json>;
      options.push({
        id: String(fields?.[from.id] ?? ''),
        title: clip(say(title, run.scope, run.language), 24),
        ...(description ? { description: clip(say(description, run.scope, run.language), 72) } : {}),
        ...(from.words && fields?.[from.words] !== undefined ? { words: String(fields[from.words]) } : {}),
        ...(from.time && typeof fields?.[from.time] === 'string' ? { time: fields[from.time] as string } : {}),
        into: [from.into, entry],
        next: from.next,
      });
    }
    run.item = null;
  }
  for (const option of one.choose.options) {
    if (option.when !== undefined && !run.set.condition(option.when).run(run.scope)) continue;
    options.push({
      id: option.id,
      title: say(run.set.text(option.title), run.scope, run.language),
      ...(option.description ? { description: say(run.set.text(option.description), run.scope, run.language) } : {}),
      ...(option.words ? { words: option.words } : {}),
      ...(option.answer ? { answer: option.answer } : {}),
      ...(option.set
        ? { set: Object.fromEntries(Object.entries(option.set).map(([slot, source]) => [slot, run.value(source)])) }
        : {}),
      next: option.next,
    });
  }
  return options;
}

/** The options on the page at hand. */
export function pageOf(run: Run, one: Choose): { options: Option[]; more: boolean } {
  const all = optionsOf(run, one);
  const room = ROWS - (one.choose.person ? 1 : 0);
  if (all.length <= room) return { options: all, more: false };
  const size = room - 1;
  const pages = Math.ceil(all.length / size);
  const page = (run.session.wait?.page ?? 0) % pages;
  return { options: all.slice(page * size, page * size + size), more: true };
}

export function showMenu(run: Run, one: Choose, text: string): void {
  const { options, more } = pageOf(run, one);
  tellMenu(run, text, options, more, run.current()!);
}

export function tellMenu(
  run: Run,
  text: string,
  options: Option[],
  more: boolean,
  here: { flow: CompiledFlow; name: string; step: Step },
): void {
  const own = prefix(run, here);
  const one = here.step as Choose;
  const rows: Row[] = options.map((option) => ({
    id: own + option.id,
    title: option.title,
    ...(option.description ? { description: option.description } : {}),
  }));
  if (more) rows.push({ id: own + MORE, title: run.settingsText('more_option') });
  if (one.choose.person || rows.length === 0) rows.push(personRow(run));
  const button = one.choose.button
    ? say(run.set.text(one.choose.button), run.scope, run.language)
    : run.settingsText('list_button');
  run.says.push({ kind: 'menu', text: text || run.settingsText('which_one'), options: rows, button });
}

export function personRow(run: Run): Row {
  return { id: PERSON, title: run.settingsText('person_option') };
}

/** Cut at a word where it must be cut; the channel would else cut through one. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const space = cut.lastIndexOf(' ');
  return (space > most / 2 ? cut.slice(0, space) : cut).replace(/[\s,·.]+$/, '') + '…';
}
