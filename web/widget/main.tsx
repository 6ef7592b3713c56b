/** @jsxImportSource preact */
import { render } from 'preact';
import { paintSheet } from './colour.ts';
import { createStore } from './store.ts';
import css from './widget.css?inline';
import { App } from './App.tsx';
import type { Language } from './protocol.ts';

type Api = {
  /** Opens the window, at the ways or straight in the chat. */
  open(view?: 'ways' | 'chat'): void;
  close(): void;
  toggle(): void;
  /** Changes the language of the window. */
  language(language: Language): void;
  /** How many messages the patient has not seen. */
  unread(): number;
};

declare global {
  interface Window {
    Hebra?: Api;
  }
}

/** The tag that loaded this file; `currentScript` is empty when another script put it there as a module. */
const tag =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[data-organisation][src*="widget.js"]');

function start(script: HTMLScriptElement) {
  const { organisation, language, emergency } = script.dataset;
  if (!organisation) return console.warn('Hebra: data-organisation is missing on the script tag.');
  const store = createStore({ base: new URL('.', script.src).href, organisation, language });

  const host = document.createElement('hebra-window');
  const root = host.attachShadow({ mode: 'open' });
  // Constructed sheets are not inline styles: they work under a Content-Security-Policy that forbids those.
  const own = new CSSStyleSheet();
  const painted = new CSSStyleSheet();
  own.replaceSync(css);
  root.adoptedStyleSheets = [own, painted];
  // The page's shortcuts must not fire while a patient writes here.
  for (const kind of ['keydown', 'keyup', 'keypress'] as const)
    host.addEventListener(kind, (event) => event.stopPropagation());

  let cameFrom: HTMLElement | null = null;
  const open: Api['open'] = (view) => {
    const focused = document.activeElement;
    cameFrom = focused instanceof HTMLElement && focused !== host && focused !== document.body ? focused : null;
    store.open(view);
  };
  const close = () => {
    store.close();
    if (cameFrom?.isConnected) cameFrom.focus();
    // The launcher comes back with the next drawing.
    else setTimeout(() => root.querySelector<HTMLElement>('.launch')?.focus());
  };

  let colour: string | null | undefined;
  store.follow(() => {
    const { config } = store.get();
    if (config.colour === colour) return;
    colour = config.colour;
    painted.replaceSync(paintSheet(colour));
  });

  window.Hebra = {
    open,
    close,
    toggle: () => (store.get().open ? close() : open()),
    language: store.speak,
    unread: () => store.get().unread,
  };
  store.loadConfig().then(
    () => {
      document.body.append(host);
      render(
        <App store={store} emergency={emergency ?? store.get().config.emergencyNumber} onOpen={open} onClose={close} />,
        root,
      );
      void store.resume();
    },
    () => console.warn('Hebra: this page may not open the window of "' + organisation + '".'),
  );
}

if (tag && !window.Hebra) {
  if (document.body) start(tag);
  else document.addEventListener('DOMContentLoaded', () => start(tag));
}
