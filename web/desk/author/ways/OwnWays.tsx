import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { WAYS } from '../../../../server/routing/ways/contract.ts';
import { spoken } from '../../i18n.ts';
import { moved, type Order, useOrder } from '../../order.tsx';
import { type OwnWay, type WayKind, type WaysContent, type WaysView } from './data.ts';
import { Amount, FourTexts, NO_TEXTS, OneOf } from './fields.tsx';

const LINKS: readonly WayKind[] = ['call', 'video', 'email', 'whatsapp'];
const PREFIX: Partial<Record<WayKind, string>> = { call: 'tel:', email: 'mailto:' };

/** What an author writes of an address, without what only machines need before it; and back. */
const writtenOf = (way: OwnWay): string => way.href?.replace(PREFIX[way.kind] ?? '', '') ?? '';
function hrefOf(kind: WayKind, written: string): string | null {
  const text = written.trim();
  if (text === '') return null;
  if (kind === 'call') return `tel:${text.replaceAll(/[\s().-]/g, '')}`;
  return `${PREFIX[kind] ?? ''}${text}`;
}

/** The ways of the organisation in their order: whether they are used, where they lead, who answers, how they are called. */
export function OwnWays({
  content,
  view,
  change,
}: {
  content: WaysContent;
  view: WaysView;
  change: ((content: WaysContent) => void) | undefined;
}) {
  const { t } = useTranslation();
  const ways: OwnWay[] = [
    ...content.ways,
    ...WAYS.filter((kind) => !content.ways.some((one) => one.kind === kind)).map((kind) => ({
      kind,
      on: false,
      href: null,
      label: null,
      hint: null,
      queue: null,
    })),
  ];
  const put = (next: OwnWay[]): void => change?.({ ...content, ways: next });
  const order = useOrder(
    ways.map((way) => way.kind),
    {
      move: (from, to) => put(moved(ways, from, to)),
      nameOf: (kind) => t(`ways.kind.${kind}`),
    },
  );
  return (
    <div className="wy-own-ways">
      <p className="small soft">{t('ways.own.lead')}</p>
      <ol ref={order.list}>
        {ways.map((way) => (
          <Way
            key={way.kind}
            way={way}
            view={view}
            readOnly={!change}
            row={order.row(way.kind)}
            grip={change && order.grip(way.kind)}
            buttons={order.buttons(way.kind)}
            change={(next) => put(ways.map((one) => (one.kind === way.kind ? next : one)))}
          />
        ))}
      </ol>
      <fieldset disabled={!change} className="wy-long">
        <Amount
          label={t('ways.own.long')}
          value={content.longMinutes}
          least={1}
          most={240}
          unit={t('ways.field.minutes')}
          change={(minutes) => minutes !== null && change?.({ ...content, longMinutes: minutes })}
        />
      </fieldset>
    </div>
  );
}

function Way({
  way,
  view,
  readOnly,
  row,
  grip,
  buttons,
  change,
}: {
  way: OwnWay;
  view: WaysView;
  readOnly: boolean;
  row: ReturnType<Order['row']>;
  grip: ReactNode;
  buttons: ReactNode;
  change: (way: OwnWay) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const { kind } = way;
  const name = t(`ways.kind.${kind}`);
  const links = LINKS.includes(kind);
  // an address that is only written yet will connect it once it is published
  const connected =
    (links && way.href !== null) || view.connections.find((one) => one.kind === kind)?.connected === true;
  return (
    <li className={`wy-way ${way.on ? '' : 'off'}`} {...row}>
      <div className="wy-rule-h">
        {grip}
        <div className="grow">
          <p className="strong">{name}</p>
          <p className={`small ${connected ? 'ok-t' : 'soft'}`}>
            {connected && <IconCheck size={16} stroke={1.8} aria-hidden />}
            {t(
              connected
                ? 'ways.own.connected'
                : kind === 'callback' || kind === 'callback_at'
                  ? 'ways.own.notConnectedRoom'
                  : 'ways.own.notConnected',
            )}
          </p>
        </div>
        {!readOnly && <div className="wy-acts">{buttons}</div>}
        <label className="wy-switch">
          <input
            type="checkbox"
            checked={way.on}
            disabled={readOnly}
            aria-label={t('ways.own.useOf', { name })}
            onChange={() => change({ ...way, on: !way.on })}
          />
          {t('ways.own.use')}
        </label>
      </div>
      {way.on && (
        <fieldset disabled={readOnly} className="wy-way-b">
          <div className="editor-two">
            {links && (
              <div className="field">
                <label htmlFor={id}>{t(`ways.own.hrefs.${kind}`)}</label>
                <input
                  id={id}
                  className="input sm"
                  autoComplete="off"
                  maxLength={310}
                  inputMode={kind === 'call' ? 'tel' : kind === 'email' ? 'email' : 'url'}
                  placeholder={kind === 'whatsapp' && connected ? t('ways.own.hrefAuto') : undefined}
                  value={writtenOf(way)}
                  onChange={(event) => change({ ...way, href: hrefOf(kind, event.currentTarget.value) })}
                />
              </div>
            )}
            {kind !== 'email' && (
              <OneOf
                label={t('ways.own.queue')}
                value={way.queue ?? ''}
                options={[
                  { value: '', name: t('ways.own.anyQueue') },
                  ...view.queues.map(({ key, names }) => ({ value: key, name: names[spoken()] })),
                ]}
                change={(queue) => change({ ...way, queue: queue || null })}
              />
            )}
          </div>
          <details className="wy-words" open={way.label !== null || way.hint !== null || undefined}>
            <summary>{t('ways.own.words')}</summary>
            {(['label', 'hint'] as const).map((part) => (
              <div key={part} className="field">
                <span className="wy-l">{t(`ways.own.${part}`)}</span>
                {way[part] ? (
                  <>
                    <FourTexts
                      label={`${name}, ${t(`ways.own.${part}`)}`}
                      value={way[part]}
                      most={part === 'label' ? 48 : 160}
                      change={(four) => change({ ...way, [part]: four })}
                    />
                    <button
                      type="button"
                      className="btn sm quiet wy-own"
                      onClick={() => change({ ...way, [part]: null })}
                    >
                      {t('ways.own.usual')}
                    </button>
                  </>
                ) : (
                  <button
                    type="button"
                    className="btn sm line wy-own"
                    onClick={() => change({ ...way, [part]: { ...NO_TEXTS } })}
                  >
                    {t(part === 'label' ? 'ways.own.addLabel' : 'ways.own.addHint')}
                  </button>
                )}
              </div>
            ))}
          </details>
        </fieldset>
      )}
    </li>
  );
}
