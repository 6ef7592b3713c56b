/** What the demo phone says and hears. It knows only the stand-in for the vendor, never the hospital's own API. */

type Row = { id: string; title: string; description?: string };
type Loose = Record<string, any>;

export type Persona = {
  waId: string;
  name: string;
  age?: number;
  language: 'es' | 'ca' | 'en' | 'pt';
  line: string;
  initials: string;
  hints: string[];
  /** Invented, to answer with when the hospital asks who writes. */
  documentNumber?: string;
  /** `1963-04-12` */
  birthDate?: string;
};

export type Status = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed';

/** A message as this app shows it, whichever way it went. */
export type Message = {
  id: string;
  mine: boolean;
  at: number;
  text: string;
  header?: string;
  footer?: string;
  buttons?: Row[];
  list?: { button: string; sections: { title?: string; rows: Row[] }[] };
  media?: { kind: 'image' | 'audio' | 'document' | 'video' | 'sticker'; url: string; name?: string; voice?: boolean };
  place?: { latitude: number; longitude: number; name?: string; address?: string };
  status?: Status;
  /** Kept to send it again when it did not go. */
  wire?: Loose;
};

/** One line of "what travels". */
export type Travel = {
  id: string;
  way: 'out' | 'in' | 'within';
  title: string;
  note: string;
  ms: number | null;
  signature: boolean | null;
};

const MEDIA = ['image', 'audio', 'document', 'video', 'sticker'] as const;
const base = '/demo/phone';
/** What the stand-in keeps and sends of one message; `out` is what the patient said. */
type Shown = { id: string; direction: 'in' | 'out'; at: number; message: Loose; status?: Status; text?: string };

/** A message in Meta's shape, either way, as this app shows it. */
function readMessage({ id, direction, at, message, status, text }: Shown): Message {
  const shown: Message = { id, mine: direction === 'out', at, text: '', status };
  const type = String(message.type);
  const inside: Loose = message[type] ?? {};
  const reply: Loose | undefined = inside.button_reply ?? inside.list_reply;
  if (type === 'text') shown.text = inside.body ?? '';
  else if (reply) shown.text = reply.title;
  else if (type === 'interactive') {
    shown.text = inside.body?.text ?? '';
    shown.header = inside.header?.text;
    shown.footer = inside.footer?.text;
    if (inside.type === 'list')
      shown.list = { button: inside.action?.button ?? '', sections: inside.action?.sections ?? [] };
    else shown.buttons = (inside.action?.buttons ?? []).map((one: Loose) => one.reply);
  } else if (type === 'button') shown.text = inside.text ?? '';
  else if (type === 'template') shown.text = text ?? inside.name;
  else if (type === 'location') shown.place = inside as Message['place'];
  else if (type === 'reaction') shown.text = inside.emoji ?? '';
  else if ((MEDIA as readonly string[]).includes(type)) {
    shown.text = inside.caption ?? '';
    shown.media = {
      kind: type as (typeof MEDIA)[number],
      url: inside.link ?? mediaUrl(inside.id),
      name: inside.filename,
      voice: inside.voice,
    };
  } else shown.text = type;
  return shown;
}

/** Where the stand-in gives a file back. */
export function mediaUrl(id: string): string {
  return `${base}/media/${encodeURIComponent(id)}`;
}

type Entry = {
  id: string;
  direction: Travel['way'];
  kind: string;
  summary: string;
  ms: number | null;
  signature: boolean | null;
};

/** One entry of "what travels"; plain words stand first, and their kind under them. */
function readTravel({ id, direction, kind, summary, ms, signature }: Entry): Travel {
  const words = kind === 'text' && summary;
  // Of receipts the stand-in says only how many went together.
  if (direction === 'within' && /^\d+$/.test(kind))
    return { id, way: direction, title: `statuses · ${kind}`, note: '', ms, signature };
  const full = kind === 'button' || kind === 'list' ? 'interactive · ' + kind : kind;
  return { id, way: direction, title: words ? summary : full, note: words ? kind : summary, ms, signature };
}

async function json(path: string, init?: RequestInit): Promise<any> {
  const response = await fetch(base + path, init);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

export async function people(): Promise<Persona[]> {
  return (await json('/people')).people;
}

export async function history(waId: string): Promise<{ messages: Message[]; travel: Travel[] }> {
  const { messages, travel } = await json('/history?as=' + encodeURIComponent(waId));
  return { messages: messages.map(readMessage), travel: travel.map(readTravel) };
}

/** Sends a message in Meta's inbound shape; the stand-in adds id, time, envelope and signature. */
export async function send(from: string, message: Loose): Promise<string> {
  const { id } = await json('/send', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, message }),
  });
  return id;
}

export async function upload(file: Blob, name: string): Promise<string> {
  const form = new FormData();
  form.append('file', file, name);
  return (await json('/media', { method: 'POST', body: form })).id;
}

type Hears = {
  message(message: Message): void;
  status(id: string, status: Status): void;
  travel(travel: Travel): void;
  typing(): void;
  up(up: boolean): void;
};

/** Listens as one person; comes back by itself. Answers a function that stops. */
export function listen(waId: string, hears: Hears): () => void {
  let socket: WebSocket | null = null;
  let stopped = false;
  let tries = 0;
  function connect() {
    if (stopped) return;
    socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${base}/live?as=${encodeURIComponent(waId)}`);
    socket.onopen = () => {
      tries = 0;
      hears.up(true);
    };
    socket.onmessage = (event) => {
      const frame = JSON.parse(String(event.data)) as Loose;
      if (frame.type === 'travel') hears.travel(readTravel(frame as Entry));
      else if (frame.type === 'status') hears.status(frame.id, frame.status);
      else if (frame.type === 'typing') hears.typing();
      else if (frame.type === 'message') hears.message(readMessage(frame as Shown));
    };
    socket.onclose = () => {
      hears.up(false);
      if (!stopped) setTimeout(connect, Math.min(10_000, 400 * 2 ** tries++));
    };
  }
  connect();
  return () => {
    stopped = true;
    socket?.close();
  };
}
