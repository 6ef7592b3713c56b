/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MARK } from '../ui/brand.ts';
import { clock, date, daysAgo } from '../widget/format.ts';
import { Bubble } from './Bubble.tsx';
import { Foot } from './Foot.tsx';
import { Icon } from './icons.tsx';
import { Sheet } from './Sheet.tsx';
import { textsIn, type Language, type Texts } from './texts.ts';
import type { Message, Persona } from './wire.ts';

type Props = {
  t: Texts;
  /** The patient's language: that of the app on this phone. */
  language: Language;
  persona: Persona | undefined;
  messages: Message[];
  typing: boolean;
  up: boolean;
  draft: string;
  onDraft(text: string): void;
  onSay(shown: Partial<Message>, wire: Record<string, unknown>): void;
  onAgain(message: Message): void;
  onPeople(): void;
  onTravel(): void;
};

/** A phone with a messaging app of its own look: nobody should take it for the desk. */
export function Phone(props: Props) {
  const { t: page, language, persona, messages, typing, up, onSay } = props;
  const t = textsIn(language);
  const [list, setList] = useState<Message | null>(null);
  const [now, setNow] = useState(() => new Date());
  const log = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);

  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => setList(null), [persona?.waId]);
  const toEnd = () => void (log.current!.scrollTop = log.current!.scrollHeight);
  useLayoutEffect(toEnd, [messages.length, typing, persona?.waId]);
  useEffect(() => {
    const size = new ResizeObserver(toEnd);
    size.observe(log.current!);
    return () => size.disconnect();
  }, []);

  const lastMine = messages.findLastIndex((one) => one.mine);
  let day = '';

  return (
    <div class="device">
      <div class="status" aria-hidden="true">
        <span class="num">{clock(now, language)}</span>
        <span>
          <Icon name="wifi" size={15} />
          <Icon name="battery" size={18} />
        </span>
      </div>
      <div class="app" lang={language}>
        <header class="head">
          <button type="button" class="to-people" aria-label={page.people} onClick={props.onPeople}>
            <Icon name="back" />
          </button>
          <span class="badge" aria-hidden="true">
            <svg class="mark" width="22" height="22" viewBox="0 0 32 32">
              <path d={MARK} />
            </svg>
          </span>
          <div class="grow">
            <b>
              <span>Hospital Vega Clara</span> <Icon name="verified" size={16} />
              <span class="hidden-but-read">, {t.verified}</span>
            </b>
            <small role="status">{up ? (typing ? t.typing : t.hint) : page.offline}</small>
          </div>
          <button type="button" class="to-travel" aria-label={page.travels} onClick={props.onTravel}>
            <Icon name="travel" size={20} />
          </button>
        </header>

        <div
          class="log"
          role="log"
          aria-live="polite"
          aria-label={t.thread}
          tabIndex={0}
          ref={log}
          onLoadCapture={toEnd}
        >
          <div class="push" />
          {!messages.length && up && <p class="day">{t.begin}</p>}
          {messages.map((message, index) => {
            const shown = new Date(message.at).toDateString();
            const fresh = shown !== day;
            day = shown;
            const ago = daysAgo(new Date(message.at).toISOString(), now);
            return (
              <>
                {fresh && (
                  <p class="day" key={'day' + shown}>
                    {ago === 0 ? t.today : ago === 1 ? t.yesterday : date(new Date(message.at).toISOString(), language)}
                  </p>
                )}
                <Bubble
                  key={message.id}
                  message={message}
                  used={index < lastMine}
                  language={language}
                  t={t}
                  onAgain={() => props.onAgain(message)}
                  onList={() => {
                    opener.current = document.activeElement as HTMLElement;
                    setList(message);
                  }}
                  onButton={(one) =>
                    onSay(
                      { text: one.title },
                      {
                        type: 'interactive',
                        interactive: { type: 'button_reply', button_reply: { id: one.id, title: one.title } },
                        context: { id: message.id },
                      },
                    )
                  }
                />
              </>
            );
          })}
          {typing && (
            <div class="said theirs">
              <div class="bubble dots" role="img" aria-label={t.typing}>
                <i />
                <i />
                <i />
              </div>
            </div>
          )}
        </div>

        <Foot
          key={persona?.waId}
          t={t}
          draft={props.draft}
          onDraft={props.onDraft}
          onSay={onSay}
          able={Boolean(persona)}
        />
        {list?.list && (
          <Sheet
            title={list.header ?? (list.list.button || t.choose)}
            sections={list.list.sections}
            send={t.send}
            close={t.close}
            onClose={() => {
              setList(null);
              opener.current?.focus();
            }}
            onPick={({ id, title, description }) => {
              setList(null);
              onSay(
                { text: title },
                {
                  type: 'interactive',
                  interactive: {
                    type: 'list_reply',
                    list_reply: { id, title, ...(description ? { description } : {}) },
                  },
                  context: { id: list.id },
                },
              );
            }}
          />
        )}
      </div>
    </div>
  );
}
