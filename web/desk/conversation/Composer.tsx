import {
  IconBook2,
  IconClock,
  IconFile,
  IconLock,
  IconPaperclip,
  IconSlash,
  IconTemplate,
  IconX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { Found } from '../../../server/assistant/knowledge/contract.ts';
import type { ConversationView } from '../../../server/desk/contract.ts';
import { clock, left } from '../../ui/format.ts';
import { post } from '../api.ts';
import { snippetsQuery, templatesQuery } from '../data.ts';
import { draftOf, keepDraft } from '../drafts.ts';
import { useKeys } from '../keys.ts';
import { send, sendFile } from '../outbox.ts';
import { IconButton } from '../parts.tsx';
import { tell } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';

const Knowledge = lazy(async () => ({ default: (await import('./Knowledge.tsx')).Knowledge }));

const LONGEST = 4_096;
const LARGEST_FILE = 16_000_000;
const TYPING_EVERY_MS = 3_000;

type Mode = 'reply' | 'note';

/** Where a colleague writes: to the patient, or to the team only. */
export function Composer({ view }: { view: ConversationView }) {
  const { t } = useTranslation();
  const head = view.conversation;
  const id = head.conversationId;
  const me = useMe();
  const [mode, setMode] = useState<Mode>('reply');
  const [draft, setDraft] = useState(() => draftOf(id));
  const [files, setFiles] = useState<File[]>([]);
  const [over, setOver] = useState(false);
  const [templates, setTemplates] = useState(false);
  const [looking, setLooking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const typedAt = useRef(0);
  const now = useNow();

  const windowLeft = head.windowEndsAt === null ? null : Date.parse(head.windowEndsAt) - now;
  const closed = windowLeft !== null && windowLeft <= 0;
  const text = draft[mode];
  const write = (value: string, to: Mode = mode) => {
    const next = { ...draft, [to]: value };
    setDraft(next);
    keepDraft(id, next);
    if (to === 'reply' && value && Date.now() - typedAt.current > TYPING_EVERY_MS) {
      typedAt.current = Date.now();
      void post(`/api/conversations/${id}/typing`).catch(() => undefined);
    }
  };
  const turnTo = (to: Mode) => {
    // at once: the next letter is a word already, not another shortcut
    flushSync(() => {
      setMode(to);
      setTemplates(false);
    });
    area.current?.focus();
  };
  const looks = may(me, 'knowledge.read');
  const look = looks ? () => setLooking(true) : undefined;
  useKeys('conversation', { reply: () => turnTo('reply'), note: () => turnTo('note'), knowledge: look });
  useKeys('composer', { article: look });
  const putArticle = (article: Found) => {
    setLooking(false);
    // what is for the team only never stands where it could be sent
    const to: Mode = article.audience === 'patient' && !closed ? 'reply' : 'note';
    write([draft[to].trimEnd(), article.text].filter(Boolean).join('\n\n'), to);
    turnTo(to);
    void post('/api/knowledge/used', { versionId: article.versionId, conversationId: id }).catch(() => undefined);
  };

  // the field grows with what is written, to eight lines
  useEffect(() => {
    const field = area.current;
    if (!field) return;
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 188)}px`;
  }, [text, mode, closed, templates]);

  // a word of the patient opens the window: the picker gives way to the field
  useEffect(() => {
    if (!closed) setTemplates(false);
  }, [closed]);

  const snippets = useSnippets(mode === 'reply' ? text : '', head.language, {
    name: head.name?.split(' ')[0] ?? '',
    agent: me.membership.name,
    organisation: me.organisation.name,
  });

  function submit(): void {
    const words = text.trim();
    if (words.length > LONGEST) return;
    if (mode === 'note') {
      if (!words) return;
      send(id, { kind: 'note' }, words);
      write('', 'note');
      return;
    }
    if (files.length > 0) {
      files.forEach((file, i) => sendFile(id, file, i === 0 ? words.slice(0, 1_024) : ''));
      setFiles([]);
    } else if (words) send(id, { kind: 'text', text: words }, words);
    else return;
    write('', 'reply');
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (snippets.onKey(event, (filled) => write(filled))) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      document.getElementById('thread')?.focus();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    }
  }

  function add(list: FileList | File[] | null): void {
    const chosen = [...(list ?? [])];
    for (const file of chosen) if (file.size > LARGEST_FILE) tell(t('composer.attachTooLarge', { name: file.name }));
    setFiles((old) => [...old, ...chosen.filter((file) => file.size <= LARGEST_FILE)].slice(0, 10));
    requestAnimationFrame(() => area.current?.focus());
  }

  const choosing = mode === 'reply' && (closed || templates);
  const tooLong = text.trim().length > LONGEST;
  return (
    <footer
      className="comp"
      onDragOver={(event) => {
        if (choosing || mode === 'note' || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!choosing && mode === 'reply') add(event.dataTransfer.files);
      }}
    >
      {looking && (
        <Suspense fallback={null}>
          <Knowledge
            asked={lastWords(view)}
            language={head.language}
            put={putArticle}
            close={() => {
              setLooking(false);
              area.current?.focus();
            }}
          />
        </Suspense>
      )}
      {snippets.open && <snippets.List pick={(filled) => write(filled)} />}
      <div className={`comp-b ${mode} ${over ? 'over' : ''}`}>
        <div className="comp-tabs">
          <div role="group" aria-label={t('composer.formats')} className="tabs">
            <button
              type="button"
              aria-pressed={mode === 'reply'}
              className={mode === 'reply' ? 'on' : ''}
              onClick={() => turnTo('reply')}
              aria-keyshortcuts="R"
            >
              {t(closed ? 'composer.template' : 'composer.reply')}
            </button>
            <button
              type="button"
              aria-pressed={mode === 'note'}
              className={`team ${mode === 'note' ? 'on' : ''}`}
              onClick={() => turnTo('note')}
              aria-keyshortcuts="N"
            >
              <IconLock size={14} stroke={1.6} aria-hidden /> {t('composer.note')}
            </button>
          </div>
          <WindowLeft left={windowLeft} endsAt={head.windowEndsAt} />
        </div>
        {over && <p className="drop small">{t('composer.attachDrop')}</p>}
        {choosing ? (
          <Templates view={view} back={closed ? null : () => setTemplates(false)} />
        ) : (
          <>
            {mode === 'reply' && files.length > 0 && (
              <Files files={files} remove={(file) => setFiles(files.filter((one) => one !== file))} />
            )}
            <textarea
              id="composer"
              ref={area}
              className="ta"
              rows={2}
              value={text}
              aria-label={
                mode === 'note' ? t('composer.note') : t('composer.replyTo', { name: head.name ?? t('inbox.nameless') })
              }
              aria-invalid={tooLong}
              placeholder={t(
                mode === 'note'
                  ? 'composer.notePlaceholder'
                  : files.length > 0
                    ? 'composer.caption'
                    : 'composer.replyPlaceholder',
              )}
              lang={mode === 'reply' ? head.language : undefined}
              spellCheck
              role={snippets.open ? 'combobox' : undefined}
              aria-expanded={snippets.open || undefined}
              aria-controls={snippets.open ? snippets.listId : undefined}
              aria-activedescendant={snippets.open ? snippets.activeId : undefined}
              onChange={(event) => write(event.currentTarget.value)}
              onKeyDown={onKeyDown}
              onPaste={(event) => {
                if (mode === 'note' || event.clipboardData.files.length === 0) return;
                event.preventDefault();
                add(event.clipboardData.files);
              }}
            />
            <div className="comp-f">
              {mode === 'reply' && (
                <>
                  <IconButton
                    label={t('composer.snippets')}
                    keyName="/"
                    onClick={() => {
                      write(text.startsWith('/') ? '' : '/');
                      area.current?.focus();
                    }}
                  >
                    <IconSlash size={18} stroke={1.6} aria-hidden />
                  </IconButton>
                  {look && (
                    <IconButton label={t('knowledge.search')} keyName="F" onClick={look}>
                      <IconBook2 size={18} stroke={1.6} aria-hidden />
                    </IconButton>
                  )}
                  <IconButton label={t('composer.template')} onClick={() => setTemplates(true)}>
                    <IconTemplate size={18} stroke={1.6} aria-hidden />
                  </IconButton>
                  <IconButton label={t('composer.attach')} onClick={() => picker.current?.click()}>
                    <IconPaperclip size={18} stroke={1.6} aria-hidden />
                  </IconButton>
                  <input
                    ref={picker}
                    type="file"
                    multiple
                    hidden
                    aria-label={t('composer.attach')}
                    onChange={(event) => {
                      add(event.currentTarget.files);
                      event.currentTarget.value = '';
                    }}
                  />
                </>
              )}
              <span className={`meta grow cut ${tooLong ? 'over-t' : 'faint'} comp-hint`}>
                {tooLong ? t('composer.tooLong', { max: LONGEST }) : t('composer.hint')}
              </span>
              <button
                type="button"
                className="btn pri"
                disabled={tooLong || (text.trim() === '' && (mode === 'note' || files.length === 0))}
                onClick={submit}
              >
                {t(mode === 'note' ? 'composer.sendNote' : 'composer.send')} <kbd aria-hidden>↵</kbd>
              </button>
            </div>
          </>
        )}
      </div>
    </footer>
  );
}

/** What the patient wrote last: what an article is most likely looked for. */
function lastWords(view: ConversationView): string {
  const said = view.messages.findLast((message) => message.direction === 'in' && message.content.kind === 'text');
  return said?.content.kind === 'text' ? said.content.text.slice(0, 200) : '';
}

function WindowLeft({ left: rest, endsAt }: { left: number | null; endsAt: string | null }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  if (rest === null || endsAt === null) return null;
  return (
    <span className={`win num ${rest < 3_600_000 ? 'near' : ''}`} title={t('composer.windowText')}>
      <IconClock size={14} stroke={1.6} aria-hidden />
      {rest > 0
        ? t('composer.window', { time: left(rest) })
        : t('composer.windowClosed', { time: clock(new Date(endsAt), language, zone) })}
    </span>
  );
}

function Files({ files, remove }: { files: File[]; remove: (file: File) => void }) {
  const { t } = useTranslation();
  return (
    <ul className="files">
      {files.map((file, i) => (
        <li key={`${file.name} ${i}`}>
          {file.type.startsWith('image/') ? <Preview file={file} /> : <IconFile size={20} stroke={1.4} aria-hidden />}
          <span className="cut small">{file.name}</span>
          <IconButton
            className="sm"
            label={t('composer.attachRemove', { name: file.name })}
            onClick={() => remove(file)}
          >
            <IconX size={14} stroke={1.8} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url ? <img src={url} alt="" /> : null;
}

/** After 24 hours without a word of the patient, WhatsApp lets through only what Meta approved. */
function Templates({ view, back }: { view: ConversationView; back: (() => void) | null }) {
  const { t } = useTranslation();
  const head = view.conversation;
  const { data } = useQuery(templatesQuery);
  const all = data?.templates ?? [];
  const sorted = [...all].sort(
    (a, b) =>
      Number(b.language === head.language) - Number(a.language === head.language) || a.name.localeCompare(b.name),
  );
  const [picked, setPicked] = useState<string>('');
  const key = (template: { name: string; language: string }) => `${template.name} ${template.language}`;
  const template = sorted.find((one) => key(one) === picked) ?? sorted[0];
  const [values, setValues] = useState<string[]>([]);
  const listId = useId();
  if (!template) return <p className="small soft comp-none">{t('composer.templateNone')}</p>;
  const parameters = Array.from(
    { length: template.parameters },
    (_, i) => values[i] ?? (i === 0 ? (head.name?.split(' ')[0] ?? '') : ''),
  );
  const ready = parameters.every((value) => value.trim() !== '');
  const filled = template.text.replaceAll(/\{\{(\d+)\}\}/g, (whole, n: string) => parameters[Number(n) - 1] || whole);
  return (
    <form
      id="composer"
      tabIndex={-1}
      className="tpl"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        send(
          head.conversationId,
          { kind: 'template', name: template.name, language: template.language, parameters },
          filled,
        );
        // said once: the same words do not stand ready to be sent again
        setValues([]);
        back?.();
      }}
    >
      <div className="tpl-h">
        <label className="hidden-but-read" htmlFor={listId}>
          {t('composer.templateChoose')}
        </label>
        <select
          id={listId}
          className="input sm"
          value={key(template)}
          onChange={(event) => {
            setPicked(event.currentTarget.value);
            setValues([]);
          }}
        >
          {sorted.map((one) => (
            <option key={key(one)} value={key(one)}>
              {one.name} · {t(`language.${one.language}`)}
            </option>
          ))}
        </select>
        {parameters.map((value, i) => (
          <input
            key={i}
            className="input sm"
            aria-label={t('composer.templateValue', { n: i + 1 })}
            placeholder={t('composer.templateValue', { n: i + 1 })}
            value={value}
            maxLength={1024}
            onChange={(event) => setValues(parameters.with(i, event.currentTarget.value))}
          />
        ))}
      </div>
      <p className="tpl-text">
        {template.text.split(/(\{\{\d+\}\})/).map((part, i) => {
          const n = /^\{\{(\d+)\}\}$/.exec(part)?.[1];
          return n ? <mark key={i}>{parameters[Number(n) - 1] || t('composer.templateValue', { n })}</mark> : part;
        })}
      </p>
      <div className="comp-f">
        <span className="meta faint grow">{t('composer.templateOpens')}</span>
        {back && (
          <button type="button" className="btn quiet" onClick={back}>
            {t('app.cancel')}
          </button>
        )}
        <button type="submit" className="btn pri" disabled={!ready}>
          {t('composer.sendTemplate')} <kbd aria-hidden>↵</kbd>
        </button>
      </div>
    </form>
  );
}

/** Replies that are written often: `/` and the beginning of their name. */
function useSnippets(text: string, language: 'es' | 'ca' | 'en' | 'pt', facts: Record<string, string>) {
  const { t } = useTranslation();
  const listId = useId();
  const asked = /^\/(\S*)$/.exec(text)?.[1]?.toLowerCase();
  const { data } = useQuery({ ...snippetsQuery, enabled: asked !== undefined });
  const [active, setActive] = useState(0);
  const [shut, setShut] = useState(false);
  useEffect(() => {
    setActive(0);
    if (asked === undefined) setShut(false);
  }, [asked]);
  const plain = (value: string) => value.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const found =
    asked === undefined
      ? []
      : (data?.replies ?? []).filter(
          (one) =>
            plain(one.shortcut.replace(/^\//, '')).startsWith(plain(asked)) ||
            plain(one.title[language]).includes(plain(asked)),
        );
  const open = asked !== undefined && !shut && data !== undefined;
  const fill = (i: number) =>
    found[i]?.text[language].replaceAll(/\{(name|agent|organisation)\}/g, (_, key: string) => facts[key] ?? '') ?? '';

  return {
    open,
    listId,
    activeId: `${listId}-${active}`,
    /** @returns whether the key was for the list */
    onKey(event: KeyboardEvent, pick: (text: string) => void): boolean {
      if (!open) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) setActive((active + step + found.length) % Math.max(1, found.length));
      else if ((event.key === 'Enter' || event.key === 'Tab') && found.length > 0) pick(fill(active));
      else if (event.key === 'Escape') setShut(true);
      else return false;
      event.preventDefault();
      return true;
    },
    List: ({ pick }: { pick: (text: string) => void }) => (
      <ul className="snips" id={listId} role="listbox" aria-label={t('composer.snippets')}>
        {found.map((one, i) => (
          <li
            key={one.id}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            className={i === active ? 'on' : ''}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(fill(i));
            }}
          >
            <b>/{one.shortcut.replace(/^\//, '')}</b>
            <span className="cut grow">{fill(i)}</span>
            {i === active && <kbd aria-hidden>↵</kbd>}
          </li>
        ))}
        {found.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled className="soft">
            {t('composer.snippetsNone')}
          </li>
        )}
      </ul>
    ),
  };
}
