import type { Me } from '../../../../server/trust/contract.ts';
import { may } from '../../session.ts';

/** The parts of the organisation's area, each for whoever may do something there. */
const TABS = [
  { to: '/house/queues', name: 'queuePage.title', needs: 'queue.manage' },
  { to: '/house/entities', name: 'entityPage.title', needs: 'entity.manage' },
  { to: '/house/agents', name: 'agentPage.title', needs: 'agent.manage' },
  { to: '/house/levels', name: 'levelPage.title', needs: 'level.read' },
  { to: '/house/organisation', name: 'ownPage.title', needs: 'organisation.manage' },
] as const;

export type HouseTab = (typeof TABS)[number];

export const houseTabsFor = (me: Me): HouseTab[] => TABS.filter((tab) => may(me, tab.needs));
