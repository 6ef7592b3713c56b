import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EntityView } from '../../../../server/desk/settings/contract.ts';
import { ask, post, Refused } from '../../api.ts';
import { ConfirmDialog } from '../../ConfirmDialog.tsx';
import { type Order, useKeptOrder } from '../../order.tsx';
import { refusal, tell, tellRefusal } from '../../say.ts';
import { Page } from '../Page.tsx';

type List = { entities: EntityView[] };
const entitiesQuery = queryOptions({
  queryKey: ['settings', 'entities'],
  queryFn: ({ signal }) => ask<List>('/api/settings/entities', { signal }),
  staleTime: 0,
});

/** For whom queues work: their names and their order. */
export function Entities() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = useQuery(entitiesQuery);
  const retired = query.data?.entities.filter((one) => one.retired) ?? [];
  const keep = (list: List): void => {
    queries.setQueryData(entitiesQuery.queryKey, list);
    void queries.invalidateQueries({ queryKey: ['settings', 'queues'] });
  };
  const { rows: inUse, order } = useKeptOrder(query.data?.entities.filter((one) => !one.retired) ?? [], {
    save: async (ids) => keep(await ask<List>('/api/settings/entities/order', { method: 'PUT', body: { order: ids } })),
    refetch: () => void query.refetch(),
    nameOf: (entity) => entity.name,
  });
  return (
    <Page title={t('entityPage.title')} query={query} wide={false}>
      <p className="soft lead">{t('entityPage.lead')}</p>
      <Add
        done={() => {
          void query.refetch();
          void queries.invalidateQueries({ queryKey: ['settings', 'queues'] });
        }}
      />
      {inUse.length === 0 && <p className="soft">{t('entityPage.none')}</p>}
      <ol className="house-list" ref={order.list}>
        {inUse.map((entity) => (
          <Row
            key={entity.id}
            entity={entity}
            keep={keep}
            refetch={() => void query.refetch()}
            row={order.row(entity.id)}
            grip={inUse.length > 1 && order.grip(entity.id)}
          >
            {inUse.length > 1 && order.buttons(entity.id)}
          </Row>
        ))}
      </ol>
      {retired.length > 0 && (
        <details className="retired">
          <summary>
            {t('house.retired')} <span className="num faint">{retired.length}</span>
          </summary>
          <ul className="house-list">
            {retired.map((entity) => (
              <li key={entity.id}>
                <div className="house-t">
                  <h2 className="soft">{entity.name}</h2>
                </div>
                <div className="house-r">
                  <button
                    type="button"
                    className="btn sm line"
                    onClick={() =>
                      void post<List>(`/api/settings/entities/${entity.id}/restore`).then(keep, tellRefusal)
                    }
                  >
                    {t('house.restore')}
                    <span className="hidden-but-read"> {entity.name}</span>
                  </button>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Page>
  );
}

function Add({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [said, setSaid] = useState<string>();
  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(undefined);
    try {
      await post('/api/settings/entities', { name });
      setName('');
      tell(t('entityPage.added'));
      done();
    } catch (error) {
      setSaid(refusal(error));
    }
  }
  return (
    <form className="add-one" onSubmit={(event) => void add(event)}>
      <div className="field">
        <label htmlFor="entity-name">{t('entityPage.name')}</label>
        <span className="with-button">
          <input
            id="entity-name"
            className="input"
            autoComplete="off"
            maxLength={120}
            value={name}
            aria-describedby={said ? 'entity-said' : undefined}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setSaid(undefined);
            }}
          />
          <button type="submit" className="btn pri" disabled={name.trim() === ''}>
            <IconPlus size={16} stroke={1.8} aria-hidden /> {t('entityPage.add')}
          </button>
        </span>
      </div>
      {said && (
        <p id="entity-said" role="alert" className="small over-t">
          {said}
        </p>
      )}
    </form>
  );
}

function Row({
  entity,
  keep,
  refetch,
  row,
  grip,
  children,
}: {
  entity: EntityView;
  keep: (list: List) => void;
  refetch: () => void;
  row: ReturnType<Order['row']>;
  grip: ReactNode;
  /** How it is put elsewhere in the order. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [naming, setNaming] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState<string>();
  async function rename(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      keep(
        await ask<List>(`/api/settings/entities/${entity.id}`, {
          method: 'PUT',
          body: { name: naming, was: entity.name },
        }),
      );
      setNaming(undefined);
      setSaid(undefined);
    } catch (error) {
      setSaid(refusal(error));
      if (error instanceof Refused && error.code === 'entity.changed_meanwhile') refetch();
    }
  }
  async function retire(): Promise<void> {
    keep(await post<List>(`/api/settings/entities/${entity.id}/retire`));
    setAsking(false);
  }
  return (
    <li {...row}>
      {grip}
      <div className="house-t">
        {naming === undefined ? (
          <>
            <h2>{entity.name}</h2>
            <p className="small soft num">
              {entity.queues === 0 ? t('entityPage.noQueues') : t('entityPage.queues', { count: entity.queues })}
            </p>
          </>
        ) : (
          <form className="rename" onSubmit={(event) => void rename(event)}>
            <input
              className="input"
              aria-label={t('entityPage.renameOf', { name: entity.name })}
              autoFocus
              autoComplete="off"
              maxLength={120}
              value={naming}
              onChange={(event) => setNaming(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setNaming(undefined)}
            />
            <button type="submit" className="btn pri" disabled={naming.trim() === ''}>
              {t('app.save')}
            </button>
            <button type="button" className="btn quiet" onClick={() => setNaming(undefined)}>
              {t('app.cancel')}
            </button>
          </form>
        )}
        {said && (
          <p role="alert" className="small over-t">
            {said}
          </p>
        )}
      </div>
      {naming === undefined && (
        <div className="house-r">
          <button
            type="button"
            className="btn sm line"
            onClick={() => {
              setNaming(entity.name);
              setSaid(undefined);
            }}
          >
            {t('entityPage.rename')}
            <span className="hidden-but-read"> {entity.name}</span>
          </button>
          <button
            type="button"
            className="btn sm line"
            onClick={() => {
              setAsking(true);
              setSaid(undefined);
            }}
          >
            {t('house.retire')}
            <span className="hidden-but-read"> {entity.name}</span>
          </button>
          {children}
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={t('entityPage.retireTitle', { name: entity.name })}
          action={t('house.retire')}
          loses
          confirm={retire}
          close={() => setAsking(false)}
        >
          <p>{t('entityPage.retireText')}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}
