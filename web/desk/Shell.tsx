import { Menu } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  IconBook2,
  IconBuilding,
  IconCalendarTime,
  IconHelp,
  IconInbox,
  IconLayoutDashboard,
  IconMessageLanguage,
  IconPhoneCalling,
  IconPlugConnected,
  IconSearch,
  IconUsers,
  IconWifiOff,
} from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { initials, wait } from '../ui/format.ts';
import { onSignedOut, post } from './api.ts';
import { tabsFor } from './author/tabs.ts';
import { addMessage, inboxQuery, live, meQuery, onSessionEnd, queries, reconnect } from './data.ts';
import { forgetDrafts } from './drafts.ts';
import { LANGUAGE_NAMES, LANGUAGES, languageChosen, speak, spoken } from './i18n.ts';
import { shortcut } from './key-table.ts';
import { useKeys } from './keys.ts';
import { line } from './live.ts';
import { emptyOutbox, outbox, resendAll, startOutbox } from './outbox.ts';
import { IconButton, Mark, Skeleton } from './parts.tsx';
import { announced, tellRefusal } from './say.ts';
import { may, MeContext } from './session.ts';
import { houseTabsFor } from './settings/organisation/tabs.ts';
import { useNow, useStore } from './store.ts';
import { tasksQuery } from './tasks/data.ts';
import { Notices } from './supervisor/Notices.tsx';
import { chooseTheme, THEMES, themeChoice } from './theme.ts';

const Search = lazy(async () => ({ default: (await import('./patient/Search.tsx')).Search }));
const Shortcuts = lazy(async () => ({ default: (await import('./Shortcuts.tsx')).Shortcuts }));

/** What stays around every page behind the sign-in: the rail, the line's state, search, shortcuts, what is read aloud. */
export function Shell() {
  const { t } = useTranslation();
  const me = useSuspenseQuery(meQuery).data;
  const navigate = useNavigate();
  const attends = me !== null && may(me, 'inbox.read');
  const finds = me !== null && may(me, 'person.search');
  const [searching, setSearching] = useState(false);
  const [sheet, setSheet] = useState(false);

  useEffect(() => {
    const end = () => {
      live.stop();
      queries.clear();
      void navigate({ to: '/sign-in', search: { ended: true, to: location.pathname.replace(/^\/desk/, '') || '/' } });
    };
    onSignedOut(end);
    onSessionEnd(end);
    if (!attends) return;
    live.connect();
    startOutbox(addMessage);
    return () => live.stop();
  }, [navigate, attends]);

  useEffect(() => {
    if (me && !languageChosen() && me.account.language !== spoken()) void speak(me.account.language, false);
  }, [me]);

  // what waited for the line goes out as soon as it is back
  const { state } = useStore(line);
  useEffect(() => {
    if (state === 'live') resendAll();
  }, [state]);

  const seesCalls = me !== null && (may(me, 'call_back.read') || may(me, 'call_back.plan'));
  useKeys('everywhere', {
    search: finds ? () => setSearching(true) : undefined,
    sheet: () => setSheet(true),
    goInbox: () => void navigate({ to: '/' }),
    goTasks: me !== null && may(me, 'task.read') ? () => void navigate({ to: '/tasks' }) : undefined,
    goCalls: seesCalls ? () => void navigate({ to: '/call-backs' }) : undefined,
    goRoom: me && may(me, 'room.read') ? () => void navigate({ to: '/room', search: {} }) : undefined,
    goSettings: () => void navigate({ to: '/settings' }),
  });

  // dialogs come while there is a line: without one they still open
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of [
        () => import('./patient/Search.tsx'),
        () => import('./Shortcuts.tsx'),
        () => import('./conversation/Transfer.tsx'),
        () => import('./conversation/WrapUp.tsx'),
        () => import('./conversation/Consult.tsx'),
        () => import('./conversation/GiveBack.tsx'),
        () => import('./conversation/Join.tsx'),
        () => import('./tasks/Task.tsx'),
        () => import('./patient/Booking.tsx'),
      ])
        load().catch(() => undefined);
    }, 3_000);
    return () => clearTimeout(timer);
  }, []);

  if (!me) return null;
  return (
    <MeContext value={me}>
      <div className="desk">
        <SkipLinks />
        <Rail onSearch={() => setSearching(true)} onHelp={() => setSheet(true)} />
        <div className="desk-main">
          <LineBanner />
          {may(me, 'notice.read') && <Notices />}
          <Suspense fallback={<Skeleton label={t('app.loading')} />}>
            <Outlet />
          </Suspense>
        </div>
        <Announcer />
        <Suspense fallback={null}>
          {searching && <Search close={() => setSearching(false)} />}
          {sheet && <Shortcuts close={() => setSheet(false)} />}
        </Suspense>
      </div>
    </MeContext>
  );
}

