import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { IconAlertTriangle, IconCheck, IconDownload, IconRosetteDiscountCheck, IconSquareX } from '@tabler/icons-react';
import { Fragment, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProtocolView } from '../../../../server/desk/protocols/contract.ts';
import type { Question, Rule } from '../../../../server/triage/protocols/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ConfirmDialog } from '../../ConfirmDialog.tsx';
import { post, Refused } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Diamond, Failed, Skeleton } from '../../parts.tsx';
import { tell } from '../../say.ts';
import { may, useMe, useWhen } from '../../session.ts';
import { Choice, SignDialog } from '../parts.tsx';
import { Condition } from './Condition.tsx';
import { protocolQuery, protocolsQuery, type Shown, shownState } from './data.ts';
import { Level } from './Level.tsx';
import { TryProtocol } from './TryProtocol.tsx';
import '../../css/safety.css';

const PARTS = ['read', 'try', 'proofs', 'history'] as const;
type Step = 'review' | 'sign' | 'activate' | 'retire';

/** One version of a protocol: read, tried, proven, and what may be done with it next. */
export function Protocol() {
  const { t } = useTranslation();
  const { protocolId } = useParams({ strict: false }) as { protocolId: string };
  const view = useQuery(protocolQuery(protocolId));
  useEffect(() => {
    document.title = `${view.data?.content.title[spoken()] ?? t('protocols.title')} · Hebra`;
  }, [t, view.data]);
  if (view.isError)
    return (
      <main className="page" tabIndex={-1}>
        {view.error instanceof Refused && view.error.status === 404 ? (
          <div className="nothing">
            <h1>{t('protocols.gone')}</h1>
            <Link to="/author/protocols" className="btn">
              {t('protocols.title')}
            </Link>
          </div>
        ) : (
          <Failed error={view.error} retry={() => void view.refetch()} />
        )}
      </main>
    );
  if (!view.data)
    return (
      <main className="page" tabIndex={-1}>
        <Skeleton lines={12} label={t('app.loading')} />
      </main>
    );
  return <Sheet key={view.data.hash} view={view.data} protocolId={protocolId} />;
}

function Sheet({ view, protocolId }: { view: ProtocolView; protocolId: string }) {
  const { t } = useTranslation();
  const [part, setPart] = useState<(typeof PARTS)[number]>('read');
  const state = shownState(view);
  const broken = view.proofs.filter((one) => !one.holds).length + view.golden.filter((one) => !one.passes).length;
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h pr-h">
        <nav className="trail" aria-label={t('protocols.title')}>
          <Link to="/author/protocols">{t('protocols.title')}</Link>
        </nav>
        <h1>{view.content.title[spoken()]}</h1>
        <span className="chip num">{t('protocols.version', { version: view.version })}</span>
        <span className={`state ${state}`}>{t(`protocols.state.${state}`)}</span>
        <span className="grow" />
        <a
          className="btn line"
          href={`/api/protocols/${view.hash}/fhir`}
          download={`${view.protocol}-v${view.version}.fhir.json`}
        >
          <IconDownload size={16} stroke={1.6} aria-hidden /> {t('protocols.export')}
        </a>
        <Steps view={view} state={state} protocolId={protocolId} />
      </header>
      <StandingOf view={view} state={state} />
      <div className="page-b wide pr-b">
        <Choice
          label={t('protocols.parts')}
          value={part}
          choose={setPart}
          options={PARTS.map((one) => ({
            value: one,
            name: t(`protocols.part.${one}`),
            ...(one === 'proofs' && broken > 0 && { count: broken }),
          }))}
        />
        {part === 'read' ? (
          <Read view={view} />
        ) : part === 'try' ? (
          <TryProtocol view={view} />
        ) : part === 'proofs' ? (
          <Proofs view={view} />
        ) : (
          <History view={view} />
        )}
      </div>
    </main>
  );
}

