/** @jsxImportSource preact */
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { MARK } from '../ui/brand.ts';
import { Icon } from './icons.tsx';
import { Phone } from './Phone.tsx';
import { LANGUAGES, textsIn, type Language, type Texts } from './texts.ts';
import { history, listen, people, send, type Message, type Persona, type Status, type Travel } from './wire.ts';

const ORDER: Status[] = ['waiting', 'sent', 'delivered', 'read', 'failed'];
const KEY = 'hebra-phone';

/** A message once, in the order of its time; a status never goes back. */
function put(known: Message[], message: Message): Message[] {
  const before = known.find((one) => one.id === message.id);
  if (!before) return [...known, message].sort((a, b) => a.at - b.at);
  const status =
    ORDER.indexOf(before.status ?? 'waiting') > ORDER.indexOf(message.status ?? 'waiting')
      ? before.status
      : message.status;
  return known.map((one) => (one === before ? { ...message, status } : one)).sort((a, b) => a.at - b.at);
}

export function App() {
  const [language, setLanguage] = useState<Language>(() => {
    const wishes = [localStorage.getItem(KEY + ':language'), ...navigator.languages];
    return wishes.map((one) => one?.slice(0, 2) as Language).find((one) => LANGUAGES.includes(one)) ?? 'es';
  });
  const [persons, setPersons] = useState<Persona[] | null>(null);
  const [as, setAs] = useState('');
  const [messages, setMessages] = useState<Message[]>([]);
  const [travel, setTravel] = useState<Travel[]>([]);
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const [typing, setTyping] = useState(false);
  const [up, setUp] = useState(true);
  const [drawer, setDrawer] = useState<'people' | 'travel' | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const t = useMemo(() => textsIn(language), [language]);
  const persona = persons?.find((one) => one.waId === as);

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = t.title + ' · Hebra';
    localStorage.setItem(KEY + ':language', language);
  }, [language]);

  useEffect(() => {
    let here = true;
    const load = () =>
      people().then(
        (found) => {
          if (!here) return;
          setPersons(found);
          const last = localStorage.getItem(KEY + ':as');
          setAs(found.some((one) => one.waId === last) ? last! : (found[0]?.waId ?? ''));
        },
        () => here && (setUp(false), setTimeout(load, 2000)),
      );
    void load();
    return () => void (here = false);
  }, []);

  useEffect(() => {
    if (!as) return;
    localStorage.setItem(KEY + ':as', as);
    setMessages([]);
    setTravel([]);
    setTyping(false);
    let timer: ReturnType<typeof setTimeout>;
    let here = true;
    const stop = listen(as, {
      message(message) {
        if (!message.mine) setTyping(false);
        setMessages((known) => put(known, message));
      },
      status: (id, status) =>
        setMessages((known) => known.map((one) => (one.id === id ? put([one], { ...one, status })[0]! : one))),
      travel: (entry) => setTravel((known) => [...known.filter((one) => one.id !== entry.id), entry].slice(-200)),
      typing() {
        clearTimeout(timer);
        setTyping(true);
        timer = setTimeout(() => setTyping(false), 8000);
      },
      up(now) {
        setUp(now);
        // What passed while the line was down.
        if (now) {
          void history(as).then(
            (past) => {
              if (!here) return;
              setMessages((known) => past.messages.reduce(put, known));
              setTravel((known) => [
                ...past.travel.filter((one) => !known.some((other) => other.id === one.id)),
                ...known,
              ]);
            },
            () => {},
          );
        }
      },
    });
    return () => {
      here = false;
      clearTimeout(timer);
      stop();
    };
  }, [as]);

  /** Shows the message at once, then sends it; its own id takes the place of ours. */
  async function say(shown: Partial<Message>, wire: Record<string, unknown>) {
    const mine: Message = {
      id: 'own-' + crypto.getRandomValues(new Uint32Array(2)).join(''),
      mine: true,
      at: Date.now(),
      text: '',
      status: 'waiting',
      wire,
      ...shown,
    };
    setMessages((known) => [...known, mine]);
    try {
      const id = await send(as, wire);
      setMessages((known) => {
        const rest = known.filter((one) => one !== mine);
        return rest.some((one) => one.id === id) ? rest : put(rest, { ...mine, id, status: 'sent' });
      });
    } catch {
      setMessages((known) => known.map((one) => (one === mine ? { ...mine, status: 'failed' } : one)));
    }
  }
  function again(message: Message) {
    setMessages((known) => known.filter((one) => one !== message));
    void say({ text: message.text, media: message.media, place: message.place }, message.wire!);
  }
  function show(which: 'people' | 'travel' | null) {
    if (which) opener.current = document.activeElement as HTMLElement;
    else opener.current?.focus();
    setDrawer(which);
  }
  const write = (text: string) => setDrafts({ ...drafts, [as]: text });

  return (
    <div class="demo" onKeyDown={(event) => event.key === 'Escape' && drawer && show(null)}>
      <People
        t={t}
        persons={persons}
        as={as}
        language={language}
        open={drawer === 'people'}
        onLanguage={setLanguage}
        onClose={() => show(null)}
        onPick={(waId) => {
          setAs(waId);
          if (drawer) show(null);
        }}
        onTry={(hint) => {
          write(hint);
          if (drawer) show(null);
          document.querySelector<HTMLElement>('.foot textarea')?.focus();
        }}
      />
      <main class="stage">
        <Phone
          t={t}
          language={persona?.language ?? language}
          persona={persona}
          messages={messages}
          typing={typing}
          up={up}
          draft={drafts[as] ?? ''}
          onDraft={write}
          onSay={(shown, wire) => void say(shown, wire)}
          onAgain={again}
          onPeople={() => show('people')}
          onTravel={() => show('travel')}
        />
      </main>
      <Travels t={t} travel={travel} open={drawer === 'travel'} onClose={() => show(null)} />
      {drawer && <div class="veil" onClick={() => show(null)} />}
    </div>
  );
}

