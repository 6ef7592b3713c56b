import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconDots } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskView } from '../../../server/routing/tasks/contract.ts';
import { clock, dayAndTime, daysAway, left, wait, weekdayShort } from '../../ui/format.ts';
import { post } from '../api.ts';
import { spoken } from '../i18n.ts';
import { Diamond, Failed, Ring, Skeleton } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { renewTasks, tasksQuery } from './data.ts';
import { EndTask, MoveTask } from './Task.tsx';
import { groupOf, type Group, LATE_MS, SOON_MS } from './when.ts';

const GROUPS: readonly Group[] = ['late', 'now', 'today', 'tomorrow', 'after'];

/** What is to be done and when: this agent's, or the team's; and what came of what is done. */
export function Tasks() {
  const { t } = useTranslation();
  const { zone } = useWhen();
  const now = useNow();
  const [whose, setWhose] = useState<'mine' | 'team'>('mine');
  const [ended, setEnded] = useState(false);
  const list = useQuery(tasksQuery(whose, ended));
  const [dialog, setDialog] = useState<{ what: 'move' | 'end'; task: TaskView } | null>(null);
  useEffect(() => {
    document.title = `${t('tasks.title')} · Hebra`;
  }, [t]);
  const tasks = list.data?.tasks ?? [];
  const groups = ended
    ? []
    : GROUPS.map((group) => ({
        group,
        tasks: tasks.filter((task) => groupOf(new Date(task.dueAt), new Date(now), zone) === group),
      })).filter((one) => one.tasks.length > 0);
  const row = (task: TaskView) => (
    <TaskRow
      key={task.id}
      task={task}
      now={now}
      move={() => setDialog({ what: 'move', task })}
      end={() => setDialog({ what: 'end', task })}
    />
  );
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('tasks.title')}</h1>
        {list.data && <span className="soft num">{t('tasks.count', { count: tasks.length })}</span>}
      </header>
      <div className="page-b wide tasks">
        <div className="tasks-f">
          <Either
            label={t('tasks.whose')}
            value={whose}
            options={[
              ['mine', t('tasks.mine')],
              ['team', t('tasks.team')],
            ]}
            set={(value) => setWhose(value as 'mine' | 'team')}
          />
          <Either
            label={t('tasks.which')}
            value={ended ? 'ended' : 'open'}
            options={[
              ['open', t('tasks.open')],
              ['ended', t('tasks.ended')],
            ]}
            set={(value) => setEnded(value === 'ended')}
          />
        </div>
        {list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={6} label={t('app.loading')} />
        ) : tasks.length === 0 ? (
          <div className="nobody">
            <p className="strong">{t(ended ? 'tasks.noneEnded' : 'tasks.none')}</p>
            <p className="small soft">{t(ended ? 'tasks.noneEndedText' : 'tasks.noneText')}</p>
          </div>
        ) : ended ? (
          <ul className="task-list">{tasks.map(row)}</ul>
        ) : (
          groups.map((one) => (
            <section key={one.group} aria-labelledby={`tasks-${one.group}`}>
              <h2 id={`tasks-${one.group}`} className={one.group === 'late' ? 'over-t' : ''}>
                {t(`tasks.${one.group}`)} <span className="num faint">{one.tasks.length}</span>
              </h2>
              <ul className="task-list">{one.tasks.map(row)}</ul>
            </section>
          ))
        )}
      </div>
      {dialog?.what === 'move' && <MoveTask task={dialog.task} close={() => setDialog(null)} />}
      {dialog?.what === 'end' && <EndTask task={dialog.task} close={() => setDialog(null)} />}
    </main>
  );
}

