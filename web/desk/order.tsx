import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { type ComponentProps, type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { IconButton } from './parts.tsx';
import { announce, tellRefusal } from './say.ts';

/** A list that is put in order by hand: with two buttons at each row, or dragged by its grip. */
export type Order = {
  list: React.RefObject<HTMLOListElement | null>;
  /** For the row's `li`. */
  row: (
    id: string,
  ) => Pick<ComponentProps<'li'>, 'onDragOver' | 'onDrop'> & { 'data-row': string; 'data-dragged'?: '' };
  /** What it is dragged by; for the mouse only: the buttons are for all. */
  grip: (id: string) => ReactNode;
  buttons: (id: string) => ReactNode;
};

/**
 * @param ids in their order
 * @param move shows a row at a place, at once
 * @param kept once a row stands where it was put: after a button, or when it is let go
 * @param nameOf what a row is called when it is announced
 */
export function useOrder(
  ids: readonly string[],
  {
    move,
    kept,
    nameOf,
  }: {
    move: (from: number, to: number) => void;
    kept?: (id: string) => void;
    nameOf: (id: string) => string;
  },
): Order {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<string | null>(null);

  const say = (id: string, to: number): void =>
    announce(t('order.movedTo', { name: nameOf(id), place: to + 1, count: ids.length }));

  function step(id: string, to: number): void {
    const from = ids.indexOf(id);
    // the buttons stand in their new places before the focus is given: no key typed at once falls on another row
    flushSync(() => move(from, to));
    say(id, to);
    // the same button of the row that moved, or the other one at an end
    const wanted = to < from ? 'up' : 'down';
    const row = list.current?.querySelector(`[data-row="${CSS.escape(id)}"]`);
    const buttons = [...(row?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? [])];
    (
      buttons.find((one) => one.dataset['move'] === wanted && !one.disabled) ?? buttons.find((one) => !one.disabled)
    )?.focus();
    kept?.(id);
  }
  return {
    list,
    row: (id) => ({
      'data-row': id,
      ...(dragged === id && { 'data-dragged': '' }),
      onDragOver: (event) => {
        if (dragged === null) return;
        event.preventDefault();
        if (dragged === id) return;
        const to = ids.indexOf(id);
        move(ids.indexOf(dragged), to);
        say(dragged, to);
      },
      onDrop: (event) => event.preventDefault(),
    }),
    grip: (id) => (
      <span
        className="grip"
        title={t('order.drag')}
        draggable
        onDragStart={(event) => {
          setDragged(id);
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', id);
          const row = event.currentTarget.closest('li');
          if (row) event.dataTransfer.setDragImage(row, 12, 12);
        }}
        onDragEnd={() => {
          setDragged(null);
          kept?.(id);
        }}
      >
        <IconGripVertical size={16} stroke={1.6} aria-hidden />
      </span>
    ),
    buttons: (id) => {
      const at = ids.indexOf(id);
      const name = nameOf(id);
      return (
        <span className="order-b">
          <IconButton
            label={t('order.up', { name })}
            disabled={at === 0}
            data-move="up"
            onClick={() => step(id, at - 1)}
          >
            <IconArrowUp size={16} stroke={1.8} aria-hidden />
          </IconButton>
          <IconButton
            label={t('order.down', { name })}
            disabled={at === ids.length - 1}
            data-move="down"
            onClick={() => step(id, at + 1)}
          >
            <IconArrowDown size={16} stroke={1.8} aria-hidden />
          </IconButton>
        </span>
      );
    },
  };
}

/** A list with one of its rows at another place. */
export function moved<One>(list: readonly One[], from: number, to: number): One[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/**
 * An order that the server keeps: shown at once, sent one after another, and as the server has it once all were answered.
 * @param rows as the server has them
 * @param save sends the order with this row at its new place
 * @returns the rows as they are to be shown
 */
export function useKeptOrder<Row extends { id: string }>(
  rows: readonly Row[],
  {
    save,
    refetch,
    nameOf,
  }: {
    save: (order: string[], id: string, position: number) => Promise<void>;
    refetch: () => void;
    nameOf: (row: Row) => string;
  },
): { rows: Row[]; order: Order } {
  const [mine, setMine] = useState<string[] | null>(null);
  const latest = useRef<string[] | null>(null);
  const line = useRef({ last: Promise.resolve(), waiting: 0 });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const shown =
    mine?.length === rows.length && mine.every((id) => byId.has(id)) ? mine.map((id) => byId.get(id)!) : [...rows];
  const ids = shown.map((row) => row.id);

  const order = useOrder(ids, {
    move: (from, to) => {
      latest.current = moved(latest.current ?? ids, from, to);
      setMine(latest.current);
    },
    kept: (id) => {
      const wanted = latest.current;
      if (!wanted) return;
      const { current } = line;
      current.waiting += 1;
      current.last = current.last
        .then(() => save(wanted, id, wanted.indexOf(id)))
        .catch((error: unknown) => {
          tellRefusal(error);
          refetch();
        })
        .finally(() => {
          current.waiting -= 1;
          if (current.waiting > 0) return;
          latest.current = null;
          setMine(null);
        });
    },
    nameOf: (id) => nameOf(byId.get(id)!),
  });
  return { rows: shown, order };
}
