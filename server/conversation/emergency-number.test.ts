import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../../test/postgres.ts';
import { createStage } from '../../test/stage.ts';
import { within } from '../platform/postgres.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { ChannelKind } from './contract.ts';
import { emergencyNumberFor, emergencyNumberIn } from './emergency-number.ts';
import { createReceiver } from './receive.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

const settings = { emergencyNumbers: { AR: '107', MX: '911' } };

test.each<[ChannelKind, string, string]>([
  ['whatsapp', '5491155551234', '107'],
  ['whatsapp', '+5491155551234', '107'],
  ['sms', '5215512345678', '911'],
  ['whatsapp', '34600111222', '112'],
  // a country that was not given one, an address that is no telephone, a channel without telephones
  ['whatsapp', '573001234567', '112'],
  ['whatsapp', 'not a number', '112'],
  ['webchat', '5491155551234', '112'],
  ['email', 'a@example.org', '112'],
])('who writes by %s from %s is told %s', (channel, address, number) => {
  const organisation = { emergencyNumber: '112', settings } as never;
  expect(emergencyNumberFor(organisation, { channel, address })).toBe(number);
});

test('in danger, each is told the number of the telephone they write from; and so is who is spoken to first', async () => {
  const stage = await createStage(postgres, { settings });
  const receive = createReceiver(postgres.db, {
    ...stage.deps,
    followers: {
      ...stage.deps.followers,
      screen: () => ({ level: 'hard', flags: [{ rule: 'CARD-01', category: 'cardiac' }] }),
      emergencyText: (_level, _language, number) => `Llame al ${number}`,
    },
  });
  const accountId = randomUUID();
  const told = async (address: string): Promise<[string, string]> => {
    const received = await receive({
      organisationId: stage.organisationId,
      channel: 'whatsapp',
      accountId,
      externalId: randomUUID(),
      address,
      profileName: 'Persona',
      sentAt: new Date(),
      content: { kind: 'text', text: 'me duele el pecho' },
    });
    if (received.outcome !== 'stored') throw new Error(received.outcome);
    const number = await within(postgres.db, stage.organisationId, async (trx) =>
      emergencyNumberIn(trx, stage.vault, await organisationOf(trx, stage.organisationId), received.conversationId),
    );
    const said = stage.departed.filter((one) => one.address === address).map((one) => JSON.stringify(one.content));
    return [said.find((one) => one.includes('Llame al'))?.match(/Llame al (\d+)/)?.[1] ?? said.join(), number];
  };
  expect(await told('5491155551234')).toEqual(['107', '107']);
  expect(await told('34600111222')).toEqual(['112', '112']);
  await receive.idle();
  await stage.close();
});
