import { IconAlertCircle, IconCircleCheck, IconHelpCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PersonPanel } from '../../../server/desk/person/contract.ts';
import { type Language, shortDay } from '../../ui/format.ts';
import { useWhen } from '../session.ts';
import { Block, day, Few } from './parts.tsx';

/** The record writes figures with a point; three of our languages with a comma. */
function figure(value: string, language: Language): string {
  return language === 'en' ? value : value.replaceAll(/(?<=\d)\.(?=\d)/g, ',');
}

/** First under the name, also when there are none: nobody has to look for them. */
export function Allergies({ allergies }: { allergies: PersonPanel['allergies'] }) {
  const { t } = useTranslation();
  if (allergies.known !== 'some' || allergies.list.length === 0) {
    const unknown = allergies.known === 'unknown';
    const Icon = unknown ? IconHelpCircle : IconCircleCheck;
    return (
      <div className="allergy none">
        <span className="allergy-h">
          <Icon size={16} stroke={1.6} aria-hidden /> {t(unknown ? 'patient.allergiesUnknown' : 'patient.noAllergies')}
        </span>
        {unknown && <p className="faint">{t('patient.allergiesAsk')}</p>}
      </div>
    );
  }
  return (
    <section className="allergy" aria-label={t('patient.allergies')}>
      <h3 className="allergy-h">
        <IconAlertCircle size={16} stroke={1.6} aria-hidden /> {t('patient.allergies')}
      </h3>
      <ul>
        {allergies.list.map((allergy) => (
          <li key={allergy.substance}>
            <b>{allergy.substance}</b>
            {[allergy.reaction, allergy.severe && t('patient.severe'), allergy.since?.slice(0, 4)]
              .filter(Boolean)
              .map((part) => (
                <span key={String(part)}> · {part}</span>
              ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was ordered for them. */
export function Orders({ orders }: { orders: PersonPanel['orders'] }) {
  const { t } = useTranslation();
  const { language } = useWhen();
  return (
    <Block title={t('patient.orders')}>
      <Few
        items={orders}
        none={t('patient.none')}
        show={(order) => (
          <li key={order.id}>
            <b className="mid">{order.name}</b>{' '}
            <span className="soft num">
              {t(`patient.orderStatus.${order.status}`, { defaultValue: order.status })}
              {order.authoredOn && ` · ${t('patient.orderedOn', { when: day(order.authoredOn, language) })}`}
            </span>
            {order.preparation && (
              <details className="prep">
                <summary className="meta">{t('patient.preparation')}</summary>
                <p className="small">{order.preparation}</p>
              </details>
            )}
          </li>
        )}
      />
    </Block>
  );
}

/** What came of it, figures as the laboratory gave them. */
export function Results({ results }: { results: PersonPanel['results'] }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  return (
    <Block title={t('patient.results')}>
      <Few
        items={results}
        none={t('patient.none')}
        show={(result) => (
          <li key={result.id} className="rs">
            {result.values.length > 1 ? (
              <details>
                <summary>
                  <span className="grow">{result.name}</span>
                  {result.values.some((value) => value.abnormal) && (
                    <span className="meta over-t">{t('patient.abnormal')}</span>
                  )}
                  {result.at && (
                    <time className="meta faint">{shortDay(new Date(result.at), language, zone, new Date())}</time>
                  )}
                </summary>
                <dl>
                  {result.values.map((value) => (
                    <div key={value.name}>
                      <dt>{value.name}</dt>
                      <dd className="num">
                        <b className={value.abnormal ? 'over-t' : 'mid'}>{figure(value.value, language)}</b>{' '}
                        {value.unit}
                        {value.range && (
                          <span className="faint"> {t('patient.range', { range: figure(value.range, language) })}</span>
                        )}
                      </dd>
                    </div>
                  ))}
                </dl>
              </details>
            ) : (
              <p>
                <span className="grow">{result.name}</span>
                {result.values.map((value) => (
                  <b key={value.name} className={`num ${value.abnormal ? 'over-t' : ''}`}>
                    {figure(value.value, language)} {value.unit}
                  </b>
                ))}
                {result.values.length === 0 && (
                  <span className="meta soft">
                    {t(`patient.resultStatus.${result.status}`, { defaultValue: result.status })}
                  </span>
                )}
                {result.at && (
                  <time className="meta faint">{shortDay(new Date(result.at), language, zone, new Date())}</time>
                )}
              </p>
            )}
          </li>
        )}
      />
    </Block>
  );
}

/** Side by side: one is read with the other. */
export function ProblemsAndMedication({ person }: { person: PersonPanel }) {
  const { t } = useTranslation();
  return (
    <div className="two">
      <Block title={t('patient.problems')}>
        <Few
          items={person.problems}
          none={t('patient.none')}
          show={(problem) => (
            <li key={problem.id} className={problem.active ? '' : 'faint'}>
              {problem.name} {problem.since && <span className="soft num">{problem.since.slice(0, 4)}</span>}
            </li>
          )}
        />
      </Block>
      <Block title={t('patient.medication')}>
        <Few
          items={person.medication}
          none={t('patient.none')}
          show={(medicine) => (
            <li key={medicine.id}>
              <b className="mid block">{medicine.name}</b> <span className="soft num">{medicine.dosage}</span>
            </li>
          )}
        />
      </Block>
    </div>
  );
}

/** Who pays. */
export function Coverage({ coverage }: { coverage: PersonPanel['coverage'] }) {
  const { t } = useTranslation();
  const { language } = useWhen();
  return (
    <Block title={t('patient.coverage')}>
      <ul className="pl">
        {coverage.map((cover) => (
          <li key={cover.id} className={cover.active ? '' : 'faint'}>
            <b className="mid">{cover.name}</b>{' '}
            <span className="soft num">
              {[
                cover.plan,
                cover.number,
                !cover.active
                  ? t('patient.expired')
                  : cover.until && t('patient.until', { when: day(cover.until, language) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Block>
  );
}
