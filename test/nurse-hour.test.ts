import { afterAll, expect, test } from 'vitest';
import { compileSet } from '../server/assistant/engine/compile.ts';
import { facts } from '../server/assistant/engine/stage.ts';
import { step } from '../server/assistant/engine/step.ts';
import { OWN_FLOWS, readFlows } from '../server/assistant/flows.ts';
import { uuid } from '../server/platform/ids.ts';
import { asOwner, testDatabase } from './postgres.ts';
import { createStage } from './stage.ts';

/*
 * A protocol that says "a nurse within the hour" is kept: urgent, before everything that is standard, with the hour as its
 * target whatever the queue promises.
 */

const postgres = await testDatabase();
afterAll(() => postgres.close());

test('the flow hands it over as urgent, with the hour', async () => {
  const own = (await readFlows(OWN_FLOWS)).set!;
  const symptom = own.flows['symptom']!;
  expect(symptom.steps['nurse_hour']).toMatchObject({ handover: { priority: 'urgent', within: '60m' } });
  const set = compileSet({
    ...own,
    hash: '',
    flows: { ...own.flows, hour: { ...symptom, flow: 'hour', intents: [], proof: 'none', start: 'nurse_hour' } },
  });
  const { handover } = step(set, null, { kind: 'errand', flow: 'hour' }, facts());
  expect(handover).toMatchObject({
    queue: 'nursing',
    priority: 'urgent',
    reason: 'triage_nurse_hour',
    targetSeconds: 3600,
  });
});

test('its item has the hour as its target', async () => {
  const stage = await createStage(postgres);
  stage.handover = { queue: 'general', priority: 'urgent', targetSeconds: 3600, reason: 'triage_nurse_hour' };
  const hour = await stage.write(`p-${uuid()}`, 'tengo fiebre');
  stage.handover = { queue: 'general', priority: 'urgent' };
  const other = await stage.write(`p-${uuid()}`, 'persona');
  const target = async (id: string): Promise<unknown> =>
    (await asOwner(postgres.ownerUrl, 'select priority, target_seconds from item where conversation_id = $1', [id]))
      .rows[0];
  expect(await target(hour)).toEqual({ priority: 'urgent', target_seconds: 3600 });
  expect(await target(other)).not.toMatchObject({ target_seconds: 3600 });
  await stage.close();
});
