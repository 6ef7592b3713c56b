/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

type Row = { id: string; title: string; description?: string };
type Props = {
  title: string;
  sections: { title?: string; rows: Row[] }[];
  send: string;
  close: string;
  onPick(row: Row): void;
  onClose(): void;
};

/** The sheet that a list opens: one choice, then one button that says what it sends. */
export function Sheet({ title, sections, send, close, onPick, onClose }: Props) {
  const [chosen, setChosen] = useState<Row | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input')?.focus({ focusVisible: false } as FocusOptions), []);

  function keys(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.stopPropagation();
      return onClose();
    }
    if (event.key === 'Enter' && chosen && (event.target as HTMLElement).tagName === 'INPUT') return onPick(chosen);
    if (event.key !== 'Tab') return;
    // One radio of the group takes part in the round of Tab: the checked one, else the first.
    const stops = [...box.current!.querySelectorAll<HTMLElement>('button:not(:disabled), input')].filter(
      (one, _, all) =>
        !(one instanceof HTMLInputElement) ||
        (chosen ? one.checked : one === all.find((other) => other instanceof HTMLInputElement)),
    );
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  return (
    <>
      <div class="scrim" onClick={onClose} />
      <div class="sheet" role="dialog" aria-modal="true" aria-label={title} ref={box} onKeyDown={keys}>
        <header>
          <button type="button" aria-label={close} onClick={onClose}>
            <Icon name="close" size={20} />
          </button>
          <b>{title}</b>
        </header>
        <div class="rows" role="radiogroup" aria-label={title}>
          {sections.map((section) => (
            <div key={section.title ?? ''} role="group" aria-label={section.title}>
              {section.title && <p>{section.title}</p>}
              {section.rows.map((row) => (
                <label key={row.id}>
                  <span>
                    <b>{row.title}</b>
                    {row.description && <small>{row.description}</small>}
                  </span>
                  <input type="radio" name="row" checked={chosen?.id === row.id} onChange={() => setChosen(row)} />
                </label>
              ))}
            </div>
          ))}
        </div>
        <footer>
          <button type="button" class="go" disabled={!chosen} onClick={() => chosen && onPick(chosen)}>
            {send} {chosen?.title}
          </button>
        </footer>
      </div>
    </>
  );
}
