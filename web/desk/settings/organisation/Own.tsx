import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrganisationForm, OrganisationView } from '../../../../server/desk/settings/contract.ts';
import { ask } from '../../api.ts';
import { meQuery, queries as all } from '../../data.ts';
import { LANGUAGE_NAMES, LANGUAGES, spoken } from '../../i18n.ts';
import { IconButton } from '../../parts.tsx';
import { tell } from '../../say.ts';
import { Check, Field, GroupFault, Part, TextField } from '../fields.tsx';
import { FormOf, SaveBar, useBeginning, useSettingsForm } from '../form.tsx';
import { Page } from '../Page.tsx';
import { type OwnDraft, ownDraft, ownFrom } from './own.ts';

const organisationQuery = queryOptions({
  queryKey: ['settings', 'organisation'],
  queryFn: ({ signal }) => ask<OrganisationView>('/api/settings/organisation', { signal }),
  staleTime: 0,
});

/** What the organisation is called and decided: its hours’ clock, its emergency number, where work goes. */
export function Own() {
  const { t } = useTranslation();
  const query = useQuery(organisationQuery);
  const { ready, times, again, renew } = useBeginning(query);
  return (
    <Page title={t('ownPage.title')} query={query} wide={false}>
      {query.data && ready && <Form key={times} view={query.data} again={again} renew={renew} />}
    </Page>
  );
}

