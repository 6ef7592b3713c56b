/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Chat } from './Chat.tsx';
import { Icon } from './icons.tsx';
import type { Store } from './store.ts';
import { fill, textsIn } from './texts.ts';
import { Ways } from './Ways.tsx';

/** The width at which the window fills the screen; the same query stands in widget.css. */
const NARROW = '(max-width: 600px), (max-height: 480px)';

export function App(props: { store: Store; emergency: string; onOpen(): void; onClose(): void }) {
  const { store } = props;
  const [state, setState] = useState(store.get);
  const [draft, setDraft] = useState('');
  const box = useRef<HTMLElement>(null);
  useEffect(() => store.follow(() => setState(store.get())), [store]);
  const t = useMemo(() => textsIn(state.language), [state.language]);

  // On a wide screen the patient can write at once; on a phone the keyboard must not cover what is to be read first.
  useLayoutEffect(() => {
    if (!state.open || !box.current) return;
    const field = matchMedia(NARROW).matches ? null : box.current.querySelector<HTMLElement>('textarea, .way');
    (field ?? box.current).focus({ preventScroll: true });
  }, [state.open, state.view]);

  // What is offered changes while it is looked at, and while somebody waits: also by what is said, as a red flag.
  const asks = state.open && (state.view === 'ways' || state.standing?.with === 'waiting') && 1 + state.messages.length;
  useEffect(() => {
    if (!asks) return;
    void store.lookAround();
    const timer = setInterval(() => document.hidden || void store.lookAround(), 15_000);
    return () => clearInterval(timer);
  }, [asks]);

  // iOS keeps the layout's height when its keyboard opens: follow the part of the page that can be seen.
  useEffect(() => {
    const seen = window.visualViewport;
    if (!seen || !state.open) return;
    const fit = () => {
      box.current?.style.setProperty('--seen', seen.height + 'px');
      box.current?.style.setProperty('--top', seen.offsetTop + 'px');
    };
    fit();
    seen.addEventListener('resize', fit);
    seen.addEventListener('scroll', fit);
    return () => {
      seen.removeEventListener('resize', fit);
      seen.removeEventListener('scroll', fit);
    };
  }, [state.open]);

  function keys(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.preventDefault();
      return props.onClose();
    }
    if (event.key !== 'Tab' || !matchMedia(NARROW).matches) return;
    const stops = [...box.current!.querySelectorAll<HTMLElement>('button, a[href], textarea, audio')].filter(
      (one) => !one.hasAttribute('disabled') && one.tabIndex >= 0 && one.offsetParent && !one.closest('[inert]'),
    );
    const at = (box.current!.getRootNode() as ShadowRoot).activeElement;
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey ? at === first || at === box.current : at === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  const news = state.unread ? fill(t.unread, state.unread) : '';
  return (
    <div class="hebra" lang={state.language}>
      <span class="vh" role="status">
        {state.open ? '' : news}
      </span>
      {state.open ? (
        <section
          class={'window ' + state.view}
          role="dialog"
          aria-modal={matchMedia(NARROW).matches}
          aria-label={t.launch}
          tabIndex={-1}
          ref={box}
          onKeyDown={keys}
        >
          {state.view === 'ways' ? (
            <Ways {...props} state={state} t={t} />
          ) : (
            <Chat {...props} state={state} t={t} draft={draft} onDraft={setDraft} />
          )}
        </section>
      ) : (
        <button
          type="button"
          class="launch"
          aria-label={news ? `${t.launch}. ${news}` : t.launch}
          aria-expanded={false}
          aria-haspopup="dialog"
          onClick={() => props.onOpen()}
        >
          <Icon name="chat" size={26} />
          <span>{t.launch}</span>
          {news && <b class="count">{state.unread > 99 ? '99+' : state.unread}</b>}
        </button>
      )}
    </div>
  );
}
