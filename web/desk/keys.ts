import { useEffect, useRef } from 'react';
import { type KeyGroup, type KeyName, KEYS } from './key-table.ts';
import { store } from './store.ts';

const KEPT = 'hebra.single-keys';
/** Keys without Ctrl or ⌘ can be turned off (WCAG 2.2, 2.1.4). */
export const singleKeys = store(localStorage.getItem(KEPT) !== 'off');
export function setSingleKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off');
  singleKeys.set(on);
}

/**
 * What lay over the page when a key went down. Escape closes a dialog or a menu before anybody else hears it, and must not
 * be heard once more by the page under it.
 */
let covered = false;
addEventListener(
  'keydown',
  (event) => {
    covered =
      document.querySelector('[role="dialog"][aria-modal="true"]') !== null ||
      (event.key === 'Escape' && document.querySelector('[role="menu"]') !== null);
  },
  { capture: true },
);

/** How long the second key of two may take. */
const PAIR_MS = 1_200;
const NO_KEY = { key: '', at: 0 };
let last = NO_KEY;
/** The key before the last one: every part of the page that listens asks for it, and none may take it from another. */
let first = NO_KEY;

/**
 * What the keys of a group of the table do while the calling component is shown. They keep still while somebody writes or a
 * dialog is open, but for those with `mod`.
 */
export function useKeys<Group extends KeyGroup>(
  group: Group,
  actions: Partial<Record<KeyName<Group>, (() => void) | undefined>>,
): void {
  const current = useRef<Record<string, (() => void) | undefined>>({});
  current.current = Object.fromEntries(
    Object.entries<(() => void) | undefined>(actions).map(([name, action]) => [
      String(KEYS[group][name as KeyName<Group>]),
      action,
    ]),
  );
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const run = (name: string): boolean => {
        const action = current.current[name];
        if (!action) return false;
        event.preventDefault();
        action();
        return true;
      };
      if (event.ctrlKey || event.metaKey) return void (!event.altKey && run(`mod+${event.key.toLowerCase()}`));
      if (event.altKey || !singleKeys.get() || writing(event.target) || covered) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key !== 'Shift' && event.timeStamp !== last.at) {
        first = last;
        last = { key, at: event.timeStamp };
      }
      if (event.timeStamp - first.at < PAIR_MS && run(`${first.key} ${key}`)) return void (last = NO_KEY);
      run(key);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches(
      'input:not([type=checkbox],[type=radio],[type=range]), textarea, select, [role="menuitem"], [role="option"]',
    )
  );
}
