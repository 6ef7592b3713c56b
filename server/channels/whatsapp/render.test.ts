import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOf, createGraph, type MetaPart, rowsOf } from '../../../test/graph.ts';
import { LANGUAGES, type MenuOption, type OutboundContent } from '../../conversation/contract.ts';
import { fitTitle, splitText } from '../split.ts';
import { render, type WirePart } from './render.ts';

const graph = createGraph({
  appSecret: 's',
  accessToken: 't',
  phoneNumberId: '1',
  limits: { numberPerSecond: null, personBurst: null, windowMs: null },
  statuses: false,
  templates: [{ name: 'cita', language: 'es', body: 'Hola {{1}}, {{2}}' }],
});
const mediaId = graph.putMedia({ bytes: Buffer.from('x'), mime: 'image/jpeg' });

/** Whether the stand-in, which enforces what Meta documents, takes every part. */
async function accepted(parts: WirePart[]): Promise<void> {
  for (const part of parts) {
    const body = Buffer.from(JSON.stringify({ messaging_product: 'whatsapp', to: '34600000000', ...part }));
    const given = await graph.answer({
      method: 'POST',
      url: '/v25.0/1/messages',
      headers: { authorization: 'Bearer t' },
      body,
      base: '',
    });
    if (given.status !== 200) throw new Error(`${String(given.body)} for ${JSON.stringify(part).slice(0, 600)}`);
  }
}

const squeezed = (text: string): string => text.replace(/\s+/gu, '');

const unicode = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '👩‍👩‍👧‍👦',
    '🇪🇸🇵🇹',
    'مرحبا بالعالم',
    'שלום',
    'à\u0301\u0302',
    'ñandú',
    '\u202Ecitas\u202C',
    'a\n\nb',
    'Hola. ¿Qué tal? ',
    '<script>',
    "'; drop table",
    '𠜎𠜱',
  ),
);
const longText = fc.array(unicode, { maxLength: 200 }).map((parts) => parts.join(' '));
const option: fc.Arbitrary<MenuOption> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 40 }).filter((id) => id.trim() !== ''),
  title: fc.oneof(unicode, longText),
  description: fc.option(unicode, { nil: undefined }),
});

