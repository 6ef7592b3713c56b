/** @jsxImportSource preact */
import { render } from 'preact';
import type { Language } from '../protocol.ts';
import { CallBack, type Wire } from './CallBack.tsx';
import css from './call-back.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Lays the screen over the window, which stays as it was beneath it. */
export function open(base: string, language: Language, token: Wire['token'], left: Wire['leave']): void {
  const root = document.querySelector('hebra-window')?.shadowRoot;
  const under = root?.querySelector('.window');
  if (!root || !under) return;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const host = document.createElement('div');
  const screen = document.createElement('div');
  host.className = 'over';
  screen.className = 'over-in';
  // the emergency number stands at the foot of every screen
  host.append(screen, ...[under.querySelector('.urgent')?.cloneNode(true)].filter((one) => one !== undefined));
  under.append(host);
  const hidden = [...under.children].filter((one) => one !== host);
  for (const one of hidden) one.toggleAttribute('inert', true);
  const leave: Wire['leave'] = (to) => {
    render(null, screen);
    host.remove();
    for (const one of hidden) one.toggleAttribute('inert', false);
    left(to);
  };
  render(<CallBack wire={{ base, language, token, leave }} />, screen);
}
