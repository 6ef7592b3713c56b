import { may } from '../session.ts';
import type { Me } from '../../../server/trust/contract.ts';

/** The parts of the author's area. One is there for whoever may all that it needs. */
const TABS = [
  { to: '/author/knowledge', name: 'knowledge.title', needs: ['knowledge.read', 'flow.read'] },
  { to: '/author/unanswered', name: 'knowledge.unanswered', needs: ['knowledge.write'] },
  { to: '/author/ways', name: 'ways.title', needs: ['ways.read'] },
  { to: '/author/red-flags', name: 'redFlags.title', needs: ['redflags.read'] },
  { to: '/author/protocols', name: 'protocols.title', needs: ['protocol.read'] },
] as const;

export type AuthorTab = (typeof TABS)[number];

export const tabsFor = (me: Me): AuthorTab[] => TABS.filter((tab) => tab.needs.every((one) => may(me, one)));
