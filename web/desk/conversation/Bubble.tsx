import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconLock,
  IconMapPin,
  IconMoodSmile,
  IconUser,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FAILURE_REASONS, isFailureReason } from '../../../server/channels/contract.ts';
import type { MessageView } from '../../../server/desk/contract.ts';
import { clock, dayAndTime } from '../../ui/format.ts';
import { post } from '../api.ts';
import { addMessage } from '../data.ts';
import { discard, fileOf, retry, type Outgoing } from '../outbox.ts';
import { Ticks } from '../parts.tsx';
import { tellRefusal } from '../say.ts';
import { useMe, useWhen } from '../session.ts';
import { Media } from './Media.tsx';

/** One utterance as it was said: the patient's words as written, ours with how far they came. */
export function Bubble({
  message,
  chosen,
  mine,
}: {
  message: MessageView;
  chosen: ReadonlySet<string>;
  mine: boolean;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  // their words bear the time they were sent, however late they came
  const said = message.direction === 'in' ? message.sentAt : message.at;
  const at = new Date(said);
  const { content } = message;
  if (message.direction === 'note')
    return (
      <article className="msg note">
        <div className="bub">
          <IconLock className="lk" size={14} stroke={1.6} aria-hidden />
          <p className="words">
            <b>{message.authorId === me.membership.id ? me.membership.name : (message.authorName ?? '')}:</b>{' '}
            {'text' in content ? content.text : ''}
          </p>
          <span className="stamp">
            {t('conversation.team')} · <time dateTime={message.at}>{clock(at, language, zone)}</time>
          </span>
        </div>
      </article>
    );
  const out = message.direction === 'out';
  const who =
    message.author === 'assistant'
      ? message.authorName
        ? t('conversation.outsideBot', { name: message.authorName })
        : t('conversation.assistant')
      : out && message.authorName && message.authorId !== me.membership.id
        ? message.authorName
        : null;
  const failed = message.delivery === 'failed' && !message.resentAs;
  return (
    <article className={`msg ${out ? 'out' : 'in'} ${content.kind === 'media' ? 'media' : ''}`}>
      <div className="bub">
        <Content message={message} chosen={chosen} />
        <span className="stamp">
          {who && <>{who} · </>}
          {message.resentAs && <>{t('conversation.resent')} · </>}
          <time dateTime={said} title={dayAndTime(at, language, zone)}>
            {clock(at, language, zone)}
          </time>
          {out && !failed && (
            <>
              {' '}
              <Ticks delivery={message.delivery} />
            </>
          )}
        </span>
        {failed && <FailedLine message={message} mine={mine} />}
      </div>
    </article>
  );
}

const FAILURES: Record<string, string> = {
  '131047': 'window_closed',
  '131026': 'not_on_channel',
  '131056': 'rate',
  '130429': 'rate',
  '131053': 'media',
  '132001': 'template',
  '131051': 'rejected',
};

function FailedLine({ message, mine }: { message: MessageView; mine: boolean }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const { code, reason } = message.failure ?? { code: null, reason: null };
  const { language } = useWhen();
  const key = reason ?? (code && FAILURES[code]) ?? 'rejected';
  // the channel's own sentence, where the desk has no shorter one
  const told = reason !== null && isFailureReason(reason) ? FAILURE_REASONS[reason][language] : undefined;
  const why = t(`conversation.failure.${key}`, {
    defaultValue: told ?? t(`conversation.failure.${(code && FAILURES[code]) ?? 'rejected'}`),
  });
  return (
    <p className="failed-line meta">
      <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
      <b>{t('conversation.failedWhy', { why })}</b>
      {mine && (
        <button
          type="button"
          className="link"
          disabled={busy}
          onClick={() => {
            setBusy(true);
            post<MessageView>(`/api/messages/${message.id}/resend`)
              .then(addMessage, tellRefusal)
              .finally(() => setBusy(false));
          }}
        >
          {t('conversation.resend')}
        </button>
      )}
    </p>
  );
}

function Content({ message, chosen }: { message: MessageView; chosen: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const { content } = message;
  switch (content.kind) {
    case 'text':
      return <p className="words">{content.text}</p>;
    case 'choice':
      return (
        <p className="words choice">
          <IconCheck size={14} stroke={2} aria-hidden />
          <span className="hidden-but-read">{t('conversation.choseFrom')}: </span>
          {content.title}
        </p>
      );
    case 'menu':
      return (
        <>
          <p className="words">{content.text}</p>
          <ul className="menu" aria-label={t('conversation.options')}>
            {content.options.map((option) => (
              <li key={option.id} className={chosen.has(option.id) ? 'chosen' : ''}>
                {chosen.has(option.id) && (
                  <IconCheck size={14} stroke={2} aria-label={t('conversation.chosen')} role="img" />
                )}
                <span>
                  {option.title}
                  {option.description && <small>{option.description}</small>}
                </span>
              </li>
            ))}
          </ul>
        </>
      );
    case 'template':
      return (
        <>
          <p className="meta faint">{t('conversation.template', { name: content.name })}</p>
          <p className="words">{content.text}</p>
        </>
      );
    case 'media':
      return <Media message={message} content={content} />;
    case 'location':
      return (
        <div className="place">
          <IconMapPin size={20} stroke={1.6} aria-hidden />
          <div>
            <p className="strong small">{content.name ?? t('kind.location')}</p>
            <p className="meta soft">
              {content.address ?? `${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`}
            </p>
            <a
              className="link meta"
              target="_blank"
              rel="noreferrer"
              href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=17/${content.latitude}/${content.longitude}`}
            >
              {t('conversation.openMap')}
            </a>
          </div>
        </div>
      );
    case 'contacts':
      return (
        <ul className="cards" aria-label={t('conversation.contactCard')}>
          {content.contacts.map((contact, i) => (
            <li key={i}>
              <IconUser size={20} stroke={1.6} aria-hidden />
              <span>
                <b>{contact.name}</b>
                <span className="num soft small">{contact.phones.join(' · ')}</span>
              </span>
            </li>
          ))}
        </ul>
      );
    case 'reaction':
      return (
        <p className="words soft small">
          <IconMoodSmile className="in-line" size={14} stroke={1.6} aria-hidden />{' '}
          {content.emoji ? t('conversation.reacted', { emoji: content.emoji }) : t('conversation.reactionGone')}
        </p>
      );
    case 'note':
      return <p className="words">{content.text}</p>;
    default:
      return <p className="words soft small">{t('conversation.unsupported')}</p>;
  }
}

/** What is on its way: it looks like what it will be, and says how far it is. */
export function OutgoingBubble({ outgoing }: { outgoing: Outgoing }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const file = fileOf(outgoing.clientId);
  const note = outgoing.content.kind === 'note';
  return (
    <article className={`msg ${note ? 'note' : 'out'} going ${outgoing.state}`}>
      <div className="bub">
        {note && <IconLock className="lk" size={14} stroke={1.6} aria-hidden />}
        {file && (
          <p className="small strong cut">
            {outgoing.state === 'sending' ? t('composer.uploading', { name: file.name }) : file.name}
          </p>
        )}
        {outgoing.text && <p className="words">{outgoing.text}</p>}
        {outgoing.state === 'failed' ? (
          <p className="failed-line meta" role="alert">
            <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
            <b>{t('conversation.notSent', { why: outgoing.why ?? t('app.noNetwork') })}</b>
            <button type="button" className="link" onClick={() => retry(outgoing.clientId)}>
              {t('app.retry')}
            </button>
            <button type="button" className="link" onClick={() => discard(outgoing.clientId)}>
              {t('conversation.discard')}
            </button>
          </p>
        ) : (
          <span className="stamp">
            {outgoing.state === 'waiting' && <>{t('conversation.queued')} · </>}
            <time>{clock(new Date(outgoing.at), language, zone)}</time>{' '}
            <span className="tick" role="img" aria-label={t('conversation.sending')}>
              <IconClock size={14} stroke={1.8} aria-hidden />
            </span>
          </span>
        )}
      </div>
    </article>
  );
}
