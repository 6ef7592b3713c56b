import { expect, test } from 'vitest';
import type { OfferView } from '../../../server/desk/contract.ts';
import type { JoiningView } from '../../../server/desk/joining/contract.ts';
import type { TaskView } from '../../../server/routing/tasks/contract.ts';
import { askingInOrder } from './asking.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 23, 9, 0, seconds)).toISOString();
const offer = (id: string, priority: string, seconds: number) =>
  ({ id, expiresAt: at(seconds), row: { priority } }) as OfferView;
const task = (id: string, priority: string, seconds: number | null) =>
  ({ id: `task-${id}`, priority, offer: seconds === null ? null : { id, expiresAt: at(seconds) } }) as TaskView;
const joining = (id: string, priority: string, seconds: number) =>
  ({ id, expiresAt: at(seconds), about: { priority } }) as JoiningView;

test('of all that is put before an agent the most urgent is first, then what lapses first', () => {
  const order = askingInOrder(
    [offer('call back', 'standard', 20), offer('conversation', 'critical', 50)],
    [task('due', 'urgent', 40), task('not due', 'critical', null)],
    [joining('consult', 'standard', 10)],
  );
  expect(order.map((one) => one.id)).toEqual(['conversation', 'due', 'consult', 'call back']);
});