function Form({ view, again, renew }: { view: OrganisationView; again: () => void; renew: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [before] = useState(view);
  const [password, setPassword] = useState('');
  const form = useSettingsForm(() => ownDraft(view.settings), {
    saved: again,
    faultsOf: ({ code }) => (code === 'trust.wrong_password' ? { password: 'wrong_password' } : undefined),
  });
  const { draft, start, set } = form;
  const dangerous =
    JSON.stringify([draft.emergencyNumber, draft.countries]) !==
    JSON.stringify([start.emergencyNumber, start.countries]);
  function save(): void {
    const { settings, faults } = ownFrom(draft, before.settings);
    if (dangerous && password === '') faults['password'] = 'empty';
    void form.save(faults, async () => {
      queries.setQueryData(
        organisationQuery.queryKey,
        await ask<OrganisationView>('/api/settings/organisation', {
          method: 'PUT',
          body: { settings, revision: before.revision, ...(dangerous && { password }) },
        }),
      );
      // its name and its clock are on every page
      void all.invalidateQueries({ queryKey: meQuery.queryKey });
      tell(t('house.saved'));
    });
  }

  const text = (
    key: TextKey,
    more: Omit<React.ComponentProps<typeof TextField>, 'path' | 'label' | 'value' | 'set'> = {},
  ) => (
    <TextField
      path={PATHS[key] ?? key}
      label={t(`ownPage.${key}`)}
      value={draft[key]}
      set={(value) => set(key, value)}
      {...more}
    />
  );
  const check = (key: CheckKey, label: string, hint?: string) => (
    <Check label={t(label)} {...(hint && { text: t(hint) })} checked={draft[key]} set={(value) => set(key, value)} />
  );
  const queueChoice = (key: 'urgentQueue' | 'defaultQueue') => (
    <Field path={key} label={t(`ownPage.${key}`)}>
      {(given) => (
        <select
          {...given}
          className="input"
          value={draft[key]}
          onChange={(event) => set(key, event.currentTarget.value)}
        >
          {!view.queues.some((queue) => queue.key === draft[key]) && (
            <option value={draft[key]}>{t('ownPage.gone', { key: draft[key] })}</option>
          )}
          {view.queues.map((queue) => (
            <option key={queue.key} value={queue.key}>
              {queue.names[spoken()]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );

  return (
    <FormOf form={form} className="parts" save={save}>
      <Part title={t('ownPage.who')}>
        {text('name', { maxLength: 200 })}
        <div className="fields">
          {text('country', { maxLength: 2, autoComplete: 'off' })}
          {text('timezone', { hint: t('ownPage.timezoneText'), list: 'zones' })}
        </div>
        <datalist id="zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Languages value={draft.languages} set={(value) => set('languages', value)} />
        <p className="small soft">
          <Link to="/voice" className="link small">
            {t('ownPage.voice')}
          </Link>
        </p>
      </Part>

      <Part title={t('ownPage.emergency')} text={t('ownPage.emergencyText')}>
        {text('emergencyNumber', { inputMode: 'tel', className: 'short' })}
        <Countries value={draft.countries} set={(value) => set('countries', value)} />
        {dangerous && (
          <Field path="password" label={t('ownPage.password')} hint={t('ownPage.passwordText')}>
            {(given) => (
              <input
                {...given}
                className="input"
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
      </Part>

      <Part title={t('ownPage.queues')}>
        <div className="fields">
          {queueChoice('urgentQueue')}
          {queueChoice('defaultQueue')}
        </div>
      </Part>

      <Part title={t('ownPage.times')}>
        <div className="fields">
          {text('ringSeconds', { inputMode: 'numeric' })}
          {text('graceSeconds', { inputMode: 'numeric' })}
          {text('reopenMinutes', { inputMode: 'numeric', hint: t('ownPage.reopenText') })}
        </div>
      </Part>

      <Part title={t('ownPage.promises')} text={t('ownPage.warnText')}>
        <div className="fields">
          {text('warnShare', { inputMode: 'numeric' })}
          {text('shortSeconds', { inputMode: 'numeric' })}
        </div>
      </Part>

      <Part title={t('ownPage.identity')}>
        <Field path="proofForHealthData" label={t('ownPage.proof')}>
          {(given) => (
            <select
              {...given}
              className="input"
              value={draft.proof}
              onChange={(event) => set('proof', event.currentTarget.value as OrganisationForm['proofForHealthData'])}
            >
              {(['claimed', 'matched', 'confirmed'] as const).map((one) => (
                <option key={one} value={one}>
                  {t(`ownPage.proofs.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {text('proofDays', { inputMode: 'numeric', className: 'short' })}
      </Part>

      <Part title={t('ownPage.wait')}>
        {check('waitMinutes', 'ownPage.waitMinutes')}
        {text('againMinutes', { inputMode: 'numeric', className: 'short' })}
      </Part>

      <Part title={t('ownPage.pace')}>
        {check('paceOn', 'ownPage.paceOn')}
        <div className="fields">
          {text('replySeconds', { inputMode: 'numeric' })}
          {text('stopSeconds', { inputMode: 'numeric' })}
          {text('periodSeconds', { inputMode: 'numeric' })}
        </div>
      </Part>

      <Part title={t('ownPage.supervision')}>{check('listening', 'ownPage.listening')}</Part>

      <Part title={t('ownPage.web')}>
        <Field path="webchatOrigins" label={t('ownPage.origins')} hint={t('ownPage.originsText')} below>
          {(given) => (
            <textarea
              {...given}
              className="input"
              rows={3}
              spellCheck={false}
              value={draft.origins}
              onChange={(event) => set('origins', event.currentTarget.value)}
            />
          )}
        </Field>
        {text('colour', { hint: t('ownPage.colourText'), className: 'short', maxLength: 7 })}
      </Part>

      <Part title={t('ownPage.drafts')}>{check('draftsAllowed', 'ownPage.draftsAllowed', 'ownPage.draftsText')}</Part>

      <SaveBar form={form} label={t('app.save')} renew={renew} />
    </FormOf>
  );
}

type TextKey =
  | 'name'
  | 'country'
  | 'timezone'
  | 'emergencyNumber'
  | 'ringSeconds'
  | 'graceSeconds'
  | 'reopenMinutes'
  | 'warnShare'
  | 'shortSeconds'
  | 'proofDays'
  | 'againMinutes'
  | 'replySeconds'
  | 'stopSeconds'
  | 'periodSeconds'
  | 'colour';
type CheckKey = 'waitMinutes' | 'paceOn' | 'listening' | 'draftsAllowed';
/** Fields that stand elsewhere in the settings than in the form. */
const PATHS: Partial<Record<TextKey, string>> = {
  againMinutes: 'wait/againMinutes',
  replySeconds: 'pace/replySeconds',
  stopSeconds: 'pace/stopSeconds',
  periodSeconds: 'pace/periodSeconds',
  colour: 'webchatColour',
};

/** Languages that are answered in, the organisation's own first. */
function Languages({ value, set }: { value: OwnDraft['languages']; set: (value: OwnDraft['languages']) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="plain">
      <legend>{t('ownPage.languages')}</legend>
      <p className="small soft">{t('ownPage.languagesText')}</p>
      <ul className="ordered">
        {[...value, ...LANGUAGES.filter((one) => !value.includes(one))].map((one) => (
          <li key={one}>
            <Check
              label={<span lang={one}>{LANGUAGE_NAMES[one]}</span>}
              checked={value.includes(one)}
              set={(on) => set(on ? [...value, one] : value.filter((other) => other !== one))}
            />
            {value[0] === one && <span className="chip">{t('ownPage.first')}</span>}
            {value.includes(one) && value[0] !== one && (
              <IconButton
                label={t('ownPage.makeFirst', { language: LANGUAGE_NAMES[one] })}
                onClick={() => set([one, ...value.filter((other) => other !== one)])}
              >
                <IconArrowUp size={16} stroke={1.8} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      <GroupFault path="languages" />
    </fieldset>
  );
}

/** Emergency numbers for telephones of other countries. */
function Countries({ value, set }: { value: OwnDraft['countries']; set: (value: OwnDraft['countries']) => void }) {
  const { t } = useTranslation();
  const change = (i: number, part: Partial<OwnDraft['countries'][number]>): void =>
    set(value.map((one, n) => (n === i ? { ...one, ...part } : one)));
  return (
    <fieldset className="plain">
      <legend>{t('ownPage.emergencyNumbers')}</legend>
      <p className="small soft">{t('ownPage.emergencyNumbersText')}</p>
      {value.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a country that is being typed is its place
        <div key={i} className="country">
          <TextField
            path={`countries/${i}/country`}
            label={t('ownPage.countryCode')}
            maxLength={2}
            value={one.country}
            set={(country) => change(i, { country })}
          />
          <TextField
            path={`countries/${i}/number`}
            label={t('ownPage.number')}
            inputMode="tel"
            value={one.number}
            set={(number) => change(i, { number })}
          />
          <IconButton
            label={t('ownPage.removeCountry', { country: one.country })}
            onClick={() => set(value.filter((_, n) => n !== i))}
          >
            <IconX size={16} stroke={1.8} aria-hidden />
          </IconButton>
        </div>
      ))}
      {value.map((one) => (
        <GroupFault key={one.country} path={`emergencyNumbers/${one.country.toUpperCase()}`} />
      ))}
      <button type="button" className="btn" onClick={() => set([...value, { country: '', number: '' }])}>
        <IconPlus size={16} stroke={1.8} aria-hidden /> {t('ownPage.addCountry')}
      </button>
    </fieldset>
  );
}
