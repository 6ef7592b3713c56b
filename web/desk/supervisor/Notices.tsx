import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { IconArrowForwardUp, IconEar, IconLock, IconSpeakerphone, IconUserCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../../server/desk/supervision/contract.ts';
import { clock } from '../../ui/format.ts';
import { post } from '../api.ts';
import { noticesQuery, queries } from '../data.ts';
import { announce, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';

/** He who has read it sees it no more, here and on every other desk of theirs. */
export async function readNotice(id: string): Promise<void> {
  queries.setQueryData<{ notices: Notice[] }>(
    noticesQuery.queryKey,
    (held) => held && { notices: held.notices.filter((notice) => notice.id !== id) },
  );
  try {
    await post(`/api/notices/${id}/read`);
  } catch (error) {
    tellRefusal(error);
    void queries.invalidateQueries({ queryKey: noticesQuery.queryKey });
  }
}

const ICONS = {
  broadcast: IconSpeakerphone,
  presence: IconUserCheck,
  taken_over: IconArrowForwardUp,
  assigned: IconArrowForwardUp,
  whisper: IconEar,
} as const;

/** What a supervisor told this colleague, above everything until it is read. */
export function Notices() {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const { data } = useQuery(noticesQuery);
  const at = useRouterState({ select: (router) => router.location.pathname });
  // a whisper of the conversation that is open stands at its composer
  const shown = (data?.notices ?? []).filter(
    (notice) => !(notice.kind === 'whisper' && at === `/c/${notice.conversationId}`),
  );
  const said = useRef(new Set<string>());
  useEffect(() => {
    for (const notice of shown)
      if (!said.current.has(notice.id)) {
        said.current.add(notice.id);
        announce(textOf(notice, t), true);
      }
  });
  if (shown.length === 0) return null;
  return (
    <aside className="notices" aria-label={t('room.notices')}>
      <ul>
        {shown.slice(-3).map((notice) => {
          const Icon = ICONS[notice.kind];
          return (
            <li key={notice.id}>
              <IconLock size={14} stroke={1.6} aria-hidden />
              <Icon size={18} stroke={1.6} aria-hidden />
              <p className="small grow">
                <b>{notice.authorName}</b> <time className="meta">{clock(new Date(notice.at), language, zone)}</time>
                <br />
                {textOf(notice, t)}
              </p>
              {notice.conversationId && (
                <Link
                  to="/c/$conversationId"
                  params={{ conversationId: notice.conversationId }}
                  className="btn sm line"
                  onClick={() => void readNotice(notice.id)}
                >
                  {t('room.open')}
                </Link>
              )}
              <button type="button" className="btn sm line" onClick={() => void readNotice(notice.id)}>
                {t('room.read')}
              </button>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

function textOf(notice: Notice, t: ReturnType<typeof useTranslation>['t']): string {
  const why = notice.reason ? ` ${t('room.because', { reason: notice.reason })}` : '';
  switch (notice.kind) {
    case 'broadcast':
      return notice.text ?? '';
    case 'presence':
      return t(notice.state === 'offline' ? 'room.toldOffline' : 'room.toldAvailable') + why;
    case 'taken_over':
      return t('room.toldTaken') + why;
    case 'assigned':
      return t('room.toldAssigned') + why;
    case 'whisper':
      return t('room.toldWhisper');
  }
}
