import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { generateSchema, SCHEMA_FILE } from './schema.ts';

test('server/platform/schema.ts is what the migrations make: else run `node test/schema.ts`', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(await generateSchema(inject('ownerUrl'), inject('template')));
});
