/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Composer } from './Composer.tsx';
import { date, daysAgo, safeHref } from './format.ts';
import { Icon } from './icons.tsx';
import { Bubble, Rich, Waiting } from './Message.tsx';
import type { State, Store } from './store.ts';
import { Suggest } from './Suggest.tsx';
import { fill, type Texts } from './texts.ts';
import { timeline } from './thread.ts';
import { Emergency, OtherWays, waysNow } from './Ways.tsx';

type Props = {
  state: State;
  store: Store;
  t: Texts;
  emergency: string;
  draft: string;
  onDraft(text: string): void;
  onClose(): void;
};

/** The conversation: head, thread and the place to write. */
export function Chat({ state, store, t, emergency, draft, onDraft, onClose }: Props) {
  const { messages, pending, standing, since, config } = state;
  const [menu, setMenu] = useState(false);
  const [ask, setAsk] = useState<'end' | 'restart' | null>(null);
  const entries = useMemo(() => timeline(messages, pending, standing, since), [messages, pending, standing, since]);
  const call = waysNow(state).find((way) => way.kind === 'call' && safeHref(way.href));
  const agent = (standing?.with === 'agent' && (standing.agentName || t.staff)) || '';

  function close(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !(menu || ask)) return;
    event.stopPropagation();
    setMenu(false);
    setAsk(null);
  }
  function day(at: string) {
    const ago = daysAgo(at, new Date());
    return ago === 0 ? t.today : ago === 1 ? t.yesterday : date(at, state.language);
  }
  const choice = (label: string, act: () => void) => (
    <button
      type="button"
      onClick={() => {
        setMenu(false);
        act();
      }}
    >
      {label}
    </button>
  );

  return (
    <div class="chat-in" onKeyDown={close}>
      <div class="head">
        {waysNow(state).length > 1 && (
          <button type="button" class="tool" aria-label={t.back} onClick={() => store.show('ways')}>
            <Icon name="back" />
          </button>
        )}
        <div class="grow">
          <h2>{agent || t.assistant}</h2>
          <p>{config.name}</p>
        </div>
        {call && (
          <a class="tool" href={safeHref(call.href)!} aria-label={call.label ?? t.call} title={call.label ?? t.call}>
            <Icon name="call" size={20} />
          </a>
        )}
        <div class="more">
          <button type="button" class="tool" aria-label={t.more} aria-expanded={menu} onClick={() => setMenu(!menu)}>
            <Icon name="more" />
          </button>
          {menu && (
            <div class="menu">
              {choice(state.sound ? t.soundOff : t.soundOn, () => store.sound(!state.sound))}
              {choice(t.restart, () => setAsk('restart'))}
              {choice(t.end, () => setAsk('end'))}
            </div>
          )}
        </div>
        <button type="button" class="tool" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>

      <Thread count={entries.length} own={pending.length} typing={state.typing} t={t}>
        {!entries.length && (
          <>
            <div class="said in">
              <div class="bubble">{fill(t.welcome, config.name)}</div>
            </div>
            <div class="chips">
              {t.starters.split('|').map((text) => (
                <button type="button" key={text} onClick={() => store.say({ kind: 'text', text })}>
                  {text}
                </button>
              ))}
            </div>
          </>
        )}
        {entries.map((entry) => {
          if (entry.kind === 'day') {
            return (
              <p class="day" key={entry.key}>
                {day(entry.at)}
              </p>
            );
          }
          if (entry.kind === 'staff') {
            return (
              <p class="line" key={entry.key}>
                <Icon name="person" size={18} />
                <span>
                  <Rich text={fill(t.attends, entry.name)} />
                </span>
              </p>
            );
          }
          return entry.kind === 'message' ? (
            <Bubble key={entry.key} message={entry.message} menu={entry.menu} store={store} state={state} t={t} />
          ) : (
            <Waiting key={entry.key} pending={entry.pending} store={store} state={state} t={t} />
          );
        })}
        {standing?.with === 'waiting' && (
          <p class="line card">
            <Icon name="clock" size={18} />
            <span>
              <b>
                {t.waiting}
                {standing.minutes && `: ${standing.minutes.from}–${standing.minutes.to ?? '…'}\u00a0min`}.
              </b>{' '}
              {standing.position && fill(t.before, standing.position - 1)} {t.waitHint}
            </span>
          </p>
        )}
        {standing?.with === 'waiting' && <OtherWays state={state} store={store} t={t} />}
        {standing?.with === 'closed' && entries.length > 0 && (
          <p class="line">
            <Icon name="check" size={18} />
            <span>{t.closed}</span>
          </p>
        )}
        {state.typing && (
          <div class="said in">
            <div class="bubble dots" role="img" aria-label={fill(t.typing, agent || t.assistant)}>
              <i />
              <i />
              <i />
            </div>
          </div>
        )}
      </Thread>

      {!state.online && (
        <p class="offline" role="status">
          <Icon name="alert" size={18} />
          <span>{t.offline}</span>
        </p>
      )}
      {ask ? (
        <Ask
          title={ask === 'end' ? t.end : t.restart}
          text={t.endAsk}
          no={t.back}
          onNo={() => setAsk(null)}
          onYes={() => {
            const restart = ask === 'restart';
            setAsk(null);
            onDraft('');
            store.end(restart);
            if (!restart) onClose();
          }}
        />
      ) : (
        <>
          {standing?.with !== 'agent' && <Suggest store={store} draft={draft} />}
          <Composer state={state} store={store} t={t} draft={draft} onDraft={onDraft} />
        </>
      )}
      <Emergency t={t} number={emergency} />
    </div>
  );
}

