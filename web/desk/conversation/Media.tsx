import {
  IconDownload,
  IconEye,
  IconEyeOff,
  IconFileText,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
} from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MessageView } from '../../../server/desk/contract.ts';
import { duration, fileSize } from '../../ui/format.ts';
import { spoken } from '../i18n.ts';

type MediaContent = Extract<MessageView['content'], { kind: 'media' }>;

/** A picture of a patient is shown to who asks for it, never by itself: there is always somebody behind the chair. */
export function Media({ message, content }: { message: MessageView; content: MediaContent }) {
  const { t } = useTranslation();
  const { attachment } = message;
  const url = attachment ? `/api/attachments/${attachment.id}` : null;
  const name = attachment?.filename ?? content.filename ?? t(`kind.media:${content.media}`);
  const body =
    attachment?.state === 'refused' ? (
      <p className="words soft small">
        {t('conversation.mediaRefused', {
          reason: t(`conversation.refused.${attachment.refused}`, { defaultValue: t('conversation.refused.other') }),
        })}
      </p>
    ) : !url || attachment?.state !== 'ready' ? (
      <div className="coming small soft">
        {name} · {t('conversation.mediaComing')}
      </div>
    ) : content.media === 'image' || content.media === 'sticker' ? (
      <Picture url={url} label={content.caption || name} ours={message.direction === 'out'} />
    ) : content.media === 'video' ? (
      <Film url={url} />
    ) : content.media === 'audio' ? (
      <Sound
        url={url}
        label={t(
          content.kind === 'media' && 'voice' in content && content.voice ? 'kind.media:voice' : 'kind.media:audio',
        )}
      />
    ) : (
      <div className="doc">
        <IconFileText size={32} stroke={1.2} aria-hidden />
        <div className="grow">
          <p className="strong small wrap-any">{name}</p>
          <p className="meta soft">
            {attachment.mime.split('/').at(-1)?.toUpperCase()} · {fileSize(attachment.size, spoken())}
          </p>
          <p className="doc-a">
            {/pdf|image|text\/plain/.test(attachment.mime) && (
              <a className="btn sm line" href={url} target="_blank" rel="noreferrer">
                <IconEye size={16} stroke={1.6} aria-hidden /> {t('conversation.view')}
              </a>
            )}
            <a className="btn sm line" href={url} download={attachment.filename ?? true}>
              <IconDownload size={16} stroke={1.6} aria-hidden /> {t('conversation.download')}
            </a>
          </p>
        </div>
      </div>
    );
  return (
    <>
      {body}
      {content.caption && <p className="words caption">{content.caption}</p>}
    </>
  );
}

function Picture({ url, label, ours }: { url: string; label: string; ours: boolean }) {
  const { t } = useTranslation();
  // what we sent ourselves has been seen
  const [shown, setShown] = useState(ours);
  if (!shown)
    return (
      <button type="button" className="veil" onClick={() => setShown(true)}>
        <IconEyeOff size={18} stroke={1.6} aria-hidden />
        <span className="meta">{t('conversation.hiddenImage')}</span>
      </button>
    );
  return (
    <figure className="picture">
      <a href={url} target="_blank" rel="noreferrer">
        <img src={url} alt={label} />
      </a>
      <button type="button" className="btn sm line" onClick={() => setShown(false)}>
        <IconEyeOff size={16} stroke={1.6} aria-hidden /> {t('conversation.hideAgain')}
      </button>
    </figure>
  );
}

function Film({ url }: { url: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  if (!shown)
    return (
      <button type="button" className="veil" onClick={() => setShown(true)}>
        <IconEyeOff size={18} stroke={1.6} aria-hidden />
        <span className="meta">{t('conversation.hiddenVideo')}</span>
      </button>
    );
  // what a patient filmed has no captions
  return <video className="film" src={url} controls preload="metadata" />;
}

const SPEEDS = [1, 1.5, 2] as const;

function Sound({ url, label }: { url: string; label: string }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [speed, setSpeed] = useState(0);
  return (
    <div className="sound" role="group" aria-label={label}>
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => setLength(event.currentTarget.duration)}
      />
      <button
        type="button"
        className="play"
        aria-label={t(playing ? 'conversation.pause' : 'conversation.play')}
        onClick={() => void (playing ? audio.current?.pause() : audio.current?.play())}
      >
        {playing ? <IconPlayerPauseFilled size={16} aria-hidden /> : <IconPlayerPlayFilled size={16} aria-hidden />}
      </button>
      <input
        type="range"
        min={0}
        max={Number.isFinite(length) && length > 0 ? length : 1}
        step={0.1}
        value={at}
        aria-label={t('conversation.position')}
        aria-valuetext={duration(at)}
        onChange={(event) => audio.current && (audio.current.currentTime = Number(event.currentTarget.value))}
      />
      <span className="num meta soft">
        {duration(at)} / {duration(length)}
      </span>
      <button
        type="button"
        className="speed meta"
        aria-label={t('conversation.speed', { speed: SPEEDS[speed] })}
        onClick={() => {
          const next = (speed + 1) % SPEEDS.length;
          setSpeed(next);
          if (audio.current) audio.current.playbackRate = SPEEDS[next]!;
        }}
      >
        {SPEEDS[speed]}×
      </button>
    </div>
  );
}
