import type { TFunction } from 'i18next';
import type { DeskCallBack } from '../../../server/routing/call-backs/contract.ts';
import { dayAndTime, type Language } from '../../ui/format.ts';

/** How a call-back stands, in a few words. */
export function stateText(callBack: DeskCallBack, t: TFunction, language: Language, zone: string): string {
  const when = (at: string): string => dayAndTime(new Date(at), language, zone);
  switch (callBack.state) {
    case 'asked':
      return callBack.slotAt
        ? t('callBacks.state.slot', { when: when(callBack.slotAt) })
        : t('callBacks.state.place', { when: when(callBack.dueAt) });
    case 'due':
      return t(callBack.late ? 'callBacks.state.late' : 'callBacks.state.due');
    case 'trying':
      return callBack.agent
        ? t('callBacks.state.calling', { name: callBack.agent })
        : t('callBacks.state.again', { when: when(callBack.dueAt) });
    default: {
      const ended = t(`callBacks.state.${callBack.state}`);
      return callBack.endedAt ? `${ended} · ${when(callBack.endedAt)}` : ended;
    }
  }
}