function Ask(props: { title: string; text: string; no: string; onYes(): void; onNo(): void }) {
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    <div class="ask" role="group" aria-label={props.title}>
      <b>{props.title}</b>
      <p>{props.text}</p>
      <div>
        <button type="button" ref={yes} onClick={props.onYes}>
          {props.title}
        </button>
        <button type="button" onClick={props.onNo}>
          {props.no}
        </button>
      </div>
    </div>
  );
}

type ThreadProps = { count: number; own: number; typing: string; t: Texts; children: preact.ComponentChildren };

/** The scrolling part. It follows what comes, and shows a long answer from its beginning, unless the patient reads back. */
function Thread({ count, own, typing, t, children }: ThreadProps) {
  const box = useRef<HTMLDivElement>(null);
  const follow = useRef(true);
  const placed = useRef(0);
  const [away, setAway] = useState(false);

  function toEnd() {
    const log = box.current!;
    const said = [...log.querySelectorAll<HTMLElement>('.said')];
    const mine = said.findLastIndex((one) => one.classList.contains('out'));
    // Never past the first line of the newest answer.
    const answer = said[mine + 1];
    const top = answer && mine >= 0 ? answer.offsetTop - 12 : Infinity;
    log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top);
    placed.current = log.scrollTop;
    follow.current = true;
    setAway(false);
  }

  useLayoutEffect(() => {
    if (own) follow.current = true;
    // The option just chosen is gone: the focus must not fall out of the window.
    if (own && !(box.current!.getRootNode() as ShadowRoot).activeElement) box.current!.focus({ preventScroll: true });
    if (follow.current) toEnd();
    else setAway(true);
  }, [count, own, typing]);
  useEffect(() => {
    const size = new ResizeObserver(() => box.current && follow.current && toEnd());
    size.observe(box.current!);
    for (const child of box.current!.children) size.observe(child);
    return () => size.disconnect();
  }, [count]);

  return (
    <div class="thread-box">
      <div
        class="thread"
        role="log"
        aria-live="polite"
        aria-label={t.thread}
        tabIndex={0}
        ref={box}
        onScroll={() => {
          const log = box.current!;
          const still = Math.abs(log.scrollTop - placed.current) < 3;
          follow.current = still || log.scrollHeight - log.clientHeight - log.scrollTop < 60;
          if (follow.current) setAway(false);
        }}
      >
        <div class="push" />
        {children}
      </div>
      {away && (
        <button
          type="button"
          class="latest"
          aria-label={t.latest}
          onClick={() => {
            box.current!.scrollTop = box.current!.scrollHeight;
            setAway(false);
          }}
        >
          <Icon name="down" size={20} />
        </button>
      )}
    </div>
  );
}
