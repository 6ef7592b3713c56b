import { Checkbox } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { botSecret, botTest, BotView } from '../../../../server/assistant/outside/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ask, post } from '../../api.ts';
import { Dialog } from '../../Dialog.tsx';
import { refusal, tellRefusal } from '../../say.ts';
import { useWhen } from '../../session.ts';
import { Once } from '../Once.tsx';
import { Card, Field } from './parts.tsx';

const IDENTIFIERS = ['name', 'document', 'phone', 'email', 'birth_date', 'address', 'number'] as const;

/** Bots of others that flows may give the word to. */
export function Bots({ bots, renew }: { bots: BotView[]; renew: () => void }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<BotView | 'new'>();
  const [secret, setSecret] = useState<string>();
  return (
    <Card title={t('outside.bots')} text={t('outside.botsText')}>
      {bots.length === 0 ? (
        <p className="small">{t('outside.botsNone')}</p>
      ) : (
        <ul className="lines">
          {bots.map((bot) => (
            <BotLine key={bot.key} bot={bot} renew={renew} edit={() => setEditing(bot)} show={setSecret} />
          ))}
        </ul>
      )}
      <button type="button" className="btn" onClick={() => setEditing('new')}>
        <IconPlus size={16} stroke={1.6} aria-hidden /> {t('outside.addBot')}
      </button>
      {editing && (
        <BotForm
          bot={editing === 'new' ? undefined : editing}
          close={() => setEditing(undefined)}
          done={(made) => {
            setEditing(undefined);
            renew();
            if (made) setSecret(made);
          }}
        />
      )}
      {secret && (
        <Once
          title={t('outside.secret')}
          text={t('outside.secretText')}
          shown={secret}
          copy={t('settings.copy')}
          copied={t('outside.copied')}
          close={() => setSecret(undefined)}
        />
      )}
    </Card>
  );
}

function BotLine({
  bot,
  renew,
  edit,
  show,
}: {
  bot: BotView;
  renew: () => void;
  edit: () => void;
  show: (secret: string) => void;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [tried, setTried] = useState<z.infer<typeof botTest> | 'trying'>();
  const path = `/api/bots/${bot.key}`;
  const named = <span className="hidden-but-read"> {bot.name}</span>;
  async function tryIt(): Promise<void> {
    setTried('trying');
    try {
      setTried(await post<z.infer<typeof botTest>>(`${path}/test`));
    } catch (error) {
      setTried(undefined);
      tellRefusal(error);
    }
  }
  return (
    <li className="bot">
      <div className="grow">
        <p>
          <b className="mid">{bot.name}</b> <code>{bot.key}</code>{' '}
          {!bot.enabled && <span className="chip">{t('outside.botOff')}</span>}
        </p>
        <p className="small soft wrap">{bot.url}</p>
        <p className="small soft">
          {bot.allows.length === 0
            ? t('outside.allowsNone')
            : t('outside.allowsSome', {
                list: bot.allows.map((one) => t(`outside.identifier.${one}`)).join(', '),
              })}{' '}
          · {t('outside.calls', { count: bot.calls })}
          {bot.failures > 0 && ` · ${t('outside.failures', { count: bot.failures })}`}
          {bot.lastFailure &&
            ` · ${t('outside.lastFailure', {
              when: dayAndTime(new Date(bot.lastFailure.at), language, zone),
              why: t(`outside.why.${bot.lastFailure.why}`, { defaultValue: bot.lastFailure.why }),
            })}`}
        </p>
        {tried && tried !== 'trying' && (
          <p role="alert" className={tried.ok ? 'small' : 'small over-t'}>
            {tried.ok
              ? t('outside.tried', { ms: tried.ms })
              : t('outside.notTried', { why: t(`outside.why.${tried.why}`, { defaultValue: tried.why }) })}
          </p>
        )}
        <p className="buttons">
          <button type="button" className="btn sm line" disabled={tried === 'trying'} onClick={() => void tryIt()}>
            {t(tried === 'trying' ? 'outside.trying' : 'outside.try')}
            {named}
          </button>
          <button type="button" className="btn sm line" onClick={edit}>
            {t('outside.edit')}
            {named}
          </button>
          <button
            type="button"
            className="btn sm line"
            onClick={() =>
              void post<z.infer<typeof botSecret>>(`${path}/secret`, {}).then(
                (made) => (show(made.secret), renew()),
                tellRefusal,
              )
            }
          >
            {t('outside.rotate')}
            {named}
          </button>
          <button
            type="button"
            className="btn sm line"
            onClick={() =>
              void ask(path, { method: 'PATCH', body: { enabled: !bot.enabled } }).then(renew, tellRefusal)
            }
          >
            {t(bot.enabled ? 'outside.turnOff' : 'outside.turnOn')}
            {named}
          </button>
        </p>
      </div>
    </li>
  );
}

function BotForm({
  bot,
  close,
  done,
}: {
  bot: BotView | undefined;
  close: () => void;
  done: (secret?: string) => void;
}) {
  const { t } = useTranslation();
  const [form, setForm] = useState({
    key: bot?.key ?? '',
    name: bot?.name ?? '',
    url: bot?.url ?? '',
    allows: [...(bot?.allows ?? [])] as string[],
    privateAddress: bot?.privateAddress ?? false,
    timeoutSeconds: String(bot?.timeoutSeconds ?? 20),
    mostTurns: String(bot?.mostTurns ?? 30),
  });
  const [said, setSaid] = useState<string>();
  const set = (name: keyof typeof form, value: string | boolean | string[]): void =>
    setForm({ ...form, [name]: value });
  async function save(): Promise<void> {
    setSaid(undefined);
    const { key, ...about } = form;
    const body = { ...about, timeoutSeconds: Number(form.timeoutSeconds), mostTurns: Number(form.mostTurns) };
    try {
      if (bot) {
        await ask(`/api/bots/${bot.key}`, { method: 'PATCH', body });
        done();
      } else done((await post<z.infer<typeof botSecret>>('/api/bots', { key, ...body })).secret);
    } catch (error) {
      setSaid(refusal(error));
    }
  }
  const text = (name: 'key' | 'name' | 'url' | 'timeoutSeconds' | 'mostTurns', hint?: string, focus = false) => (
    <Field id={`bot-${name}`} label={t(`outside.field.${name}`)} {...(hint ? { hint } : {})}>
      {(given) => (
        <input
          {...given}
          {...(focus ? { 'data-autofocus': true } : {})}
          className="input"
          required
          autoComplete="off"
          spellCheck={false}
          value={form[name]}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      title={t(bot ? 'outside.editBot' : 'outside.addBot')}
      action={t('app.save')}
      said={said}
      submit={() => void save()}
      close={close}
    >
      {!bot && text('key', t('outside.hint.botKey'), true)}
      {text('name', undefined, Boolean(bot))}
      {text('url', t('outside.hint.botUrl'))}
      <Checkbox
        checked={form.privateAddress}
        onChange={(event) => set('privateAddress', event.currentTarget.checked)}
        label={t('outside.field.privateAddress')}
      />
      {text('timeoutSeconds')}
      {text('mostTurns')}
      <Checkbox.Group
        label={t('outside.allows')}
        description={t('outside.allowsText')}
        value={form.allows}
        onChange={(value) => set('allows', value)}
      >
        <div className="role-grid">
          {IDENTIFIERS.map((one) => (
            <Checkbox key={one} value={one} label={t(`outside.identifier.${one}`)} />
          ))}
        </div>
      </Checkbox.Group>
    </Dialog>
  );
}
