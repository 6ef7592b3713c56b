import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../../test/postgres.ts';
import { createStage } from '../../test/stage.ts';
import { readMessages } from '../conversation/queries.ts';
import { within } from '../platform/postgres.ts';
import { messageView } from './contract.ts';
import { showMessages } from './conversation.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

test('the words of an outside bot are shown as its own, not as the assistant’s', async () => {
  const stage = await createStage(postgres);
  const { organisationId, vault, deps } = stage;
  deps.followers.turns = async () => [
    {
      session: null,
      says: [
        { kind: 'text', text: '¿Qué medicamento?', by: 'Recetas' },
        { kind: 'text', text: 'Anotado.' },
      ],
      trace: [],
    },
  ];
  const conversationId = await stage.write('visitor', 'hola');
  const shown = await within(postgres.db, organisationId, async (trx) => {
    const messages = await readMessages(trx, vault, organisationId, { conversationId, limit: 10 });
    return showMessages(trx, organisationId, messages, vault);
  });
  const sent = shown.map((one) => messageView.parse(one)).filter((one) => one.direction === 'out');
  expect(sent.map((one) => [one.author, one.authorName, 'text' in one.content ? one.content.text : ''])).toEqual([
    ['assistant', 'Recetas', '¿Qué medicamento?'],
    ['assistant', null, 'Anotado.'],
  ]);
  await stage.close();
});
