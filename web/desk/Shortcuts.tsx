import { Checkbox, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { setSingleKeys, singleKeys } from './keys.ts';
import { useStore } from './store.ts';

const SHEET: [string, [string, string[]][]][] = [
  [
    'everywhere',
    [
      ['search', ['Ctrl', 'K']],
      ['sheet', ['?']],
      ['goInbox', ['G', 'I']],
      ['goRoom', ['G', 'R']],
      ['goTasks', ['G', 'T']],
      ['goSettings', ['G', 'S']],
      ['presence', ['P']],
    ],
  ],
  [
    'list',
    [
      ['accept', ['A']],
      ['decline', ['D']],
      ['next', ['J']],
      ['previous', ['K']],
      ['first', ['H']],
    ],
  ],
  [
    'conversation',
    [
      ['reply', ['R']],
      ['note', ['N']],
      ['knowledge', ['F']],
      ['transfer', ['T']],
      ['consult', ['Q']],
      ['join', ['M']],
      ['giveBack', ['V']],
      ['task', ['L']],
      ['hold', ['E']],
      ['close', ['C']],
      ['take', ['X']],
      ['patient', ['I']],
      ['book', ['B']],
    ],
  ],
  [
    'composer',
    [
      ['send', ['enter']],
      ['newline', ['shiftEnter']],
      ['snippet', ['/']],
      ['leave', ['escape']],
    ],
  ],
];

/** What every key does. */
export function Shortcuts({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const single = useStore(singleKeys);
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
        {SHEET.map(([group, keys]) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl>
              {keys.map(([name, caps]) => (
                <div key={name}>
                  <dt>{t(`keys.${name}`)}</dt>
                  <dd>
                    {caps.map((cap) => (
                      <kbd key={cap}>{cap.length > 4 ? t(`keys.${cap}`) : cap}</kbd>
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
