import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type { JoiningRole } from '../../../server/desk/joining/contract.ts';
import { post } from '../api.ts';
import { agentsQuery } from '../data.ts';
import { tell, tellRefusal } from '../say.ts';
import { useMe } from '../session.ts';
import { Dialog } from '../Dialog.tsx';
import { renewJoinings, targetsQuery } from './joinings.ts';
import { Targets, useTargets } from './Targets.tsx';

const ROLES: readonly JoiningRole[] = ['interpreter', 'supervisor', 'colleague'];

/** Somebody is asked to come in and write too: an interpreter by language, a supervisor by role, or one colleague. */
export function Join({ head, name, close }: { head: ConversationHead; name: string; close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const targets = useQuery(targetsQuery).data;
  const agents = useQuery(agentsQuery).data?.agents ?? [];
  const [role, setRole] = useState<JoiningRole>('interpreter');
  const [language, setLanguage] = useState(head.language);
  const [busy, setBusy] = useState(false);
  const inside = new Set([head.agentId, me.membership.id, ...head.members.map((member) => member.agentId)]);
  const interpreters = (targets?.interpreters ?? []).map((one) => ({
    ...one,
    agents: one.agents.filter((agent) => !inside.has(agent.agentId)),
  }));
  const supervisors = (targets?.supervisors ?? []).filter((agent) => !inside.has(agent.agentId));
  const choice = useTargets(
    agents
      .filter((agent) => !inside.has(agent.agentId) && agent.presence !== 'offline')
      .map((agent) => ({
        key: agent.agentId,
        to: agent.agentId,
        name: agent.name,
        state: agent.presence,
        text: t(`presence.${agent.presence}`),
      })),
  );
  const there = (count: number) => (count === 0 ? t('join.speakersNone') : t('join.speakers', { count }));
  const ready =
    role === 'interpreter'
      ? (interpreters.find((one) => one.language === language)?.agents.length ?? 0) > 0
      : role === 'supervisor'
        ? supervisors.length > 0
        : choice.chosen !== undefined;
  return (
    <Dialog
      title={t('join.title', { name })}
      intro={t('join.intro')}
      action={t('join.ask')}
      ready={ready && !busy}
      close={close}
      submit={() => {
        setBusy(true);
        post(`/api/conversations/${head.conversationId}/joins`, {
          role,
          ...(role === 'interpreter' && { language }),
          ...(role === 'colleague' && { agentId: choice.chosen!.to }),
        })
          .then(() => {
            tell(t('join.asked'));
            void renewJoinings();
            close();
          }, tellRefusal)
          .finally(() => setBusy(false));
      }}
    >
      <fieldset className="picks three">
        <legend>{t('join.as')}</legend>
        {ROLES.map((one, i) => (
          <label key={one} className={role === one ? 'on' : ''}>
            <input
              type="radio"
              name="role"
              checked={role === one}
              onChange={() => setRole(one)}
              {...(i === 0 && { 'data-autofocus': true })}
            />
            <span className="grow">{t(`join.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {role === 'interpreter' && (
        <fieldset className="picks">
          <legend>{t('join.language')}</legend>
          {interpreters.map((one) => (
            <label key={one.language} className={language === one.language ? 'on' : ''}>
              <input
                type="radio"
                name="language"
                checked={language === one.language}
                onChange={() => setLanguage(one.language)}
              />
              <span className="grow">{t(`language.${one.language}`)}</span>
              <span className="meta soft num">{there(one.agents.length)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {role === 'supervisor' && (
        <p className="small">
          {supervisors.length > 0 ? supervisors.map((one) => one.name).join(', ') : t('join.speakersNone')}
        </p>
      )}
      {role === 'colleague' && <Targets label={t('consult.whom')} choice={choice} />}
    </Dialog>
  );
}
