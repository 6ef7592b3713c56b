import type { Language } from '../conversation/contract.ts';
import { addressed, ADDRESSES, type Address, saidAs } from '../trust/address.ts';

/*
 * How the assistant speaks: short, warm, plain, never blaming, one question at a time. What an author reads beside a
 * text that does not. Measures of ease of reading: Flesch (1948) for English, Fernández Huerta (1959) for Spanish and,
 * for want of one of their own, for Catalan; Martins and others (1996) for Portuguese.
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
    [
      /\bplease be advised|\bat your earliest convenience|\bprior to\b|\bregarding\b|\bin order to\b/i,
      'an office’s phrase',
    ],
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
/** What is read at the age of twelve; the scale of Martins calls "easy" (sixth to ninth year of school) what has 50. */
const EASY: Record<Language, number> = { es: 60, ca: 60, en: 60, pt: 50 };
/** Fewer words say nothing about how easy they are to read. */
const ENOUGH_WORDS = 12;

/** What only one form of address says, where no other reading is likely. */
type Marks = { formal: RegExp; near: RegExp; tu?: RegExp; vos?: RegExp };
const word = (list: string): string => `(?<!\\p{L})(?:${list})(?!\\p{L})`;
const marks = (...lists: string[]): RegExp => new RegExp(lists.join('|'), 'iu');
/** A verb that is the patient's at the beginning of a sentence, and somebody else's after a name. */
const opening = (before: string, verbs: string): string =>
  `(?:^|[.?¿:;\\n]\\s*)(?:(?:${before}) )*(?:${verbs})(?!\\p{L})`;

const MARKS: Partial<Record<Language, Marks>> = {
  es: {
    formal: marks(
      word('usted|ustedes|sus?|suy[oa]s?|les?|quiere|quiera|necesita|necesite|prefiere|desea|disculpe|perdone'),
      word(
        'escriba|elija|pruebe|espere|llame|venga|siga|diga|envíe|toque|pida|vaya|confirme|responda|vuelva|acuda|mire',
      ),
      word('(?:díga|cuénte|escríba|envíe|lláme|avíse|indíque)(?:me|nos|lo|la|melo|mela)'),
      '(?<!\\p{L})\\p{L}+(?:[aei]r|[áé]ndo)les?(?!\\p{L})',
      opening('si|sí|no|ya|aún|ahora|también', 'tiene|puede|podrá'),
    ),
    near: marks(word('tú|tus?|tuy[oa]s?|te|ti|contigo|has|quieras|necesites')),
    tu: marks(word('quieres|puedes|tienes|necesitas|prefieres|eres|dime|(?:cuénta|escríbe)(?:me|nos|melo)')),
    vos: marks(
      word(
        'vos|querés|podés|tenés|necesitás|preferís|sos|decime|escribí|elegí|probá|llamá|vení|cont[aá]me(?:lo)?|escrib[ií](?:me|nos|melo)',
      ),
    ),
  },
  ca: {
    formal: marks(
      word('vostès?|seus?|sev[ae]s?|li|vol|vulgui|necessita|necessiti|prefereix|disculpi|perdoni'),
      word('escrigui|triï|provi|esperi|truqui|vingui|continuï|digui|enviï|toqui|demani|confirmi|parli|expliqui'),
      "(?<!\\p{L})(?:el pass[oi]|l['’](?:ajud|avis|apunt|esperem|aten|entès))",
      opening('si|no|ja|encara|ara|també', 'té|pot|podrà'),
    ),
    near: marks(
      word('tu|teus?|tev[ae]s?|et|vols|vulguis|pots|tens|necessites|necessitis|prefereixes|ets|has'),
      "(?<!\\p{L})t['’]\\p{L}",
    ),
  },
  pt: {
    formal: marks(
      word('você|seus?|suas?|lhe|por si|consigo falar|quer|quiser|precisa|precisar|prefere|preferir|deseja|desculpe'),
      word('escreva|escolha|tente|aguarde|ligue|venha|continue|diga|envie|toque|peça|confirme|fale|conte'),
      opening('se|não|já|ainda|agora|também', 'tem|pode|poderá'),
    ),
    near: marks(
      word('tu|teus?|tuas?|te|ti|contigo|queres|quiseres|podes|tens|precisas|precisares|preferes|preferires'),
    ),
  },
};

/** Where a text shows how it addresses the patient but does not follow what the organisation chose, or mixes forms. */
function addressOf(written: string, language: Language): string[] {
  const known = MARKS[language];
  if (!known) return [];
  const against: Record<Address, (keyof Marks)[]> = {
    usted: ['near', 'tu', 'vos'],
    tu: ['formal', 'vos'],
    vos: ['formal', 'tu'],
  };
  const found = new Set<string>();
  const form = language === 'es' ? '[usted|tú|vos]' : '[formal|near]';
  for (const address of ADDRESSES) {
    const said = addressed(written, address).replace(/\{[^}]*\}/g, 'X');
    for (const mark of against[address]) {
      const shown = known[mark]?.exec(said);
      if (shown) found.add(`"${shown[0].trim()}" does not follow the form of address: write ${form}`);
    }
  }
  return [...found];
}

/**
 * What a reader would stumble over in one text, in the author's words of advice; nothing where it reads well.
 * Every form of address is read.
 */
export function styleOf(written: string, language: Language): string[] {
  const found = new Set(addressOf(written, language));
  for (const said of saidAs(written)) {
    const text = said.replace(/\{[^}]*\}/g, 'X');
    if (text.length > LONGEST_TEXT)
      found.add(`${text.length} characters: more than ${LONGEST_TEXT} are not read on a telephone`);
    if ((text.match(/\?/g) ?? []).length > 1) found.add('two questions at once');
    if (/[!¡]/.test(text)) found.add('an exclamation mark');
    if (/\p{Extended_Pictographic}/u.test(text)) found.add('a picture in the place of a word');
    for (const [pattern, advice] of JARGON[language]) if (pattern.test(text)) found.add(advice);
    if (BLAME[language].test(text))
      found.add(`"${BLAME[language].exec(text)![0]}" puts the fault or a duty on the patient`);
    const sentences = text.split(/[.?:;\n]+/).filter((one) => one.trim());
    for (const one of sentences) {
      const length = wordsOf(one).length;
      if (length > LONGEST_SENTENCE) found.add(`a sentence of ${length} words: at most ${LONGEST_SENTENCE}`);
    }
    const ease = readingEase(text, language);
    if (ease !== null && ease < EASY[language])
      found.add(`hard to read (${Math.round(ease)}; ${EASY[language]} and more reads easily)`);
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

/** Syllables of a word as they are spoken: `que` is one, `ção` is one. Two vowels that part (día) are told by their accent. */
export function syllablesOf(word: string, language: Language): number {
  const small = word.toLowerCase().normalize('NFC');
  if (language === 'en')
    return Math.max(
      1,
      small.replace(/(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$/, '').match(/[aeiouy]+/g)?.length ?? 1,
    );
  // a silent u (que, gui), then the nasal diphthongs, which are one sound
  const sounded = small.replace(/([qg])u(?=[eiéíêè])/g, '$1').replace(/ã[oe]|õe/g, 'a');
  return Math.max(1, sounded.match(/[iuïü]?[aeoáéóàèòâêôãõ][iuy]?|[iu]?[íú]|[iuïü]+/g)?.length ?? 1);
}
