import type { ReactNode } from 'react';

/** A part of the page: what it is on one side, what can be done on the other. */
export function Card({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <div>
        <h2>{title}</h2>
        {text && <p className="small soft">{text}</p>}
      </div>
      <div className="card-b">{children}</div>
    </section>
  );
}

/** A labelled field of a form. */
export function Field({
  id,
  label,
  hint,
  children,
}: {
  id: string;
  label: string;
  hint?: string;
  children: (given: { id: string; 'aria-describedby'?: string }) => ReactNode;
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, ...(hint ? { 'aria-describedby': `${id}-hint` } : {}) })}
      {hint && (
        <span id={`${id}-hint`} className="small soft">
          {hint}
        </span>
      )}
    </div>
  );
}