describe('render', () => {
  test('whatever is said, WhatsApp takes it, and no word of a text is lost', async () => {
    await fc.assert(
      fc.asyncProperty(longText, async (text) => {
        const parts = render({ kind: 'text', text }, 'es');
        await accepted(parts);
        expect(squeezed(parts.map(bodyOf).join(''))).toBe(squeezed(text));
      }),
      { numRuns: 150 },
    );
  });

  test('whatever menu, WhatsApp takes it, every option is in it once, and its text is whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        longText,
        fc.array(option, { minLength: 1, maxLength: 27 }),
        fc.constantFrom(...LANGUAGES),
        async (text, options, language) => {
          const parts = render({ kind: 'menu', text, options }, language);
          await accepted(parts);
          const ids = parts.flatMap(rowsOf).map((row) => row.id);
          expect(ids).toEqual([...new Set(options.map((one) => one.id))]);
          if (text.trim() !== '') {
            const menuAt = parts.findIndex((part) => rowsOf(part).length > 0);
            expect(
              squeezed(
                parts
                  .slice(0, menuAt + 1)
                  .map(bodyOf)
                  .join(''),
              ),
            ).toBe(squeezed(text));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('up to three short options are buttons, else a list; a cut title is told in full below it', () => {
    const menu = (titles: string[]): NonNullable<MetaPart['interactive']> =>
      (
        render(
          { kind: 'menu', text: '¿Qué quiere?', options: titles.map((title, i) => ({ id: `${i}`, title })) },
          'es',
        )[0] as MetaPart
      ).interactive!;
    expect(menu(['Confirmar', 'Cambiar', 'Cancelar']).type).toBe('button');
    expect(menu(['Confirmar', 'Cambiar', 'Cancelar', 'Otra cosa']).type).toBe('list');
    const long = menu(['Rehabilitación de la rodilla derecha', 'Otra']);
    expect(long.type).toBe('list');
    expect(long.action.button).toBe('Ver opciones');
    expect(long.action.sections![0]!.rows[0]).toEqual({
      id: '0',
      title: 'Rehabilitación de la…',
      description: 'Rehabilitación de la rodilla derecha',
    });
  });

  test('a body over 1,024 goes before as text and the menu keeps its end', () => {
    const text = `${'Primero lo importante. '.repeat(80)}\n\n¿Qué prefiere?`;
    const parts = render({ kind: 'menu', text, options: [{ id: 'a', title: 'Sí' }] }, 'es');
    expect(parts.map((part) => part.type)).toEqual(['text', 'interactive']);
    expect(bodyOf(parts[1]!)).toBe('¿Qué prefiere?');
  });

  test('files: a caption where there can be one, else after it', async () => {
    const file = (media: 'image' | 'audio' | 'document' | 'video' | 'sticker', caption?: string): OutboundContent => ({
      kind: 'media',
      media,
      attachmentId: 'x',
      mime: 'a/b',
      caption,
      filename: 'informe.pdf',
    });
    expect(render(file('image', 'mire'), 'es', mediaId)).toEqual([
      { type: 'image', image: { id: mediaId, caption: 'mire' } },
    ]);
    expect(render(file('document', ''), 'es', mediaId)).toEqual([
      { type: 'document', document: { id: mediaId, filename: 'informe.pdf' } },
    ]);
    expect(render(file('audio', 'oiga'), 'es', mediaId).map((part) => part.type)).toEqual(['audio', 'text']);
    expect(render(file('image', 'largo '.repeat(300)), 'es', mediaId).map((part) => part.type)).toEqual([
      'image',
      'text',
    ]);
    for (const media of ['image', 'audio', 'document', 'video', 'sticker'] as const)
      await accepted(render(file(media, 'x'), 'es', mediaId));
  });

  test('a template’s values hold no line breaks', async () => {
    const parts = render(
      { kind: 'template', name: 'cita', language: 'es', parameters: ['Ana\nMaría', ''], text: '' },
      'es',
    );
    expect((parts[0] as MetaPart).template!.components[0]!.parameters).toEqual([
      { type: 'text', text: 'Ana María' },
      { type: 'text', text: '-' },
    ]);
    await accepted(parts);
  });

  test('nothing to say is no message', () => {
    expect(render({ kind: 'text', text: ' \n ' }, 'es')).toEqual([]);
  });
});

describe('splitting', () => {
  test('prefers paragraphs, then lines, sentences, words, and parts no emoji', () => {
    expect(splitText('uno dos\n\ntres cuatro', 12)).toEqual(['uno dos', 'tres cuatro']);
    expect(splitText('Hola a todos. Bienvenidos sean', 20)).toEqual(['Hola a todos.', 'Bienvenidos sean']);
    expect(splitText('👩‍👩‍👧‍👦'.repeat(4), 30).join('')).toBe('👩‍👩‍👧‍👦'.repeat(4));
    expect(splitText('👩‍👩‍👧‍👦'.repeat(4), 30).every((part) => part.length % 11 === 0)).toBe(true);
  });

  test('any text, any limit: within it, and nothing lost but white space at the cuts', () => {
    fc.assert(
      fc.property(longText, fc.integer({ min: 2, max: 300 }), (text, limit) => {
        const parts = splitText(text, limit);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
        expect(squeezed(parts.join(''))).toBe(squeezed(text));
        if (text.isWellFormed()) for (const part of parts) expect(part.isWellFormed()).toBe(true);
      }),
    );
  });

  test('titles end with a word', () => {
    expect(fitTitle('Hablar con una persona ahora mismo', 24)).toBe('Hablar con una persona…');
    expect(fitTitle('Otorrinolaringología', 20)).toBe('Otorrinolaringología');
    expect(fitTitle('Electroencefalogramaurgente', 20)).toBe('Electroencefalogram…');
    fc.assert(
      fc.property(longText, fc.integer({ min: 4, max: 72 }), (title, limit) => fitTitle(title, limit).length <= limit),
    );
  });
});
