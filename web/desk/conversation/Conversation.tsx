import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  IconArrowForwardUp,
  IconChevronLeft,
  IconDots,
  IconId,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationHead, ConversationView } from '../../../server/desk/contract.ts';
import { clock, dayAndTime } from '../../ui/format.ts';
import { post, Refused } from '../api.ts';
import { conversationQuery, inboxQuery, live, queries, setHead } from '../data.ts';
import { useOffers } from '../inbox/offers.ts';
import { rowName } from '../inbox/rows.ts';
import { spoken } from '../i18n.ts';
import { shortcut } from '../key-table.ts';
import { useKeys } from '../keys.ts';
import { Diamond, Failed, IconButton, Skeleton } from '../parts.tsx';
import { Calling } from '../call-backs/Calling.tsx';
import { PatientPanel } from '../patient/Panel.tsx';
import { tell, tellRefusal } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { Company, Sides } from './Company.tsx';
import { Beside } from '../supervisor/Beside.tsx';
import { Composer } from './Composer.tsx';
import { Thread } from './Thread.tsx';

const Consult = lazy(async () => ({ default: (await import('./Consult.tsx')).Consult }));
const GiveBack = lazy(async () => ({ default: (await import('./GiveBack.tsx')).GiveBack }));
const Join = lazy(async () => ({ default: (await import('./Join.tsx')).Join }));
const NewTask = lazy(async () => ({ default: (await import('../tasks/Task.tsx')).NewTask }));
const Transfer = lazy(async () => ({ default: (await import('./Transfer.tsx')).Transfer }));
const LowerFlag = lazy(async () => ({ default: (await import('./LowerFlag.tsx')).LowerFlag }));
const WrapUp = lazy(async () => ({ default: (await import('./WrapUp.tsx')).WrapUp }));

/** One conversation, and beside it who it is about. */
export function Conversation({ conversationId, panel }: { conversationId: string; panel: boolean }) {
  const { t } = useTranslation();
  const view = useQuery(conversationQuery(conversationId));
  useEffect(() => live.watch(conversationId), [conversationId]);

  if (!view.data)
    return (
      <section className="convo" aria-label={t('conversation.title')}>
        <header className="cvh">
          <BackToList />
        </header>
        {view.isError ? (
          view.error instanceof Refused && (view.error.status === 404 || view.error.status === 403) ? (
            <div className="nothing">
              <h2>{t('conversation.gone')}</h2>
              <p className="soft">{view.error.message}</p>
              <Link to="/" className="btn line">
                {t('app.toInbox')}
              </Link>
            </div>
          ) : (
            <Failed error={view.error} retry={() => void view.refetch()} />
          )
        ) : (
          <div className="thread-wait">
            <Skeleton lines={6} label={t('app.loading')} />
          </div>
        )}
      </section>
    );
  return <Opened view={view.data} panel={panel} />;
}