function SkipLinks() {
  const { t } = useTranslation();
  const at = useRouterState({ select: (router) => router.location.pathname });
  const links = at.startsWith('/c/')
    ? [
        ['inbox-list', 'skipToList'],
        ['thread', 'skipToConversation'],
        ['composer', 'skipToComposer'],
        ['patient', 'skipToPatient'],
      ]
    : at === '/'
      ? [['inbox-list', 'skipToList']]
      : [];
  // what is still loading is no place to go to
  const there = usePlaces(links.map(([id]) => id!));
  if (there.size === 0) return null;
  return (
    <nav className="skip" aria-label={t('app.skipToConversation')}>
      {links
        .filter(([id]) => there.has(id!))
        .map(([id, key]) => (
          <a key={id} href={`#${id}`} onClick={(event) => jump(event, id!)}>
            {t(`app.${key}`)}
          </a>
        ))}
    </nav>
  );
}

/** Which of these ids stand on the page now. */
function usePlaces(ids: string[]): ReadonlySet<string> {
  const key = ids.join(' ');
  const [there, setThere] = useState('');
  useEffect(() => {
    const wanted = key ? key.split(' ') : [];
    const look = () => setThere(wanted.filter((id) => document.getElementById(id)).join(' '));
    look();
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector('.desk-main') ?? document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [key]);
  return new Set(there ? there.split(' ') : []);
}

function jump(event: React.MouseEvent, id: string): void {
  event.preventDefault();
  const target = document.getElementById(id);
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

function Rail({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useSuspenseQuery(meQuery).data!;
  const at = useRouterState({ select: (router) => router.location.pathname });
  const attends = may(me, 'inbox.read');
  const { data: inbox } = useQuery({ ...inboxQuery, enabled: attends });
  const unread = inbox?.mine.reduce((sum, row) => sum + (row.unread > 0 ? 1 : 0), 0) ?? 0;
  const inInbox = at === '/' || at.startsWith('/c/') || at.startsWith('/p/');
  return (
    <nav className="rail" aria-label={t('app.sections')}>
      <Link to="/" className="rail-home" aria-label={t('app.name')}>
        <Mark />
      </Link>
      {attends && (
        <Link
          to="/"
          className={`rail-i ${inInbox ? 'on' : ''}`}
          aria-current={inInbox ? 'page' : undefined}
          title={t('app.inbox')}
        >
          <IconInbox size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('app.inbox')}</span>
          {unread > 0 && !inInbox && <b className="rail-n">{unread}</b>}
        </Link>
      )}
      {may(me, 'task.read') && <TasksLink on={at === '/tasks'} />}
      {(may(me, 'call_back.read') || may(me, 'call_back.plan')) && (
        <Link
          to="/call-backs"
          className={`rail-i ${at === '/call-backs' ? 'on' : ''}`}
          aria-current={at === '/call-backs' ? 'page' : undefined}
          title={t('callBacks.title')}
        >
          <IconPhoneCalling size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('callBacks.title')}</span>
        </Link>
      )}
      {may(me, 'room.read') && (
        <Link
          to="/room"
          search={{}}
          className={`rail-i ${at.startsWith('/room') ? 'on' : ''}`}
          aria-current={at.startsWith('/room') ? 'page' : undefined}
          title={t('room.title')}
        >
          <IconLayoutDashboard size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('room.title')}</span>
        </Link>
      )}
      {tabsFor(me).length > 0 && (
        <Link
          to="/author"
          className={`rail-i ${at.startsWith('/author') ? 'on' : ''}`}
          aria-current={at.startsWith('/author') ? 'page' : undefined}
          title={t('author.title')}
        >
          <IconBook2 size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('author.title')}</span>
        </Link>
      )}
      {houseTabsFor(me).length > 0 && (
        <Link
          to="/house"
          className={`rail-i ${at.startsWith('/house') ? 'on' : ''}`}
          aria-current={at.startsWith('/house') ? 'page' : undefined}
          title={t('house.title')}
        >
          <IconBuilding size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('house.title')}</span>
        </Link>
      )}
      {may(me, 'staff.read') && (
        <Link
          to="/staff"
          className={`rail-i ${at === '/staff' ? 'on' : ''}`}
          aria-current={at === '/staff' ? 'page' : undefined}
          title={t('app.staff')}
        >
          <IconUsers size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('app.staff')}</span>
        </Link>
      )}
      {may(me, 'organisation.manage') && (
        <Link
          to="/voice"
          className={`rail-i ${at === '/voice' ? 'on' : ''}`}
          aria-current={at === '/voice' ? 'page' : undefined}
          title={t('voice.title')}
        >
          <IconMessageLanguage size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('voice.title')}</span>
        </Link>
      )}
      {(may(me, 'model.manage') || may(me, 'model_log.read')) && (
        <Link
          to="/outside"
          className={`rail-i ${at === '/outside' ? 'on' : ''}`}
          aria-current={at === '/outside' ? 'page' : undefined}
          title={t('outside.title')}
        >
          <IconPlugConnected size={20} stroke={1.6} aria-hidden />
          <span className="hidden-but-read">{t('outside.title')}</span>
        </Link>
      )}
      <span className="grow" />
      {may(me, 'person.search') && (
        <IconButton
          className="rail-i"
          label={t('app.patients')}
          keyName={shortcut('everywhere', 'search')}
          onClick={onSearch}
        >
          <IconSearch size={20} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      <IconButton
        className="rail-i rail-help"
        label={t('app.help')}
        keyName={shortcut('everywhere', 'sheet')}
        onClick={onHelp}
      >
        <IconHelp size={20} stroke={1.6} aria-hidden />
      </IconButton>
      <MyMenu />
    </nav>
  );
}

