/*
 * Pure rules of signing in: which passwords are too easy, how long a wrong try waits.
 */

/** Words that the most used passwords are made of, in the four languages and English (after the yearly lists of leaked ones). */
const COMMON_WORDS = new Set(
  `password passwort passw0rd contrasena contrasenya contrasenia clave clau senha palavrapasse secret secreto segredo
  qwerty qwertyuiop qwertyui qwertz azerty asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qweqwe
  admin administrador administrator administrateur root toor user usuario usuari utilizador guest invitado test testing prueba demo
  welcome bienvenido bienvenida benvingut benvinguda bemvindo bemvinda hello hola letmein changeme cambiame default temporal temp
  hospital clinica clinic salud salut saude health doctor doctora medico metge enfermera enfermeria nurse paciente pacient patient
  iloveyou teamo tequiero teestimo tevull euteamo princess princesa dragon monkey sunshine football futbol baseball superman batman
  barcelona barca realmadrid madrid bocajuniors riverplate benfica sporting corinthians flamengo argentina espana catalunya brasil portugal
  alejandro carolina daniela fernando francisco gabriela jonathan margarita sebastian valentina michael jennifer jessica charlie
  master starwars pokemon samsung computer internet freedom whatever trustno ninja shadow killer superstar corazon estrella mariposa
  verano invierno primavera otono summer winter spring autumn enero febrero lunes martes viernes hebra`.split(/\s+/),
);

const KEYBOARD = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '09876543210',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
];

/** Letters that people write as digits or signs. */
const DISGUISE: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Whether a new password is among the first that anyone would try: a common word with digits around it, also disguised,
 * a run on the keyboard, one character again and again, or made of what is known about its owner.
 * Length is checked elsewhere; composition never is (NIST SP 800-63B §5.1.1.2).
 * @param known the owner's e-mail, name and organisation
 */
export function isEasyPassword(password: string, known: readonly string[] = []): boolean {
  const plain = fold(password);
  if (new Set(plain).size < 5) return true;
  // "abcabcabcabc": a short piece again and again
  if (/^(.{1,5})\1+.{0,4}$/.test(plain)) return true;
  const personal = known.flatMap((text) => fold(text).split(/[^a-z0-9]+/)).filter((word) => word.length >= 4);
  // "h0spital2026": what stands around the word is no part of its disguise
  const bare = plain.replace(/^[^a-z]+|[^a-z]+$/g, '');
  for (const form of [plain, undisguise(plain), undisguise(bare)]) {
    const core = form.replace(/^[^a-z]+|[^a-z]+$/g, '');
    if (COMMON_WORDS.has(core)) return true;
    // what is left once every known piece is taken out
    let rest = form;
    for (const word of [...personal, ...COMMON_WORDS]) if (word.length >= 4) rest = rest.replaceAll(word, '');
    if (
      withoutRuns(rest)
        .replace(/[^\p{L}\d]/gu, '')
        .replace(/(19|20)\d\d/, '').length < 4
    )
      return true;
  }
  return false;
}

function undisguise(text: string): string {
  return [...text].map((letter) => DISGUISE[letter] ?? letter).join('');
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Takes out runs of four and more neighbours on the keyboard, in the alphabet or among the digits, forwards or backwards. */
function withoutRuns(text: string): string {
  const rows = KEYBOARD.flatMap((row) => [row, [...row].reverse().join('')]);
  let rest = '';
  for (let i = 0; i < text.length;) {
    let length = 4;
    const runs = (n: number): boolean => i + n <= text.length && rows.some((row) => row.includes(text.slice(i, i + n)));
    if (!runs(length)) {
      rest += text[i++];
      continue;
    }
    while (runs(length + 1)) length += 1;
    i += length;
  }
  return rest;
}

/** Wrong tries that cost nothing: people mistype. An address has more, for a whole ward may sit behind it. */
export const FREE_TRIES = { account: 5, address: 30 } as const;
const FIRST_DELAY_S = 30;
const LONGEST_DELAY_S = 15 * 60;
/** Tries are forgotten after so long without one. */
export const FORGET_TRIES_S = 24 * 3600;

/** Seconds to wait after the n-th wrong try in a row: none, then 30 s, doubling up to a quarter of an hour. */
export function delayAfter(tries: number, free: number): number {
  if (tries < free) return 0;
  return Math.min(FIRST_DELAY_S * 2 ** Math.min(tries - free, 10), LONGEST_DELAY_S);
}
