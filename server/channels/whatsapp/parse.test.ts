import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inboundContent } from '../../conversation/contract.ts';
import type { Account } from '../contract.ts';
import { parse } from './parse.ts';

const account: Account = {
  id: '0197a1b2-0000-7000-8000-00000000aaaa',
  organisationId: '0197a1b2-0000-7000-8000-00000000bbbb',
  channel: 'whatsapp',
  name: 'W',
  externalId: '106540352242922',
  settings: {},
  secrets: {},
};
const find = (id: string): Account | undefined => (id === account.externalId ? account : undefined);
const now = new Date(1_749_416_400_000);
const folder = new URL('./fixtures/', import.meta.url);
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
const only = (name: string) => {
  const parsed = parse(fixture(name), find, now);
  expect(parsed.inbound).toHaveLength(1);
  expect(parsed.setAside).toEqual([]);
  return { ...parsed.inbound[0]!, files: parsed.files };
};

describe('every kind of message', () => {
  test('text, with its sender, name and time', () => {
    const inbound = only('text');
    expect(inbound).toMatchObject({
      organisationId: account.organisationId,
      accountId: account.id,
      channel: 'whatsapp',
      externalId: 'wamid.TEXT',
      address: '34600111222',
      profileName: 'Nuria Ferrer',
      content: { kind: 'text', text: 'Buenas, quería cambiar la cita del jueves 🙏' },
    });
    expect(inbound.sentAt.getTime()).toBe(1_749_416_383_000);
    expect(only('text-reply').replyTo).toBe('wamid.OURS');
    expect(only('text-from-ad').content).toEqual({ kind: 'text', text: 'Hola' });
  });

  test.each([
    ['button', { kind: 'choice', id: 'confirm:42', title: 'Confirmar' }],
    ['button-reply', { kind: 'choice', id: 'opt:1', title: 'Sí, por la cita' }],
    ['list-reply', { kind: 'choice', id: 'slot:1620', title: '16:20' }],
    ['form-reply', { kind: 'text', text: 'documento: 12345678Z\nnacimiento: 1950-02-03' }],
    ['contacts', { kind: 'contacts', contacts: [{ name: 'Mamá', phones: ['+34 600 333 444', '+34 93 000 00 00'] }] }],
    ['reaction', { kind: 'reaction', emoji: '👍', to: 'wamid.OURS' }],
    ['reaction-removed', { kind: 'reaction', emoji: '', to: 'wamid.OURS' }],
    ['order', { kind: 'unsupported', reason: 'order' }],
    ['system-number-changed', { kind: 'unsupported', reason: 'system:user_changed_number' }],
    ['unsupported', { kind: 'unsupported', reason: 'unsupported:poll_creation' }],
  ])('%s', (name, content) => expect(only(name).content).toEqual(content));

  test('a place', () =>
    expect(only('location').content).toMatchObject({
      kind: 'location',
      latitude: 41.4275,
      longitude: 2.1425,
      name: 'Hospital',
    }));

  test.each(['image', 'voice', 'audio', 'document', 'video', 'sticker'])(
    '%s names the same attachment each time it comes',
    (name) => {
      const first = only(name);
      const again = only(name);
      expect(first.content).toMatchObject({ kind: 'media', externalId: '1003383421387256' });
      expect(first.files).toHaveLength(1);
      expect(first.files[0]!.attachmentId).toBe((first.content as { attachmentId: string }).attachmentId);
      expect(again.files[0]!.attachmentId).toBe(first.files[0]!.attachmentId);
    },
  );

  test('a voice note, a caption and a file name are told', () => {
    expect(only('voice').content).toMatchObject({ media: 'audio', voice: true });
    expect((only('audio').content as { voice?: boolean }).voice).toBeUndefined();
    expect(only('document').content).toMatchObject({
      media: 'document',
      filename: 'informe.pdf',
      caption: 'El informe',
      mime: 'application/pdf',
    });
  });

  test('someone who hides the number is known by the id for this business', () =>
    expect(only('without-number')).toMatchObject({ address: 'ES.13491208655302741918', profileName: 'Iris' }));

  test('every content is of the contract', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
      for (const { content } of parse(fixture(file.slice(0, -5)), find, now).inbound) inboundContent.parse(content);
  });
});

