import { Modal } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VersionView } from '../../../../server/assistant/knowledge/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { useWhen } from '../../session.ts';
import { differences } from './differences.ts';

const asText = (version: VersionView): string =>
  [version.title, version.body, ...version.questions.map((one) => `? ${one}`)].join('\n\n');

/** What goes and what comes, in words. */
export function Change({ before, after }: { before: VersionView; after: VersionView }) {
  const { t } = useTranslation();
  const pieces = differences(asText(before), asText(after));
  const other = (['audience', 'reviewOn', 'validFrom', 'validTo'] as const).filter((key) => before[key] !== after[key]);
  if (pieces.every((one) => one.kind === 'same') && other.length === 0)
    return <p className="small soft">{t('knowledge.noDifference')}</p>;
  return (
    <div className="difference" tabIndex={0} role="region" aria-label={t('knowledge.difference')}>
      {pieces.map((piece, i) =>
        piece.kind === 'same' ? (
          <span key={i}>{piece.text}</span>
        ) : piece.kind === 'gone' ? (
          <del key={i}>{piece.text}</del>
        ) : (
          <ins key={i}>{piece.text}</ins>
        ),
      )}
      {other.map((key) => (
        <p key={key} className="small">
          {t(key === 'audience' ? 'knowledge.audience' : `knowledge.fields.${key}`)}:{' '}
          <del>{before[key]?.slice(0, 10) ?? '–'}</del> <ins>{after[key]?.slice(0, 10) ?? '–'}</ins>
        </p>
      ))}
    </div>
  );
}

export function History({ versions, close }: { versions: VersionView[]; close: () => void }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [open, setOpen] = useState<number | null>(versions[0]?.number ?? null);
  const list = useRef<HTMLOListElement>(null);
  return (
    <Modal
      opened
      onClose={close}
      title={t('knowledge.history')}
      size={720}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <ol className="history" ref={list}>
        {versions.map((version, i) => {
          const before = versions[i + 1];
          const shown = open === version.number;
          return (
            <li key={version.id}>
              <button
                type="button"
                className="history-h"
                aria-expanded={shown}
                onClick={() => setOpen(shown ? null : version.number)}
              >
                <b className="num">{t('knowledge.version', { number: version.number })}</b>
                <span className="chip">{t(`knowledge.states.${version.state}`)}</span>
              </button>
              <ul className="small soft num">
                {version.states.map((one, at) => (
                  <li key={at}>
                    {t(`knowledge.became.${one.reason === 'replaced' ? 'replaced' : one.state}`)} ·{' '}
                    {dayAndTime(new Date(one.at), language, zone)}
                    {one.by && ` · ${one.by}`}
                  </li>
                ))}
              </ul>
              {shown && (before ? <Change before={before} after={version} /> : <Whole version={version} />)}
            </li>
          );
        })}
      </ol>
    </Modal>
  );
}

function Whole({ version }: { version: VersionView }) {
  return <div className="difference">{asText(version)}</div>;
}
