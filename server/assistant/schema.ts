import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { flowShape, settingsShape } from './contract.ts';

/** JSON Schema (2020-12) of a file in flows/: a flow, or the settings of a set. For editors, and for other tools. */
export function flowSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Hebra flow',
    description:
      "A flow of the assistant, or the set's assistant.yaml. Written by server/assistant/schema.ts from the code; do not edit.",
    anyOf: [z.toJSONSchema(flowShape, { io: 'input' }), z.toJSONSchema(settingsShape, { io: 'input' })],
  };
}

if (import.meta.main)
  await writeFile(
    join(import.meta.dirname, '../../docs/flows/flow.schema.json'),
    JSON.stringify(flowSchema(), null, 2) + '\n',
  );
