import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { OfferView } from '../../../server/desk/contract.ts';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import type { TaskView } from '../../../server/routing/tasks/contract.ts';
import { clock, wait } from '../../ui/format.ts';
import { askedText, Left } from '../conversation/Company.tsx';
import { shortcut } from '../key-table.ts';
import { ChannelIcon, Diamond, IconButton, Ring } from '../parts.tsx';
import { announce } from '../say.ts';
import { useWhen } from '../session.ts';
import { useNow, useStore } from '../store.ts';
import { type Answer, answering, type Asking } from './asking.ts';
import { reasonOf, rowName } from './rows.ts';
import { Speaks } from './Speaks.tsx';

type Buttons = { yes: (label: string) => ReactNode; no: ReactNode };

/** Everything that is put before this agent; the first is what the keys answer. */
export function AskingList({ asking, accept, decline }: { asking: Asking[]; accept: Answer; decline: Answer }) {
  const { t } = useTranslation();
  const busy = useStore(answering);
  useHeard(asking);
  if (asking.length === 0) return null;
  return (
    <section aria-label={t('askedOfYou.title')}>
      <div className="list-s">
        <h3>
          {t('askedOfYou.title')} <span className="num faint">{asking.length}</span>
        </h3>
      </div>
      {asking.map((one, i) => {
        const first = i === 0;
        const buttons: Buttons = {
          yes: (label) => (
            <button
              type="button"
              className="btn pri sm"
              aria-keyshortcuts={first ? shortcut('list', 'accept') : undefined}
              disabled={busy.has(one.id)}
              onClick={() => void accept(one)}
            >
              {label} {first && <kbd aria-hidden>{shortcut('list', 'accept')}</kbd>}
            </button>
          ),
          no: (
            <IconButton
              className="no"
              label={t(one.kind === 'offer' ? 'inbox.decline' : 'askedOfYou.refuse')}
              keyName={first ? shortcut('list', 'decline') : undefined}
              disabled={busy.has(one.id)}
              onClick={() => void decline(one)}
            >
              <IconX size={14} stroke={1.8} aria-hidden />
            </IconButton>
          ),
        };
        switch (one.kind) {
          case 'offer':
            return <Offer key={one.id} offer={one.offer} {...buttons} />;
          case 'task':
            return <DueTask key={one.id} task={one.task} {...buttons} />;
          case 'joining':
            return <Asked key={one.id} joining={one.joining} {...buttons} />;
        }
      })}
    </section>
  );
}

/** What a colleague newly asks is read aloud, once; offers are read with the inbox. */
function useHeard(asking: Asking[]): void {
  const { t } = useTranslation();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    const asked = asking.flatMap((one) => (one.kind === 'joining' ? [one.joining] : []));
    const before = known.current;
    known.current = new Set(asked.map((one) => one.id));
    if (!before) return;
    for (const one of asked) if (!before.has(one.id)) announce(t('askedOfYou.read', { name: one.from.name }), true);
  }, [asking, t]);
}

function Offer({ offer, yes, no }: { offer: OfferView } & Buttons) {
  const { t } = useTranslation();
  const now = useNow();
  const whole = Date.parse(offer.expiresAt) - Date.parse(offer.offeredAt);
  const left = Math.max(0, Date.parse(offer.expiresAt) - now);
  const name = rowName(offer.row, t);
  return (
    <section className={`offer ${offer.row.priority}`} aria-label={t('inbox.offer', { name })}>
      <span className="offer-ring">
        <Ring
          share={whole > 0 ? Math.min(0.999, left / whole) * 0.69 + 0.0001 : 0}
          channel={offer.kind === 'call_back' ? 'voice' : offer.row.channel}
          label={t(offer.kind === 'call_back' ? 'callBacks.panel' : `channel.${offer.row.channel ?? 'webchat'}`)}
        />
      </span>
      <span className="row-t">
        <span className="row-1">
          <Diamond priority={offer.row.priority} />
          <span className="whole strong">{name}</span>
          <Speaks row={offer.row} />
        </span>
      </span>
      <span className="row-2 offer-why">
        <span className="num">{Math.ceil(left / 1000)} s</span> ·{' '}
        {offer.kind === 'call_back' ? t('reason.call_back') : reasonOf(offer.row, t)}
      </span>
      {no}
      {yes(t('inbox.accept'))}
    </section>
  );
}

/** What a colleague asks of this agent. */
function Asked({ joining, yes, no }: { joining: JoiningView } & Buttons) {
  const { t } = useTranslation();
  const { about } = joining;
  return (
    <article className={`ask-card ${joining.kind === 'consult' ? 'team' : ''}`} aria-label={askedText(joining, t)}>
      <p className="small">{askedText(joining, t)}</p>
      <p className="row-1">
        <ChannelIcon channel={about.channel} />
        <Diamond priority={about.priority} />
        <span className="whole strong">{about.name ?? t('inbox.nameless')}</span>
      </p>
      {about.note && <p className="small ask-note">{about.note}</p>}
      {about.summary.length > 0 && (
        <p className="meta soft ask-known">
          {t('askedOfYou.known')}: {about.summary.map((line) => line.value).join(' · ')}
        </p>
      )}
      <footer>
        <Left until={joining.expiresAt} />
        <span className="grow" />
        {no}
        {yes(t('askedOfYou.accept'))}
      </footer>
    </article>
  );
}

/** A task whose time has come. */
function DueTask({ task, yes, no }: { task: TaskView } & Buttons) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const now = useNow();
  const due = new Date(task.dueAt);
  const said = t('tasks.offer', { time: clock(due, language, zone) });
  return (
    <article className="ask-card" aria-label={said}>
      <p className="small">
        {said}
        {now - due.getTime() > 60_000 && (
          <b className="over-t"> · {t('tasks.lateBy', { time: wait(now - due.getTime()) })}</b>
        )}
      </p>
      <p className="row-1">
        <ChannelIcon channel={task.channel} />
        <Diamond priority={task.priority} />
        <span className="whole strong">{task.name ?? t('inbox.nameless')}</span>
      </p>
      <p className="small ask-note">{task.text ?? t('tasks.erased')}</p>
      <footer>
        <Left until={task.offer!.expiresAt} />
        <span className="grow" />
        {no}
        {yes(t('tasks.accept'))}
      </footer>
    </article>
  );
}
