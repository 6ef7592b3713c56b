/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { Rich } from './Message.tsx';
import type { Article } from './protocol.ts';
import type { Store } from './store.ts';

/** Articles that may answer what is being written, before it is sent; each opens in place. */
export function Suggest({ store, draft }: { store: Store; draft: string }) {
  const [found, setFound] = useState<Article[]>([]);
  useEffect(() => {
    // a pause in the writing; numbers may say who writes, and are not asked
    if (!draft[4]) return setFound([]);
    const timer = setTimeout(
      () =>
        store.articles(draft.replace(/\d{4,}/g, '')).then(
          (answer) => setFound(answer.articles),
          () => {},
        ),
      450,
    );
    return () => clearTimeout(timer);
  }, [draft]);
  return found[0] ? (
    <div class="ask">
      {found.map(({ id, title, text, source }) => (
        <details key={id}>
          <summary>{title}</summary>
          <p tabIndex={0}>
            <Rich text={text + '\n\n' + source} />
          </p>
        </details>
      ))}
    </div>
  ) : null;
}
