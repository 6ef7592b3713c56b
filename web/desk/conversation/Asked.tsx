import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { IconChevronRight, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import type { TaskView } from '../../../server/routing/tasks/contract.ts';
import { clock, wait } from '../../ui/format.ts';
import { post } from '../api.ts';
import { spoken } from '../i18n.ts';
import { ChannelIcon, Diamond, IconButton } from '../parts.tsx';
import { inboxQuery, queries } from '../data.ts';
import { announce, tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { renewTasks, tasksQuery } from '../tasks/data.ts';
import { askedText, Left } from './Company.tsx';
import { answerJoining, joiningsQuery, roleText, withdrawnHere } from './joinings.ts';

/** What colleagues ask of this agent, tasks whose time has come, and what they are in beside what they hold. */
export function Asked() {
  const me = useMe();
  if (!may(me, 'joining.read')) return null;
  return <Strip />;
}

function Strip() {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery(joiningsQuery);
  const tasks = useQuery(tasksQuery('mine', false)).data?.tasks ?? [];
  const offered = tasks.filter((task) => task.offer !== null);
  const asked = data?.asked ?? [];
  useHeard([...asked.map((one) => ({ id: one.id, name: one.from.name }))]);
  // what one asked for oneself is said in the conversation; here, what one came into and who is consulted
  const beside = (data?.mine ?? []).filter(
    (one) => one.kind === 'consult' || (one.kind === 'join' && one.agent?.agentId === me.membership.id),
  );
  const errands = data?.errands ?? [];
  useCameBack(data?.mine);
  return (
    <>
      {asked.length > 0 && (
        <section aria-label={t('askedOfYou.title')}>
          <div className="list-s">
            <h3>
              {t('askedOfYou.title')} <span className="num faint">{asked.length}</span>
            </h3>
          </div>
          {asked.map((one) => (
            <AskedCard key={one.id} joining={one} />
          ))}
        </section>
      )}
      {offered.map((task) => (
        <TaskCard key={task.id} task={task} />
      ))}
      {(beside.length > 0 || errands.length > 0) && (
        <section aria-label={t('besideYou.title')}>
          <div className="list-s">
            <h3>
              {t('besideYou.title')} <span className="num faint">{beside.length + errands.length}</span>
            </h3>
          </div>
          <ul>
            {beside.map((one) => (
              <li key={one.id}>
                <BesideRow joining={one} />
              </li>
            ))}
            {errands.map((one) => (
              <li key={one.conversationId}>
                <Link to="/c/$conversationId" params={{ conversationId: one.conversationId }} className="row small-row">
                  <ChannelIcon channel={one.channel} />
                  <span className="row-t">
                    <span className="row-1 cut">{one.name ?? t('inbox.nameless')}</span>
                    <span className="row-2 cut">
                      {t('besideYou.errand')}: {one.title[spoken()]}
                    </span>
                  </span>
                  <IconChevronRight size={16} stroke={1.6} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What is newly asked is read aloud, once. */
function useHeard(asked: { id: string; name: string }[]): void {
  const { t } = useTranslation();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    const before = known.current;
    known.current = new Set(asked.map((one) => one.id));
    if (!before) return;
    for (const one of asked) if (!before.has(one.id)) announce(t('askedOfYou.read', { name: one.name }), true);
  }, [asked, t]);
}

/** What was offered and taken by nobody is still this agent's: they are told, wherever they are. */
function useCameBack(mine: JoiningView[] | undefined): void {
  const { t } = useTranslation();
  const known = useRef<JoiningView[]>([]);
  useEffect(() => {
    if (!mine) return;
    const held = queries.getQueryData(inboxQuery.queryKey)?.mine ?? [];
    for (const one of known.current) {
      if (mine.some((other) => other.id === one.id) || withdrawnHere.has(one.id)) continue;
      if (!held.some((row) => row.conversationId === one.conversationId)) continue;
      const said = t('besideYou.cameBack', { name: one.about.name ?? t('inbox.nameless') });
      tell(said);
      announce(said);
    }
    known.current = mine.filter((one) => one.kind === 'transfer');
  }, [mine, t]);
}

function AskedCard({ joining }: { joining: JoiningView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const { about } = joining;
  const answer = async (how: 'accept' | 'refuse'): Promise<void> => {
    setBusy(true);
    const went = await answerJoining(joining, how);
    setBusy(false);
    if (!went || how === 'refuse') return;
    if (joining.kind === 'consult') void navigate({ to: '/consults/$consultId', params: { consultId: joining.id } });
    else void navigate({ to: '/c/$conversationId', params: { conversationId: joining.conversationId } });
  };
  return (
    <article className={`ask-card ${joining.kind === 'consult' ? 'team' : ''}`}>
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
        <button type="button" className="btn sm line" disabled={busy} onClick={() => void answer('refuse')}>
          {t('askedOfYou.refuse')}
        </button>
        <button type="button" className="btn sm pri" disabled={busy} onClick={() => void answer('accept')}>
          {t('askedOfYou.accept')}
        </button>
      </footer>
    </article>
  );
}

function BesideRow({ joining }: { joining: JoiningView }) {
  const { t } = useTranslation();
  const me = useMe();
  const consulted = joining.kind === 'consult' && joining.agent?.agentId === me.membership.id;
  const other = joining.from.agentId === me.membership.id ? (joining.agent ?? joining.to.agent) : joining.from;
  const what =
    joining.kind === 'consult'
      ? t('besideYou.consult', { name: other?.name ?? '' })
      : t('besideYou.member', { role: roleText(t, joining) });
  const inside = (
    <>
      <ChannelIcon channel={joining.about.channel} />
      <span className="row-t">
        <span className="row-1 cut">{joining.about.name ?? t('inbox.nameless')}</span>
        <span className="row-2 cut">{what}</span>
      </span>
      <IconChevronRight size={16} stroke={1.6} aria-hidden />
    </>
  );
  return consulted ? (
    <Link to="/consults/$consultId" params={{ consultId: joining.id }} className="row small-row">
      {inside}
    </Link>
  ) : (
    <Link to="/c/$conversationId" params={{ conversationId: joining.conversationId }} className="row small-row">
      {inside}
    </Link>
  );
}

/** A task whose time has come, before this agent until it lapses. */
function TaskCard({ task }: { task: TaskView }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const navigate = useNavigate();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const due = new Date(task.dueAt);
  const answer = async (how: 'accept' | 'decline'): Promise<void> => {
    setBusy(true);
    try {
      await post(`/api/offers/${task.offer!.id}/${how}`, how === 'decline' ? {} : undefined);
      if (how === 'accept' && task.conversationId)
        void navigate({ to: '/c/$conversationId', params: { conversationId: task.conversationId } });
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
      void renewTasks();
    }
  };
  return (
    <article className="ask-card" aria-label={t('tasks.offer', { time: clock(due, language, zone) })}>
      <p className="small">
        {t('tasks.offer', { time: clock(due, language, zone) })}
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
        <IconButton label={t('askedOfYou.refuse')} disabled={busy} onClick={() => void answer('decline')}>
          <IconX size={14} stroke={1.8} aria-hidden />
        </IconButton>
        <button type="button" className="btn sm pri" disabled={busy} onClick={() => void answer('accept')}>
          {t('tasks.accept')}
        </button>
      </footer>
    </article>
  );
}
