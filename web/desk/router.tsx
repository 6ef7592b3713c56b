import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { tabsFor } from './author/tabs.ts';
import { roomSearch } from './supervisor/search.ts';
import { meQuery, queries } from './data.ts';
import { NotFound, Shell } from './Shell.tsx';
import { Failed } from './parts.tsx';
import { houseTabsFor } from './settings/organisation/tabs.ts';
import { may } from './session.ts';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** Everything behind the sign-in. */
const desk = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  beforeLoad: async ({ location }) => {
    const me = await queries.ensureQueryData(meQuery);
    if (!me) throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { to: location.pathname } });
  },
  errorComponent: ({ error, reset }) => (
    <main className="page-failed">
      <Failed
        error={error}
        retry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  ),
  component: Shell,
});

const inbox = createRoute({
  getParentRoute: () => desk,
  path: '/',
  // who attends to nobody begins with what they do
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(meQuery);
    if (me && !may(me, 'inbox.read'))
      throw redirect({
        to: may(me, 'staff.read') ? '/staff' : (tabsFor(me)[0]?.to ?? houseTabsFor(me)[0]?.to ?? '/settings'),
      });
  },
  component: lazyRouteComponent(() => import('./inbox/Inbox.tsx'), 'InboxPage'),
});
const conversation = createRoute({
  getParentRoute: () => desk,
  path: '/c/$conversationId',
  validateSearch: (search: Record<string, unknown>): { panel?: boolean } => (search['panel'] ? { panel: true } : {}),
  component: lazyRouteComponent(() => import('./inbox/Inbox.tsx'), 'InboxPage'),
});
const person = createRoute({
  getParentRoute: () => desk,
  path: '/p/$personId',
  component: lazyRouteComponent(() => import('./inbox/Inbox.tsx'), 'InboxPage'),
});
const consult = createRoute({
  getParentRoute: () => desk,
  path: '/consults/$consultId',
  component: lazyRouteComponent(() => import('./conversation/ConsultPage.tsx'), 'ConsultPage'),
});
const tasks = createRoute({
  getParentRoute: () => desk,
  path: '/tasks',
  component: lazyRouteComponent(() => import('./tasks/Tasks.tsx'), 'Tasks'),
});
const callBacks = createRoute({
  getParentRoute: () => desk,
  path: '/call-backs',
  component: lazyRouteComponent(() => import('./call-backs/CallBacks.tsx'), 'CallBacks'),
});
const room = createRoute({
  getParentRoute: () => desk,
  path: '/room',
  validateSearch: roomSearch,
  component: lazyRouteComponent(() => import('./supervisor/Room.tsx'), 'RoomPage'),
});
const listening = createRoute({
  getParentRoute: () => desk,
  path: '/room/c/$conversationId',
  component: lazyRouteComponent(() => import('./supervisor/Listen.tsx'), 'ListenPage'),
});
/** On a wall: signed in like the rest, with nothing around it. */
const wall = createRoute({
  getParentRoute: () => root,
  path: '/wall',
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(meQuery);
    if (!me) throw redirect({ to: '/sign-in', search: { to: '/wall' } });
  },
  component: lazyRouteComponent(() => import('./supervisor/Wall.tsx'), 'WallPage'),
});
const settings = createRoute({
  getParentRoute: () => desk,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/Settings.tsx'), 'Settings'),
});
const staff = createRoute({
  getParentRoute: () => desk,
  path: '/staff',
  component: lazyRouteComponent(() => import('./settings/Staff.tsx'), 'Staff'),
});
const voice = createRoute({
  getParentRoute: () => desk,
  path: '/voice',
  component: lazyRouteComponent(() => import('./settings/voice/Voice.tsx'), 'Voice'),
});
const outside = createRoute({
  getParentRoute: () => desk,
  path: '/outside',
  component: lazyRouteComponent(() => import('./settings/outside/Outside.tsx'), 'Outside'),
});
const house = createRoute({
  getParentRoute: () => desk,
  path: '/house',
  component: lazyRouteComponent(() => import('./settings/organisation/House.tsx'), 'House'),
});
const houseHome = createRoute({
  getParentRoute: () => house,
  path: '/',
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(meQuery);
    throw redirect({ to: (me && houseTabsFor(me)[0]?.to) ?? '/' });
  },
});
const houseQueues = createRoute({
  getParentRoute: () => house,
  path: '/queues',
  component: lazyRouteComponent(() => import('./settings/queues/Queues.tsx'), 'Queues'),
});
const houseQueue = createRoute({
  getParentRoute: () => house,
  path: '/queues/$queueId',
  component: lazyRouteComponent(() => import('./settings/queues/Queue.tsx'), 'Queue'),
});
const houseEntities = createRoute({
  getParentRoute: () => house,
  path: '/entities',
  component: lazyRouteComponent(() => import('./settings/entities/Entities.tsx'), 'Entities'),
});
const houseAgents = createRoute({
  getParentRoute: () => house,
  path: '/agents',
  component: lazyRouteComponent(() => import('./settings/agents/Agents.tsx'), 'Agents'),
});
const houseAgent = createRoute({
  getParentRoute: () => house,
  path: '/agents/$agentId',
  component: lazyRouteComponent(() => import('./settings/agents/Agent.tsx'), 'Agent'),
});
const houseLevels = createRoute({
  getParentRoute: () => house,
  path: '/levels',
  validateSearch: (search: Record<string, unknown>): { period?: 'day' | 'week' | 'month'; date?: string } => ({
    ...(['day', 'week', 'month'].includes(String(search['period'])) && {
      period: search['period'] as 'day' | 'week' | 'month',
    }),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(String(search['date'])) && { date: String(search['date']) }),
  }),
  component: lazyRouteComponent(() => import('./settings/entities/Levels.tsx'), 'Levels'),
});
const houseOwn = createRoute({
  getParentRoute: () => house,
  path: '/organisation',
  component: lazyRouteComponent(() => import('./settings/organisation/Own.tsx'), 'Own'),
});
const author = createRoute({
  getParentRoute: () => desk,
  path: '/author',
  component: lazyRouteComponent(() => import('./author/Author.tsx'), 'Author'),
});
const authorHome = createRoute({
  getParentRoute: () => author,
  path: '/',
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(meQuery);
    throw redirect({ to: (me && tabsFor(me)[0]?.to) ?? '/' });
  },
});
const articles = createRoute({
  getParentRoute: () => author,
  path: '/knowledge',
  component: lazyRouteComponent(() => import('./author/knowledge/Articles.tsx'), 'Articles'),
});
const article = createRoute({
  getParentRoute: () => author,
  path: '/knowledge/$articleId',
  validateSearch: (search: Record<string, unknown>): { language?: 'es' | 'ca' | 'en' | 'pt' } =>
    ['es', 'ca', 'en', 'pt'].includes(String(search['language']))
      ? { language: search['language'] as 'es' | 'ca' | 'en' | 'pt' }
      : {},
  component: lazyRouteComponent(() => import('./author/knowledge/Editor.tsx'), 'Editor'),
});
const unanswered = createRoute({
  getParentRoute: () => author,
  path: '/unanswered',
  component: lazyRouteComponent(() => import('./author/knowledge/Unanswered.tsx'), 'Unanswered'),
});
const ways = createRoute({
  getParentRoute: () => author,
  path: '/ways',
  component: lazyRouteComponent(() => import('./author/ways/Ways.tsx'), 'Ways'),
});
const waysHome = createRoute({
  getParentRoute: () => desk,
  path: '/ways',
  beforeLoad: () => {
    throw redirect({ to: '/author/ways' });
  },
});
const redFlags = createRoute({
  getParentRoute: () => author,
  path: '/red-flags',
  component: lazyRouteComponent(() => import('./author/red-flags/RedFlags.tsx'), 'RedFlags'),
});
const protocols = createRoute({
  getParentRoute: () => author,
  path: '/protocols',
  component: lazyRouteComponent(() => import('./author/protocols/Protocols.tsx'), 'Protocols'),
});
const protocol = createRoute({
  getParentRoute: () => author,
  path: '/protocols/$protocolId',
  component: lazyRouteComponent(() => import('./author/protocols/Protocol.tsx'), 'Protocol'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string; ended?: boolean; organisation?: string } => ({
    // only a way inside the desk: nobody is sent elsewhere after signing in
    ...(typeof search['to'] === 'string' && /^\/(?!\/)/.test(search['to']) && { to: search['to'] }),
    ...(search['ended'] ? { ended: true } : {}),
    ...(typeof search['organisation'] === 'string' && { organisation: search['organisation'] }),
  }),
  component: lazyRouteComponent(() => import('./signin/SignIn.tsx'), 'SignIn'),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./signin/Invitation.tsx'), 'Invitation'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    desk.addChildren([
      inbox,
      conversation,
      room,
      listening,
      person,
      consult,
      tasks,
      callBacks,
      settings,
      staff,
      voice,
      outside,
      waysHome,
      house.addChildren([
        houseHome,
        houseQueues,
        houseQueue,
        houseEntities,
        houseAgents,
        houseAgent,
        houseLevels,
        houseOwn,
      ]),
      author.addChildren([authorHome, articles, article, unanswered, ways, redFlags, protocols, protocol]),
    ]),
    wall,
    signIn,
    invitation,
  ]),
  basepath: '/desk',
  defaultPreload: false,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