function Opened({ view, panel }: { view: ConversationView; panel: boolean }) {
  const { t } = useTranslation();
  const head = view.conversation;
  const id = head.conversationId;
  const name = rowName(head, t);
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const me = useMe();
  // who was let in writes, and who has it asks others in
  const own = head.may.transfer;
  const asks = own && may(me, 'joining.ask');
  const tasks = may(me, 'task.write');
  const { data: inbox } = useQuery(inboxQuery);
  const { take } = useOffers(() => {});

  const act = useCallback(
    async (action: 'hold' | 'resume') => {
      try {
        setHead(await post<ConversationHead>(`/api/conversations/${id}/${action}`));
        if (action === 'hold') tell(t('action.held'));
      } catch (error) {
        tellRefusal(error);
      }
    },
    [id, t],
  );
  const focus = (target: string) => () => document.getElementById(target)?.focus();
  const done = (head: ConversationHead, said: string) => {
    setDialog(null);
    setHead(head);
    tell(said);
    const next = queries
      .getQueryData(inboxQuery.queryKey)
      ?.mine.find((row) => row.conversationId !== id && row.unansweredSince);
    void navigate(next ? { to: '/c/$conversationId', params: { conversationId: next.conversationId } } : { to: '/' });
  };

  useKeys('conversation', {
    transfer: head.may.transfer ? () => setDialog('transfer') : undefined,
    hold: head.may.hold ? () => void act('hold') : head.may.resume ? () => void act('resume') : undefined,
    close: head.may.wrapUp ? () => setDialog('wrap') : undefined,
    take: head.may.take && head.itemId ? () => void take(head.itemId!, id) : undefined,
    consult: asks ? () => setDialog('consult') : undefined,
    join: asks ? () => setDialog('join') : undefined,
    giveBack: own && may(me, 'conversation.give_back') ? () => setDialog('give') : undefined,
    task: tasks ? () => setDialog('task') : undefined,
    patient: focus('patient'),
    toList: () => void navigate({ to: '/' }),
  });

  return (
    <>
      <section className="convo" aria-label={t('conversation.title')}>
        <header className="cvh">
          <BackToList />
          <div className="grow">
            <h2 className="cut">
              <Diamond priority={head.priority} /> {name}
            </h2>
            <p className="meta soft cut">
              {[
                t(`channel.${head.channel ?? 'webchat'}`),
                head.address,
                t('conversation.writesIn', { language: t(`language.${head.language}`) }),
                stateText(head, inbox?.agentId, t),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </div>
          <Actions head={head} act={act} open={setDialog} />
          <IconButton
            className="to-panel"
            label={t('conversation.openPatient')}
            onClick={() =>
              void navigate({ to: '/c/$conversationId', params: { conversationId: id }, search: { panel: true } })
            }
          >
            <IconId size={18} stroke={1.6} aria-hidden />
          </IconButton>
        </header>
        {(head.flag || head.priority === 'critical') && head.state !== 'closed' && (
          <Flag head={head} lower={() => setDialog('flag')} />
        )}
        <Calling head={head} />
        <Company head={head} />
        <Thread view={view} mine={head.agentId !== null && head.agentId === inbox?.agentId} />
        <Sides head={head} />
        <Beside view={view} />
        <Foot view={view} take={take} act={act} />
      </section>
      <PatientPanel personId={head.aboutId} conversationId={id} shown={panel} />
      <Suspense fallback={null}>
        {dialog === 'transfer' && (
          <Transfer
            head={head}
            name={name}
            close={() => setDialog(null)}
            done={(head, stays) => {
              if (!stays) return done(head, t('action.transferred'));
              setDialog(null);
              setHead(head);
              tell(t('passOn.offered'));
            }}
          />
        )}
        {dialog === 'consult' && <Consult head={head} name={name} close={() => setDialog(null)} />}
        {dialog === 'join' && <Join head={head} name={name} close={() => setDialog(null)} />}
        {dialog === 'give' && (
          <GiveBack
            head={head}
            name={name}
            close={() => setDialog(null)}
            done={(head) => done(head, t('giveBack.given'))}
          />
        )}
        {dialog === 'task' && <NewTask about={{ conversationId: id }} name={name} close={() => setDialog(null)} />}
        {dialog === 'flag' && (
          <LowerFlag
            head={head}
            name={name}
            close={() => setDialog(null)}
            done={(head) => {
              setDialog(null);
              setHead(head);
              tell(t('flag.lowered'));
            }}
          />
        )}
        {dialog === 'wrap' && (
          <WrapUp
            head={head}
            name={name}
            close={() => setDialog(null)}
            done={(head) => done(head, t('action.wrapped'))}
          />
        )}
      </Suspense>
    </>
  );
}

type DialogName = 'transfer' | 'wrap' | 'flag' | 'consult' | 'join' | 'give' | 'task';

function stateText(
  head: ConversationHead,
  me: string | undefined,
  t: ReturnType<typeof useTranslation>['t'],
): string | null {
  if (head.state === 'with_agent')
    return head.agentId === me ? null : t('conversation.state.with_agent', { name: head.agentName ?? '' });
  return t(`conversation.state.${head.state}`);
}

function BackToList() {
  const { t } = useTranslation();
  return (
    <Link to="/" className="ib back" aria-label={t('app.back')}>
      <IconChevronLeft size={20} stroke={1.6} aria-hidden />
    </Link>
  );
}

function Actions({
  head,
  act,
  open,
}: {
  head: ConversationHead;
  act: (action: 'hold' | 'resume') => Promise<void>;
  open: (dialog: DialogName) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className="actions" role="group" aria-label={t('action.title')}>
      {head.may.transfer && (
        <IconButton
          label={t('action.transfer')}
          keyName={shortcut('conversation', 'transfer')}
          onClick={() => open('transfer')}
        >
          <IconArrowForwardUp size={18} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      {head.may.hold && (
        <IconButton
          label={t('action.hold')}
          keyName={shortcut('conversation', 'hold')}
          onClick={() => void act('hold')}
        >
          <IconPlayerPause size={18} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      {head.may.resume && (
        <IconButton
          label={t('action.resume')}
          keyName={shortcut('conversation', 'hold')}
          onClick={() => void act('resume')}
        >
          <IconPlayerPlay size={18} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      <Menu position="bottom-end" width={260} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button type="button" className="ib dots-menu" aria-label={t('action.more')}>
            <IconDots size={18} stroke={1.6} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {head.may.wrapUp && (
            <Menu.Item className="only-narrow" onClick={() => open('wrap')}>
              {t('action.close')}
            </Menu.Item>
          )}
          {head.may.transfer && (
            <Menu.Item className="only-narrow" onClick={() => open('transfer')}>
              {t('action.transfer')}
            </Menu.Item>
          )}
          {(head.may.hold || head.may.resume) && (
            <Menu.Item className="only-narrow" onClick={() => void act(head.may.hold ? 'hold' : 'resume')}>
              {t(head.may.hold ? 'action.hold' : 'action.resume')}
            </Menu.Item>
          )}
          {head.may.transfer && may(me, 'joining.ask') && (
            <>
              <Menu.Item onClick={() => open('consult')} rightSection={<kbd aria-hidden>Q</kbd>}>
                {t('consult.do')}
              </Menu.Item>
              <Menu.Item onClick={() => open('join')} rightSection={<kbd aria-hidden>M</kbd>}>
                {t('join.do')}
              </Menu.Item>
            </>
          )}
          {head.may.transfer && may(me, 'conversation.give_back') && (
            <Menu.Item onClick={() => open('give')} rightSection={<kbd aria-hidden>V</kbd>}>
              {t('giveBack.do')}
            </Menu.Item>
          )}
          {may(me, 'task.write') && (
            <Menu.Item onClick={() => open('task')} rightSection={<kbd aria-hidden>L</kbd>}>
              {t('tasks.new')}
            </Menu.Item>
          )}
          <Menu.Item
            onClick={() => {
              void navigator.clipboard?.writeText(location.href);
              tell(t('action.copied'));
            }}
          >
            {t('action.copyLink')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {head.may.wrapUp && (
        <button
          type="button"
          className="btn line wrap"
          aria-keyshortcuts={shortcut('conversation', 'close')}
          onClick={() => open('wrap')}
        >
          {t('action.close')} <kbd aria-hidden>C</kbd>
        </button>
      )}
    </div>
  );
}

/** A red flag says so across the whole conversation until a nurse lowers it; calmly once they said that it is not happening. */
function Flag({ head, lower }: { head: ConversationHead; lower: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { flag } = head;
  const what = flag?.categories.map((category) => t(`category.${category}`, { defaultValue: category })).join(', ');
  const soft = head.priority !== 'critical' && flag?.level !== 'hard';
  const calm = soft && flag?.answer === 'no';
  return (
    <div className={`flag ${soft ? 'soft-flag' : ''} ${calm ? 'said-no' : ''}`} role={calm ? 'status' : 'alert'}>
      <svg width={28} height={28} viewBox="0 0 14 14" aria-hidden>
        <path className="edge" d="M7 .9 13.1 7 7 13.1.9 7Z" />
        <path className="bang" d="M7 3.8v3.6M7 9.7v.1" />
      </svg>
      <div className="grow">
        <h3>{what ? t(soft ? 'flag.maybe' : 'flag.what', { what }) : t('conversation.flag')}</h3>
        <FlagText head={head} soft={soft} />
      </div>
      {flag && may(me, 'triage.lower') && (
        <button type="button" className="btn" onClick={lower}>
          {t('flag.lower')}
        </button>
      )}
    </div>
  );
}

/** Why it stands, whose word is waited for and until when. */
function FlagText({ head, soft }: { head: ConversationHead; soft: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const { flag } = head;
  const mine = head.agentId === me.membership.id;
  const time = flag?.dueAt ? clock(new Date(flag.dueAt), language, zone) : null;
  const said = soft
    ? time
      ? t(flag?.asked === 'patient' ? 'flag.askedText' : mine ? 'flag.askText' : 'flag.askOther', { time })
      : t(flag?.answer === 'no' ? 'flag.noText' : flag?.answer === 'attended' ? 'flag.attendedText' : 'flag.softText')
    : [
        flag?.why && flag.why !== 'words' && t(`flag.why${flag.why}`),
        time && mine
          ? t('flag.dueText', { time })
          : flag?.answer === 'attended'
            ? t('flag.attendedText')
            : t('conversation.flagText'),
      ]
        .filter(Boolean)
        .join(' ');
  return (
    <p>
      {said} {flag && !may(me, 'triage.lower') && t('flag.onlyNurse')}
    </p>
  );
}

/** Where one writes; or why one cannot, and what to do about it. */
function Foot({
  view,
  take,
  act,
}: {
  view: ConversationView;
  take: (itemId: string, conversationId: string) => Promise<void>;
  act: (action: 'hold' | 'resume') => Promise<void>;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const head = view.conversation;
  if (head.may.reply) return <Composer view={view} />;
  const text =
    head.state === 'closed'
      ? t('conversation.closedText', { when: dayAndTime(new Date(head.closedAt ?? head.openedAt), language, zone) })
      : head.state === 'waiting'
        ? t('conversation.waitingText', { queue: head.queueName?.[spoken()] ?? '' })
        : head.state === 'assistant'
          ? t('conversation.assistantText')
          : head.state === 'on_hold' && head.may.resume
            ? t('conversation.heldText')
            : head.agentName && head.agentId !== me.membership.id
              ? t('conversation.otherAgentText', { name: head.agentName })
              : t('conversation.readOnly');
  return (
    <footer className="shut" id="composer" tabIndex={-1}>
      <p className="small soft grow">{text}</p>
      {head.may.take && head.itemId && (
        <button
          type="button"
          className="btn pri"
          aria-keyshortcuts={shortcut('conversation', 'take')}
          onClick={() => void take(head.itemId!, head.conversationId)}
        >
          {t('action.take')} <kbd aria-hidden>X</kbd>
        </button>
      )}
      {head.may.resume && (
        <button
          type="button"
          className="btn pri"
          aria-keyshortcuts={shortcut('conversation', 'hold')}
          onClick={() => void act('resume')}
        >
          {t('action.resume')} <kbd aria-hidden>E</kbd>
        </button>
      )}
    </footer>
  );
}
