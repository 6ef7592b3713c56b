import { Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeskAgent, Inbox } from '../../../server/desk/contract.ts';
import { post } from '../api.ts';
import { queries } from '../data.ts';
import { shortcut } from '../key-table.ts';
import { useKeys } from '../keys.ts';
import { tellRefusal } from '../say.ts';

const REASONS = ['coffee', 'lunch', 'rest', 'personal', 'meeting', 'technical'] as const;

export async function setPresence(state: string, reason?: string): Promise<void> {
  try {
    const agent = await post<DeskAgent>('/api/presence', { state, ...(reason && { reason }) });
    queries.setQueryData<Inbox>(['inbox'], (held) => held && { ...held, ...agent });
  } catch (error) {
    tellRefusal(error);
  }
}

/** Whether work may come, and why not. */
export function Presence({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  useKeys('list', { presence: () => setOpened(true) });
  const { state, reason } = inbox.presence;
  const shown =
    reason && state === 'break' ? t(`presence.reasons.${reason}`, { defaultValue: reason }) : t(`presence.${state}`);
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={264}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button type="button" className="btn sm line" aria-keyshortcuts={shortcut('list', 'presence')}>
          <i className={`dot ${state}`} aria-hidden />
          <span className="hidden-but-read">{t('presence.title')}: </span>
          {shown}
          <IconChevronDown size={14} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['available', 'wrapping', 'training'] as const).map((one) => (
          <Menu.Item key={one} leftSection={<i className={`dot ${one}`} />} onClick={() => void setPresence(one)}>
            <span className="mid">{t(`presence.${one}`)}</span>
            <span className="menu-sub">{t(`presence.${one}Text`)}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('presence.breakReasons')}</Menu.Label>
        {REASONS.map((one) => (
          <Menu.Item key={one} leftSection={<i className="dot break" />} onClick={() => void setPresence('break', one)}>
            {t(`presence.reasons.${one}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<i className="dot offline" />} onClick={() => void setPresence('offline')}>
          <span className="mid">{t('presence.goOffline')}</span>
          <span className="menu-sub">{t('presence.goOfflineText')}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
