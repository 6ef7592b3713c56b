import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PRIORITIES } from '../../../../server/conversation/contract.ts';
import type { QueuesView, QueueView, WhoCould } from '../../../../server/desk/settings/contract.ts';
import { ask, post } from '../../api.ts';
import { queuesQuery } from '../../data.ts';
import { LANGUAGE_NAMES, LANGUAGES, spoken } from '../../i18n.ts';
import { NotFound } from '../../Shell.tsx';
import { tell } from '../../say.ts';
import { figure, newQueue, type QueueDraft, queueDraft, queueFrom } from '../draft.ts';
import { Check, DurationField, Field, Part, Skills, TextField } from '../fields.tsx';
import { FormOf, SaveBar, useBeginning, useSettingsForm } from '../form.tsx';
import { Page } from '../Page.tsx';
import { Could } from './Could.tsx';
import { namesIn, nameOf, queueSettingsQuery } from './data.ts';
import { exactly, readBack } from './sentence.ts';
import { Holidays, Overflows, Rings, WeekHours } from './Steps.tsx';

/** One queue: everything it promises, asks and says, with the whole of it read back. */
export function Queue() {
  const { t } = useTranslation();
  const { queueId } = useParams({ from: '/desk/house/queues/$queueId' });
  const query = useQuery({ ...queueSettingsQuery, refetchInterval: false });
  const queue = query.data?.queues.find((one) => one.id === queueId);
  const { ready, times, renew } = useBeginning(query);
  if (query.data && ready && !queue && queueId !== 'new') return <NotFound />;
  return (
    <Page
      title={queue ? nameOf(queue, spoken()) : t('queuePage.newTitle')}
      above={<Link to="/house/queues">{t('queuePage.title')}</Link>}
      query={query}
      wide={false}
    >
      {query.data && ready && <Form key={`${queueId} ${times}`} view={query.data} queue={queue} renew={renew} />}
    </Page>
  );
}

const COSTS = { half: 0.5, usual: 1, double: 2, five: 5 } as const;

