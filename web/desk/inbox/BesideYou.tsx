import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import { joiningsQuery, roleText, withdrawnHere } from '../conversation/joinings.ts';
import { inboxQuery, queries } from '../data.ts';
import { spoken } from '../i18n.ts';
import { ChannelIcon } from '../parts.tsx';
import { announce, tell } from '../say.ts';
import { may, useMe } from '../session.ts';

/** What this agent is in beside what they hold: side threads, conversations of colleagues, what comes back to them. */
export function BesideYou() {
  const me = useMe();
  return may(me, 'joining.read') ? <Strip /> : null;
}

function Strip() {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery(joiningsQuery);
  useCameBack(data?.mine);
  // what one asked for oneself is said in the conversation; here, what one came into and who is consulted
  const beside = (data?.mine ?? []).filter(
    (one) => one.kind === 'consult' || (one.kind === 'join' && one.agent?.agentId === me.membership.id),
  );
  const errands = data?.errands ?? [];
  if (beside.length + errands.length === 0) return null;
  return (
    <section aria-label={t('besideYou.title')}>
      <div className="list-s">
        <h3>
          {t('besideYou.title')} <span className="num faint">{beside.length + errands.length}</span>
        </h3>
      </div>
      <ul>
        {beside.map((one) => (
          <li key={one.id}>
            <BesideRow joining={one} />
          </li>
        ))}
        {errands.map((one) => (
          <li key={one.conversationId}>
            <Link to="/c/$conversationId" params={{ conversationId: one.conversationId }} className="row small-row">
              <ChannelIcon channel={one.channel} />
              <span className="row-t">
                <span className="row-1 cut">{one.name ?? t('inbox.nameless')}</span>
                <span className="row-2 cut">
                  {t('besideYou.errand')}: {one.title[spoken()]}
                </span>
              </span>
              <IconChevronRight size={16} stroke={1.6} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was offered and taken by nobody is still this agent's: they are told, wherever they are. */
function useCameBack(mine: JoiningView[] | undefined): void {
  const { t } = useTranslation();
  const known = useRef<JoiningView[]>([]);
  useEffect(() => {
    if (!mine) return;
    const held = queries.getQueryData(inboxQuery.queryKey)?.mine ?? [];
    for (const one of known.current) {
      if (mine.some((other) => other.id === one.id) || withdrawnHere.has(one.id)) continue;
      if (!held.some((row) => row.conversationId === one.conversationId)) continue;
      const said = t('besideYou.cameBack', { name: one.about.name ?? t('inbox.nameless') });
      tell(said);
      announce(said);
    }
    known.current = mine.filter((one) => one.kind === 'transfer');
  }, [mine, t]);
}

function BesideRow({ joining }: { joining: JoiningView }) {
  const { t } = useTranslation();
  const me = useMe();
  const consulted = joining.kind === 'consult' && joining.agent?.agentId === me.membership.id;
  const other = joining.from.agentId === me.membership.id ? (joining.agent ?? joining.to.agent) : joining.from;
  const what =
    joining.kind === 'consult'
      ? t('besideYou.consult', { name: other?.name ?? '' })
      : t('besideYou.member', { role: roleText(t, joining) });
  const inside = (
    <>
      <ChannelIcon channel={joining.about.channel} />
      <span className="row-t">
        <span className="row-1 cut">{joining.about.name ?? t('inbox.nameless')}</span>
        <span className="row-2 cut">{what}</span>
      </span>
      <IconChevronRight size={16} stroke={1.6} aria-hidden />
    </>
  );
  return consulted ? (
    <Link to="/consults/$consultId" params={{ consultId: joining.id }} className="row small-row">
      {inside}
    </Link>
  ) : (
    <Link to="/c/$conversationId" params={{ conversationId: joining.conversationId }} className="row small-row">
      {inside}
    </Link>
  );
}