/** What may follow, one step at a time; each says what it does before it is done. */
function Steps({ view, state, protocolId }: { view: ProtocolView; state: Shown; protocolId: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const cache = useQueryClient();
  const [doing, setDoing] = useState<Step>();
  const proven = view.broken.length === 0;
  const steps: { step: Step; main: boolean; needs: boolean }[] = [
    { step: 'review', main: true, needs: view.state === 'draft' && may(me, 'protocol.write') },
    {
      step: 'sign',
      main: view.state === 'reviewed' || state === 'expired',
      needs: ['reviewed', 'signed', 'active'].includes(view.state) && may(me, 'protocol.sign'),
    },
    {
      step: 'activate',
      main: true,
      needs: view.state === 'signed' && state !== 'expired' && may(me, 'protocol.activate'),
    },
    { step: 'retire', main: false, needs: view.state === 'active' && may(me, 'protocol.activate') },
  ];
  const here = steps.filter((one) => one.needs);
  async function done(step: Step, body?: object): Promise<void> {
    const next = await post<ProtocolView>(`/api/protocols/${view.hash}/${step}`, body);
    cache.setQueryData(protocolQuery(protocolId).queryKey, next);
    void cache.invalidateQueries({ queryKey: protocolsQuery.queryKey });
    setDoing(undefined);
    tell(t(`protocols.done.${step}`));
  }
  const close = (): void => setDoing(undefined);
  return (
    <>
      {here.map(({ step, main }) => (
        <button
          key={step}
          type="button"
          className={`btn ${main ? 'pri' : 'line'}`}
          disabled={!proven && (step === 'review' || step === 'sign')}
          title={!proven ? t('protocols.notProven') : undefined}
          onClick={() => setDoing(step)}
        >
          {t(step === 'sign' && view.state !== 'reviewed' ? 'signOff.again' : `protocols.step.${step}`)}
        </button>
      ))}
      {doing === 'sign' ? (
        <SignDialog
          title={t('protocols.signTitle', { title: view.content.title[spoken()], version: view.version })}
          close={close}
          sign={(given) => done('sign', { hash: view.hash, ...given })}
        >
          <p className="small soft">{t('protocols.signText', { organisation: me.organisation.name })}</p>
          <p className="small soft rf-hash">
            {t('redFlags.hash')} <code>{view.hash}</code>
          </p>
        </SignDialog>
      ) : (
        doing && (
          <ConfirmDialog
            title={t(`protocols.ask.${doing}`, { title: view.content.title[spoken()], version: view.version })}
            action={t(`protocols.step.${doing}`)}
            close={close}
            {...(doing === 'review' && { reason: 'optional' as const })}
            {...(doing === 'retire' && { reason: 'needed' as const })}
            confirm={(reason) =>
              done(doing, doing === 'review' ? (reason ? { reason } : {}) : doing === 'retire' ? { reason } : undefined)
            }
          >
            <p className="small soft">{t(`protocols.does.${doing}`, { organisation: me.organisation.name })}</p>
          </ConfirmDialog>
        )
      )}
    </>
  );
}

function StandingOf({ view, state }: { view: ProtocolView; state: Shown }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const me = useMe();
  const when = (iso: string): string => dayAndTime(new Date(iso), language, zone);
  const signature = view.signatures.find((one) => one.genuine);
  const good = state === 'active' || state === 'signed';
  return (
    <div className={`rf-standing ${good ? 'signed' : state}`}>
      {good ? (
        <IconRosetteDiscountCheck size={18} stroke={1.6} aria-hidden />
      ) : (
        <IconAlertTriangle size={18} stroke={1.6} aria-hidden />
      )}
      <div>
        <p className="mid">{t(`protocols.stands.${state}`, { organisation: me.organisation.name })}</p>
        {signature && (
          <p className="small">
            {t(state === 'expired' ? 'protocols.signedPast' : 'protocols.signedBy', {
              name: signature.name,
              licence: signature.licence,
              until: when(signature.expiresAt),
            })}
          </p>
        )}
        {view.servesAsDraft && <p className="small">{t('protocols.servesText')}</p>}
      </div>
    </div>
  );
}

type Shows = 'es' | 'ca' | 'en' | 'pt' | 'all';
type SaidText = Rule['text'];

/** A text with the blank for the organisation's number shown as one. */
function WithNumber({ text }: { text: string }) {
  const { t } = useTranslation();
  return text.split('{number}').map((part, index) => (
    <Fragment key={index}>
      {index > 0 && (
        <span className="pr-blank" lang={spoken()}>
          {t('protocols.number')}
        </span>
      )}
      {part}
    </Fragment>
  ));
}

function SaidIn({ said, shows, className }: { said: SaidText; shows: Shows; className?: string }) {
  if (shows !== 'all')
    return (
      <p className={className} lang={shows}>
        <WithNumber text={said[shows]} />
      </p>
    );
  return (
    <dl className={`pr-four ${className ?? ''}`}>
      {LANGUAGES.map((one) => (
        <div key={one}>
          <dt>
            <span className="lang">{one.toUpperCase()}</span>
          </dt>
          <dd lang={one}>
            <WithNumber text={said[one]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Read({ view }: { view: ProtocolView }) {
  const { t } = useTranslation();
  const [shows, setShows] = useState<Shows>(spoken());
  const { content } = view;
  const inWords = (age: string): string => {
    const [, number, unit] = /^(\d+)(\w+)$/.exec(age)!;
    return t(`protocols.span.${unit}`, { count: Number(number) });
  };
  const { from, below } = content.audience;
  const flags = content.questions.filter((one) => one.kind === 'yesno' && one.flag);
  const others = content.questions.filter((one) => !flags.includes(one));
  return (
    <div className="pr-read">
      <div className="pr-read-h">
        <Choice
          label={t('redFlags.language')}
          value={shows}
          choose={setShows}
          options={[
            ...LANGUAGES.map((one) => ({ value: one as Shows, name: t(`language.${one}`) })),
            { value: 'all' as const, name: t('protocols.allLanguages') },
          ]}
        />
        <p className="small soft">
          {t('protocols.audience')}{' '}
          {from && below
            ? t('protocols.fromBelow', { from: inWords(from), below: inWords(below) })
            : from
              ? t('protocols.from', { from: inWords(from) })
              : below
                ? t('protocols.below', { below: inWords(below) })
                : t('protocols.everyAge')}
        </p>
      </div>
      <div className="pr-cols">
        <section>
          <h2>{t('protocols.questions')}</h2>
          <h3 className="pr-sub">
            <Diamond priority="urgent" /> {t('protocols.flags')}
          </h3>
          <p className="small soft">{t('protocols.flagsText')}</p>
          <Questions questions={flags} shows={shows} view={view} from={1} />
          <h3 className="pr-sub">{t('protocols.others')}</h3>
          <Questions questions={others} shows={shows} view={view} from={flags.length + 1} />
        </section>
        <section>
          <h2>{t('protocols.rules')}</h2>
          <p className="small soft">{t('protocols.rulesText')}</p>
          <ol className="pr-rules">
            {content.rules.map((rule) => (
              <li key={rule.id}>
                <h3>
                  <Level level={rule.level} /> <code>{rule.id}</code>
                </h3>
                <Condition when={rule.when} content={content} />
                <SaidIn said={rule.text} shows={shows} className="pr-text" />
                {rule.first_aid && <SaidIn said={rule.first_aid} shows={shows} className="pr-text" />}
              </li>
            ))}
            <li>
              <h3>
                <Level level={content.otherwise.level} /> <code>otherwise</code>
              </h3>
              <p className="small soft">{t('protocols.otherwise')}</p>
              <SaidIn said={content.otherwise.text} shows={shows} className="pr-text" />
            </li>
          </ol>
          <h2>{t('protocols.complaints')}</h2>
          {(shows === 'all' ? LANGUAGES : [shows]).map((one) => (
            <p key={one} className="small soft" lang={one}>
              {shows === 'all' && <span className="lang">{one.toUpperCase()}</span>}{' '}
              {content.complaints[one].join(' · ')}
            </p>
          ))}
          <h2>{t('protocols.sources')}</h2>
          <ul className="small soft pr-sources">
            {content.sources.map((one) => (
              <li key={one.title}>
                {one.url ? (
                  <a href={one.url} target="_blank" rel="noreferrer">
                    {one.title}
                  </a>
                ) : (
                  one.title
                )}
                {one.year && <span className="num">, {one.year}</span>}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

function Questions({
  questions,
  shows,
  view,
  from,
}: {
  questions: readonly Question[];
  shows: Shows;
  view: ProtocolView;
  from: number;
}) {
  const { t } = useTranslation();
  return (
    <ol className="thread-list" start={from}>
      {questions.map((one) => (
        <li key={one.id}>
          <SaidIn said={one.text} shows={shows} className="mid" />
          {one.help && <SaidIn said={one.help} shows={shows} className="small soft" />}
          {one.kind === 'choice' && (
            <ul className="pr-options small">
              {one.options.map((option) => (
                <li key={option.id}>
                  <SaidIn said={option.title} shows={shows} />
                </li>
              ))}
            </ul>
          )}
          {(one.kind === 'number' || one.kind === 'duration') && (
            <p className="small soft">
              {one.kind === 'number' ? t(`protocols.unitAsk.${one.unit}`) : t('protocols.duration')}
            </p>
          )}
          {one.when && (
            <div className="pr-only">
              <p className="small soft">{t('protocols.askedOnly')}</p>
              <Condition when={one.when} content={view.content} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

function Proofs({ view }: { view: ProtocolView }) {
  const { t } = useTranslation();
  return (
    <div className="pr-cols">
      <section>
        <h2>{t('protocols.proofs')}</h2>
        <p className="small soft">{t('protocols.proofsText')}</p>
        <ul className="rf-list">
          {view.proofs.map((one) => (
            <li key={one.proof} className="pr-proof">
              {one.holds ? (
                <IconCheck className="ok-i" size={18} stroke={1.8} aria-label={t('protocols.holds')} role="img" />
              ) : (
                <IconSquareX size={18} stroke={1.6} aria-label={t('protocols.fails')} role="img" />
              )}
              <div>
                <p className="mid">{t(`protocols.proof.${one.proof}`)}</p>
                <p className="small soft">{one.how[spoken()]}</p>
                {one.counterexamples.map((example) => (
                  <p key={example.en} className="small pr-counter">
                    {example[spoken()]}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>
          {t('protocols.golden')} <span className="soft num">{view.golden.length}</span>
        </h2>
        <p className="small soft">{t('protocols.goldenText')}</p>
        <ul className="rf-list">
          {view.golden.map((one) => (
            <li key={one.name} className="pr-proof">
              {one.passes ? (
                <IconCheck className="ok-i" size={18} stroke={1.8} aria-label={t('protocols.passes')} role="img" />
              ) : (
                <IconSquareX size={18} stroke={1.6} aria-label={t('protocols.fails')} role="img" />
              )}
              <div>
                <p className="mid">{one.name}</p>
                <p className="small soft">
                  {t(`protocols.level.${one.level}`)} <code>{one.rule}</code>
                </p>
                {!one.passes && (
                  <p className="small pr-counter">
                    {t('protocols.expected', { level: t(`protocols.level.${one.expect}`) })}{' '}
                    {one.expectedRule && <code>{one.expectedRule}</code>}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function History({ view }: { view: ProtocolView }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const when = (iso: string): string => dayAndTime(new Date(iso), language, zone);
  const now = new Date().toISOString();
  return (
    <div className="pr-cols">
      <section>
        <h2>{t('protocols.history')}</h2>
        <ol className="thread-list">
          {view.history.toReversed().map((one) => (
            <li key={one.at + one.state}>
              <p>
                <b>{t(`protocols.state.${one.state}`)}</b>
              </p>
              <p className="small soft num">
                {when(one.at)} · {one.by ?? t('protocols.bySystem')}
              </p>
              {one.reason && (
                <p className="small">«{one.reason === 'replaced' ? t('protocols.replaced') : one.reason}»</p>
              )}
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>{t('protocols.signatures')}</h2>
        {view.signatures.length === 0 ? (
          <p className="small soft">{t('protocols.noSignatures')}</p>
        ) : (
          <ol className="thread-list">
            {view.signatures.map((one) => (
              <li key={one.id}>
                <p>
                  <b>{one.name}</b> <span className="soft">{one.licence}</span>{' '}
                  {!one.genuine && <span className="chip late">{t('redFlags.notGenuine')}</span>}
                </p>
                <p className="small soft num">
                  {when(one.signedAt)} ·{' '}
                  {t(one.expiresAt > now ? 'redFlags.until' : 'redFlags.untilPast', { when: when(one.expiresAt) })}
                </p>
              </li>
            ))}
          </ol>
        )}
        <p className="small soft rf-hash">
          {t('redFlags.hash')} <code>{view.hash}</code>
        </p>
      </section>
    </div>
  );
}