function Form({ view, queue, renew }: { view: QueuesView; queue: QueueView | undefined; renew: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const language = spoken();
  // what was on the page when it began: fresher figures of the list are no reason to overwrite somebody
  const [revision] = useState(queue?.revision);
  const form = useSettingsForm(() => (queue ? queueDraft(queue.settings) : newQueue(view.outOfHours)), {
    saved: () => void navigate({ to: '/house/queues' }),
  });
  const { draft, set } = form;
  const { settings, faults } = queueFrom(draft);
  const names = namesIn(view, language);
  async function send(): Promise<void> {
    const { key, ...others } = settings;
    if (queue)
      queries.setQueryData(
        queueSettingsQuery.queryKey,
        await ask<QueuesView>(`/api/settings/queues/${queue.id}`, { method: 'PUT', body: { settings, revision } }),
      );
    else {
      await post('/api/settings/queues', { settings: draft.key ? { ...others, key } : others });
      await queries.invalidateQueries({ queryKey: queueSettingsQuery.queryKey });
    }
    void queries.invalidateQueries({ queryKey: queuesQuery.queryKey });
    tell(t(queue ? 'house.saved' : 'queuePage.made'));
  }

  return (
    <FormOf form={form} className="with-aside" save={() => void form.save(faults, send)}>
      <div className="parts">
        <Part title={t('queuePage.names')} text={t('queuePage.namesText')}>
          <div className="fields">
            {LANGUAGES.map((one) => (
              <TextField
                key={one}
                path={`names/${one}`}
                label={<span lang={one}>{LANGUAGE_NAMES[one]}</span>}
                lang={one}
                maxLength={120}
                value={draft.names[one]}
                set={(value) => set('names', { ...draft.names, [one]: value })}
              />
            ))}
          </div>
          <Field path="entity" label={t('queuePage.entity')} hint={t('queuePage.entityText')}>
            {(given) => (
              <select
                {...given}
                className="input"
                value={draft.entity}
                onChange={(event) => set('entity', event.currentTarget.value)}
              >
                <option value="">{t('queuePage.own')}</option>
                {view.entities.map(({ key, name }) => (
                  <option key={key} value={key}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <p className="small soft">
            {t('queuePage.key')}: <code>{queue ? draft.key : t('queuePage.keyAuto')}</code>
          </p>
        </Part>

        <Part title={t('queuePage.promise')} text={t('queuePage.promiseText')}>
          <div className="fields">
            <DurationField
              path="targetSeconds"
              label={t('queuePage.target')}
              name={t('queuePage.target')}
              value={draft.target}
              set={(value) => set('target', value)}
            />
            <TextField
              path="goal"
              label={t('queuePage.goal')}
              inputMode="decimal"
              value={draft.goal}
              set={(value) => set('goal', value)}
            />
          </div>
          <fieldset className="plain">
            <legend>{t('queuePage.targets')}</legend>
            <p className="small soft">{t('queuePage.targetsText')}</p>
            <div className="fields">
              {PRIORITIES.map((one) => (
                <DurationField
                  key={one}
                  path={`targets/${one}`}
                  label={t(`queuePage.class.${one}`)}
                  name={t(`queuePage.class.${one}`)}
                  value={draft.targets[one]}
                  set={(value) => set('targets', { ...draft.targets, [one]: value })}
                />
              ))}
            </div>
          </fieldset>
          <Field path="priority" label={t('queuePage.priority')}>
            {(given) => (
              <select
                {...given}
                className="input"
                value={draft.priority}
                onChange={(event) => set('priority', event.currentTarget.value as QueueDraft['priority'])}
              >
                {PRIORITIES.map((one) => (
                  <option key={one} value={one}>
                    {t(`queuePage.class.${one}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <fieldset className="choices">
            <legend>{t('queuePage.cost')}</legend>
            <p className="small soft">{t('queuePage.costText')}</p>
            {Object.entries(COSTS).map(([name, cost]) => {
              const on = figure(draft.cost) === cost;
              return (
                <label key={name} className={on ? 'on' : ''}>
                  <input
                    type="radio"
                    name="cost"
                    checked={on}
                    onChange={() => set('cost', String(cost).replace('.', ','))}
                  />
                  {t(`queuePage.costs.${name}`)}
                </label>
              );
            })}
          </fieldset>
          <TextField
            path="cost"
            label={t('queuePage.costOther')}
            inputMode="decimal"
            className="short"
            value={draft.cost}
            set={(value) => set('cost', value)}
          />
        </Part>

        <Part title={t('queuePage.asks')} text={t('queuePage.asksText')}>
          <Skills value={draft.skills} set={(value) => set('skills', value)} known={view.skills} fresh={1} />
        </Part>

        <Part title={t('queuePage.grows')} text={t('queuePage.growsText')}>
          <Rings draft={draft} set={(value) => set('rings', value)} />
        </Part>

        <Part title={t('queuePage.overflow')} text={t('queuePage.overflowText')}>
          <Overflows draft={draft} set={(value) => set('overflow', value)} view={view} />
        </Part>

        <Part title={t('queuePage.offers')}>
          <Check
            label={t('queuePage.autoAccept')}
            text={t('queuePage.autoAcceptText')}
            checked={draft.autoAccept}
            set={(value) => set('autoAccept', value)}
          />
          <div className="fields">
            <TextField
              path="offerSeconds"
              label={t('queuePage.offer')}
              hint={t('queuePage.offerText', { seconds: exactly(view.ringSeconds) })}
              inputMode="numeric"
              value={draft.offer}
              set={(value) => set('offer', value)}
            />
            <TextField
              path="stickySeconds"
              label={t('queuePage.sticky')}
              hint={t('queuePage.stickyText')}
              inputMode="numeric"
              value={draft.sticky}
              set={(value) => set('sticky', value)}
            />
          </div>
        </Part>

        <Part title={t('queuePage.hours')} text={t('queuePage.hoursText', { zone: view.timezone })}>
          <Check label={t('queuePage.alwaysOpen')} checked={draft.always} set={(value) => set('always', value)} />
          {!draft.always && <WeekHours path="hours" week={draft.week} set={(value) => set('week', value)} />}
          <Holidays value={draft.holidays} set={(value) => set('holidays', value)} />
        </Part>

        <Part title={t('queuePage.outOfHours')} text={t('queuePage.outOfHoursText')}>
          {LANGUAGES.map((one) => (
            <Field key={one} path={`outOfHours/${one}`} label={<span lang={one}>{LANGUAGE_NAMES[one]}</span>}>
              {(given) => (
                <textarea
                  {...given}
                  className="input"
                  lang={one}
                  rows={2}
                  maxLength={1_000}
                  value={draft.outOfHours[one]}
                  onChange={(event) => set('outOfHours', { ...draft.outOfHours, [one]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </Part>
        <SaveBar form={form} label={t(queue ? 'queuePage.save' : 'queuePage.create')} fresh={!queue} renew={renew} />
      </div>
      <aside className="aside" aria-label={t('queuePage.read')} tabIndex={0}>
        <h2>{t('queuePage.read')}</h2>
        {Object.keys(faults).some((path) => !/^(names|outOfHours)/.test(path)) ? (
          <p className="small soft">{t('house.faults', { count: Object.keys(faults).length })}</p>
        ) : (
          <div className="read-back" aria-live="polite">
            {readBack(settings, t, language, names).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
        )}
        <h2>{t('queuePage.who')}</h2>
        <Tried
          queue={queue}
          settings={settings}
          whole={Object.keys(faults).every((path) => /^(names|outOfHours|hours|holidays)/.test(path))}
        />
      </aside>
    </FormOf>
  );
}

/** Who could serve it as it stands in the form, before it is saved. */
function Tried({
  queue,
  settings,
  whole,
}: {
  queue: QueueView | undefined;
  settings: QueueView['settings'];
  whole: boolean;
}) {
  const { skills, levels, rings, overflow } = settings;
  const asked = useDeferredValue(
    JSON.stringify({ settings: { skills, levels, rings, overflow }, ...(queue && { id: queue.id }) }),
  );
  const tried = useQuery({
    queryKey: ['settings', 'queues', 'try', asked],
    queryFn: ({ signal }) =>
      ask<WhoCould>('/api/settings/queues/try', { method: 'POST', body: JSON.parse(asked), signal }),
    enabled: whole,
    placeholderData: keepPreviousData,
  });
  const could = tried.data ?? queue?.could;
  return could ? <Could could={could} targetSeconds={settings.targetSeconds} /> : null;
}
