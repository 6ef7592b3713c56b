import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconCheck, IconSquareX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProtocolHead } from '../../../../server/desk/protocols/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { Refused } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { refusal } from '../../say.ts';
import { useMe, useWhen } from '../../session.ts';
import { protocolsQuery, type Shown, shownState } from './data.ts';
import '../../css/safety.css';

const STATES: readonly Shown[] = ['active', 'expired', 'signed', 'reviewed', 'draft', 'retired'];
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Every version of every protocol, by how it stands. */
export function Protocols() {
  const { t } = useTranslation();
  const me = useMe();
  const list = useQuery(protocolsQuery);
  const [words, setWords] = useState('');
  const [state, setState] = useState<Shown | ''>('');
  useEffect(() => {
    document.title = `${t('protocols.title')} · Hebra`;
  }, [t]);
  const all = list.data?.protocols ?? [];
  const title = (one: ProtocolHead): string => one.title[spoken()];
  const found = all
    .filter((one) => !state || shownState(one) === state)
    .filter((one) => !words.trim() || plain(`${title(one)} ${one.protocol}`).includes(plain(words.trim())))
    .sort((a, b) => title(a).localeCompare(title(b)) || b.version - a.version);
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('protocols.title')}</h1>
        {list.data && <span className="soft num">{t('protocols.count', { count: all.length })}</span>}
      </header>
      <div className="page-b wide">
        {list.error instanceof Refused && list.error.status === 403 ? (
          <p className="nothing soft">{refusal(list.error)}</p>
        ) : list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={10} label={t('app.loading')} />
        ) : all.length === 0 ? (
          <div className="nothing">
            <p className="strong">{t('protocols.none')}</p>
            <p className="small soft">{t('protocols.noneText')}</p>
          </div>
        ) : (
          <>
            <p className="small soft pr-lead">
              {t(list.data.draftsAllowed ? 'protocols.draftsServe' : 'protocols.draftsWait', {
                organisation: me.organisation.name,
              })}
            </p>
            <div className="filters" role="search" aria-label={t('protocols.find')}>
              <input
                className="input sm"
                type="search"
                aria-label={t('protocols.find')}
                placeholder={t('protocols.find')}
                value={words}
                onChange={(event) => setWords(event.currentTarget.value)}
              />
              <select
                className="input sm"
                aria-label={t('protocols.stateOf')}
                value={state}
                onChange={(event) => setState(event.currentTarget.value as Shown | '')}
              >
                <option value="">{t('protocols.everyState')}</option>
                {STATES.map((one) => (
                  <option key={one} value={one}>
                    {t(`protocols.state.${one}`)}
                  </option>
                ))}
              </select>
            </div>
            {found.length === 0 && <p className="soft small">{t('protocols.nothingFound')}</p>}
            {STATES.map((one) => ({ state: one, rows: found.filter((row) => shownState(row) === one) }))
              .filter((group) => group.rows.length > 0)
              .map((group) => (
                <section key={group.state} className="pr-group">
                  <h2>
                    {t(`protocols.group.${group.state}`)} <span className="soft num">{group.rows.length}</span>
                  </h2>
                  <ul className="pr-list">
                    {group.rows.map((row) => (
                      <Row key={row.hash} row={row} />
                    ))}
                  </ul>
                </section>
              ))}
          </>
        )}
      </div>
    </main>
  );
}

function Row({ row }: { row: ProtocolHead }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const complete = !row.broken.some((one) => one.proof === 'languages');
  const first = row.broken[0];
  return (
    <li className="pr-row">
      <div className="pr-row-t">
        <p>
          <Link to="/author/protocols/$protocolId" params={{ protocolId: row.hash }} className="strong">
            {row.title[spoken()]}
          </Link>{' '}
          <span className="chip num">{t('protocols.version', { version: row.version })}</span>{' '}
          {row.servesAsDraft && <span className="chip late">{t('protocols.servesAsDraft')}</span>}
        </p>
        <p className="small soft num">
          {t('protocols.size', { questions: row.questions, rules: row.rules })} ·{' '}
          {t('protocols.since', { when: dayAndTime(new Date(row.since), language, zone) })}
          {row.signedUntil && (
            <> · {t('protocols.until', { when: dayAndTime(new Date(row.signedUntil), language, zone) })}</>
          )}
        </p>
        {first && (
          <p className="small pr-broken">
            <IconSquareX size={16} stroke={1.6} aria-hidden />
            <span>
              <b>{t(`protocols.proof.${first.proof}`)}</b>
              {first.counterexamples[0] && <>: {first.counterexamples[0][spoken()]}</>}
            </span>
          </p>
        )}
      </div>
      <span className="pr-langs" role="img" aria-label={t(complete ? 'protocols.complete' : 'protocols.incomplete')}>
        {LANGUAGES.map((one) => (
          <span key={one} className={complete ? 'on' : ''} aria-hidden>
            {one.toUpperCase()}
          </span>
        ))}
      </span>
      <span className="pr-proofs small">
        {row.broken.length === 0 ? (
          <span className="ok-t">
            <IconCheck size={16} stroke={1.8} aria-hidden /> {t('protocols.proven')}
          </span>
        ) : (
          <b className="num">{t('protocols.brokenProofs', { count: row.broken.length })}</b>
        )}
      </span>
    </li>
  );
}
