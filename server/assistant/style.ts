import type { Language } from '../conversation/contract.ts';
import { saidAs } from './engine/compile.ts';

/*
 * How the assistant speaks: short, warm, plain, never blaming, one question at a time. What an author reads beside a
 * text that does not. Measures of ease of reading: Flesch (1948) for English, Fernández Huerta (1959) for Spanish and,
 * for want of one of their own, for Catalan; Martins and others (1996) for Portuguese. 65 is read at the age of twelve.
 */

/** Words of an office or of a machine, and what a person would say. */
const JARGON: Record<Language, [RegExp, string][]> = {
  es: [
    [/\bprocesad[oa]s?\b|\bprocesando\b/i, 'procesar: diga qué ha pasado'],
    [/\b(?:la|su|tu) solicitud\b/i, 'solicitud: diga la cita, la orden, el pago'],
    [/\btramitar|\bgestionar|\brealizar (?:una|la) gestión/i, 'gestionar, tramitar: diga pedir, hacer, pagar'],
    [/\bopción (?:no )?válida|\bseleccion(?:e|a|á)\b/i, 'seleccionar: diga elegir'],
    [/\bdatos identificativos|\bbeneficiari[oa]|\bprestador|\bprofesional sanitario/i, 'palabra de oficina'],
    [/\bticket\b|\bsistema\b|\binteligente\b|\bbot\b|\bchatbot\b/i, 'palabra de máquina'],
    [/\bhemograma|\bdisnea|\bcefalea|\bodinofagia|\bprurito/i, 'palabra de médico'],
    [/\ba la mayor brevedad|\ben su defecto|\bcon carácter previo|\bmediante\b/i, 'frase de oficina'],
  ],
  ca: [
    [/\bprocessad[ae]s?\b|\bprocessant\b/i, 'processar: digui què ha passat'],
    [/\b(?:la|seva|teva) sol·licitud\b/i, 'sol·licitud: digui la visita, el volant, el pagament'],
    [/\btramitar|\bgestionar/i, 'gestionar, tramitar: digui demanar, fer, pagar'],
    [/\bopció (?:no )?vàlida|\bseleccion[ai]/i, 'seleccionar: digui triar'],
    [/\btiquet\b|\bsistema\b|\bintel·ligent\b|\bbot\b/i, 'paraula de màquina'],
    [/\bmitjançant\b|\bamb caràcter previ/i, 'frase d’oficina'],
  ],
  en: [
    [/\bprocess(?:ed|ing)\b/i, 'process: say what happened'],
    [/\byour (?:request|query|enquiry)\b/i, 'request: say the appointment, the order, the payment'],
    [/\binvalid\b|\bvalid option|\bselect\b/i, 'select, invalid: say choose'],
    [/\bticket\b|\bsystem\b|\bbot\b|\bAI\b|\bsmart\b/, 'a machine’s word'],
    [/\bplease be advised|\bat your earliest convenience|\bprior to\b|\bregarding\b|\bin order to\b/i, 'an office’s phrase'],
  ],
  pt: [
    [/\bprocessad[oa]s?\b|\bprocessando\b/i, 'processar: diga o que aconteceu'],
    [/\b(?:o|seu|teu) pedido foi registado|\bsua solicitação/i, 'solicitação: diga a consulta, o exame, o pagamento'],
    [/\bopção (?:in)?válida|\bselecion[ea]/i, 'selecionar: diga escolher'],
    [/\bticket\b|\bsistema\b|\binteligente\b|\bbot\b/i, 'palavra de máquina'],
    [/\bmediante\b|\bpreviamente\b|\bcom a maior brevidade/i, 'frase de escritório'],
  ],
};

/** What puts the fault on the patient. */
const BLAME: Record<Language, RegExp> = {
  es: /\bse ha(?:s)? equivocado|\bincorrect[oa]|\binválid[oa]|\bno es válid[oa]|\bha(?:s)? (?:introducido|escrito) mal|\bdebe(?:s|rá|rás)?\b|\btien(?:e|es) que\b|\bobligatori[oa]|\ble recordamos que\b/i,
  ca: /\bs’?ha equivocat|\bincorrect[ea]|\binvàlid|\bno és vàlid|\bha(?:s)? de\b|\bobligatori/i,
  en: /\byou (?:entered|typed) (?:it )?wrong|\bincorrect|\binvalid\b|\byou must\b|\byou failed|\bmandatory|\byour (?:mistake|error)/i,
  pt: /\benganou-se|\bincorret[oa]|\binválid[oa]|\bnão é válid|\bdeve(?:rá)?\b|\btem (?:que|de)\b|\bobrigatóri[oa]/i,
};

const LONGEST_SENTENCE = 22;
const LONGEST_TEXT = 320;
const EASY = 60;
/** Fewer words say nothing about how easy they are to read. */
const ENOUGH_WORDS = 12;

/**
 * What a reader would stumble over in one text, in the author's words of advice; nothing where it reads well.
 * Every form of address is read.
 */
export function styleOf(written: string, language: Language): string[] {
  const found = new Set<string>();
  for (const said of saidAs(written)) {
    const text = said.replace(/\{[^}]*\}/g, 'X');
    if (text.length > LONGEST_TEXT) found.add(`${text.length} characters: more than ${LONGEST_TEXT} are not read on a telephone`);
    if ((text.match(/\?/g) ?? []).length > 1) found.add('two questions at once');
    if (/[!¡]/.test(text)) found.add('an exclamation mark');
    if (/\p{Extended_Pictographic}/u.test(text)) found.add('a picture in the place of a word');
    for (const [pattern, advice] of JARGON[language]) if (pattern.test(text)) found.add(advice);
    if (BLAME[language].test(text)) found.add(`"${BLAME[language].exec(text)![0]}" puts the fault or a duty on the patient`);
    const sentences = text.split(/[.?:;\n]+/).filter((one) => one.trim());
    for (const one of sentences) {
      const length = wordsOf(one).length;
      if (length > LONGEST_SENTENCE) found.add(`a sentence of ${length} words: at most ${LONGEST_SENTENCE}`);
    }
    const ease = readingEase(text, language);
    if (ease !== null && ease < EASY) found.add(`hard to read (${Math.round(ease)}; ${EASY} and more reads easily)`);
  }
  return [...found];
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}·’'-]+/gu) ?? [];

/** Higher is easier; null where there is too little to tell. */
export function readingEase(text: string, language: Language): number | null {
  const all = wordsOf(text);
  if (all.length < ENOUGH_WORDS) return null;
  const sentences = Math.max(1, text.split(/[.?:;\n]+/).filter((one) => one.trim()).length);
  const syllables = all.reduce((sum, word) => sum + syllablesOf(word, language), 0) / all.length;
  const length = all.length / sentences;
  if (language === 'en') return 206.835 - 84.6 * syllables - 1.015 * length;
  if (language === 'pt') return 248.835 - 84.6 * syllables - 1.015 * length;
  return 206.84 - 60 * syllables - 1.02 * length;
}

function syllablesOf(word: string, language: Language): number {
  const small = word.toLowerCase().normalize('NFC');
  const groups =
    language === 'en'
      ? small.replace(/(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$/, '').match(/[aeiouy]+/g)
      : small.match(/[iuïü]?[aeoáéíóúàèòâêôãõ][iuy]?|[iuïüíú]/g);
  return Math.max(1, groups?.length ?? 1);
}
