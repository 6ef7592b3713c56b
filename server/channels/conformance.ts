import { describe, expect, test } from 'vitest';
import type { OutboundContent } from '../conversation/contract.ts';

/** A channel under test: how to be a patient on it, and what that patient gets to see. */
export type Patient = {
  /**
   * Says something as the person `who`, with an id of the sender's own: the same id again is the same message.
   * @returns whether the channel took it
   */
  say(who: string, id: string, text: string): Promise<boolean>;
  /** Says several things in one delivery of the vendor, where it has such a thing; else one after the other. */
  sayTogether(list: { who: string; id: string; text: string }[]): Promise<boolean>;
  /** Something the channel cannot understand. @returns its status */
  sayNonsense(who: string): Promise<number>;
  /** Something far too large. @returns its status */
  sayTooMuch(who: string): Promise<number>;
  /** What the person can read, in its order: texts, and a menu's options as they can be picked. */
  sees(who: string): Promise<{ texts: string[]; options: { id: string; title: string }[] }>;
  /** What the person said, as it is kept, in the thread's order. */
  said(who: string): Promise<string[]>;
  /** What the assistant answers to the person's next words. */
  answerWith(content: OutboundContent[]): void;
  /** The receipt of the last message to the person, as the vendor would tell it. */
  receipt(who: string, state: 'sent' | 'delivered' | 'read'): Promise<void>;
  /** The delivery of the last message to the person, as its row says. */
  delivery(who: string): Promise<string | null>;
};

const SETTLE_MS = 60_000;

