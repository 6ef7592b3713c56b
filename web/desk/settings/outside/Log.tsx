import { Modal } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { logPage, logWhole } from '../../../../server/assistant/model/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ask } from '../../api.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { useWhen } from '../../session.ts';

/** Every call that left, and every one that did not: read line by line by whoever answers for it. */
export function Log() {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [shown, setShown] = useState<string>();
  const log = useInfiniteQuery({
    queryKey: ['model-log'],
    queryFn: ({ pageParam, signal }) =>
      ask<z.infer<typeof logPage>>(`/api/model/log?limit=20${pageParam ? `&before=${pageParam}` : ''}`, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.before ?? undefined,
  });
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  const number = (value: number): string => new Intl.NumberFormat(language).format(value);
  return (
    <section className="pending">
      <h2>{t('outside.log')}</h2>
      <p className="small soft">{t('outside.logText')}</p>
      {log.isError ? (
        <Failed error={log.error} retry={() => void log.refetch()} />
      ) : log.isPending ? (
        <Skeleton lines={4} label={t('app.loading')} />
      ) : entries.length === 0 ? (
        <p className="small">{t('outside.logNone')}</p>
      ) : (
        <>
          <div className="table-box" tabIndex={0} role="region" aria-label={t('outside.log')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('outside.at')}</th>
                  <th scope="col">{t('outside.for')}</th>
                  <th scope="col">{t('outside.outcome')}</th>
                  <th scope="col">{t('outside.tokens')}</th>
                  <th scope="col">{t('outside.took')}</th>
                  <th scope="col">
                    <span className="hidden-but-read">{t('outside.read')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {entries.map((one) => (
                  <tr key={one.id}>
                    <td className="num nowrap">{dayAndTime(new Date(one.at), language, zone)}</td>
                    <td>{t(`outside.purpose.${one.purpose}`)}</td>
                    <td>
                      {t(`outside.ended.${one.outcome}`)}
                      {one.reason && (
                        <span className="soft"> · {t(`outside.why.${one.reason}`, { defaultValue: one.reason })}</span>
                      )}
                    </td>
                    <td className="num">{number(one.tokensIn + one.tokensOut)}</td>
                    <td className="num nowrap">{number(one.ms)} ms</td>
                    <td>
                      {(one.outcome === 'answered' || one.outcome === 'refused' || one.outcome === 'failed') && (
                        <button type="button" className="btn sm line" onClick={() => setShown(one.id)}>
                          {t('outside.read')}
                          <span className="hidden-but-read"> {dayAndTime(new Date(one.at), language, zone)}</span>
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {log.hasNextPage && (
            <button
              type="button"
              className="btn"
              disabled={log.isFetchingNextPage}
              onClick={() => void log.fetchNextPage()}
            >
              {t('app.more')}
            </button>
          )}
        </>
      )}
      {shown && <Call id={shown} close={() => setShown(undefined)} />}
    </section>
  );
}

function Call({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const call = useQuery({
    queryKey: ['model-call', id],
    queryFn: ({ signal }) => ask<z.infer<typeof logWhole>>(`/api/model/log/${id}`, { signal }),
    // words are read, not kept
    gcTime: 0,
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t('outside.call')}
      size={720}
      centered
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className="dialog">
        {call.isError ? (
          <Failed error={call.error} retry={() => void call.refetch()} />
        ) : !call.data ? (
          <Skeleton lines={6} label={t('app.loading')} />
        ) : (
          <>
            <p className="small soft">{call.data.provider}</p>
            <h3>{t('outside.sent')}</h3>
            <pre className="words" tabIndex={0}>
              {call.data.sent ?? t('outside.nothing')}
            </pre>
            <h3>{t('outside.answer')}</h3>
            <pre className="words" tabIndex={0}>
              {call.data.answer ?? t('outside.nothing')}
            </pre>
          </>
        )}
      </div>
    </Modal>
  );
}
