import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, paint, paintSheet } from './colour.ts';

describe('contrast', () => {
  it('is that of WCAG', () => {
    expect(contrast('#000', '#ffffff')).toBe(21);
    expect(contrast('#777777', '#fff')).toBeCloseTo(4.48, 2);
    expect(contrast('green', '#fff')).toBeNaN();
  });
});

describe('paint', () => {
  it('takes a colour that white can be read on', () => expect(paint('#3d5a2b')!.light.thread).toBe('#3d5a2b'));

  it.each(['#f5c518', '#777777', 'red', '', null, undefined])(
    'refuses %s: the window keeps its own colour',
    (colour) => {
      expect(paint(colour)).toBeNull();
      expect(paintSheet(colour)).toBe('');
    },
  );

  it('can be read in every pair that the window uses, whatever the colour', () => {
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => '#' + value.toString(16).padStart(6, '0'));
    fc.assert(
      fc.property(hex, (colour) => {
        const found = paint(colour);
        expect(found === null).toBe(contrast(colour, '#ffffff') < 4.5);
        if (!found) return;
        for (const [one, surface] of [
          [found.light, '#ffffff'],
          [found.dark, '#111c1e'],
        ] as const) {
          for (const ground of [one.on, one.tint, surface])
            expect(contrast(one.thread, ground)).toBeGreaterThanOrEqual(4.49);
          expect(contrast(one.hover, one.on)).toBeGreaterThanOrEqual(4.5);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
