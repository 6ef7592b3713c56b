import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATEGORIES } from './contract.ts';
import { createFinder } from './find.ts';
import { PACK_FOLDER, PackError, readPack } from './pack.ts';
import { createScreener } from './screen.ts';

/** A copy of the pack, with one file changed. */
function changed(file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hebra-pack-'));
  cpSync(PACK_FOLDER, folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

describe('the pack', () => {
  const pack = readPack();

  test('has what it promises', () => {
    expect(pack.rules.length).toBeGreaterThanOrEqual(80);
    expect(new Set(pack.rules.map((rule) => rule.category))).toEqual(new Set(CATEGORIES));
    expect(pack.status).toBe('DRAFT');
    for (const category of CATEGORIES)
      expect(
        pack.rules.some((rule) => rule.category === category && rule.level === 'hard'),
        category,
      ).toBe(true);
  });

  test('every concept and context is used, and every family', () => {
    const used = new Set(pack.rules.flatMap((rule) => [...rule.all.flat(), ...rule.unless, ...rule.softer]));
    expect(pack.concepts.filter((one) => !used.has(one.name)).map((one) => one.name)).toEqual([]);
    const texts = [...pack.families, ...pack.concepts, ...pack.contexts]
      .flatMap((one) => [...one.entries, ...('except' in one ? (one.except as typeof one.entries) : [])])
      .map((entry) => entry.text)
      .join(' ');
    expect(pack.families.filter((one) => !texts.includes(`<${one.name}>`)).map((one) => one.name)).toEqual([]);
  });

  test('its hash tells contents, not layout, comments or order', () => {
    const other = changed('rules.yaml', (text) => {
      const [head, ...rules] = text.split('\n').filter((line) => line && !line.startsWith('#'));
      return [...rules, head, '# another comment', ''].join('\n\n');
    });
    // the order of rules is contents: the first one that fires names the flag
    expect(readPack(changed('rules.yaml', (text) => text + '\n# a comment\n')).hash).toBe(pack.hash);
    expect(readPack(other).hash).not.toBe(pack.hash);
    expect(readPack(changed('context.yaml', (text) => text.replace('effect: negate', 'effect:   negate'))).hash).toBe(
      pack.hash,
    );
    expect(
      readPack(changed('texts.yaml', (text) => text.replace('ahora al {number}', 'ya al {number}'))).hash,
    ).not.toBe(pack.hash);
    expect(pack.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'a rule of no category',
      'rules.yaml',
      (text) => text + '\nfoo.bar: { level: hard, all: [chest] }',
      /rules\.yaml: foo\.bar/,
    ],
    [
      'a rule of an unknown concept',
      'rules.yaml',
      (text) => text + '\ncardiac.new: { level: hard, all: [chset] }',
      /rules\.yaml: cardiac\.new: .*chset/,
    ],
    [
      'a level that is none',
      'rules.yaml',
      (text) => text + '\ncardiac.new: { level: red, all: [chest] }',
      /cardiac\.new\.level/,
    ],
    [
      'a concept without a meaning',
      'concepts/heart.yaml',
      (text) => text + '\nnew_one:\n  es: hola\n',
      /concepts\/heart\.yaml: new_one\.means/,
    ],
    [
      'a concept that stands twice',
      'concepts/heart.yaml',
      (text) => text + '\nblood:\n  means: again\n  es: sangre\n',
      /blood: stands in|stands in concepts/,
    ],
    [
      'an entry nobody can read',
      'concepts/heart.yaml',
      (text) => text + '\nnew_one:\n  means: a thing\n  es: hola {mundo}\n',
      /heart\.yaml: new_one: cannot read/,
    ],
    ['a text without the number', 'texts.yaml', (text) => text.replaceAll('{number}', '112'), /texts\.yaml: call\.es/],
    ['broken YAML', 'context.yaml', (text) => text + '\n  : [', /context\.yaml: line \d+/],
  ])('%s is refused with its file and entry', (_what, file, change, message) => {
    const folder = changed(file, change);
    expect(() => readPack(folder)).toThrow(PackError);
    expect(() => readPack(folder)).toThrow(message);
  });

  test('an unknown family is refused when it is compiled', () => {
    const folder = changed(
      'concepts/heart.yaml',
      (text) => text + '\nnew_one:\n  means: a thing\n  es: <nobody> duele\n',
    );
    expect(() => createFinder(readPack(folder))).toThrow(/new_one: there is no family <nobody>/);
  });

  test('another word in the pack is heard at once', () => {
    const folder = changed('concepts/heart.yaml', (text) =>
      text.replace('  es: infart*,', '  es: infart*, jamacuquito total,'),
    );
    const screener = createScreener(readPack(folder), null);
    expect(screener.judge('tiene un jamacuquito total', 'es').fired.map((one) => one.rule.id)).toContain(
      'cardiac.infarct',
    );
  });
});