/** The way to the tasks, with how many of one's own are due. */
function TasksLink({ on }: { on: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const { data } = useQuery(tasksQuery('mine', false));
  const due = (data?.tasks ?? []).filter((task) => Date.parse(task.dueAt) <= now).length;
  return (
    <Link
      to="/tasks"
      className={`rail-i ${on ? 'on' : ''}`}
      aria-current={on ? 'page' : undefined}
      title={t('tasks.title')}
    >
      <IconCalendarTime size={20} stroke={1.6} aria-hidden />
      <span className="hidden-but-read">{t('tasks.title')}</span>
      {due > 0 && !on && <b className="rail-n">{due}</b>}
    </Link>
  );
}

function MyMenu() {
  const { t } = useTranslation();
  const me = useSuspenseQuery(meQuery).data!;
  const navigate = useNavigate();
  const { data: inbox } = useQuery({ ...inboxQuery, enabled: may(me, 'inbox.read') });
  const choice = useStore(themeChoice);
  const state = inbox?.presence.state ?? 'offline';

  async function signOut(): Promise<void> {
    try {
      await post('/api/sign-out');
    } catch (error) {
      return tellRefusal(error);
    }
    leaveDesk();
    void navigate({ to: '/sign-in' });
  }
  async function work(organisation: string): Promise<void> {
    try {
      await post('/api/me/organisation', { organisation });
    } catch (error) {
      return tellRefusal(error);
    }
    leaveDesk();
    location.assign('/desk/');
  }

  return (
    <Menu position="right-end" width={240} offset={10} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="rail-me">
          <span aria-hidden>{initials(me.membership.name)}</span>
          <span className="hidden-but-read">
            {t('app.me', { name: me.membership.name, state: t(`presence.${state}`) })}
          </span>
          <i className={`dot ${state}`} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <span className="strong ink">{me.membership.name}</span>
          <br />
          {me.organisation.name}
        </Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/settings' })}>{t('app.settings')}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('app.theme')}</Menu.Label>
        <Menu.RadioGroup value={choice} onChange={(value) => chooseTheme(value as typeof choice)}>
          {THEMES.map((theme) => (
            <Menu.RadioItem key={theme} value={theme} closeMenuOnClick={false}>
              {t(`app.themes.${theme}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('app.language')}</Menu.Label>
        <Menu.RadioGroup value={spoken()} onChange={(value) => void speak(value as ReturnType<typeof spoken>)}>
          {LANGUAGES.map((language) => (
            <Menu.RadioItem key={language} value={language}>
              <span lang={language}>{LANGUAGE_NAMES[language]}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {me.organisations.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('app.organisation')}</Menu.Label>
            <Menu.RadioGroup
              value={me.organisation.id}
              onChange={(value) => value !== me.organisation.id && void work(value)}
            >
              {me.organisations.map((one) => (
                <Menu.RadioItem key={one.id} value={one.id}>
                  {one.name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </>
        )}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('app.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Nothing of anybody stays in this tab. */
function leaveDesk(): void {
  live.stop();
  emptyOutbox();
  forgetDrafts();
  queries.clear();
}

/** The line is gone: since when, what still works, and a way to try at once. */
function LineBanner() {
  const { t } = useTranslation();
  const state = useStore(line);
  const now = useNow();
  const waiting = useStore(outbox).filter((one) => one.state !== 'failed').length;
  // a blink of the line is nobody's worry
  if (state.state !== 'down' || now - state.since < 2_000) return null;
  return (
    <div className="line-down" role="status">
      <IconWifiOff size={18} stroke={1.6} aria-hidden />
      <p>
        <b className="num">{t('app.offline', { time: wait(now - state.since) })}</b>{' '}
        {waiting > 0 ? t('app.offlineQueued', { count: waiting }) : t('app.offlineText')}
      </p>
      <button type="button" className="btn sm line" onClick={reconnect}>
        {t('app.retry')}
      </button>
    </div>
  );
}

function Announcer() {
  const { text, assertive } = useStore(announced);
  return (
    <>
      <p className="hidden-but-read" aria-live="polite">
        {assertive ? '' : text}
      </p>
      <p className="hidden-but-read" aria-live="assertive">
        {assertive ? text : ''}
      </p>
    </>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="page-failed">
      <div className="nothing">
        <h1>{t('app.notFound')}</h1>
        <p className="soft">{t('app.notFoundText')}</p>
        <Link to="/" className="btn pri">
          {t('app.toInbox')}
        </Link>
      </div>
    </main>
  );
}
