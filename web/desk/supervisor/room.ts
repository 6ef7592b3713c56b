import { useEffect } from 'react';
import { CLOSE } from '../../../server/desk/live/contract.ts';
import type { Room } from '../../../server/desk/supervision/contract.ts';
import { store, useStore } from '../store.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 20_000;

type Held = {
  room: Room | null;
  /** Since when no frame can come; null: the line stands, or was never there. */
  downSince: number | null;
};
const held = store<Held>({ room: null, downSince: null });

let socket: WebSocket | null = null;
let lookers = 0;
let pause = FIRST_PAUSE_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
let ended: () => void = () => {};

/** Every frame is the whole board: what was missed is made good by the next one. */
function connect(): void {
  clearTimeout(timer);
  if (socket) return;
  const opened = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/room/live`);
  socket = opened;
  opened.addEventListener('message', (event) => {
    if (socket !== opened) return;
    pause = FIRST_PAUSE_MS;
    held.set({ room: (JSON.parse(String(event.data)) as { room: Room }).room, downSince: null });
  });
  opened.addEventListener('close', (event) => {
    if (socket !== opened) return;
    socket = null;
    if (lookers === 0) return;
    if (event.code === CLOSE.signedOut) return ended();
    held.set((old) => (old.downSince === null ? { ...old, downSince: Date.now() } : old));
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
}

/**
 * The live room while somebody looks at it.
 * @param onEnded the session has ended under our hands
 */
export function useRoom(onEnded?: () => void): Held {
  useEffect(() => {
    if (onEnded) ended = onEnded;
    lookers += 1;
    connect();
    return () => {
      lookers -= 1;
      if (lookers > 0) return;
      clearTimeout(timer);
      socket?.close();
      socket = null;
      // what is shown next time is fetched then
      held.set({ room: null, downSince: null });
    };
  }, [onEnded]);
  return useStore(held);
}
