import { createContext, useContext } from 'react';
import type { Me } from '../../server/trust/contract.ts';
import { spoken } from './i18n.ts';
import type { Language } from '../ui/format.ts';

export const MeContext = createContext<Me | null>(null);

/** Who works at this desk. Only inside the signed-in part of the page. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('Nobody is signed in here.');
  return me;
}

/** What every time on the page is written with: the language spoken and the zone of the organisation. */
export function useWhen(): { language: Language; zone: string } {
  return { language: spoken(), zone: useMe().organisation.timezone };
}

export const may = (me: Me, permission: string): boolean => me.permissions.includes(permission);
