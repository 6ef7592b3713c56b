/** @jsxImportSource preact */
import { clock, parts } from '../widget/format.ts';
import { Icon } from './icons.tsx';
import type { Language, Texts } from './texts.ts';
import type { Message } from './wire.ts';

type Props = {
  message: Message;
  /** Something was said after it: its buttons still work, but step back. */
  used: boolean;
  language: Language;
  t: Texts;
  onButton(button: { id: string; title: string }): void;
  onList(): void;
  onAgain(): void;
};

/** One message as the app shows it: words, file, place, and under it what can be pressed. */
export function Bubble({ message, used, language, t, onButton, onList, onAgain }: Props) {
  const { mine, media, place, status } = message;
  return (
    <div class={'said ' + (mine ? 'mine' : 'theirs') + (used ? ' used' : '')}>
      <div class="bubble">
        <span class="hidden-but-read">{mine ? t.me : 'Hospital Vega Clara'}: </span>
        {message.header && <b class="top">{message.header}</b>}
        {media && <Media media={media} t={t} />}
        {place && (
          <a
            class="file"
            href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}`}
            target="_blank"
            rel="noopener noreferrer"
          >
            <Icon name="pin" />
            <span>
              {place.name ?? t.place}
              {place.address && <small>{place.address}</small>}
            </span>
          </a>
        )}
        {message.text && (
          <span class="words">
            {parts(message.text).map((part) =>
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
          </span>
        )}
        {message.footer && <small class="under">{message.footer}</small>}
        <time dateTime={new Date(message.at).toISOString()}>
          {clock(message.at, language)}
          {mine && status && status !== 'failed' && (
            <span class={status === 'read' ? 'tick read' : 'tick'}>
              <Icon name={status === 'waiting' ? 'clock' : status === 'sent' ? 'check' : 'checks'} size={14} />
              <span class="hidden-but-read"> {t[status]}</span>
            </span>
          )}
        </time>
      </div>
      {status === 'failed' && mine && (
        <button type="button" class="again" onClick={onAgain}>
          <Icon name="alert" size={16} /> {t.failed}
        </button>
      )}
      {message.buttons && message.buttons.length > 0 && (
        <div class="buttons" role="group" aria-label={t.choose}>
          {message.buttons.map((one) => (
            <button type="button" key={one.id} onClick={() => onButton(one)}>
              {one.title}
            </button>
          ))}
        </div>
      )}
      {message.list && (
        <div class="buttons">
          <button type="button" class="list" aria-haspopup="dialog" onClick={onList}>
            <Icon name="list" size={16} /> {message.list.button || t.options}
          </button>
        </div>
      )}
    </div>
  );
}

function Media({ media, t }: { media: NonNullable<Message['media']>; t: Texts }) {
  const { kind, url, name, voice } = media;
  if (kind === 'image' || kind === 'sticker')
    return <img class={kind} src={url} alt={name ?? t.image} loading="lazy" />;
  if (kind === 'audio') return <audio controls src={url} aria-label={voice ? t.voiceNote : t.audio} />;
  if (kind === 'video') return <video controls src={url} aria-label={t.video} />;
  return (
    <a class="file" href={url} target="_blank" rel="noopener" download={name ?? true}>
      <Icon name="document" />
      <span>{name ?? t.document}</span>
    </a>
  );
}
