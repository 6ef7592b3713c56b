/*
 * Every key of the desk, once: what listens (`useKeys`), what a button says of itself and what the sheet of shortcuts
 * shows are read from here.
 */

/**
 * Groups of keys as the sheet shows them. `a`, `?` one key; `g i` one after the other; `mod+k` with Ctrl or ⌘. Those of one
 * group are never heard twice; a page hears `everywhere` and its own groups.
 */
export const KEYS = {
  everywhere: {
    search: 'mod+k',
    sheet: '?',
    goInbox: 'g i',
    goTasks: 'g t',
    goCalls: 'g c',
    goRoom: 'g r',
    goSettings: 'g s',
  },
  list: {
    accept: 'a',
    decline: 'd',
    next: 'j',
    previous: 'k',
    first: 'h',
    presence: 'p',
  },
  conversation: {
    reply: 'r',
    note: 'n',
    knowledge: 'f',
    transfer: 't',
    consult: 'q',
    join: 'm',
    giveBack: 'v',
    task: 'l',
    hold: 'e',
    close: 'c',
    take: 'x',
    patient: 'i',
    book: 'b',
    reached: 'y',
    noAnswer: 'u',
    toList: 'Escape',
  },
  composer: {
    send: 'Enter',
    newline: 'Shift+Enter',
    snippet: '/',
    article: 'mod+.',
    leave: 'Escape',
  },
  closing: {
    closeReason: '1…9',
    solved: 's',
    followUp: 'f',
    referred: 'd',
    closeNoAnswer: 'n',
  },
  room: {
    broadcast: 'b',
    roomAll: '1',
    roomWaiting: '2',
    roomHeld: '3',
    nextItem: 'j',
    previousItem: 'k',
    pick: 'x',
    move: 'm',
    pin: 'f',
    prioritise: 'u',
    assign: 'a',
    story: 'n',
    listen: 'l',
    roomBack: 'Escape',
  },
  listening: {
    whisper: 'w',
    takeOver: 'o',
    listenBack: 'Escape',
  },
  author: {
    save: 'mod+s',
  },
} as const;

export type KeyGroup = keyof typeof KEYS;
export type KeyName<Group extends KeyGroup> = keyof (typeof KEYS)[Group];

/** A key as `aria-keyshortcuts` and tooltips name it: `A`, `Control+K`. */
export function shortcut<Group extends KeyGroup>(group: Group, name: KeyName<Group>): string {
  const key = String(KEYS[group][name]);
  if (key.startsWith('mod+')) return `Control+${key.slice(4).toUpperCase()}`;
  return key.length === 1 ? key.toUpperCase() : key;
}

/** A key as keycaps, one after the other. Names of keys that have a word in each language are left as they are. */
export function caps(key: string): string[] {
  if (key.startsWith('mod+')) return ['Ctrl', key.slice(4).toUpperCase()];
  return key.split(' ').map((one) => (one.length === 1 ? one.toUpperCase() : one));
}
