import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView } from '../../../../server/desk/settings/contract.ts';
import { ITEM_KINDS } from '../../../../server/routing/contract.ts';
import { ask } from '../../api.ts';
import { LANGUAGE_NAMES, LANGUAGES, spoken } from '../../i18n.ts';
import { NotFound } from '../../Shell.tsx';
import { tell } from '../../say.ts';
import { agentDraft, agentFrom, WEIGHED } from '../draft.ts';
import { Check, GroupFault, Part, Skills, TextField } from '../fields.tsx';
import { FormOf, SaveBar, useBeginning, useSettingsForm } from '../form.tsx';
import { Page } from '../Page.tsx';
import { type AgentsAnswer, agentSettingsQuery } from './Agents.tsx';

/** What one agent can take. */
export function Agent() {
  const { t } = useTranslation();
  const { agentId } = useParams({ from: '/desk/house/agents/$agentId' });
  const query = useQuery(agentSettingsQuery);
  const agent = query.data?.agents.find((one) => one.id === agentId);
  const { ready, times, renew } = useBeginning(query);
  if (query.data && !agent) return <NotFound />;
  return (
    <Page
      title={agent?.name ?? t('agentPage.title')}
      above={<Link to="/house/agents">{t('agentPage.title')}</Link>}
      query={query}
      wide={false}
    >
      {query.data && ready && agent && (
        <Form key={`${agentId} ${times}`} agent={agent} view={query.data} renew={renew} />
      )}
    </Page>
  );
}

function Form({ agent, view, renew }: { agent: AgentView; view: AgentsAnswer; renew: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [before] = useState(agent);
  const form = useSettingsForm(() => agentDraft(agent.settings), {
    saved: () => void navigate({ to: '/house/agents' }),
    behindSays: t('agentPage.conflict', { name: agent.name }),
  });
  const { draft, set } = form;
  function save(): void {
    const { settings, faults } = agentFrom(draft, before.settings);
    void form.save(faults, async () => {
      await ask<AgentView>(`/api/settings/agents/${agent.id}`, {
        method: 'PUT',
        body: { settings, revision: before.revision },
      });
      void queries.invalidateQueries({ queryKey: ['settings'] });
      tell(t('house.saved'));
    });
  }

  return (
    <FormOf form={form} className="parts" save={save}>
      <Part title={t('agentPage.places')} text={t('agentPage.placesText')}>
        <div className="fields">
          <TextField
            path="capacity"
            label={t('agentPage.capacity')}
            inputMode="numeric"
            {...(agent.load > 0 && { hint: t('agentPage.load', { load: agent.load }) })}
            value={draft.capacity}
            set={(value) => set('capacity', value)}
          />
          <TextField
            path="calls"
            label={t('agentPage.calls')}
            hint={t('agentPage.callsText')}
            inputMode="numeric"
            value={draft.calls}
            set={(value) => set('calls', value)}
          />
        </div>
        <Check
          label={t('agentPage.adapts')}
          text={t('agentPage.adaptsText')}
          checked={draft.adapts}
          set={(value) => set('adapts', value)}
        />
        {draft.adapts && (
          <TextField
            path="paceLeast"
            label={t('agentPage.paceLeast')}
            inputMode="numeric"
            className="short"
            value={draft.paceLeast}
            set={(value) => set('paceLeast', value)}
          />
        )}
        <Check label={t('agentPage.autoAccept')} checked={draft.autoAccept} set={(value) => set('autoAccept', value)} />
      </Part>

      <Part title={t('agentPage.skills')} text={t('agentPage.skillsText')}>
        <Skills value={draft.skills} set={(value) => set('skills', value)} known={view.skills} fresh={3} />
      </Part>

      <Part title={t('agentPage.languages')}>
        <div className="checks">
          {LANGUAGES.map((one) => (
            <Check
              key={one}
              label={<span lang={one}>{LANGUAGE_NAMES[one]}</span>}
              checked={draft.languages.includes(one)}
              set={(on) =>
                set('languages', on ? [...draft.languages, one] : draft.languages.filter((other) => other !== one))
              }
            />
          ))}
        </div>
        <GroupFault path="languages" />
      </Part>

      <Part title={t('agentPage.queues')}>
        <fieldset className="choices">
          <legend className="hidden-but-read">{t('agentPage.queues')}</legend>
          {([true, false] as const).map((every) => (
            <label key={String(every)} className={draft.everyQueue === every ? 'on' : ''}>
              <input
                type="radio"
                name="queues"
                checked={draft.everyQueue === every}
                onChange={() => set('everyQueue', every)}
              />
              {t(every ? 'agentPage.all' : 'agentPage.chosen')}
            </label>
          ))}
        </fieldset>
        {!draft.everyQueue && (
          <div className="checks">
            {view.queues.map((queue) => (
              <Check
                key={queue.key}
                label={queue.names[spoken()]}
                checked={draft.queues.includes(queue.key)}
                set={(on) =>
                  set('queues', on ? [...draft.queues, queue.key] : draft.queues.filter((key) => key !== queue.key))
                }
              />
            ))}
          </div>
        )}
        {draft.queues.map((key, i) => (
          <GroupFault key={key} path={`queues/${i}`} />
        ))}
      </Part>

      <Part title={t('agentPage.weights')} text={t('agentPage.weightsText')}>
        <details>
          <summary>{t('agentPage.weights')}</summary>
          <div className="fields">
            {WEIGHED.map((one) => (
              <TextField
                key={one}
                path={`weights/${one}`}
                label={t(`agentPage.weight.${one}`)}
                inputMode="numeric"
                value={draft.weights[one] ?? ''}
                set={(value) => set('weights', { ...draft.weights, [one]: value })}
              />
            ))}
          </div>
        </details>
      </Part>

      <Part title={t('agentPage.interrupts')} text={t('agentPage.interruptsText')}>
        <details>
          <summary>{t('agentPage.interrupts')}</summary>
          {ITEM_KINDS.map((held) => (
            <fieldset key={held} className="plain checks">
              <legend>{t(`agentPage.while.${held}`)}</legend>
              {ITEM_KINDS.map((kind) => (
                <Check
                  key={kind}
                  label={t(`agentPage.kind.${kind}`)}
                  checked={draft.interrupts[held].includes(kind)}
                  set={(on) =>
                    set('interrupts', {
                      ...draft.interrupts,
                      [held]: on
                        ? [...draft.interrupts[held], kind]
                        : draft.interrupts[held].filter((one) => one !== kind),
                    })
                  }
                />
              ))}
            </fieldset>
          ))}
        </details>
      </Part>
      <SaveBar form={form} label={t('app.save')} renew={renew} />
    </FormOf>
  );
}
