import { IconX } from '@tabler/icons-react';
import { createContext, type ReactNode, useContext, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../parts.tsx';
import { type Duration, type Faults, type Skill, type Unit, UNITS } from './draft.ts';

/** What is wrong in the form, by the path of the field. */
export const FaultsContext = createContext<Faults>({});

/** The words of what is wrong with a field, or of anything below it where it has no field of its own. */
function useFault(path: string, below = false): string | undefined {
  const { t } = useTranslation();
  const faults = useContext(FaultsContext);
  const found =
    faults[path] ?? (below ? Object.entries(faults).find(([one]) => one.startsWith(`${path}/`))?.[1] : undefined);
  if (found === undefined) return undefined;
  const [code, least, most] = found.split(':');
  return t(`fault.${code}`, { least, most, defaultValue: t('fault.wrong') });
}

type Given = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };

/** A labelled field with its hint, and what is wrong with it under it. */
export function Field({
  path,
  label,
  hint,
  below = false,
  className = '',
  children,
}: {
  path: string;
  label: ReactNode;
  hint?: ReactNode;
  /** Faults of parts that have no field of their own are shown here. */
  below?: boolean;
  className?: string;
  children: (given: Given) => ReactNode;
}) {
  const id = useId();
  const fault = useFault(path, below);
  const described = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described && { 'aria-describedby': described }),
        ...(fault && { 'aria-invalid': true as const }),
      })}
      {hint && (
        <span id={`${id}-hint`} className="small soft">
          {hint}
        </span>
      )}
      {fault && (
        <span id={`${id}-fault`} className="small over-t">
          {fault}
        </span>
      )}
    </div>
  );
}

/** What is wrong with a group of fields as a whole. */
export function GroupFault({ path }: { path: string }) {
  const fault = useFault(path);
  return fault ? (
    <p className="small over-t" tabIndex={-1} aria-invalid>
      {fault}
    </p>
  ) : null;
}

export function TextField({
  path,
  label,
  value,
  set,
  hint,
  className,
  ...more
}: {
  path: string;
  label: ReactNode;
  value: string;
  set: (value: string) => void;
  hint?: ReactNode;
  className?: string;
} & Pick<
  React.ComponentProps<'input'>,
  'inputMode' | 'type' | 'maxLength' | 'lang' | 'placeholder' | 'list' | 'autoComplete'
>) {
  return (
    <Field path={path} label={label} {...(hint !== undefined && { hint })} {...(className && { className })}>
      {(given) => (
        <input
          {...given}
          autoComplete="off"
          {...more}
          className="input"
          value={value}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** A figure and its unit. */
export function DurationField({
  path,
  label,
  name,
  value,
  set,
  hint,
}: {
  path: string;
  label: ReactNode;
  /** The label as plain words, for its unit. */
  name: string;
  value: Duration;
  set: (value: Duration) => void;
  hint?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Field path={path} label={label} {...(hint !== undefined && { hint })}>
      {(given) => (
        <span className="with-unit">
          <input
            {...given}
            className="input num"
            inputMode="decimal"
            autoComplete="off"
            value={value.n}
            onChange={(event) => set({ ...value, n: event.currentTarget.value })}
          />
          <select
            className="input"
            aria-label={t('house.unitOf', { what: name })}
            value={value.unit}
            onChange={(event) => set({ ...value, unit: event.currentTarget.value as Unit })}
          >
            {Object.keys(UNITS).map((unit) => (
              <option key={unit} value={unit}>
                {t(`house.unit.${unit}`)}
              </option>
            ))}
          </select>
        </span>
      )}
    </Field>
  );
}

export function Check({
  label,
  text,
  checked,
  set,
  disabled,
}: {
  label: ReactNode;
  text?: ReactNode;
  checked: boolean;
  set: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={text ? `${id}-text` : undefined}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      <span>
        <label htmlFor={id}>{label}</label>
        {text && (
          <span id={`${id}-text`} className="small soft">
            {text}
          </span>
        )}
      </span>
    </div>
  );
}

/** Skills with their level: added by name, those that are known are suggested. */
export function Skills({
  value,
  set,
  known,
  fresh,
}: {
  value: Skill[];
  set: (skills: Skill[]) => void;
  known: string[];
  /** The level that a new one begins with. */
  fresh: number;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const id = useId();
  function add(): void {
    const name = typed.trim();
    if (name === '' || value.some((one) => one.name === name)) return;
    set([...value, { name, level: fresh }]);
    setTyped('');
  }
  return (
    <div className="skills">
      {value.length > 0 && (
        <ul>
          {value.map((skill, i) => (
            <li key={skill.name}>
              <span className="wrap-any mid">{skill.name}</span>
              <select
                className="input sm"
                aria-label={t('queuePage.level', { skill: skill.name })}
                value={skill.level}
                onChange={(event) =>
                  set(value.map((one, n) => (n === i ? { ...one, level: Number(event.currentTarget.value) } : one)))
                }
              >
                {[1, 2, 3, 4, 5].map((level) => (
                  <option key={level} value={level}>
                    {t(`queuePage.levels.${level}`)}
                  </option>
                ))}
              </select>
              <IconButton
                label={t('queuePage.removeSkill', { skill: skill.name })}
                onClick={() => set(value.filter((_, n) => n !== i))}
              >
                <IconX size={16} stroke={1.8} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className="field">
        <label htmlFor={id}>{t('queuePage.skill')}</label>
        <span className="with-button">
          <input
            id={id}
            className="input"
            list={`${id}-known`}
            autoComplete="off"
            maxLength={60}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              // Enter adds the skill; it does not save the form
              event.preventDefault();
              add();
            }}
          />
          <button type="button" className="btn" onClick={add}>
            {t('house.add')}
            <span className="hidden-but-read"> {t('queuePage.skill')}</span>
          </button>
        </span>
        <datalist id={`${id}-known`}>
          {known
            .filter((one) => !value.some((skill) => skill.name === one))
            .map((one) => (
              <option key={one} value={one} />
            ))}
        </datalist>
      </div>
    </div>
  );
}

/** A part of a form: what it is on one side, its fields on the other. */
export function Part({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {text && <p className="small soft">{text}</p>}
      </div>
      <div className="part-b">{children}</div>
    </section>
  );
}
