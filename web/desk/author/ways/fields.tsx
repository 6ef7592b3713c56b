import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../../i18n.ts';

/** Several of a few: a box for each. */
export function Several<Value extends string>({
  label,
  values,
  options,
  change,
}: {
  label: string;
  values: readonly Value[];
  options: readonly { value: Value; name: string }[];
  change: (values: Value[]) => void;
}) {
  return (
    <fieldset className="choices">
      <legend className="hidden-but-read">{label}</legend>
      {options.map(({ value, name }) => {
        const on = values.includes(value);
        return (
          <label key={value} className={on ? 'on' : ''}>
            <input
              type="checkbox"
              checked={on}
              onChange={() =>
                // in the order of the options, so that the same choice is the same rule
                change(options.map((one) => one.value).filter((one) => (one === value ? !on : values.includes(one))))
              }
            />
            {name}
          </label>
        );
      })}
    </fieldset>
  );
}

/** One of a few, in a row of its own. */
export function OneOf<Value extends string>({
  label,
  value,
  options,
  change,
  hideLabel = false,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; name: string }[];
  change: (value: Value) => void;
  hideLabel?: boolean;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'hidden-but-read' : ''}>
        {label}
      </label>
      <select
        id={id}
        className="input sm"
        value={value}
        onChange={(event) => change(event.currentTarget.value as Value)}
      >
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A whole number or nothing. */
export function Amount({
  label,
  value,
  least,
  most,
  unit,
  change,
}: {
  label: string;
  value: number | null;
  least: number;
  most: number;
  unit?: string;
  change: (value: number | null) => void;
}) {
  const id = useId();
  return (
    <div className="wy-amount">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input sm num"
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        step={1}
        value={value ?? ''}
        onChange={({ currentTarget: { value: written } }) => {
          const number = Math.round(Number(written));
          if (written === '') change(null);
          else if (Number.isFinite(number)) change(Math.min(most, Math.max(least, number)));
        }}
      />
      {unit && <span className="soft">{unit}</span>}
    </div>
  );
}

type Four = { es: string; ca: string; en: string; pt: string };

/** A text in the four languages, side by side; what is missing shows. */
export function FourTexts({
  label,
  value,
  most,
  change,
}: {
  label: string;
  value: Four;
  most: number;
  change: (value: Four) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className="wy-four" role="group" aria-label={label}>
      {LANGUAGES.map((one) => (
        <div key={one}>
          <label htmlFor={id + one} className={`lang ${value[one].trim() ? '' : 'missing'}`}>
            {one.toUpperCase()}
            <span className="hidden-but-read"> {`${label}, ${t(`language.${one}`)}`}</span>
          </label>
          <input
            id={id + one}
            className="input sm"
            lang={one}
            maxLength={most}
            value={value[one]}
            onChange={(event) => change({ ...value, [one]: event.currentTarget.value })}
          />
        </div>
      ))}
    </div>
  );
}

export const NO_TEXTS: Four = { es: '', ca: '', en: '', pt: '' };
export const isWhole = (four: Four | null): boolean =>
  four === null || LANGUAGES.every((one) => four[one].trim() !== '');
