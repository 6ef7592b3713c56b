import { words } from '../../triage/words.ts';
import type { Named } from './finder.ts';

const TITLES = new Set(['doctor', 'doctora', 'dr', 'dra', 'prof', 'metge', 'metgessa', 'sr', 'sra', 'd', 'dna']);

/**
 * Professionals by what patients call them: whole name, surname alone, title with any of their names ("la doctora Vila",
 * "Dra. Montse"). `names`: each as the hospital writes it.
 */
export function asCalled(professionals: readonly Named[]): Named[] {
  return professionals.map(({ key, names }) => {
    const forms = new Set<string>();
    for (const name of names) {
      const parts = words(name)
        .map((word) => word.plain)
        .filter((part) => !TITLES.has(part));
      if (parts.length === 0) continue;
      forms.add(parts.join(' '));
      if (parts.length > 2) forms.add(parts.slice(0, 2).join(' '));
      for (const [i, part] of parts.entries()) {
        if (part.length < 3) continue;
        for (const title of ['doctor', 'doctora']) forms.add(`${title} ${part}`);
        // a given name alone could be anybody
        if (i > 0 && part.length >= 4) forms.add(part);
      }
    }
    return { key, names: [...forms] };
  });
}
