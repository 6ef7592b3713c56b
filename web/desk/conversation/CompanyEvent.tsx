import {
  IconArrowForwardUp,
  IconCalendarTime,
  IconLock,
  IconMessageQuestion,
  IconRobot,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, dayAndTime } from '../../ui/format.ts';
import { spoken } from '../i18n.ts';
import { useWhen } from '../session.ts';
import { SideThread } from './Consult.tsx';
import { consultsQuery, roleText } from './joinings.ts';

const ICONS: Record<string, typeof IconUsers> = {
  transfer: IconArrowForwardUp,
  consult: IconMessageQuestion,
  member: IconUsers,
  join: IconUsers,
  task: IconCalendarTime,
  returned: IconRobot,
};

type Detail = Record<string, unknown>;
const text = (detail: Detail, name: string): string => (typeof detail[name] === 'string' ? detail[name] : '');

/** A step of what is asked between colleagues, of a task, or of what the assistant was given: a knot of the thread. */
export function CompanyEvent({
  what,
  detail,
  at,
  conversationId,
}: {
  what: 'company' | 'task' | 'returned';
  detail: Detail;
  at: Date;
  conversationId: string;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [open, setOpen] = useState(false);
  const step = text(detail, 'what');
  const key = what === 'task' ? `task_${step}` : what === 'returned' ? 'returned' : step;
  const Icon = ICONS[what === 'company' ? step.split('_')[0]! : what] ?? IconUsers;
  const purposes = detail['purpose'] as Record<string, string> | undefined;
  const due = text(detail, 'dueAt');
  const said = t(`companyLine.${key}`, {
    name: text(detail, 'name'),
    role: detail['role'] ? roleText(t, { role: text(detail, 'role'), language: text(detail, 'language') || null }) : '',
    purpose: purposes?.[spoken()] ?? '',
    when: due ? dayAndTime(new Date(due), language, zone) : '',
    outcome: detail['outcome'] ? t(`tasks.outcomes.${text(detail, 'outcome')}`).toLocaleLowerCase(spoken()) : '',
    defaultValue: t('conversation.unknown'),
  });
  const consult = step === 'consult_asked';
  return (
    <>
      <p className={`knot ${consult ? 'team-knot' : ''}`}>
        <span className="knot-i">
          <Icon size={14} stroke={1.6} aria-hidden />
        </span>
        <span className="meta soft">
          {said}
          {consult && (
            <>
              {' · '}
              <button type="button" className="link meta" aria-expanded={open} onClick={() => setOpen(!open)}>
                <IconLock className="in-line" size={12} stroke={1.8} aria-hidden /> {t('consult.open')}
              </button>
            </>
          )}
        </span>
        <time className="meta faint">{clock(at, language, zone)}</time>
      </p>
      {open && <Story conversationId={conversationId} joiningId={text(detail, 'joiningId')} />}
    </>
  );
}

/** What was said in a side thread, where it was begun. */
function Story({ conversationId, joiningId }: { conversationId: string; joiningId: string }) {
  const found = useQuery(consultsQuery(conversationId)).data?.consults.find((one) => one.consult.id === joiningId);
  return found ? <SideThread opened={found} /> : null;
}
