import { safeHref } from './format.ts';
import { alone, createKeep } from './keep.ts';
import { createSocket, createWire, Refused } from './link.ts';
import type { Config, Frame, Language, Offer, Said, Standing, Way, WebMessage } from './protocol.ts';
import { lastSeq, merge, receipt, settle, unread, type Pending } from './thread.ts';

/** A file on its way: chosen, going up, or refused. */
type Outgoing = { file: Blob; name: string; progress: number | null; problem: string };

export type State = {
  config: Config;
  /** The ways as they are now; null until asked, and from a server that knows only those of `config`. */
  offer: Offer | null;
  language: Language;
  open: boolean;
  view: 'ways' | 'chat';
  messages: WebMessage[];
  pending: Pending[];
  standing: Standing | null;
  /** The last `seq` when `standing` began. */
  since: number;
  /** Who is writing. */
  typing: string;
  online: boolean;
  unread: number;
  sound: boolean;
  outgoing: Outgoing | null;
};

/** Overlap asked for again after a break: messages of one thread may be committed out of order. */
const OVERLAP = 20;
/** What the server gives at once. */
const PAGE = 200;
const LANGUAGES: Language[] = ['es', 'ca', 'en', 'pt'];

function uuid(): string {
  // randomUUID is missing on plain http pages.
  const hex = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

/** Everything the window knows and does, without a pixel. */
export function createStore(options: { base: string; organisation: string; language: string | undefined }) {
  const { base, organisation } = options;
  const followers = new Set<() => void>();
  let lostVisit = false;
  let flushing = false;
  let typedAt = 0;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let stopUpload = new AbortController();

  const keep = createKeep(organisation, (what) => {
    if (what === 'outbox')
      set({ pending: settle([...state.pending.filter((one) => one.taken), ...keep.outbox()], state.messages) });
    else if (what === 'read') set({ unread: unread(state.messages, keep.read().read ?? 0) });
    else {
      // Another tab began or ended the conversation.
      socket.drop();
      set({ messages: [], standing: null, pending: keep.outbox(), unread: 0 });
      void resume();
    }
  });

  function pick(languages: Language[], fallback: Language): Language {
    const wishes = [keep.read().language, options.language, document.documentElement.lang, ...navigator.languages];
    const wish = wishes.map((one) => one?.slice(0, 2).toLowerCase() as Language).find((one) => languages.includes(one));
    return wish ?? fallback;
  }

  let state: State = {
    // Nothing is drawn before the server's own has come; only how many ways there are is asked earlier.
    config: { ways: [] as Way[] } as Config,
    offer: null,
    language: pick(LANGUAGES, 'es'),
    open: false,
    view: 'ways',
    messages: [],
    pending: keep.outbox(),
    standing: null,
    since: 0,
    typing: '',
    online: navigator.onLine,
    unread: 0,
    sound: keep.read().sound ?? false,
    outgoing: null,
  };

  function set(change: Partial<State>) {
    state = { ...state, ...change };
    for (const follower of followers) follower();
  }

  const wire = createWire({ base, language: () => state.language, token: () => keep.read().visit?.token });
  const socket = createSocket({
    base,
    hello() {
      const token = keep.read().visit?.token;
      return token ? { token, after: Math.max(0, lastSeq(state.messages) - OVERLAP) } : null;
    },
    onFrame,
    onUp(up) {
      // That no socket is had says nothing: where they are blocked, what is asked is answered. Only an answer says that we are back.
      if (!up) return;
      set({ online: true });
      void refresh();
      void flush();
    },
  });

  function add(incoming: WebMessage[], announce: boolean) {
    const news = incoming.filter((one) => one.direction === 'out' && one.seq > lastSeq(state.messages));
    const messages = merge(state.messages, incoming);
    for (const message of incoming) if (message.clientId) keep.take(message.clientId);
    set({ messages, pending: settle(state.pending, messages), ...(news.length ? { typing: '' } : {}) });
    if (announce && news.length && state.sound && !seen()) beep();
    look();
  }

  function stand(standing: Standing) {
    const before = state.standing;
    const same = before?.with === standing.with && before.agentName === standing.agentName;
    set({ standing, since: same ? state.since : lastSeq(state.messages) });
  }

  function onFrame(frame: Frame) {
    if (frame.type === 'message') add([frame.message], true);
    else if (frame.type === 'receipt') set({ messages: receipt(state.messages, frame.id, frame.delivery) });
    else if (frame.type === 'state') stand(frame.state);
    else if (frame.type === 'typing' && frame.who !== 'patient') {
      clearTimeout(typingTimer);
      set({ typing: frame.who || 'staff' });
      typingTimer = setTimeout(() => set({ typing: '' }), 6000);
    }
  }

  const seen = () => state.open && state.view === 'chat' && document.visibilityState === 'visible';

  /** Marks what stands on the screen as read. */
  function look() {
    const upTo = lastSeq(state.messages);
    if (seen() && upTo > (keep.read().read ?? 0)) {
      keep.write({ read: upTo });
      socket.send({ type: 'read', upTo });
    }
    set({ unread: unread(state.messages, keep.read().read ?? 0) });
  }

  /** Reads what is new. A visit the server no longer knows is forgotten. */
  async function refresh() {
    if (!keep.read().visit) return;
    try {
      let after = Math.max(0, lastSeq(state.messages) - OVERLAP);
      for (;;) {
        const page = await wire.messages(after);
        const last = lastSeq(page.messages);
        add(page.messages, state.messages.length > 0);
        stand(page.state);
        if (page.messages.length < PAGE || last <= after) break;
        after = last;
      }
      set({ online: true });
    } catch (error) {
      if (error instanceof Refused && error.status === 401) forget();
      else if (!(error instanceof Refused)) set({ online: false });
    }
  }

  /** Forgets the visit on this device; what was not sent yet stays and begins the next one. */
  function forget() {
    socket.drop();
    keep.write({ visit: undefined, read: 0 });
    set({ messages: [], standing: null, since: 0, typing: '', unread: 0 });
  }

  async function resume() {
    if (!keep.read().visit) return;
    await refresh();
    socket.connect();
    void flush();
  }

  /** The visit, begun at the first word and once for all tabs. */
  function visit(): Promise<void> {
    return alone(`hebra:${organisation}:visit`, async () => {
      if (keep.read().visit) return;
      keep.write({ visit: await wire.visit(organisation), read: 0 });
    });
  }

  /** Sends what waits, in order, one after another; one tab at a time. */
  async function flush() {
    if (flushing || !keep.outbox().some((one) => !one.refused)) return;
    flushing = true;
    let again = 0;
    try {
      await alone(`hebra:${organisation}:send`, async () => {
        await visit();
        socket.connect();
        for (const one of keep.outbox()) {
          if (one.refused || !keep.has(one.clientId)) continue;
          try {
            await wire.say(one.clientId, one.content);
            keep.take(one.clientId);
            lostVisit = false;
            update(one.clientId, { taken: true });
            // The socket brings it back at once; where sockets are blocked, ask.
            setTimeout(
              () => state.pending.some((p) => p.clientId === one.clientId) && void refresh(),
              socket.up() ? 1500 : 0,
            );
          } catch (error) {
            if (!(error instanceof Refused) || error.status === 429 || error.status >= 500) throw error;
            if (error.status === 401 && !lostVisit) {
              lostVisit = true;
              forget();
              throw error;
            }
            const refused = { ...one, refused: error.reason || String(error.status) };
            keep.put(refused);
            update(one.clientId, refused);
          }
        }
      });
      set({ online: true });
    } catch (error) {
      again = error instanceof Refused && error.status === 401 ? 1 : 4000;
      if (!(error instanceof Refused)) set({ online: false });
    }
    flushing = false;
    if (again) setTimeout(() => void flush(), again);
    else if (keep.outbox().some((one) => !one.refused)) void flush();
  }

  function update(clientId: string, change: Partial<Pending>) {
    const pending = state.pending.map((one) => (one.clientId === clientId ? { ...one, ...change } : one));
    set({ pending: settle(pending, state.messages) });
  }

  function say(content: Said) {
    const one: Pending = { clientId: uuid(), at: Math.max(Date.now(), (state.pending.at(-1)?.at ?? 0) + 1), content };
    keep.put(one);
    set({ pending: [...state.pending, one], view: 'chat' });
    void flush();
  }

  async function loadConfig(wait = 2000): Promise<void> {
    try {
      const config = await wire.config(organisation);
      config.ways = leading(config.ways.map(({ kind, label, href }) => ({ kind, label, href }) as Way));
      set({ config, language: pick(config.languages, config.defaultLanguage) });
    } catch (error) {
      if (error instanceof Refused && error.status < 500 && error.status !== 429) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
      return loadConfig(Math.min(60_000, wait * 2));
    }
  }

  /** Asks for the ways as they are now. What cannot be asked stays as it was known. */
  async function lookAround() {
    const { language } = state;
    const offer = await wire.ways(organisation).catch(() => null);
    if (offer && language === state.language) set({ offer: { ...offer, ways: leading(offer.ways) } });
  }

  const online = () => {
    set({ online: navigator.onLine });
    if (!navigator.onLine) return;
    socket.connect();
    void refresh();
    void flush();
  };
  window.addEventListener('online', online);
  window.addEventListener('offline', online);
  document.addEventListener('visibilitychange', () => {
    look();
    if (document.visibilityState === 'visible') socket.connect();
  });
  // Where sockets are blocked, the open window asks.
  setInterval(() => state.open && navigator.onLine && !socket.up() && void refresh(), 5000);

  return {
    get: () => state,
    follow(follower: () => void) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    loadConfig,
    lookAround,
    resume,
    say,
    /** The screen on which one asks to be called; where it cannot be had, the assistant arranges it. */
    callBack: (text: string) =>
      import(/* @vite-ignore */ base + 'widget-call-back.js').then(
        (screen) =>
          screen.open(
            base,
            state.language,
            () => visit().then(() => keep.read().visit!.token),
            (view: State['view']) => (set({ view }), resume()),
          ),
        () => say({ kind: 'text', text }),
      ),
    file: wire.file,
    /** Published articles near some words. */
    articles: (q: string) => wire.articles(state.config.organisation, q),

    open(view?: State['view']) {
      // A visit that is kept goes on, also while its messages are still on their way.
      const going = keep.read().visit || state.pending.length || state.config.ways.length < 2;
      set({ open: true, view: view ?? (going ? 'chat' : 'ways') });
      look();
      void resume();
    },
    close: () => set({ open: false }),
    show(view: State['view']) {
      set({ view });
      look();
    },
    speak(language: Language) {
      keep.write({ language });
      // The labels of the ways are the organisation's own words.
      set({ language, offer: null });
      void loadConfig();
      void lookAround();
    },
    sound(on: boolean) {
      keep.write({ sound: on });
      set({ sound: on });
      if (on) beep();
    },
    typed() {
      if (Date.now() - typedAt < 3000) return;
      typedAt = Date.now();
      socket.send({ type: 'typing' });
    },
    retry(clientId: string) {
      const one = state.pending.find((p) => p.clientId === clientId);
      if (!one) return;
      const fresh = { ...one, refused: undefined };
      keep.put(fresh);
      update(clientId, fresh);
      void flush();
    },
    drop(clientId: string) {
      keep.take(clientId);
      set({ pending: state.pending.filter((one) => one.clientId !== clientId) });
    },
    /** Ends the conversation on this device; `restart` opens an empty one. */
    end(restart: boolean) {
      for (const one of keep.outbox()) keep.take(one.clientId);
      // who waits leaves the line, as by its button: nobody is called to an empty window
      const [leave] = state.messages
        .flatMap(({ content }) => (content.kind === 'menu' ? content.options : []))
        .filter(({ id }) => id.startsWith('waiting:leave'))
        .reverse();
      if (leave && state.standing?.with === 'waiting')
        wire.say(uuid(), { kind: 'choice', id: leave.id, title: leave.title }).catch(() => {});
      forget();
      set({
        pending: [],
        outgoing: null,
        view: restart || state.config.ways.length < 2 ? 'chat' : 'ways',
        open: restart,
      });
    },

    choose: (file: Blob, name: string, problem = '') => set({ outgoing: { file, name, progress: null, problem } }),
    unchoose() {
      stopUpload.abort();
      set({ outgoing: null });
    },
    /** Sends the chosen file, then says it. `unsent` is the sentence for a failure the server gives no words for. */
    async sendFile(caption: string, unsent: string) {
      const outgoing = state.outgoing;
      if (!outgoing) return;
      stopUpload = new AbortController();
      set({ outgoing: { ...outgoing, progress: 0, problem: '' } });
      try {
        await visit();
        socket.connect();
        const { attachmentId } = await wire.upload(
          outgoing.file,
          outgoing.name,
          (progress) => state.outgoing && set({ outgoing: { ...state.outgoing, progress } }),
          stopUpload.signal,
        );
        set({ outgoing: null });
        say({ kind: 'media', attachmentId, ...(caption ? { caption } : {}) });
      } catch (error) {
        if (error instanceof Refused && error.status === 401) forget();
        const problem = (error instanceof Refused && error.reason) || unsent;
        if (state.outgoing) set({ outgoing: { ...outgoing, progress: null, problem } });
      }
    },
  };
}

/** A way that leads nowhere is none. */
const leading = (ways: Way[]) => ways.filter((way) => safeHref(way.href) || way.says || way.kind === 'chat');

export type Store = ReturnType<typeof createStore>;

/** Two soft notes, made here so that no file is fetched. */
function beep() {
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.connect(audio.destination);
  gain.gain.setValueAtTime(0.08, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  [660, 880].forEach((pitch, i) => {
    const note = audio.createOscillator();
    note.frequency.value = pitch;
    note.connect(gain);
    note.start(audio.currentTime + i * 0.12);
    note.stop(audio.currentTime + i * 0.12 + 0.2);
  });
  setTimeout(() => void audio.close(), 800);
}