type PeopleProps = {
  t: Texts;
  persons: Persona[] | null;
  as: string;
  language: Language;
  open: boolean;
  onLanguage(language: Language): void;
  onPick(waId: string): void;
  onTry(hint: string): void;
  onClose(): void;
};

/** On a narrow screen a drawer gets the focus when it opens: with it, so that a key pressed at once finds it there. */
function useDrawer(open: boolean) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => void (open && box.current?.focus()), [open]);
  return box;
}

function People({ t, persons, as, language, open, onLanguage, onPick, onTry, onClose }: PeopleProps) {
  const chosen = persons?.find((one) => one.waId === as);
  const hints = chosen?.hints ?? [];
  const proofs = [chosen?.documentNumber, chosen?.birthDate?.split('-').reverse().join('/')].filter(
    (one) => one !== undefined,
  );
  const box = useDrawer(open);
  return (
    <aside class={open ? 'people open' : 'people'} aria-label={t.people} tabIndex={-1} ref={box}>
      <header>
        <svg class="mark" width="28" height="28" viewBox="0 0 32 32" role="img" aria-label="Hebra">
          <path d={MARK} />
        </svg>
        <h1>{t.title}</h1>
        <div class="tongues" role="group" aria-label={t.language}>
          {LANGUAGES.map((one) => (
            <button type="button" key={one} lang={one} aria-pressed={one === language} onClick={() => onLanguage(one)}>
              {one}
            </button>
          ))}
        </div>
        <button type="button" class="shut" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class="about">{t.about}</p>
      <h2>{t.who}</h2>
      <ul>
        {persons?.map((one) => (
          <li key={one.waId} lang={one.language}>
            <button type="button" aria-pressed={one.waId === as} onClick={() => onPick(one.waId)}>
              <span class="initials" aria-hidden="true">
                {one.initials}
              </span>
              <span class="grow">
                <b>{one.name}</b>
                <small>{one.line}</small>
              </span>
              {one.language !== 'es' && <span class="tongue">{one.language.toUpperCase()}</span>}
            </button>
          </li>
        ))}
      </ul>
      {[
        { title: t.tryIt, words: hints },
        { title: t.asked, words: proofs },
      ].map(
        ({ title, words }) =>
          words.length > 0 && (
            <Fragment key={title}>
              <h2>{title}</h2>
              <div class="try">
                {words.map((text) => (
                  <button type="button" class="small" key={text} onClick={() => onTry(text)}>
                    {text}
                  </button>
                ))}
              </div>
            </Fragment>
          ),
      )}
    </aside>
  );
}

function Travels({ t, travel, open, onClose }: { t: Texts; travel: Travel[]; open: boolean; onClose(): void }) {
  const box = useDrawer(open);
  const list = useRef<HTMLOListElement>(null);
  const signature = travel.findLast((one) => one.signature !== null)?.signature;
  useEffect(() => list.current?.scrollTo(0, list.current.scrollHeight), [travel.length, open]);
  return (
    <aside class={open ? 'travel open' : 'travel'} aria-label={t.travels} tabIndex={-1} ref={box}>
      <header>
        <h2>{t.travels}</h2>
        {signature != null && (
          <span class={signature ? 'chip' : 'chip wrong'}>{signature ? t.signed : t.unsigned}</span>
        )}
        <button type="button" class="shut" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {!travel.length && <p class="about">{t.nothing}</p>}
      <ol ref={list} tabIndex={travel.length ? 0 : -1} aria-label={t.travels}>
        {travel.map((one) => (
          <li key={one.id} class={one.way}>
            <Icon name={one.way === 'in' ? 'in' : 'out'} size={14} />
            <span class="grow">
              <span class="hidden-but-read">{one.way === 'in' ? t.toPhone : t.toHospital} </span>
              <b>{one.title}</b>
              <small>{one.note}</small>
            </span>
            {one.ms !== null && <span class="num">{Math.round(one.ms)}&nbsp;ms</span>}
          </li>
        ))}
      </ol>
      <div class="beside">
        <p>
          <b>{t.deskBold}</b> {t.desk}
        </p>
        <a class="small" href="/desk/" target="hebra-desk" rel="noopener">
          <Icon name="inbox" size={16} /> {t.openDesk}
        </a>
      </div>
    </aside>
  );
}
