/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes, clock, parts } from './format.ts';
import { Icon, type IconName } from './icons.tsx';
import type { WebMessage } from './protocol.ts';
import type { State, Store } from './store.ts';
import { fill, type Texts } from './texts.ts';
import type { Pending } from './thread.ts';

type Common = { store: Store; state: State; t: Texts };
type Option = { id: string; title: string; description?: string };

/** Words of the server as text: bold and links are built here, its text is never HTML. */
export function Rich({ text }: { text: string }) {
  return (
    <>
      {parts(text).map((part) =>
        part.kind === 'link' ? (
          <a href={part.value} target="_blank" rel="noopener noreferrer">
            {part.value}
          </a>
        ) : part.kind === 'bold' ? (
          <b>{part.value}</b>
        ) : (
          part.value
        ),
      )}
    </>
  );
}

/** A message that the server knows. */
export function Bubble({ message, menu, store, state, t }: Common & { message: WebMessage; menu: boolean }) {
  const { content } = message;
  const mine = message.direction === 'in';
  const author = mine ? t.you : message.author === 'staff' ? (message.authorName ?? t.staff) : t.assistant;
  const options = content.kind === 'menu' && menu ? content.options : null;

  function body() {
    if (content.kind === 'text' || content.kind === 'menu' || content.kind === 'template')
      return <Rich text={content.text} />;
    if (content.kind === 'choice') return content.title;
    if (content.kind === 'media') return <Media content={content} store={store} state={state} t={t} />;
    // The rest can't be sent from here, nor to here.
    return t.unsupported;
  }

  return (
    <>
      <div class={mine ? 'said out' : 'said in'}>
        <div class="bubble">
          <span class="vh">{author}: </span>
          {body()}
          <time dateTime={message.at}>
            {clock(message.at, state.language)}
            {mine && <Tick delivery={message.delivery} t={t} />}
          </time>
        </div>
      </div>
      {options && <Menu options={options} store={store} t={t} />}
    </>
  );
}

function Tick({ delivery, t }: { delivery: WebMessage['delivery']; t: Texts }) {
  const read = delivery === 'read';
  const two = read || delivery === 'delivered';
  return (
    <>
      <Icon name={two ? 'checks' : 'check'} size={15} />
      <span class="vh"> {read ? t.read : two ? t.delivered : t.sent}</span>
    </>
  );
}

/** What the patient said and the server has not given back yet. */
export function Waiting({ pending, store, state, t }: Common & { pending: Pending }) {
  const { content } = pending;
  const text =
    content.kind === 'text'
      ? content.text
      : content.kind === 'choice'
        ? content.title
        : (content.caption ?? t.document);
  return (
    <div class="said out">
      <div class={'bubble ' + (pending.refused ? 'refused' : pending.taken ? '' : 'kept')}>
        <span class="vh">{t.you}: </span>
        {text}
        <time>
          {clock(pending.at, state.language)}
          <Icon name={pending.taken ? 'check' : 'clock'} size={15} />
          <span class="vh"> {pending.taken ? t.sent : state.online ? t.sending : t.kept}</span>
        </time>
      </div>
      {pending.refused && (
        <p class="why" role="alert">
          {t.failed} {pending.refused.length > 3 && pending.refused}
          <button type="button" onClick={() => store.retry(pending.clientId)}>
            {t.retry}
          </button>
          <button type="button" onClick={() => store.drop(pending.clientId)}>
            {t.remove}
          </button>
        </p>
      )}
    </div>
  );
}

/** The options of the newest answer: buttons when few and short, else a list that the arrow keys walk. */
function Menu({ options, store, t }: { options: Option[]; store: Store; t: Texts }) {
  const few = options.length <= 3 && !options.some((one) => one.description || one.title.length > 28);
  function walk(event: KeyboardEvent) {
    const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
    const at = rows.indexOf(event.target as HTMLElement);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[(to + rows.length) % rows.length]!.focus();
  }
  return (
    <div class={few ? 'chips' : 'rows'} role="group" aria-label={t.choose} onKeyDown={walk}>
      {options.map(({ id, title, description }) => (
        <button type="button" key={id} onClick={() => store.say({ kind: 'choice', id, title })}>
          <span class="grow">
            <b>{title}</b>
            {description && <small>{description}</small>}
          </span>
          {!few && <Icon name="next" size={18} />}
        </button>
      ))}
    </div>
  );
}

type MediaContent = Extract<WebMessage['content'], { kind: 'media' }>;

/** A file of the thread. It is fetched with the visit's token, never by an address that others could use. */
function Media({ content, store, state, t }: Common & { content: MediaContent }) {
  const { attachmentId, mime = '', caption, media } = content;
  const [blob, setBlob] = useState<Blob | null>(null);
  const [gone, setGone] = useState(false);
  // The page's own policy may forbid sound from here: then the file can still be saved.
  const [mute, setMute] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const kind = media === 'image' || media === 'sticker' ? 'image' : media === 'audio' ? 'audio' : 'document';
  const name = content.filename ?? t[kind];

  useEffect(() => {
    if (!attachmentId || kind === 'document') return;
    let here = true;
    store.file(attachmentId).then(
      (found) => here && setBlob(found),
      () => here && setGone(true),
    );
    return () => void (here = false);
  }, [attachmentId]);
  // On a canvas, not as an <img>: the page's own Content-Security-Policy may forbid blob: addresses.
  useEffect(() => {
    if (blob && kind === 'image') void drawOn(canvas.current, blob, 480).catch(() => setGone(true));
  }, [blob]);

  async function save() {
    try {
      const address = URL.createObjectURL(blob ?? (await store.file(attachmentId!)));
      const link = document.createElement('a');
      link.href = address;
      link.download = content.filename ?? `${t[kind].toLowerCase()}.${mime.split(';')[0]!.split('/').pop()}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 30_000);
    } catch {
      setGone(true);
    }
  }

  const file = (
    <button type="button" class="file" onClick={() => void save()} aria-label={fill(t.download, name)}>
      <Icon name={kind === 'image' ? 'image' : kind === 'audio' ? 'voice' : 'document'} />
      <span class="grow">
        {name}
        {blob && <small>{bytes(blob.size, state.language)}</small>}
        {gone && <small>{t.fileGone}</small>}
      </span>
    </button>
  );
  return (
    <>
      {kind === 'image' && !gone ? (
        <button
          type="button"
          class="picture"
          onClick={() => void save()}
          aria-label={fill(t.download, caption ?? name)}
        >
          <canvas ref={canvas} width={480} height={320} role="img" aria-label={caption ?? name} />
        </button>
      ) : kind === 'audio' && blob && !mute ? (
        <Sound blob={blob} name={name} onFail={() => setMute(true)} />
      ) : (
        file
      )}
      {caption && (
        <p>
          <Rich text={caption} />
        </p>
      )}
    </>
  );
}

function Sound({ blob, name, onFail }: { blob: Blob; name: string; onFail(): void }) {
  const [address] = useState(() => URL.createObjectURL(blob));
  useEffect(() => () => URL.revokeObjectURL(address), []);
  return <audio controls src={address} aria-label={name} onError={onFail} />;
}

/** Draws an image file no wider than `width` pixels. Rejects when the browser can't read it. */
export async function drawOn(canvas: HTMLCanvasElement | null, file: Blob, width: number): Promise<void> {
  const image = await createImageBitmap(file);
  if (!canvas) return;
  const scale = Math.min(1, width / image.width);
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
}

/** The icon of a chosen file. */
export function iconOf(mime: string): IconName {
  return mime.startsWith('image/') ? 'image' : mime.startsWith('audio/') ? 'voice' : 'document';
}
