import { Checkbox, Textarea } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '@tanstack/react-query';
import { TASK_OUTCOMES, type TaskView } from '../../../server/routing/tasks/contract.ts';
import { clock, dayAndTime } from '../../ui/format.ts';
import { post } from '../api.ts';
import { Dialog } from '../Dialog.tsx';
import { agentsQuery } from '../data.ts';
import { tell, tellRefusal } from '../say.ts';
import { useMe, useWhen } from '../session.ts';
import { renewTasks } from './data.ts';
import { momentOf, usual, wallOf } from './when.ts';

/** A day and a time on the hospital's wall, with the ones that are wanted most a press away. */
function When({ day, time, set }: { day: string; time: string; set: (day: string, time: string) => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const id = useId();
  const [now] = useState(() => new Date());
  const chosen = momentOf(day, time, zone);
  return (
    <fieldset className="when">
      <legend>{t('tasks.when')}</legend>
      <div className="buttons">
        {usual(now, zone).map((one) => {
          const on = chosen?.getTime() === one.at.getTime();
          return (
            <button
              key={one.key}
              type="button"
              className={`btn sm line ${on ? 'on' : ''}`}
              aria-pressed={on}
              onClick={() => {
                const wall = wallOf(one.at, zone);
                set(wall.day, wall.time);
              }}
            >
              {t(`tasks.${one.key}`, { time: clock(one.at, language, zone) })}
            </button>
          );
        })}
      </div>
      <div className="when-i">
        <div className="field">
          <label htmlFor={`${id}-d`}>{t('tasks.date')}</label>
          <input
            id={`${id}-d`}
            className="input"
            type="date"
            required
            value={day}
            min={wallOf(now, zone).day}
            onChange={(event) => set(event.currentTarget.value, time)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-t`}>{t('tasks.time')}</label>
          <input
            id={`${id}-t`}
            className="input"
            type="time"
            required
            value={time}
            onChange={(event) => set(day, event.currentTarget.value)}
          />
        </div>
      </div>
      {chosen && chosen.getTime() < now.getTime() - 60_000 && (
        <p className="small over-t" role="alert">
          {t('tasks.badTime')}
        </p>
      )}
    </fieldset>
  );
}

const ANYONE = 'anyone';

function Who({ agentId, set }: { agentId: string; set: (agentId: string) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const id = useId();
  const agents = useQuery(agentsQuery).data?.agents ?? [];
  return (
    <div className="field">
      <label htmlFor={id}>{t('tasks.who')}</label>
      <select id={id} className="input" value={agentId} onChange={(event) => set(event.currentTarget.value)}>
        <option value={me.membership.id}>{t('tasks.me')}</option>
        <option value={ANYONE}>{t('tasks.anyone')}</option>
        {agents
          .filter((agent) => agent.agentId !== me.membership.id)
          .map((agent) => (
            <option key={agent.agentId} value={agent.agentId}>
              {agent.name}
            </option>
          ))}
      </select>
    </div>
  );
}

function useTime(initial: Date | null) {
  const { zone } = useWhen();
  const [{ day, time }, setWall] = useState(() => wallOf(initial ?? usual(new Date(), zone)[0]!.at, zone));
  return {
    day,
    time,
    set: (day: string, time: string) => setWall({ day, time }),
    at: momentOf(day, time, zone),
  };
}

/** Something is to be done later for who a conversation is with. */
export function NewTask({
  about,
  name,
  close,
}: {
  about: { conversationId: string } | { personId: string };
  name: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const when = useTime(null);
  const [text, setText] = useState('');
  const [agentId, setAgentId] = useState(me.membership.id);
  const [urgent, setUrgent] = useState(false);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={t('tasks.newTitle', { name })}
      intro={t('tasks.intro')}
      action={t('tasks.make')}
      ready={!busy && text.trim() !== '' && when.at !== null}
      close={close}
      submit={() => {
        setBusy(true);
        post<TaskView>('/api/tasks', {
          ...about,
          text: text.trim(),
          dueAt: when.at!.toISOString(),
          agentId: agentId === ANYONE ? null : agentId,
          priority: urgent ? 'urgent' : 'standard',
        })
          .then((task) => {
            tell(t('tasks.made', { when: dayAndTime(new Date(task.dueAt), language, zone) }));
            void renewTasks();
            close();
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <Textarea
        data-autofocus
        required
        label={t('tasks.text')}
        placeholder={t('tasks.placeholder')}
        value={text}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <When day={when.day} time={when.time} set={when.set} />
      <Who agentId={agentId} set={setAgentId} />
      <Checkbox
        checked={urgent}
        onChange={(event) => setUrgent(event.currentTarget.checked)}
        label={t('tasks.urgent')}
      />
    </Dialog>
  );
}

/** Another time, perhaps another colleague. */
export function MoveTask({ task, close }: { task: TaskView; close: () => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const due = new Date(task.dueAt);
  const when = useTime(due > new Date() ? due : null);
  const [agentId, setAgentId] = useState(task.agent?.agentId ?? ANYONE);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={t('tasks.moveTitle', { name: task.name ?? t('inbox.nameless') })}
      intro={task.text}
      action={t('tasks.make')}
      ready={!busy && when.at !== null}
      close={close}
      submit={() => {
        setBusy(true);
        post<TaskView>(`/api/tasks/${task.id}/move`, {
          dueAt: when.at!.toISOString(),
          agentId: agentId === ANYONE ? null : agentId,
        })
          .then((moved) => {
            tell(t('tasks.moved', { when: dayAndTime(new Date(moved.dueAt), language, zone) }));
            void renewTasks();
            close();
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <When day={when.day} time={when.time} set={when.set} />
      <Who agentId={agentId} set={setAgentId} />
    </Dialog>
  );
}

/** It is done, with what came of it. */
export function EndTask({ task, close }: { task: TaskView; close: () => void }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<(typeof TASK_OUTCOMES)[number] | null>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={t('tasks.doneTitle', { name: task.name ?? t('inbox.nameless') })}
      intro={task.text}
      action={t('tasks.finish')}
      ready={!busy && outcome !== null}
      close={close}
      submit={() => {
        setBusy(true);
        post<TaskView>(`/api/tasks/${task.id}/done`, { outcome, ...(note.trim() && { note: note.trim() }) })
          .then(() => {
            tell(t('tasks.finished'));
            void renewTasks();
            close();
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <fieldset className="picks">
        <legend>{t('tasks.outcome')}</legend>
        {TASK_OUTCOMES.map((one, i) => (
          <label key={one} className={outcome === one ? 'on' : ''}>
            <input
              type="radio"
              name="outcome"
              checked={outcome === one}
              onChange={() => setOutcome(one)}
              {...(i === 0 && { 'data-autofocus': true })}
            />
            <span className="grow">{t(`tasks.outcomes.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <Textarea
        label={`${t('tasks.note')} (${t('app.optional')})`}
        placeholder={t('tasks.notePlaceholder')}
        value={note}
        autosize
        minRows={2}
        maxRows={5}
        maxLength={1000}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </Dialog>
  );
}
