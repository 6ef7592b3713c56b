import { describe, expect, it } from 'vitest';
import { bytes, daysAgo, isKind, parts, safeHref } from './format.ts';

describe('parts', () => {
  const shape = (text: string) => parts(text).map(({ kind, value }) => (kind === 'text' ? value : `${kind}(${value})`));

  it('finds bold and links, and leaves the full stop to the sentence', () =>
    expect(shape('Es el *lunes 30*, más en https://hospital.example/a?b=1.')).toEqual([
      'Es el ',
      'bold(lunes 30)',
      ', más en ',
      'link(https://hospital.example/a?b=1)',
      '.',
    ]));

  it.each(['2*3*4', '* no *', 'a*b*', '*', '**', '<b>x</b>', 'javascript:alert(1)', '<img src=x onerror=alert(1)>'])(
    'leaves %s as it is',
    (text) => expect(shape(text)).toEqual([text]),
  );

  it('loses no letter', () => {
    const text = 'Gal·la *Puigdomènech* https://a.example/(x) 🙂 *b*, fi';
    expect(
      parts(text)
        .map(({ kind, value }) => (kind === 'bold' ? `*${value}*` : value))
        .join(''),
    ).toBe(text);
  });
});

it('opens only web, telephone and mail addresses', () => {
  expect(safeHref('tel:+34900000118')).toBe('tel:+34900000118');
  expect(safeHref('https://wa.me/34')).toBe('https://wa.me/34');
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', ' https://x', '//x', '', null, undefined])
    expect(safeHref(bad)).toBeNull();
});

it('knows kinds of files by type, family or short name', () => {
  const kinds = ['image/*', 'application/pdf', 'audio/ogg'];
  expect(isKind('image/png', kinds)).toBe(true);
  expect(isKind('audio/ogg;codecs=opus', kinds)).toBe(true);
  expect(isKind('application/pdf', ['pdf'])).toBe(true);
  expect(isKind('text/html', kinds)).toBe(false);
  expect(isKind('imagex/png', kinds)).toBe(false);
});

it('writes sizes as people read them', () => {
  expect(bytes(1_400_000, 'es')).toBe('1,4\u00a0MB');
  expect(bytes(12_300, 'en')).toBe('12\u00a0kB');
});

it('counts days by the calendar', () => {
  const now = new Date(2026, 10, 24, 0, 5);
  expect(daysAgo(new Date(2026, 10, 23, 23, 55).toISOString(), now)).toBe(1);
  expect(daysAgo(now.toISOString(), now)).toBe(0);
});
