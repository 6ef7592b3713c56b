import type { PackContent } from '../../../../server/desk/red-flags/contract.ts';
import { spoken } from '../../i18n.ts';
import { covers, holds } from './entries.ts';
import { nameOf } from './names.ts';

type Named = { name: string; means: string };

export const shownName = (one: Named): string => nameOf(one.name, spoken()) ?? one.means;

/** The pack's own words are English. */
export const langOf = (one: Named | undefined): 'en' | undefined =>
  one && nameOf(one.name, spoken()) === null ? 'en' : undefined;

export const speaksOf = (
  one: PackContent['concepts'][number] | PackContent['contexts'][number],
  words: string,
): boolean =>
  holds(one.name.replaceAll('_', ' '), words) ||
  holds(one.means, words) ||
  holds(shownName(one), words) ||
  Object.values(one.entries).some((entries) => entries.some((entry) => covers(entry.text, words)));

export type AnyConcept = PackContent['concepts'][number] | PackContent['contexts'][number];
