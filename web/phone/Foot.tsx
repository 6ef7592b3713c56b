/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Texts } from './texts.ts';
import { mediaUrl, upload, type Message } from './wire.ts';

type Props = {
  t: Texts;
  draft: string;
  able: boolean;
  onDraft(text: string): void;
  onSay(shown: Partial<Message>, wire: Record<string, unknown>): void;
};

/** A made-up place: nobody's real one is asked for. */
const PLACE = { latitude: 40.4818, longitude: -3.3643, name: 'Plaza de la Vega', address: 'Plaza de la Vega, 4' };
/** Kinds of sound that the vendor takes, best first. */
const SOUNDS = ['audio/ogg;codecs=opus', 'audio/mp4;codecs=opus', 'audio/mp4', 'audio/webm;codecs=opus'];

/** Where the patient writes, attaches and speaks. */
export function Foot({ t, draft, able, onDraft, onSay }: Props) {
  const [menu, setMenu] = useState(false);
  const [seconds, setSeconds] = useState<number | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const photos = useRef<HTMLInputElement>(null);
  const sounds = useRef<HTMLInputElement>(null);
  const plus = useRef<HTMLButtonElement>(null);
  const tape = useRef<{ recorder: MediaRecorder; keep: boolean } | null>(null);
  const sound =
    typeof MediaRecorder !== 'undefined' && navigator.mediaDevices
      ? SOUNDS.find((one) => MediaRecorder.isTypeSupported(one))
      : undefined;

  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = '0';
    field.current.style.height = field.current.scrollHeight + 'px';
  }, [draft, seconds]);
  useEffect(() => {
    if (seconds === null) return;
    const timer = setTimeout(() => setSeconds(seconds + 1), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  useEffect(() => () => tape.current?.recorder.stop(), []);

  function send() {
    const body = draft.trim();
    if (!body || !able) return;
    onSay({ text: body }, { type: 'text', text: { body } });
    onDraft('');
    field.current?.focus();
  }

  async function sendFile(file: Blob, name: string, voice = false) {
    const mime = file.type.split(';')[0] || 'application/octet-stream';
    const family = mime.split('/')[0]!;
    const kind = family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
    const caption = kind === 'audio' ? '' : draft.trim();
    const shown: Partial<Message> = { text: caption, media: { kind, url: '', name, voice } };
    if (caption) onDraft('');
    try {
      const id = await upload(file, name);
      shown.media!.url = mediaUrl(id);
      const inside = {
        id,
        mime_type: mime,
        ...(caption ? { caption } : {}),
        ...(kind === 'document' ? { filename: name } : {}),
        ...(voice ? { voice: true } : {}),
      };
      onSay(shown, { type: kind, [kind]: inside });
    } catch {
      onSay({ ...shown, status: 'failed' }, { type: kind, [kind]: {} });
    }
  }

  async function record() {
    if (!sound) return sounds.current!.click();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const recorder = new MediaRecorder(stream, { mimeType: sound });
      const heard: Blob[] = [];
      const own = (tape.current = { recorder, keep: false });
      recorder.ondataavailable = (event) => heard.push(event.data);
      recorder.onstop = () => {
        for (const track of stream.getTracks()) track.stop();
        tape.current = null;
        setSeconds(null);
        const base = sound.split(';')[0]!;
        if (own.keep) void sendFile(new Blob(heard, { type: base }), 'voz.' + base.split('/')[1], true);
      };
      recorder.start();
      setSeconds(0);
    } catch {
      sounds.current!.click();
    }
  }
  function stop(keep: boolean) {
    if (!tape.current) return;
    tape.current.keep = keep;
    tape.current.recorder.stop();
  }

  const chooser = (ref: typeof files, accept: string, capture?: 'environment') => (
    <input
      type="file"
      hidden
      ref={ref}
      accept={accept}
      capture={capture}
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        event.currentTarget.value = '';
        if (file) void sendFile(file, file.name);
      }}
    />
  );
  const item = (icon: 'document' | 'mic' | 'pin', label: string, hint: string, act: () => void) => (
    <button
      type="button"
      onClick={() => {
        setMenu(false);
        plus.current?.focus();
        act();
      }}
    >
      <Icon name={icon} />
      <span>
        <b>{label}</b>
        <small>{hint}</small>
      </span>
    </button>
  );

  if (seconds !== null) {
    return (
      <footer class="foot">
        <button type="button" aria-label={t.discard} onClick={() => stop(false)}>
          <Icon name="close" />
        </button>
        <span class="taping num" role="timer">
          <i /> {t.recording} {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
        </span>
        <button type="button" class="round" aria-label={t.send} onClick={() => stop(true)}>
          <Icon name="send" size={20} />
        </button>
      </footer>
    );
  }
  return (
    <footer
      class="foot"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu) return;
        event.stopPropagation();
        setMenu(false);
        plus.current?.focus();
      }}
    >
      {chooser(files, 'image/*,video/mp4,.pdf,.doc,.docx,.txt')}
      {chooser(photos, 'image/*', 'environment')}
      {chooser(sounds, 'audio/*')}
      {menu && (
        <div class="attach">
          {item('document', t.file, t.fileHint, () => files.current!.click())}
          {item('mic', t.audio, t.audioHint, () => sounds.current!.click())}
          {item('pin', t.place, t.placeHint, () => onSay({ place: PLACE }, { type: 'location', location: PLACE }))}
        </div>
      )}
      <button type="button" ref={plus} aria-label={t.attach} aria-expanded={menu} onClick={() => setMenu(!menu)}>
        <Icon name="plus" />
      </button>
      <textarea
        ref={field}
        rows={1}
        maxLength={4096}
        value={draft}
        placeholder={t.write}
        aria-label={t.write}
        enterkeyhint="send"
        onInput={(event) => onDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {!draft.trim() && (
        <button type="button" aria-label={t.camera} onClick={() => photos.current!.click()}>
          <Icon name="camera" />
        </button>
      )}
      {draft.trim() ? (
        <button type="button" class="round" aria-label={t.send} onClick={send}>
          <Icon name="send" size={20} />
        </button>
      ) : (
        <button type="button" class="round" aria-label={t.voice} onClick={() => void record()}>
          <Icon name="mic" size={20} />
        </button>
      )}
    </footer>
  );
}
