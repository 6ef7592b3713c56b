import { Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Priority } from '../../../server/conversation/contract.ts';
import type { BroadcastView, Outcome, Room } from '../../../server/desk/supervision/contract.ts';
import { dayAndTime } from '../../ui/format.ts';
import { ask, post } from '../api.ts';
import { Dialog } from '../Dialog.tsx';
import { agentsQuery, queries } from '../data.ts';
import { spoken } from '../i18n.ts';
import { tell, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';

/** What a supervisor is about to do. */
export type RoomDialog =
  | { kind: 'move' | 'pin' | 'prioritise' | 'assign'; items: string[]; to?: string }
  | { kind: 'opening'; queueId: string; name: string; open: boolean }
  | { kind: 'hours'; queueId: string; name: string }
  | { kind: 'presence'; agentId: string; name: string; state: 'available' | 'offline' }
  | { kind: 'broadcast'; queueId?: string };

const SHORTEST = 3;

export function Dialogs({
  dialog,
  room,
  close,
  done,
}: {
  dialog: RoomDialog;
  room: Room;
  close: () => void;
  done: () => void;
}) {
  switch (dialog.kind) {
    case 'opening':
      return <Opening dialog={dialog} close={close} />;
    case 'hours':
      return <BackToHours dialog={dialog} close={close} />;
    case 'presence':
      return <Presence dialog={dialog} close={close} />;
    case 'broadcast':
      return <Broadcast queueId={dialog.queueId} room={room} close={close} />;
    default:
      return <OnItems dialog={dialog} room={room} close={close} done={done} />;
  }
}

/** A window with what is asked, the reason where it changes somebody's work, and one button. */
function Frame({
  title,
  text,
  doIt,
  ready,
  close,
  act,
  children,
}: {
  title: string;
  text?: string;
  doIt: string;
  ready: boolean;
  close: () => void;
  act: () => Promise<void>;
  children?: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={title}
      intro={text}
      action={doIt}
      ready={ready && !busy}
      size={480}
      submit={() => {
        setBusy(true);
        act()
          .then(close, tellRefusal)
          .finally(() => setBusy(false));
      }}
      close={close}
    >
      {children}
    </Dialog>
  );
}

function Reason({ value, change, first = false }: { value: string; change: (value: string) => void; first?: boolean }) {
  const { t } = useTranslation();
  return (
    <TextInput
      required
      withAsterisk={false}
      {...(first && { 'data-autofocus': true })}
      label={t('room.reason')}
      description={t('room.reasonText')}
      value={value}
      maxLength={300}
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** One of a few: the browser's own list, which every keyboard, reader and phone knows. */
function Pick({
  label,
  choices,
  value,
  change,
  first = false,
}: {
  label: string;
  choices: { value: string; label: string }[];
  value: string | null;
  change: (value: string) => void;
  first?: boolean;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        {...(first && { 'data-autofocus': true })}
        required
        value={value ?? ''}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {value === null && <option value="" disabled hidden />}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}

const PRIORITY_ORDER: readonly Priority[] = ['critical', 'urgent', 'standard', 'low'];

function OnItems({
  dialog,
  room,
  close,
  done,
}: {
  dialog: Extract<RoomDialog, { items: string[] }>;
  room: Room;
  close: () => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const agents = useQuery({ ...agentsQuery, enabled: dialog.kind === 'pin' || dialog.kind === 'assign' }).data?.agents;
  const [to, setTo] = useState<string | null>(dialog.to ?? null);
  const [reason, setReason] = useState('');
  const count = dialog.items.length;
  const here = (state: string): number =>
    state === 'available' ? 0 : state === 'busy' ? 1 : state === 'offline' ? 3 : 2;
  const choices =
    dialog.kind === 'move'
      ? room.queues.map((queue) => ({
          value: queue.id,
          label: `${queue.names[spoken()]} · ${t('room.freeCount', { count: queue.free })}`,
        }))
      : dialog.kind === 'prioritise'
        ? PRIORITY_ORDER.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))
        : [...(agents ?? [])]
            .sort((a, b) => here(a.presence) - here(b.presence) || a.name.localeCompare(b.name))
            .filter((agent) => dialog.kind === 'pin' || agent.presence !== 'offline')
            .map((agent) => ({
              value: agent.agentId,
              label: `${agent.name} · ${t(`presence.${agent.presence}`)} · ${agent.load} / ${agent.capacity}`,
            }));

  async function act(): Promise<void> {
    const field = dialog.kind === 'move' ? 'queueId' : dialog.kind === 'prioritise' ? 'priority' : 'agentId';
    const outcome = await post<Outcome>(`/api/room/items/${dialog.kind}`, {
      items: dialog.items,
      [field]: to,
      reason: reason.trim(),
    });
    done();
    if (outcome.done.length > 0) tell(t(`room.done.${dialog.kind}`, { count: outcome.done.length }));
    const why = new Map<string, number>();
    for (const one of outcome.failed) why.set(one.title, (why.get(one.title) ?? 0) + 1);
    for (const [title, many] of why) tell(many > 1 ? `${title} (${many})` : title);
  }
  return (
    <Frame
      title={t(`room.title_${dialog.kind}`, { count })}
      text={t(`room.text_${dialog.kind}`)}
      doIt={t(`room.do_${dialog.kind}`)}
      ready={to !== null && reason.trim().length >= SHORTEST}
      close={close}
      act={act}
    >
      <Pick first label={t(`room.to_${dialog.kind}`)} choices={choices} value={to} change={setTo} />
      <Reason value={reason} change={setReason} />
    </Frame>
  );
}

const MINUTES = [15, 30, 60, 120, 240];

function Opening({ dialog, close }: { dialog: Extract<RoomDialog, { kind: 'opening' }>; close: () => void }) {
  const { t } = useTranslation();
  const [minutes, setMinutes] = useState('30');
  const [reason, setReason] = useState('');
  const which = dialog.open ? 'open' : 'close';
  return (
    <Frame
      title={t(`room.${which}Title`, { name: dialog.name })}
      text={t(`room.${which}Text`)}
      doIt={t(`room.${which}Do`)}
      ready={reason.trim().length >= SHORTEST}
      close={close}
      act={async () => {
        await post(`/api/room/queues/${dialog.queueId}/opening`, {
          open: dialog.open,
          minutes: Number(minutes),
          reason: reason.trim(),
        });
        tell(t(`room.${which}Done`, { name: dialog.name }));
      }}
    >
      <Pick
        first
        label={t('room.forMinutes')}
        choices={MINUTES.map((one) => ({
          value: String(one),
          label: one < 60 ? t('room.minutesLong', { minutes: one }) : t('room.hours', { count: one / 60 }),
        }))}
        value={minutes}
        change={setMinutes}
      />
      <Reason value={reason} change={setReason} />
    </Frame>
  );
}

function BackToHours({ dialog, close }: { dialog: Extract<RoomDialog, { kind: 'hours' }>; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Frame
      title={t('room.hoursTitle', { name: dialog.name })}
      text={t('room.hoursText')}
      doIt={t('room.hoursDo')}
      ready
      close={close}
      act={async () => {
        await ask(`/api/room/queues/${dialog.queueId}/opening`, { method: 'DELETE' });
      }}
    />
  );
}

function Presence({ dialog, close }: { dialog: Extract<RoomDialog, { kind: 'presence' }>; close: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Frame
      title={t(`room.presence_${dialog.state}`, { name: dialog.name })}
      text={t(`room.presence_${dialog.state}Text`)}
      doIt={t(`room.presence_${dialog.state}Do`)}
      ready={reason.trim().length >= SHORTEST}
      close={close}
      act={async () => {
        await post(`/api/room/agents/${dialog.agentId}/presence`, { state: dialog.state, reason: reason.trim() });
        tell(t('room.toldAgent', { name: dialog.name }));
      }}
    >
      <Reason first value={reason} change={setReason} />
    </Frame>
  );
}

const broadcastsQuery = {
  queryKey: ['broadcasts'],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask<{ broadcasts: BroadcastView[] }>('/api/room/broadcasts', { signal }),
};

function Broadcast({ queueId, room, close }: { queueId: string | undefined; room: Room; close: () => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [text, setText] = useState('');
  const [to, setTo] = useState(queueId ?? 'all');
  const [hours, setHours] = useState('8');
  const { data } = useQuery(broadcastsQuery);
  return (
    <Frame
      title={t('room.broadcast')}
      text={t('room.broadcastText')}
      doIt={t('room.broadcastDo')}
      ready={text.trim().length > 0}
      close={close}
      act={async () => {
        const said = await post<BroadcastView>('/api/room/broadcasts', {
          text: text.trim(),
          hours: Number(hours),
          ...(to !== 'all' && { queueId: to }),
        });
        tell(t('room.broadcastDone', { count: said.readers.length }));
        void queries.invalidateQueries({ queryKey: ['broadcasts'] });
      }}
    >
      <Textarea
        data-autofocus
        required
        withAsterisk={false}
        label={t('room.message')}
        value={text}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="pair">
        <Pick
          label={t('room.toWhom')}
          choices={[
            { value: 'all', label: t('room.everyone') },
            ...room.queues.map((queue) => ({ value: queue.id, label: queue.names[spoken()] })),
          ]}
          value={to}
          change={setTo}
        />
        <Pick
          label={t('room.shownFor')}
          choices={[1, 8, 24].map((one) => ({ value: String(one), label: t('room.hours', { count: one }) }))}
          value={hours}
          change={setHours}
        />
      </div>
      {data && data.broadcasts.length > 0 && (
        <section className="said-before" aria-label={t('room.saidBefore')}>
          <h3 className="small strong">{t('room.saidBefore')}</h3>
          <ul>
            {data.broadcasts.slice(0, 5).map((one) => {
              const read = one.readers.filter((reader) => reader.readAt);
              return (
                <li key={one.id} className="small">
                  <p>{one.text}</p>
                  <details className="meta soft">
                    <summary>
                      {one.authorName} · {dayAndTime(new Date(one.at), language, zone)} ·{' '}
                      {t('room.readBy', { read: read.length, all: one.readers.length })}
                    </summary>
                    <p>
                      {read.length > 0 && `${t('room.haveRead')} ${read.map((reader) => reader.name).join(', ')}. `}
                      {read.length < one.readers.length &&
                        `${t('room.notRead')} ${one.readers
                          .filter((reader) => !reader.readAt)
                          .map((reader) => reader.name)
                          .join(', ')}.`}
                    </p>
                  </details>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </Frame>
  );
}
