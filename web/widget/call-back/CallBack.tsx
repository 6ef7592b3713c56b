/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { callBackAnswer, callBackAsked } from '../../../server/channels/webchat/contract.ts';
import { Icon } from '../icons.tsx';
import type { Language } from '../protocol.ts';
import { textsIn } from './texts.ts';

type Answer = z.infer<typeof callBackAnswer>;
type Held = NonNullable<Answer['callBack']>;

export type Wire = {
  base: string;
  language: Language;
  /** The visit's token; begins one where there is none. */
  token(): Promise<string>;
  /** Back to the ways, or on to the chat. */
  leave(to: 'ways' | 'chat'): void;
};

const fill = (text: string, ...values: string[]): string =>
  text.replace(/\{(\d)\}/g, (_, place: string) => values[Number(place)] ?? '');
const LOCALE: Record<Language, string> = { es: 'es-ES', ca: 'ca-ES', en: 'en-GB', pt: 'pt-PT' };

/** A day of the organisation's wall, in words. */
const dayText = (day: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALE[language], {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(new Date(`${day}T12:00:00Z`));

/** Asking to be called: when it is one's turn or at a time; what was asked for, changed and taken back. */
export function CallBack({ wire }: { wire: Wire }) {
  const { language } = wire;
  const t = textsIn(language);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [changing, setChanging] = useState(false);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  async function call<T>(method: string, body?: object): Promise<T> {
    const response = await fetch(`${wire.base}webchat/call-back`, {
      method,
      credentials: 'omit',
      headers: {
        'accept-language': language,
        authorization: `Bearer ${await wire.token()}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok) return (response.status === 204 ? null : await response.json()) as T;
    const refused = (await response.json().catch(() => ({}))) as { title?: string };
    throw new Error(refused.title ?? t.failed);
  }
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof TypeError ? t.failed : (error as Error).message);
    }
    setBusy(false);
  };
  const look = (): Promise<void> => call<Answer>('GET').then(setAnswer);
  useEffect(() => {
    void act(look);
    box.current?.focus();
  }, []);

  const held = answer?.callBack;
  return (
    <div
      class="call"
      ref={box}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        wire.leave('ways');
      }}
    >
      <div class="head">
        <button type="button" class="tool" aria-label={t.back} onClick={() => wire.leave('ways')}>
          <Icon name="back" />
        </button>
        <div class="grow">
          <h2>{t.title}</h2>
        </div>
      </div>
      <div class="body">
        <p role="status">{said || (!answer && !problem ? t.loading : '')}</p>
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {answer &&
          (held && !changing ? (
            <Mine
              held={held}
              t={t}
              busy={busy}
              change={() => {
                setSaid('');
                setChanging(true);
              }}
              revoke={() =>
                void act(async () => {
                  await call('DELETE');
                  setSaid(t.revoked);
                  await look();
                })
              }
            />
          ) : answer.may.place || answer.slots.length > 0 ? (
            <Ask
              answer={answer}
              t={t}
              language={language}
              busy={busy}
              leave={held ? () => setChanging(false) : undefined}
              ask={(body) =>
                void act(async () => {
                  try {
                    await call<z.infer<typeof callBackAsked>>('POST', body);
                    setChanging(false);
                    setSaid('');
                  } finally {
                    await look();
                  }
                })
              }
            />
          ) : (
            <p>{t.none}</p>
          ))}
        {answer && (
          <button type="button" class="quiet" onClick={() => wire.leave('chat')}>
            {t.chat}
          </button>
        )}
      </div>
    </div>
  );
}

type Texts = ReturnType<typeof textsIn>;

function Mine({
  held,
  t,
  busy,
  change,
  revoke,
}: {
  held: Held;
  t: Texts;
  busy: boolean;
  change(): void;
  revoke(): void;
}) {
  const text = held.late
    ? t.late
    : held.state === 'trying'
      ? fill(t.missed, held.said)
      : fill(
          held.kind === 'slot'
            ? held.way === 'phone'
              ? t.slotPhone
              : t.slotMessage
            : held.way === 'phone'
              ? t.placePhone
              : t.placeMessage,
          held.said,
          held.number ?? '',
        );
  return (
    <section aria-label={t.have}>
      <h3>{t.have}</h3>
      <p class="mine">{text}</p>
      <div class="acts">
        <button type="button" class="line" disabled={busy} onClick={change}>
          {t.change}
        </button>
        <button type="button" class="line" disabled={busy} onClick={revoke}>
          {t.revoke}
        </button>
      </div>
    </section>
  );
}

function Ask({
  answer,
  t,
  language,
  busy,
  leave,
  ask,
}: {
  answer: Answer;
  t: Texts;
  language: Language;
  busy: boolean;
  leave: (() => void) | undefined;
  ask(body: object): void;
}) {
  const { may, slots, callBack } = answer;
  const days = [...new Set(slots.map((slot) => slot.local.slice(0, 10)))];
  const [when, setWhen] = useState<'turn' | 'time'>(may.place ? 'turn' : 'time');
  const [day, setDay] = useState(days[0] ?? '');
  const times = slots.filter((slot) => slot.local.startsWith(day));
  const [at, setAt] = useState('');
  const chosen = times.find((slot) => slot.startsAt === at) ?? times[0];
  const [way, setWay] = useState<'phone' | 'message'>(may.ways[0] ?? 'phone');
  const [number, setNumber] = useState('');
  const [consent, setConsent] = useState(false);
  const known = callBack?.number;
  const pick = (name: string, label: string, on: boolean, choose: () => void) => (
    <label class={on ? 'pick on' : 'pick'}>
      <input type="radio" name={name} checked={on} onChange={choose} />
      <span>{label}</span>
    </label>
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask({
          slotAt: when === 'time' ? chosen!.startsAt : null,
          way,
          number: way === 'phone' && number.trim() ? number.trim() : null,
          consent: true,
        });
      }}
    >
      <fieldset>
        <legend>{t.when}</legend>
        {may.place && pick('when', t.turn, when === 'turn', () => setWhen('turn'))}
        {slots.length > 0 && pick('when', t.time, when === 'time', () => setWhen('time'))}
      </fieldset>
      {when === 'turn' ? (
        <p class="soft">{may.open || !may.opensAt ? t.turnText : fill(t.turnClosed, opens(may.opensAt, language))}</p>
      ) : (
        <div class="two">
          <label>
            {t.day}
            <select value={day} onChange={(event) => setDay(event.currentTarget.value)}>
              {days.map((one) => (
                <option key={one} value={one}>
                  {dayText(one, language)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t.hour}
            <select value={chosen?.startsAt} onChange={(event) => setAt(event.currentTarget.value)}>
              {times.map((slot) => (
                <option key={slot.startsAt} value={slot.startsAt}>
                  {slot.local.slice(11)}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      {may.ways.length > 1 && (
        <fieldset>
          <legend>{t.how}</legend>
          {pick('way', t.phone, way === 'phone', () => setWay('phone'))}
          {pick('way', t.message, way === 'message', () => setWay('message'))}
        </fieldset>
      )}
      {way === 'phone' && (
        <label>
          {t.number}
          <input
            type="tel"
            autocomplete="tel"
            required={!known}
            placeholder={known ?? undefined}
            maxLength={40}
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
          <small>{t.numberText}</small>
        </label>
      )}
      <label class="check">
        <input
          type="checkbox"
          required
          checked={consent}
          onChange={(event) => setConsent(event.currentTarget.checked)}
        />
        <span>{t.consent}</span>
      </label>
      <div class="acts">
        <button type="submit" class="do" disabled={busy}>
          {t.ask}
        </button>
        {leave && (
          <button type="button" class="line" onClick={leave}>
            {t.keep}
          </button>
        )}
      </div>
    </form>
  );
}

function opens(at: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(at));
}