function Either({
  label,
  value,
  options,
  set,
}: {
  label: string;
  value: string;
  options: [string, string][];
  set: (value: string) => void;
}) {
  return (
    <div role="group" aria-label={label} className="tabs">
      {options.map(([key, text]) => (
        <button
          key={key}
          type="button"
          aria-pressed={value === key}
          className={value === key ? 'on' : ''}
          onClick={() => set(key)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

function TaskRow({ task, now, move, end }: { task: TaskView; now: number; move: () => void; end: () => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  const due = new Date(task.dueAt);
  const ahead = due.getTime() - now;
  const over = task.state === 'done' || task.state === 'cancelled';
  const mine = task.takenBy?.agentId === me.membership.id;
  const name = task.name ?? t('inbox.nameless');
  const may = !over && (task.state !== 'taken' || mine || me.membership.roles.includes('supervisor'));
  const who = over
    ? (task.takenBy?.name ?? task.madeBy.name)
    : task.takenBy
      ? t('tasks.taken', { name: task.takenBy.name })
      : task.state === 'offered'
        ? t('tasks.offeredTo')
        : task.agent
          ? t('tasks.first', { name: task.agent.name })
          : t('tasks.anyoneOf', { queue: task.queue[spoken()] });
  const act = async (path: 'take' | 'cancel'): Promise<void> => {
    try {
      await post(`/api/tasks/${task.id}/${path}`);
      if (path === 'cancel') tell(t('tasks.cancelled'));
    } catch (error) {
      tellRefusal(error);
    } finally {
      void renewTasks();
    }
  };
  return (
    <li className={`task ${over ? 'is-over' : ''}`}>
      <Ring
        share={over ? null : ringShare(ahead)}
        channel={task.channel}
        label={t(`channel.${task.channel ?? 'webchat'}`)}
      />
      <div className="task-t">
        <p className="row-1">
          <Diamond priority={task.priority} />
          <span className="strong">{name}</span>
        </p>
        <p className="words">{task.text ?? t('tasks.erased')}</p>
        {over && task.outcome && (
          <p className="small">
            <b>{t(`tasks.outcomes.${task.outcome}`)}</b>
            {task.note && ` · ${task.note}`}
          </p>
        )}
        <p className="meta soft">
          {[
            task.state === 'cancelled' ? t('tasks.cancelledMark') : null,
            who,
            task.agent?.agentId === task.madeBy.agentId ? null : t('tasks.madeBy', { name: task.madeBy.name }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <p className="task-w">
        <time dateTime={task.dueAt} className="strong num">
          {over ? dayAndTime(new Date(task.endedAt ?? task.dueAt), language, zone) : clock(due, language, zone)}
        </time>
        {!over && (
          <span className={`meta num ${ahead < -LATE_MS ? 'over-t strong' : ahead <= SOON_MS ? 'over-t' : 'soft'}`}>
            {Math.abs(ahead) <= 60_000
              ? t('tasks.now')
              : ahead < 0
                ? t('tasks.lateBy', { time: wait(-ahead) })
                : daysAway(due, zone, new Date(now)) === 0
                  ? t('tasks.dueIn', { time: left(Math.max(0, ahead)) })
                  : weekdayShort(due, language, zone)}
          </span>
        )}
      </p>
      <div className="task-a">
        {task.conversationId && (
          <Link to="/c/$conversationId" params={{ conversationId: task.conversationId }} className="btn sm line">
            {t('tasks.openThread')}
            <span className="hidden-but-read">: {name}</span>
          </Link>
        )}
        {may && task.state !== 'taken' && (
          <button type="button" className="btn sm line" onClick={() => void act('take')}>
            {t('tasks.take')}
            <span className="hidden-but-read">: {name}</span>
          </button>
        )}
        {may && (
          <button type="button" className="btn sm line" onClick={end}>
            {t('tasks.done')}
            <span className="hidden-but-read">: {name}</span>
          </button>
        )}
        {may && (
          <Menu position="bottom-end" width={200} withinPortal={false} withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <button type="button" className="ib" aria-label={`${t('tasks.more')}: ${name}`}>
                <IconDots size={18} stroke={1.6} aria-hidden />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={move}>{t('tasks.move')}</Menu.Item>
              <Menu.Item onClick={() => void act('cancel')}>{t('tasks.cancel')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </li>
  );
}

const HOUR_MS = 3_600_000;

/** The share of the last hour before it is due that is used up: ochre in its last quarter, closed when it is due. */
function ringShare(ahead: number): number | null {
  if (ahead > HOUR_MS) return null;
  if (ahead > SOON_MS) return (0.7 * (HOUR_MS - ahead)) / (HOUR_MS - SOON_MS);
  return ahead > 0 ? 0.7 + 0.29 * (1 - ahead / SOON_MS) : 1;
}