/** What every channel must do. Each has its own test file that hands in how to be a patient on it. */
export function conformance(channel: string, patient: () => Patient): void {
  let counter = 0;
  const fresh = (): string => `3469${String(process.pid % 1000).padStart(3, '0')}${String(++counter).padStart(4, '0')}`;
  const id = (): string => crypto.randomUUID();
  const seen = async (
    who: string,
    holds: (shown: Awaited<ReturnType<Patient['sees']>>) => boolean,
  ): Promise<Awaited<ReturnType<Patient['sees']>>> => {
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      const shown = await patient().sees(who);
      if (holds(shown)) return shown;
      if (Date.now() > deadline) throw new Error(`never seen; last: ${JSON.stringify(shown).slice(0, 500)}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  const squeezed = (text: string): string => text.replace(/\s+/gu, '');

  describe(`${channel} conforms`, () => {
    test('the same message again changes nothing and is answered once', async () => {
      const who = fresh();
      const same = id();
      patient().answerWith([{ kind: 'text', text: 'una' }]);
      for (const taken of await Promise.all([1, 2, 3].map(() => patient().say(who, same, 'hola'))))
        expect(taken).toBe(true);
      expect(await patient().say(who, same, 'hola')).toBe(true);
      await seen(who, ({ texts }) => texts.length > 0);
      expect(await patient().said(who)).toEqual(['hola']);
      expect((await patient().sees(who)).texts).toEqual(['una']);
    });

    test('what a person says one after the other stays in that order', async () => {
      const who = fresh();
      const words = Array.from({ length: 8 }, (_, i) => `palabra ${i}`);
      for (const word of words) expect(await patient().say(who, id(), word)).toBe(true);
      expect(await patient().said(who)).toEqual(words);
    });

    test('many messages, doubled and shuffled over people, are each kept once', async () => {
      const people = [fresh(), fresh(), fresh()];
      const all = people.flatMap((who) => Array.from({ length: 5 }, (_, i) => ({ who, id: id(), text: `${i}` })));
      const doubled = [...all, ...all].toSorted(() => Math.random() - 0.5);
      await Promise.all(doubled.map(({ who, id: sameId, text }) => patient().say(who, sameId, text)));
      for (const who of people) expect((await patient().said(who)).toSorted()).toEqual(['0', '1', '2', '3', '4']);
    });

    test('two people in one delivery are both answered', async () => {
      const [a, b] = [fresh(), fresh()];
      patient().answerWith([{ kind: 'text', text: 'recibido' }]);
      expect(
        await patient().sayTogether([
          { who: a, id: id(), text: 'soy a' },
          { who: b, id: id(), text: 'soy b' },
        ]),
      ).toBe(true);
      for (const who of [a, b])
        expect((await seen(who, ({ texts }) => texts.length === 1)).texts).toEqual(['recibido']);
    });

    test('nonsense and too much get a clear answer and leave nothing half done', async () => {
      const who = fresh();
      expect([200, 400]).toContain(await patient().sayNonsense(who));
      expect(await patient().sayTooMuch(who)).toBe(413);
      expect(await patient().said(who)).toEqual([]);
      expect(await patient().say(who, id(), 'sigo aquí')).toBe(true);
      expect(await patient().said(who)).toEqual(['sigo aquí']);
    });

    test('every writing arrives as it was written, both ways', async () => {
      const who = fresh();
      const texts = [
        'ñandú, pingüino, l·lum, coração',
        'مرحبا، أريد موعدا غدا ١٢٣',
        'שלום \u202Eabc\u202C',
        '👩‍👩‍👧‍👦 🇪🇸 👍🏽',
        'e\u0301 à\u0301\u0302',
        "'; drop table message; --",
        '<script>alert(1)</script> &amp; "comillas"',
        'línea uno\nlínea dos\ttab',
        '\u0000nulo\u0007'.replace('\u0000', ''),
        '𠜎𠜱𠝹',
      ];
      for (const text of texts) {
        patient().answerWith([{ kind: 'text', text }]);
        expect(await patient().say(who, id(), text)).toBe(true);
      }
      expect(await patient().said(who)).toEqual(texts);
      expect((await seen(who, (shown) => shown.texts.length === texts.length)).texts).toEqual(texts);
    });

    test('a long text arrives whole', async () => {
      const who = fresh();
      const text = Array.from({ length: 1_500 }, (_, i) => `palabra${i}`).join(' ');
      patient().answerWith([{ kind: 'text', text }]);
      await patient().say(who, id(), 'cuénteme');
      const shown = await seen(who, ({ texts }) => squeezed(texts.join('')).length >= squeezed(text).length);
      expect(squeezed(shown.texts.join(''))).toBe(squeezed(text));
    });

    test('replies come in the order they were said', async () => {
      const who = fresh();
      const says = Array.from({ length: 6 }, (_, i): OutboundContent => ({ kind: 'text', text: `respuesta ${i}` }));
      patient().answerWith(says);
      await patient().say(who, id(), 'hola');
      expect((await seen(who, ({ texts }) => texts.length === 6)).texts).toEqual(
        says.map((one) => (one as { text: string }).text),
      );
    });

    test('a menu over every limit shows each option, to be picked by its id', async () => {
      const who = fresh();
      const options = Array.from({ length: 23 }, (_, i) => ({
        id: `opción:${i}`,
        title: `Consulta de rehabilitación y medicina física número ${i}`,
      }));
      patient().answerWith([{ kind: 'menu', text: `${'Lea esto con calma. '.repeat(90)}¿Cuál prefiere?`, options }]);
      await patient().say(who, id(), 'opciones');
      const shown = await seen(who, (one) => one.options.length >= options.length);
      expect(shown.options.map((option) => option.id)).toEqual(options.map((option) => option.id));
      expect(squeezed(shown.texts.join(' '))).toContain(squeezed('¿Cuál prefiere?'));
    });

    test('receipts in any order, doubled, never set a message back', async () => {
      const who = fresh();
      patient().answerWith([{ kind: 'text', text: 'léame' }]);
      await patient().say(who, id(), 'hola');
      await seen(who, ({ texts }) => texts.length === 1);
      for (const state of ['read', 'delivered', 'sent', 'read', 'delivered'] as const)
        await patient().receipt(who, state);
      const deadline = Date.now() + SETTLE_MS;
      while ((await patient().delivery(who)) !== 'read' && Date.now() < deadline)
        await new Promise((next) => setTimeout(next, 20));
      expect(await patient().delivery(who)).toBe('read');
    });
  });
}
