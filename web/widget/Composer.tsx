/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { bytes, isKind } from './format.ts';
import { Icon } from './icons.tsx';
import { drawOn, iconOf } from './Message.tsx';
import type { State, Store } from './store.ts';
import { fill, type Texts } from './texts.ts';

type Props = { state: State; store: Store; t: Texts; draft: string; onDraft(text: string): void };

/** WhatsApp's own limit, so that a conversation can move there. */
const LONGEST = 4096;

/** Where the patient writes, attaches and speaks. */
export function Composer({ state, store, t, draft, onDraft }: Props) {
  const { config, outgoing } = state;
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const voice = useVoice(
    config.fileKinds,
    (sound, name) => choose(sound, name),
    () => store.choose(new Blob(), '', t.noMic),
  );

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = '0';
    area.style.height = area.scrollHeight + 2 + 'px';
  }, [draft, outgoing]);

  function choose(file: Blob, name: string) {
    const problem = !isKind(file.type, config.fileKinds)
      ? t.wrongKind
      : file.size > config.maxFileBytes
        ? fill(t.tooBig, bytes(file.size, state.language), bytes(config.maxFileBytes, state.language))
        : '';
    store.choose(file, name, problem);
    field.current?.focus();
  }
  function send() {
    const text = draft.trim();
    if (outgoing && outgoing.name) {
      // A file refused here would be refused there too.
      if (outgoing.problem && outgoing.problem !== t.noUpload) return;
      void store.sendFile(text, t.noUpload);
    } else if (text) store.say({ kind: 'text', text });
    else return;
    onDraft('');
    field.current?.focus();
  }

  if (voice.seconds !== null) {
    return (
      <div class="write">
        <button type="button" class="tool" aria-label={t.remove} onClick={() => voice.stop(false)}>
          <Icon name="close" />
        </button>
        <span class="taping" role="timer">
          <i /> {t.recording} {Math.floor(voice.seconds / 60)}:{String(voice.seconds % 60).padStart(2, '0')}
        </span>
        <button type="button" class="send" aria-label={t.send} onClick={() => voice.stop(true)}>
          <Icon name="send" />
        </button>
      </div>
    );
  }
  return (
    <>
      {outgoing && <Tray state={state} store={store} t={t} />}
      <form
        class="write"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {config.fileKinds.length > 0 && (
          <>
            <input
              class="vh"
              type="file"
              tabIndex={-1}
              aria-hidden="true"
              ref={chooser}
              accept={config.fileKinds
                .map((kind) => (kind.includes('/') ? kind : kind === 'pdf' ? 'application/pdf' : kind + '/*'))
                .join()}
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                event.currentTarget.value = '';
                if (file) choose(file, file.name);
              }}
            />
            <button type="button" class="tool" aria-label={t.attach} onClick={() => chooser.current!.click()}>
              <Icon name="attach" />
            </button>
          </>
        )}
        <textarea
          ref={field}
          rows={1}
          maxLength={LONGEST}
          value={draft}
          placeholder={t.write}
          aria-label={t.write}
          enterkeyhint="send"
          onInput={(event) => {
            onDraft(event.currentTarget.value);
            store.typed();
          }}
          onPaste={(event) => {
            const file = event.clipboardData?.files[0];
            if (!file || !config.fileKinds.length) return;
            event.preventDefault();
            choose(file, file.name);
          }}
          onKeyDown={(event) => {
            // While an accent or a character is being composed, Enter belongs to the input method.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        {voice.able && !draft && !outgoing && (
          <button type="button" class="tool" aria-label={t.voice} onClick={voice.start}>
            <Icon name="voice" />
          </button>
        )}
        <button type="submit" class="send" aria-label={t.send}>
          <Icon name="send" />
        </button>
      </form>
    </>
  );
}

/** The chosen file before and while it goes. */
function Tray({ state, store, t }: Pick<Props, 'state' | 'store' | 't'>) {
  const { file, name, progress, problem } = state.outgoing!;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    setDrawn(false);
    if (file.type.startsWith('image/'))
      drawOn(canvas.current, file, 112).then(
        () => setDrawn(true),
        () => {},
      );
  }, [file]);
  return (
    <div class="tray">
      <canvas ref={canvas} hidden={!drawn} aria-hidden="true" />
      {!drawn && <Icon name={problem ? 'alert' : iconOf(file.type)} />}
      <span class="grow">
        {name && <b>{name}</b>}
        <small role={problem ? 'alert' : 'status'}>
          {problem ||
            (progress === null
              ? bytes(file.size, state.language)
              : `${t.sending} ${Math.round(progress * 100)}\u00a0%`)}
        </small>
        {progress !== null && <progress value={progress} aria-label={t.sending} />}
      </span>
      <button type="button" class="tool" aria-label={t.remove} onClick={store.unchoose}>
        <Icon name="close" size={20} />
      </button>
    </div>
  );
}

const SOUNDS = ['audio/ogg;codecs=opus', 'audio/mp4;codecs=opus', 'audio/mp4', 'audio/webm;codecs=opus'];

/** Records a voice message in a kind of file that both the browser can write and the server takes. */
function useVoice(kinds: string[], done: (sound: Blob, name: string) => void, denied: () => void) {
  const [seconds, setSeconds] = useState<number | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const wanted = useRef(true);
  const type =
    typeof MediaRecorder !== 'undefined' && navigator.mediaDevices
      ? SOUNDS.find((one) => isKind(one, kinds) && MediaRecorder.isTypeSupported(one))
      : undefined;
  useEffect(() => {
    if (seconds === null) return;
    const timer = setTimeout(() => (seconds >= 180 ? recorder.current?.stop() : setSeconds(seconds + 1)), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  useEffect(
    () => () => {
      wanted.current = false;
      if (recorder.current?.state === 'recording') recorder.current.stop();
    },
    [],
  );

  async function start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const tape = (recorder.current = new MediaRecorder(stream, { mimeType: type! }));
      const heard: Blob[] = [];
      wanted.current = true;
      tape.ondataavailable = (event) => heard.push(event.data);
      tape.onstop = () => {
        for (const track of stream.getTracks()) track.stop();
        setSeconds(null);
        const base = type!.split(';')[0]!;
        if (wanted.current) done(new Blob(heard, { type: base }), 'audio.' + base.split('/')[1]!.replace('mp4', 'm4a'));
      };
      tape.start();
      setSeconds(0);
    } catch {
      denied();
    }
  }
  return {
    able: Boolean(type),
    seconds,
    start: () => void start(),
    stop(keep: boolean) {
      wanted.current = keep;
      recorder.current?.stop();
    },
  };
}