describe('statuses', () => {
  test('name our message and carry our own sentence for a failure', () => {
    expect(parse(fixture('status-sent'), find, now).receipts).toMatchObject([
      { externalId: 'wamid.OUT1', state: 'sent', messageId: '0197a1b2-0000-7000-8000-000000000001' },
    ]);
    expect(parse(fixture('status-read'), find, now).receipts).toMatchObject([{ state: 'read', messageId: undefined }]);
    expect(parse(fixture('status-failed'), find, now).receipts).toMatchObject([
      {
        state: 'failed',
        error: { code: '131047', title: 'window_closed' },
        messageId: '0197a1b2-0000-7000-8000-000000000002',
      },
    ]);
  });

  test('a part before the last speaks only of its failure', () => {
    const body = (state: string) => ({
      entry: [
        {
          changes: [
            {
              field: 'messages',
              value: {
                metadata: { phone_number_id: account.externalId },
                statuses: [
                  {
                    id: 'wamid.P',
                    status: state,
                    timestamp: '1749416390',
                    biz_opaque_callback_data: '0197a1b2-0000-7000-8000-000000000001/1',
                  },
                ],
              },
            },
          ],
        },
      ],
    });
    expect(parse(body('read'), find, now).receipts).toEqual([]);
    expect(parse(body('failed'), find, now).receipts).toMatchObject([
      { state: 'failed', messageId: '0197a1b2-0000-7000-8000-000000000001' },
    ]);
  });
});

describe('an envelope', () => {
  test('of several entries, people and kinds is taken whole', () => {
    const parsed = parse(fixture('two-people'), find, now);
    expect(parsed.inbound.map((one) => [one.address, one.profileName])).toEqual([
      ['34600111222', 'Nuria Ferrer'],
      ['34600555666', 'Pau'],
      ['34600111222', undefined],
    ]);
    expect(parsed.receipts).toHaveLength(1);
    expect(parsed.ignored).toBe(1);
  });

  test('with broken elements sets them aside and takes the others', () => {
    const parsed = parse(fixture('one-malformed'), find, now);
    expect(parsed.inbound.map((one) => one.externalId)).toEqual(['wamid.GOOD']);
    expect(parsed.setAside.map((one) => one.reason)).toEqual([
      'not_an_object',
      'not_an_object',
      'no_sender',
      'no_id',
      'text.body',
      'location',
      'no_id',
    ]);
    expect(parsed.ignored).toBe(2);
  });

  test('of another number is counted and not taken', () => {
    const parsed = parse(fixture('two-people'), () => undefined, now);
    expect(parsed).toMatchObject({ inbound: [], receipts: [], unknownAccounts: 4 });
  });

  test('with a clock years off gets a possible time', () => {
    const at = (timestamp: unknown): number => {
      const body = {
        entry: [
          {
            changes: [
              {
                field: 'messages',
                value: {
                  metadata: { phone_number_id: account.externalId },
                  messages: [{ from: '1', id: 'w', timestamp, type: 'text', text: { body: 'x' } }],
                },
              },
            ],
          },
        ],
      };
      return parse(body, find, now).inbound[0]!.sentAt.getTime();
    };
    expect(at('4102444800')).toBe(now.getTime());
    expect(at('1')).toBe(now.getTime() - 8 * 86_400_000);
    for (const nonsense of ['soon', null, undefined, '-5', 'NaN', {}]) expect(at(nonsense)).toBe(now.getTime());
  });

  test('of anything at all never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => void parse(body, find, now)));
    const near = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'id',
            'from',
            'type',
            'text',
            'body',
            'interactive',
            'image',
            'location',
            'contacts',
            'errors',
            'status',
          ),
          tie('value'),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(near, { maxLength: 4 }), fc.array(near, { maxLength: 3 }), (messages, statuses) => {
        const body = {
          entry: [
            {
              changes: [
                {
                  field: 'messages',
                  value: { metadata: { phone_number_id: account.externalId }, contacts: messages, messages, statuses },
                },
              ],
            },
          ],
        };
        const parsed = parse(body, find, now);
        for (const { content } of parsed.inbound) inboundContent.parse(content);
        expect(parsed.inbound.length + parsed.receipts.length + parsed.setAside.length + parsed.ignored).toBe(
          messages.length + statuses.length,
        );
      }),
    );
  });
});
