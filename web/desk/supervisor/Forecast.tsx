import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomForecast } from '../../../server/desk/supervision/contract.ts';
import { clock } from '../../ui/format.ts';
import { useWhen } from '../session.ts';

type Ready = Extract<RoomForecast, { state: 'ready' }>;

/** What the coming hour means, in a sentence. */
export function useForecastSays(forecast: RoomForecast): string {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  if (forecast.state !== 'ready') return t('room.forecast.shortHistory');
  const at = (time: string): string => clock(new Date(time), language, zone);
  return forecast.short
    ? t('room.forecast.short', {
        count: forecast.short.places,
        from: at(forecast.short.from),
        to: at(forecast.short.to),
      })
    : forecast.places === 0
      ? t('room.forecast.nobody')
      : t('room.forecast.enough', { places: forecast.places });
}

/** Demand with its band against the places of who is signed in; what is missing is hatched. */
export function ForecastChart({
  forecast,
  width,
  height,
  big = false,
}: {
  forecast: Ready;
  width: number;
  height: number;
  big?: boolean;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const id = useId();
  const says = useForecastSays(forecast);
  const { points, places } = forecast;
  const foot = big ? 44 : 28;
  const top = Math.max(1, places, ...points.map((point) => point.high)) * 1.08;
  const x = (i: number): number => (i * width) / (points.length - 1);
  const y = (value: number): number => 4 + (1 - value / top) * (height - foot - 8);
  const line = (of: (point: Ready['points'][number]) => number): string =>
    points.map((point, i) => `${x(i).toFixed(1)},${y(of(point)).toFixed(1)}`).join(' ');
  const band = `${line((point) => point.high)} ${points
    .map((point, i) => `${x(i).toFixed(1)},${y(point.low).toFixed(1)}`)
    .toReversed()
    .join(' ')}`;
  const over = `${line((point) => Math.max(point.expected, places))} ${width},${y(places)} 0,${y(places)}`;
  const labels = [0, 3, 6, 9, 12].filter((i) => i < points.length);
  return (
    <svg className={`forecast ${big ? 'big' : ''}`} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={says}>
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V6" className="hatch" />
        </pattern>
      </defs>
      <polygon className="band" points={band} />
      <polygon points={over} fill={`url(#${id})`} />
      <path className="places" d={`M0 ${y(places)}H${width}`} />
      <polyline className="expected" points={line((point) => point.expected)} />
      {labels.map((i) => (
        <text
          key={i}
          x={x(i)}
          y={height - 6}
          textAnchor={i === 0 ? 'start' : i === points.length - 1 ? 'end' : 'middle'}
        >
          {i === 0 ? t('room.forecast.now') : clock(new Date(points[i]!.at), language, zone)}
        </text>
      ))}
    </svg>
  );
}

export function ForecastCard({ forecast }: { forecast: RoomForecast }) {
  const { t } = useTranslation();
  const says = useForecastSays(forecast);
  return (
    <section className="sv-card forecast-card" aria-label={t('room.forecast.title')}>
      <header className="sv-card-h">
        <h2>{t('room.forecast.title')}</h2>
        {forecast.state === 'ready' && <span className="meta faint">{t('room.forecast.unit')}</span>}
      </header>
      {forecast.state === 'ready' ? (
        <>
          <ForecastChart forecast={forecast} width={348} height={212} />
          <ul className="forecast-legend meta soft">
            <li>
              <i className="expected" /> {t('room.forecast.expected', { count: forecast.weeks })}
            </li>
            <li>
              <i className="places" /> {t('room.forecast.places')}
            </li>
          </ul>
          <p className="forecast-says small strong">{says}</p>
        </>
      ) : (
        <p className="forecast-says small soft">{says}</p>
      )}
    </section>
  );
}
