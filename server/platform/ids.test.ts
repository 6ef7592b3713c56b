import { expect, test } from 'vitest';
import { isUuid, uuid } from './ids.ts';

test('ids are uuids of version 7, all different, in the order in which they were made', () => {
  const ids = Array.from({ length: 20_000 }, () => uuid());
  expect(ids.every((id) => isUuid(id) && id[14] === '7' && '89ab'.includes(id[19]!))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test('what is no uuid is not taken for one', () => {
  for (const text of ['', 'x', '123', "'; drop table person; --", '00000000-0000-7000-8000-00000000000g'])
    expect(isUuid(text)).toBe(false);
});
