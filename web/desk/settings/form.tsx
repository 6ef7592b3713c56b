import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api.ts';
import { refusal } from '../say.ts';
import { type Faults, faultsFrom } from './draft.ts';
import { FaultsContext } from './fields.tsx';

/**
 * When a form begins: with what is there now, never with what was kept; and again, under another `key`, with what is
 * there then.
 */
export function useBeginning(query: { isFetchedAfterMount: boolean; refetch: () => Promise<unknown> }): {
  ready: boolean;
  times: number;
  again: () => void;
  /** Once somebody else was first. */
  renew: () => void;
} {
  const [times, setTimes] = useState(0);
  const again = (): void => setTimes((before) => before + 1);
  return { ready: query.isFetchedAfterMount, times, again, renew: () => void query.refetch().then(again) };
}

/** What is typed over settings that others may change too, until it is saved or left. */
export type SettingsForm<Draft> = {
  draft: Draft;
  start: Draft;
  changed: boolean;
  /** What stands in the way of saving, by the path of its field. */
  faults: Faults;
  /** What the server refused, in its words. */
  said: string | undefined;
  /** Somebody else was first. */
  behind: boolean;
  busy: boolean;
  set: <Key extends keyof Draft>(key: Key, value: Draft[Key]) => void;
  /** Sends it, unless `faults` says what is wrong with it. */
  save: (faults: Faults, send: () => Promise<unknown>) => Promise<void>;
};

/**
 * @param begin what is there, as it is typed
 * @param options.saved once it is kept and nothing holds the page back any more
 * @param options.behindSays what is said to whoever was second, where there is something better than the server's words
 * @param options.faultsOf what else a refusal says of fields
 */
export function useSettingsForm<Draft>(
  begin: () => Draft,
  options: { saved: () => void; behindSays?: string; faultsOf?: (refused: Refused) => Faults | undefined },
): SettingsForm<Draft> {
  const { t } = useTranslation();
  const [start] = useState(begin);
  const [draft, setDraft] = useState(start);
  const [faults, setFaults] = useState<Faults>({});
  const [said, setSaid] = useState<string>();
  const [behind, setBehind] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    // eslint-disable-next-line no-alert
    shouldBlockFn: () => changed && !done && !window.confirm(t('house.leave')),
    enableBeforeUnload: () => changed && !done,
  });
  const { saved } = options;
  useEffect(() => {
    if (done) saved();
    // oxlint-disable-next-line react/exhaustive-deps -- once, when it is done
  }, [done]);

  async function save(found: Faults, send: () => Promise<unknown>): Promise<void> {
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await send();
      setDone(true);
    } catch (error) {
      const second =
        error instanceof Refused && (error.code === 'settings.changed_meanwhile' || error.code === 'settings.retired');
      setBehind(second);
      setSaid((second && options.behindSays) || refusal(error));
      if (error instanceof Refused) setFaults(options.faultsOf?.(error) ?? faultsFrom(error.extra));
    } finally {
      setBusy(false);
    }
  }
  return {
    draft,
    start,
    changed,
    faults,
    said,
    behind,
    busy,
    set: (key, value) => {
      setDraft((before) => ({ ...before, [key]: value }));
      setSaid(undefined);
    },
    save,
  };
}

/** The fields, each with what is wrong under it; the first of them takes the focus. */
export function FormOf<Draft>({
  form,
  className,
  save,
  children,
}: {
  form: SettingsForm<Draft>;
  className: string;
  save: () => void;
  children: ReactNode;
}) {
  const place = useRef<HTMLFormElement>(null);
  const { faults } = form;
  useEffect(() => {
    if (Object.keys(faults).length > 0) focusFirstFault(place.current);
  }, [faults]);
  return (
    <FaultsContext value={faults}>
      <form
        className={className}
        ref={place}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save();
        }}
      >
        {children}
      </form>
    </FaultsContext>
  );
}

/** Puts the focus on the first field that is wrong. */
function focusFirstFault(form: HTMLFormElement | null): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  // what is folded is opened: nobody corrects what they do not see
  for (let at = wrong?.parentElement; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
  wrong?.focus();
}

/** What is to be saved, how many fields stand in the way, and the one primary button. */
export function SaveBar<Draft>({
  form: { changed, faults, said, behind, busy },
  label,
  fresh = false,
  renew,
}: {
  form: SettingsForm<Draft>;
  label: string;
  /** There is nothing yet that could be saved. */
  fresh?: boolean;
  /** Offered where somebody else was first. */
  renew: () => void;
}) {
  const { t } = useTranslation();
  const wrong = Object.keys(faults).length;
  return (
    <footer className="save-bar">
      <p role={said || wrong > 0 ? 'alert' : 'status'} className={said || wrong > 0 ? 'over-t' : 'soft'}>
        {said ??
          (wrong > 0
            ? t('house.faults', { count: wrong })
            : changed || !fresh
              ? t(changed ? 'house.unsaved' : 'house.allSaved')
              : '')}
      </p>
      <span className="grow" />
      {behind && (
        <button type="button" className="btn line" onClick={renew}>
          {t('house.reload')}
        </button>
      )}
      <button type="submit" className="btn pri" disabled={busy || !changed}>
        {label}
      </button>
    </footer>
  );
}
