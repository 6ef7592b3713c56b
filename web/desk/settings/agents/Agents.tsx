import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView } from '../../../../server/desk/settings/contract.ts';
import type { Texts } from '../../../../server/routing/contract.ts';
import { ask } from '../../api.ts';
import { Page } from '../Page.tsx';

export type AgentsAnswer = {
  agents: AgentView[];
  queues: { key: string; names: Texts; skills: string[] }[];
  skills: string[];
};
export const agentSettingsQuery = queryOptions({
  queryKey: ['settings', 'agents'],
  queryFn: ({ signal }) => ask<AgentsAnswer>('/api/settings/agents', { signal }),
  staleTime: 0,
});

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Who takes work, with how much and of what. */
export function Agents() {
  const { t } = useTranslation();
  const query = useQuery(agentSettingsQuery);
  const [asked, setAsked] = useState('');
  const all = query.data?.agents ?? [];
  const found = all.filter((one) => plain([one.name, ...one.settings.skills].join(' ')).includes(plain(asked.trim())));
  return (
    <Page title={t('agentPage.title')} query={query}>
      <p className="soft lead">{t('agentPage.lead')}</p>
      {all.length === 0 ? (
        <p className="soft">{t('agentPage.none')}</p>
      ) : (
        <>
          <input
            className="input search"
            type="search"
            aria-label={t('agentPage.search')}
            placeholder={t('agentPage.search')}
            value={asked}
            onChange={(event) => setAsked(event.currentTarget.value)}
          />
          {found.length === 0 && (
            <p className="soft" role="status">
              {t('agentPage.noMatch')}
            </p>
          )}
          <ul className="house-list">
            {found.map((one) => (
              <Row key={one.id} agent={one} />
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

function Row({ agent }: { agent: AgentView }) {
  const { t } = useTranslation();
  const { settings } = agent;
  return (
    <li>
      <div className="house-t">
        <h2>
          <i className={`dot ${agent.presence}`} role="img" aria-label={t(`presence.${agent.presence}`)} />{' '}
          <Link to="/house/agents/$agentId" params={{ agentId: agent.id }}>
            {agent.name}
          </Link>
        </h2>
        <p className="small soft">
          {settings.skills.length === 0
            ? t('agentPage.noSkills')
            : settings.skills.map((skill) => `${skill} ${settings.levels[skill] ?? 3}`).join(', ')}
          {' · '}
          {settings.languages.map((one) => t(`language.${one}`)).join(', ')}
          {' · '}
          {settings.queues === null
            ? t('agentPage.everyQueue')
            : t('agentPage.someQueues', { count: settings.queues.length })}
        </p>
      </div>
      <div className="house-r">
        <span className="num">
          {t('agentPage.places', { count: settings.capacity })}
          {agent.pace !== null && agent.pace < settings.capacity && (
            <span className="soft"> · {t('agentPage.pace', { count: agent.pace })}</span>
          )}
        </span>
      </div>
    </li>
  );
}
