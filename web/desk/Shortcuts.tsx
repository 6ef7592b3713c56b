import { Checkbox, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../server/trust/contract.ts';
import { caps, KEYS, type KeyGroup } from './key-table.ts';
import { setSingleKeys, singleKeys } from './keys.ts';
import { may, useMe } from './session.ts';
import { useStore } from './store.ts';

const attends = (me: Me): boolean => may(me, 'inbox.read');
const watches = (me: Me): boolean => may(me, 'room.read');
/** Who has use for a group of keys; what is not named here is everybody's. */
const FOR: Partial<Record<KeyGroup, (me: Me) => boolean>> = {
  list: attends,
  conversation: attends,
  composer: attends,
  closing: attends,
  room: watches,
  listening: watches,
  author: (me) => may(me, 'knowledge.write'),
};
/** Keys whose caps have a name in each language. */
const NAMED: Record<string, string> = { Enter: 'enter', 'Shift+Enter': 'shiftEnter', Escape: 'escape' };

/** What every key does. */
export function Shortcuts({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const single = useStore(singleKeys);
  const groups = (Object.keys(KEYS) as KeyGroup[]).filter((group) => FOR[group]?.(me) ?? true);
  return (
    <Modal
      opened
      onClose={close}
      title={t('keys.title')}
      size={720}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className="sheet">
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl>
              {Object.entries<string>(KEYS[group]).map(([name, key]) => (
                <div key={name}>
                  <dt>{t(`keys.${name}`)}</dt>
                  <dd>
                    {caps(key).map((cap) => (
                      <kbd key={cap}>{NAMED[cap] ? t(`keys.${NAMED[cap]}`) : cap}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        mt={16}
        checked={single}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        label={t('keys.single')}
        description={t('keys.singleText')}
      />
    </Modal>
  );
}
