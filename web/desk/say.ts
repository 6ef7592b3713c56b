import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { Refused } from './api.ts';
import { store } from './store.ts';

/** A word that fades: something was done. */
export function tell(message: string): void {
  notifications.show({ message, withCloseButton: false });
}

/** Something was refused: the server's own words, or that nothing came back. */
export function tellRefusal(error: unknown): void {
  notifications.show({ message: refusal(error), className: 'refused', autoClose: 8000, role: 'alert' });
}

export function refusal(error: unknown): string {
  if (error instanceof Refused && error.code !== 'network') return error.message || i18next.t('app.failed');
  return i18next.t('app.noNetwork');
}

/** What a screen reader says without moving the focus. */
export const announced = store<{ text: string; assertive: boolean }>({ text: '', assertive: false });
export function announce(text: string, assertive = false): void {
  announced.set({ text, assertive });
}
