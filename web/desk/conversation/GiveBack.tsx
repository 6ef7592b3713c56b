import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import { post } from '../api.ts';
import { spoken } from '../i18n.ts';
import { tellRefusal } from '../say.ts';
import { Dialog } from '../Dialog.tsx';
import { errandsQuery, renewJoinings } from './joinings.ts';

/** The assistant, or an outside bot, goes on with one thing; then the conversation comes back. */
export function GiveBack({
  head,
  name,
  close,
  done,
}: {
  head: ConversationHead;
  name: string;
  close: () => void;
  done: (head: ConversationHead) => void;
}) {
  const { t } = useTranslation();
  const errands = useQuery(errandsQuery).data;
  const [purpose, setPurpose] = useState<{ flow: string } | { bot: string } | null>(null);
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const bot = purpose && 'bot' in purpose ? purpose.bot : null;
  const flow = purpose && 'flow' in purpose ? purpose.flow : null;
  const nothing = errands && errands.flows.length === 0 && errands.bots.length === 0;
  return (
    <Dialog
      title={t('giveBack.title', { name })}
      intro={t('giveBack.intro')}
      action={t('giveBack.ask')}
      ready={purpose !== null && !busy}
      close={close}
      submit={() => {
        setBusy(true);
        post<ConversationHead>(`/api/conversations/${head.conversationId}/give-to-assistant`, {
          ...purpose,
          ...(bot && told.trim() && { tell: told.trim() }),
        })
          .then((given) => {
            void renewJoinings();
            done(given);
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      {nothing && <p className="small">{t('giveBack.none')}</p>}
      {errands && errands.flows.length > 0 && (
        <fieldset className="picks">
          <legend>{t('giveBack.purpose')}</legend>
          {errands.flows.map((one, i) => (
            <label key={one.flow} className={flow === one.flow ? 'on' : ''}>
              <input
                type="radio"
                name="purpose"
                checked={flow === one.flow}
                onChange={() => setPurpose({ flow: one.flow })}
                {...(i === 0 && { 'data-autofocus': true })}
              />
              <span className="grow">{one.title[spoken()]}</span>
            </label>
          ))}
        </fieldset>
      )}
      {errands && errands.bots.length > 0 && (
        <fieldset className="picks">
          <legend>{t('giveBack.bots')}</legend>
          {errands.bots.map((one) => (
            <label key={one.bot} className={bot === one.bot ? 'on' : ''}>
              <input
                type="radio"
                name="purpose"
                checked={bot === one.bot}
                onChange={() => setPurpose({ bot: one.bot })}
              />
              <span className="grow">{one.name}</span>
            </label>
          ))}
        </fieldset>
      )}
      {bot && (
        <Textarea
          label={`${t('giveBack.tell')} (${t('app.optional')})`}
          placeholder={t('giveBack.tellPlaceholder')}
          value={told}
          autosize
          minRows={2}
          maxRows={4}
          maxLength={500}
          onChange={(event) => setTold(event.currentTarget.value)}
        />
      )}
    </Dialog>
  );
}
