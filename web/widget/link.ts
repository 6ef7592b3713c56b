import type { Article, Config, Frame, Language, Offer, Said, Standing, Visit, WebMessage } from './protocol.ts';

/** The server refused; `reason` is its sentence for the patient, in the language asked for. */
export class Refused extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string) {
    super('refused ' + status);
    this.status = status;
    this.reason = reason;
  }
}

type Wire = {
  /** Where the server stands, ending in a slash. */
  base: string;
  language(): Language;
  token(): string | undefined;
};

async function refusal(response: Response): Promise<Refused> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
  return new Refused(response.status, problem.detail ?? problem.title ?? '');
}

/** The HTTP side of the protocol. Throws `Refused` when the server answers no, TypeError when it can't be reached. */
export function createWire({ base, language, token }: Wire) {
  const headers = () => ({
    'accept-language': language(),
    ...(token() ? { authorization: 'Bearer ' + token() } : {}),
  });
  async function call<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(base + 'webchat/' + path, {
      credentials: 'omit',
      headers: { ...headers(), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw await refusal(response);
    return (await response.json()) as T;
  }
  return {
    // the language travels in a header
    config: (organisation: string) => call<Config>('config?' + new URLSearchParams({ organisation })),
    ways: (organisation: string) => call<Offer>('../api/public/ways?' + new URLSearchParams({ organisation })),
    articles: (organisation: string, q: string) =>
      call<{ articles: Article[] }>('knowledge?' + new URLSearchParams({ organisation, q })),
    visit: (organisation: string) => call<Visit>('visits', { organisation, language: language() }),
    messages: (after: number) => call<{ messages: WebMessage[]; state: Standing }>('messages?after=' + after),
    say: (clientId: string, content: Said) => call<{ id: string }>('messages', { clientId, content }),

    /** A file of the thread, as bytes: the token travels in a header, so an address alone opens nothing. */
    async file(attachmentId: string): Promise<Blob> {
      const response = await fetch(base + 'webchat/files/' + encodeURIComponent(attachmentId), {
        credentials: 'omit',
        headers: headers(),
      });
      if (!response.ok) throw await refusal(response);
      return response.blob();
    },

    /** Sends one file; `onProgress` hears the share sent, 0 to 1. XMLHttpRequest because fetch does not tell. */
    upload(
      file: Blob,
      name: string,
      onProgress: (share: number) => void,
      stop: AbortSignal,
    ): Promise<{ attachmentId: string }> {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('POST', base + 'webchat/files');
        for (const [header, value] of Object.entries(headers())) request.setRequestHeader(header, value);
        request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
        request.onerror = request.onabort = () => reject(new TypeError('not reached'));
        request.onload = () => {
          const answer = new Response(request.responseText, { status: request.status });
          if (answer.ok) answer.json().then(resolve, reject);
          else refusal(answer).then(reject, reject);
        };
        stop.addEventListener('abort', () => request.abort());
        const form = new FormData();
        form.append('file', file, name);
        request.send(form);
      });
    },
  };
}

/** The socket. It comes back by itself, waiting longer each time, up to half a minute. */
export function createSocket(options: {
  base: string;
  hello(): { token: string; after: number } | null;
  onFrame(frame: Frame): void;
  onUp(up: boolean): void;
}) {
  let socket: WebSocket | null = null;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect() {
    clearTimeout(timer);
    const hello = options.hello();
    if (!hello || (socket && socket.readyState <= WebSocket.OPEN)) return;
    const own = new WebSocket(options.base.replace(/^http/, 'ws') + 'webchat/live');
    socket = own;
    own.onopen = () => {
      own.send(JSON.stringify({ type: 'hello', ...hello }));
      tries = 0;
      options.onUp(true);
    };
    own.onmessage = (event) => {
      if (socket !== own) return;
      options.onFrame(JSON.parse(String(event.data)) as Frame);
    };
    own.onclose = () => {
      if (socket !== own) return;
      socket = null;
      options.onUp(false);
      // A share of chance, so that a thousand windows don't come back in the same instant after a restart.
      timer = setTimeout(connect, Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random() / 2));
    };
  }
  return {
    /** Connects at once, if there is a visit and no socket yet. */
    connect() {
      tries = 0;
      connect();
    },
    drop() {
      clearTimeout(timer);
      const old = socket;
      socket = null;
      old?.close();
    },
    up: () => socket?.readyState === WebSocket.OPEN,
    send(frame: object) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
  };
}
