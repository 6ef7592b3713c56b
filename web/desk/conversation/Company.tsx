import { useQuery } from '@tanstack/react-query';
import { IconArrowForwardUp, IconHourglass, IconMessageQuestion, IconRobot, IconUsers } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead } from '../../../server/desk/contract.ts';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import { wait } from '../../ui/format.ts';
import { spoken } from '../i18n.ts';
import { useMe } from '../session.ts';
import { useNow } from '../store.ts';
import { SideThread } from './Consult.tsx';
import { answerJoining, consultsQuery, joiningsQuery, roleText, takeBack } from './joinings.ts';

/** Who else is in this conversation, or is asked to be: a line each, with what can be done about it. */
export function Company({ head }: { head: ConversationHead }) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery(joiningsQuery);
  const id = head.conversationId;
  const mine = (data?.mine ?? []).filter((one) => one.conversationId === id);
  const asked = (data?.asked ?? []).filter((one) => one.conversationId === id);
  const errand = data?.errands.find((one) => one.conversationId === id);
  const own = head.agentId === me.membership.id;
  const lead = own || me.membership.roles.includes('supervisor');
  return (
    <>
      {asked.map((one) => (
        <AskedBar key={one.id} joining={one} />
      ))}
      {mine
        .filter((one) => one.state === 'offered' && one.from.agentId === me.membership.id)
        .map((one) => (
          <Bar
            key={one.id}
            icon={one.kind === 'consult' ? <IconMessageQuestion {...ICON} /> : <IconHourglass {...ICON} />}
            text={pendingText(one, t)}
            until={one.expiresAt}
            action={t('besideYou.withdraw')}
            act={() => answerJoining(one, 'withdraw', one.kind === 'transfer' ? t('besideYou.withdrawn') : undefined)}
          />
        ))}
      {head.members.map((member) => {
        const itsMe = member.agentId === me.membership.id;
        const role = roleText(t, member);
        return (
          <Bar
            key={member.joiningId}
            icon={<IconUsers {...ICON} />}
            text={
              itsMe
                ? t('join.youAre', { role, name: head.agentName ?? '' })
                : t('join.with', { name: member.name, role })
            }
            action={itsMe ? t('join.leave') : lead ? t('join.seeOff') : null}
            act={() =>
              answerJoining(
                { id: member.joiningId, conversationId: id } as JoiningView,
                'end',
                itsMe ? undefined : t('join.left'),
              )
            }
          />
        );
      })}
      {errand && head.state === 'assistant' && (
        <Bar
          icon={<IconRobot {...ICON} />}
          text={`${t('giveBack.with', { purpose: errand.title[spoken()] })}. ${t('giveBack.back')}`}
          action={t('giveBack.take')}
          act={() => takeBack(id, t('giveBack.taken'))}
        />
      )}
    </>
  );
}

/** The side threads of this conversation that this agent is in, above where one writes. */
export function Sides({ head }: { head: ConversationHead }) {
  const me = useMe();
  const { data } = useQuery(joiningsQuery);
  const open = (data?.mine ?? []).filter((one) => one.kind === 'consult' && one.conversationId === head.conversationId);
  const consults = useQuery({ ...consultsQuery(head.conversationId), enabled: open.length > 0 }).data?.consults ?? [];
  const shown = consults.filter(
    ({ consult }) =>
      (consult.state === 'accepted' || consult.state === 'offered') &&
      [consult.from.agentId, consult.agent?.agentId].includes(me.membership.id),
  );
  if (shown.length === 0) return null;
  return (
    <div className="sides">
      {shown.map((one) => (
        <SideThread key={one.consult.id} opened={one} />
      ))}
    </div>
  );
}

const ICON = { size: 16, stroke: 1.6, 'aria-hidden': true } as const;

function pendingText(one: JoiningView, t: ReturnType<typeof useTranslation>['t']): string {
  if (one.kind === 'join') return t('join.pending', { role: roleText(t, one) });
  const name = one.to.agent?.name ?? one.to.queue?.[spoken()] ?? one.to.entity;
  return name ? t('besideYou.transferTo', { name }) : t('besideYou.transfer');
}

function Bar({
  icon,
  text,
  until,
  action,
  act,
}: {
  icon: ReactNode;
  text: string;
  until?: string;
  action: string | null;
  act: () => Promise<boolean>;
}) {
  return (
    <div className="beside" role="status">
      {icon}
      <p className="grow small">{text}</p>
      {until && <Left until={until} />}
      {action && (
        <button type="button" className="btn sm line" onClick={() => void act()}>
          {action}
        </button>
      )}
    </div>
  );
}

/** How long an answer is still waited for. */
export function Left({ until }: { until: string }) {
  const now = useNow();
  return <span className="num meta">{wait(Math.max(0, Date.parse(until) - now))}</span>;
}

/** What is asked of this agent about the conversation that is open here. */
function AskedBar({ joining }: { joining: JoiningView }) {
  const { t } = useTranslation();
  return (
    <div className="beside asked" role="alert">
      <IconArrowForwardUp {...ICON} />
      <p className="grow small strong">{askedText(joining, t)}</p>
      <Left until={joining.expiresAt} />
      <button type="button" className="btn sm" onClick={() => void answerJoining(joining, 'refuse')}>
        {t('askedOfYou.refuse')}
      </button>
      <button type="button" className="btn sm pri" onClick={() => void answerJoining(joining, 'accept')}>
        {t('askedOfYou.accept')}
      </button>
    </div>
  );
}

/** What a colleague asks, in one sentence. */
export function askedText(joining: JoiningView, t: ReturnType<typeof useTranslation>['t']): string {
  const { name } = joining.from;
  if (joining.kind === 'consult') return t('askedOfYou.consult', { name });
  if (joining.kind === 'join') return t('askedOfYou.join', { name, role: roleText(t, joining) });
  const queue = joining.to.queue?.[spoken()] ?? joining.to.entity;
  return queue ? t('askedOfYou.transferQueue', { name, queue }) : t('askedOfYou.transfer', { name });
}
