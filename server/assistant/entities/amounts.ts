export type AmountRead = { value: number; currency: string | null; from: number; to: number };

const PESOS: Record<string, string> = { AR: 'ARS', MX: 'MXN', CO: 'COP', CL: 'CLP', UY: 'UYU' };
const FIGURE = String.raw`\d{1,3}(?:[.,'\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`;
const SIGN = String.raw`R\$|US\$|U\$S|\$|€|£|EUR|USD|GBP|BRL|ARS|MXN|COP|CLP`;
const UNIT = String.raw`euros?|eurets?|eur|€|d[oó]lar(?:es|s)?|d[oò]lars|dollars?|usd|bucks|libras?|lliures|pounds?|quid|gbp|£|pesos?|reais|real|pila|conto|lucas?|palos?|mangos|varos|centavos?|c[eé]ntimos?|c[eè]ntims?|cents?|pence|ars|mxn|cop|clp|brl|\$`;
const MONEY = new RegExp(
  String.raw`(?<![\p{L}\d])(?:(?<sign>${SIGN})\s?(?<after>${FIGURE})(?<many>\s?(?:mil(?:\s(?:pesos|euros|reais))?|k|mil·lions?|millones|million|milh[oõ]es))?|(?<before>${FIGURE})\s?(?<times>mil\s|k\s?|millones de\s|mil·lions d[e']\s?|million\s)?(?<unit>${UNIT}))(?![\p{L}\d])`,
  'giu',
);

/** Amounts of money in a text; `currency` is its ISO 4217 code, null where "$" or "pesos" could be several. */
export function amountsIn(text: string, country?: string): AmountRead[] {
  if (!/\d/.test(text)) return [];
  const found: AmountRead[] = [];
  for (const match of text.slice(0, 2000).matchAll(MONEY)) {
    const parts = match.groups!;
    const unit = (parts['sign'] ?? parts['unit'] ?? '')
      .toLowerCase()
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '');
    let value = figure(parts['after'] ?? parts['before'] ?? '');
    const times = (parts['many'] ?? parts['times'] ?? '').trim().toLowerCase();
    if (/^(?:mil(?:\s(?:pesos|euros|reais))?|k)$/.test(times)) value *= 1000;
    else if (/^mil|^mill/.test(times)) value *= 1_000_000;
    if (/^luca|^conto/.test(unit)) value *= 1000;
    if (unit.startsWith('palo')) value *= 1_000_000;
    if (/^(?:cent|pence)/.test(unit)) value /= 100;
    found.push({
      value,
      currency: currencyOf(unit, country),
      from: match.index,
      to: match.index + match[0].trimEnd().length,
    });
  }
  return found;
}

function figure(written: string): number {
  const bare = written.replace(/[\s']/g, '');
  const last = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  if (last < 0) return Number(bare);
  // three figures behind the only kind of mark: thousands, as nobody writes thousandths of money
  const decimals = bare.length - last - 1;
  if (decimals === 3) return Number(bare.replace(/[.,]/g, ''));
  return Number(`${bare.slice(0, last).replace(/[.,]/g, '')}.${bare.slice(last + 1)}`);
}

function currencyOf(unit: string, country: string | undefined): string | null {
  if (/^(?:eur|€|euret)/.test(unit)) return 'EUR';
  if (/^(?:us\$|u\$s|usd|dolar|dollar|buck)/.test(unit)) return 'USD';
  if (/^(?:£|gbp|libra|lliure|pound|quid|pence)/.test(unit)) return 'GBP';
  if (/^(?:r\$|brl|rea(?:l|is)|pila|conto)/.test(unit)) return 'BRL';
  if (/^(?:ars|mango|palo)/.test(unit)) return 'ARS';
  if (/^(?:mxn|varo)/.test(unit)) return 'MXN';
  if (/^(?:cop|clp)/.test(unit)) return unit.toUpperCase();
  if (/^(?:\$|peso|luca)/.test(unit))
    return (country && PESOS[country]) ?? (unit === '$' && country === 'US' ? 'USD' : null);
  return country === 'ES' || country === 'PT' || country === 'AD' ? 'EUR' : null;
}
