import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it, vi } from 'vitest';
import { textsIn } from './texts.ts';

it('is one script of at most 25 kB gzipped, and leaves one name behind', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const made = await build({
    configFile: import.meta.dirname + '/vite.config.ts',
    logLevel: 'silent',
    build: { write: false },
  });
  vi.unstubAllEnvs();
  const { output } = (made as { output: { fileName: string; code?: string }[] }[])[0]!;
  expect(output.map((file) => file.fileName)).toEqual(['widget.js']);
  const code = output[0]!.code!;
  expect(gzipSync(code).length).toBeLessThanOrEqual(25_000);
  expect(code.trimStart().startsWith('(function(){')).toBe(true);
  // Nothing that a strict Content-Security-Policy of the page would stop.
  expect(/\beval\(|new Function/.test(code)).toBe(false);
});

it('has the same places to fill in every language', () => {
  const places = (text: string) => [...text.matchAll(/\{\d\}|\|/g)].map(String).sort();
  const es = textsIn('es');
  for (const language of ['ca', 'en', 'pt'] as const) {
    for (const [key, text] of Object.entries(textsIn(language))) {
      expect(text, `${key} in ${language}`).toBeTruthy();
      expect(places(text), `${key} in ${language}`).toEqual(places(es[key as keyof typeof es]));
    }
  }
});
