import { LANGUAGES, LEVELS } from './contract.ts';
import type { CareLevel, Proof, Protocol, ProtocolLanguage, Said, Value } from './contract.ts';
import { daysOf } from './expression.ts';
import type { Condition } from './expression.ts';
import { YES } from './hear.ts';
import { effective, mildest, prepare, rank, ruleFor } from './prepare.ts';
import type { Prepared, PreparedQuestion } from './prepare.ts';
import { caseAnswers } from './read.ts';
import { walk } from './run.ts';
import { ageInWords, LEVEL_NAMES, valueInWords } from './words.ts';

/*
 * What must hold before anyone may sign a protocol. A condition compares answers with constants only, so answers fall into
 * finitely many classes that no condition can tell apart (prepare.ts); trying one of each class is trying them all. What is
 * shown here is therefore shown for every patient, not for a sample.
 */

/** More cases than this are not tried: the condition is too wide to be shown right, and is refused. */
const MOST_CASES = 2_000_000;
/** Counterexamples told at once. */
const SHOWN = 3;
const LEAST_CASES = 8;
/** What WhatsApp and the other channels can show. */
const LIMITS = { question: 900, outcome: 1500, option: 24, title: 24 };

const each = (build: (language: ProtocolLanguage) => string): Said => ({
  es: build('es'),
  ca: build('ca'),
  en: build('en'),
  pt: build('pt'),
});
const pick = (es: string, ca: string, en: string, pt: string): Said => ({ es, ca, en, pt });

/** Every proof of a protocol that can be read (read.ts). A few milliseconds; pure. */
export function prove(protocol: Protocol): Proof[] {
  const made = prepare(protocol);
  return [
    redFlagsFirst(made),
    redFlagsCount(made),
    severityOrder(made),
    monotone(made),
    ends(made),
    languages(made),
    reachable(made),
    golden(made),
  ];
}

const proven = new WeakMap<Protocol, boolean>();

/** Whether everything holds that must before a protocol is reviewed, signed or run; shown once for each content. */
export function isProven(protocol: Protocol): boolean {
  const known = proven.get(protocol);
  if (known !== undefined) return known;
  const holds = prove(protocol).every((one) => one.holds);
  proven.set(protocol, holds);
  return holds;
}

function report(proof: Proof['proof'], how: Said, counterexamples: Said[]): Proof {
  return { proof, holds: counterexamples.length === 0, how, counterexamples: counterexamples.slice(0, SHOWN) };
}

// --- red flags ---

function redFlagsFirst(made: Prepared): Proof {
  const against: Said[] = [];
  const firstOther = made.questions.findIndex((one) => !one.flag);
  made.questions.forEach((one, index) => {
    if (!one.flag) return;
    const late = firstOther >= 0 && index > firstOther ? made.questions[firstOther]! : null;
    if (late)
      against.push(
        each(
          (at) =>
            `${quote(one, at)} ${pick('se pregunta después de', 'es pregunta després de', 'is asked after', 'é perguntada depois de')[at]} ${quote(late, at)}`,
        ),
      );
    if (one.question.kind === 'yesno' && one.question.worse === 'no')
      against.push(
        each(
          (at) =>
            `${quote(one, at)}: ${pick('en una señal de alarma, lo grave ha de ser el sí', 'en un senyal d’alarma, el que és greu ha de ser el sí', 'in a red flag the serious answer must be yes', 'num sinal de alarme, o grave tem de ser o sim')[at]}`,
        ),
      );
    const on = one.when?.names.filter((name) => name !== 'age') ?? [];
    if (on.length)
      against.push(
        each(
          (at) =>
            `${quote(one, at)} ${pick('solo se pregunta según', 'només es pregunta segons', 'is only asked depending on', 'só é perguntada conforme')[at]} «${on.join(', ')}»`,
        ),
      );
  });
  if (!made.questions.some((one) => one.flag))
    against.push(
      pick(
        'No hay ninguna señal de alarma',
        'No hi ha cap senyal d’alarma',
        'There is no red flag',
        'Não há nenhum sinal de alarme',
      ),
    );
  return report(
    'red_flags_first',
    pick(
      'Las preguntas se hacen en el orden del texto y las de alarma van todas delante; solo la edad puede quitar una.',
      'Les preguntes es fan en l’ordre del text i les d’alarma van totes al davant; només l’edat en pot treure una.',
      'Questions are asked in the order of the text and all red flags stand first; only age can leave one out.',
      'As perguntas são feitas pela ordem do texto e as de alarme vêm todas primeiro; só a idade pode retirar uma.',
    ),
    against,
  );
}

function redFlagsCount(made: Prepared): Proof {
  const against: Said[] = [];
  let tried = 0;
  for (const one of made.questions.filter((question) => question.flag))
    for (const age of made.ages) {
      if (one.when && !one.when.holds((name) => (name === 'age' ? age : undefined))) continue;
      tried++;
      const { level, rule } = ruleFor(
        made,
        effective(made, age, (other) => (other === one ? true : undefined)),
      );
      if (rank(level) < rank('nurse_now'))
        against.push(
          each(
            (at) =>
              `${ageInWords(age, at)}, ${pick('solo', 'només', 'only', 'apenas')[at]} ${quote(one, at)} = ${YES[at]} → ${LEVEL_NAMES[level][at]} (${rule})`,
          ),
        );
    }
  return report(
    'red_flags_count',
    each(
      (at) =>
        `${pick('Cada señal de alarma por sí sola, a cada edad que distingue, lleva al menos a enfermería ahora. Casos', 'Cada senyal d’alarma per si sol, a cada edat que distingeix, porta almenys a infermeria ara. Casos', 'Each red flag alone, at each age it tells apart, leads to a nurse now or higher. Cases', 'Cada sinal de alarme por si só, em cada idade que distingue, leva pelo menos à enfermagem agora. Casos')[at]}: ${tried}.`,
    ),
    against,
  );
}

// --- order and monotony ---

function severityOrder(made: Prepared): Proof {
  const against: Said[] = [];
  const { rules, otherwise } = made.protocol.content;
  const all = [...rules, { id: 'otherwise', level: otherwise.level }];
  all.forEach((one, index) => {
    const before = all[index - 1];
    if (before && rank(one.level) > rank(before.level))
      against.push(
        each(
          (at) =>
            `«${one.id}» (${LEVEL_NAMES[one.level][at]}) ${pick('va detrás de', 'va darrere de', 'stands behind', 'vem depois de')[at]} «${before.id}» (${LEVEL_NAMES[before.level][at]})`,
        ),
      );
  });
  return report(
    'severity_order',
    pick(
      'Las reglas van de más a menos urgente; la primera que se cumple es por tanto la más urgente de las que se cumplen.',
      'Les regles van de més a menys urgent; la primera que es compleix és per tant la més urgent de les que es compleixen.',
      'Rules go from most to least urgent, so the first that holds is the most urgent of those that hold.',
      'As regras vão da mais para a menos urgente; a primeira que se cumpre é por isso a mais urgente das que se cumprem.',
    ),
    against,
  );
}

/**
 * Adding a positive never lowers the level. With rules in order of severity, level(x) ≥ t is the same as "some rule of level ≥ t
 * holds at x". So it is enough, and needed, that for every t this "some rule holds" never turns from true to false when one
 * answer gets one class worse. A rule that alone never turns so is fine for every t; the others are tried together with all
 * rules at least as urgent, over every answer that any of them reads. Questions that are asked on a condition: a worse answer
 * must never take one away, or its answer would be lost.
 */
function monotone(made: Prepared): Proof {
  const against: Said[] = [];
  let tried = 0;
  const conditionals = made.questions.filter((one) => one.when !== null);
  for (const one of conditionals) {
    const found = turnsFalse(made, [one.when!]);
    tried += found.tried;
    if (found.tooMany) against.push(tooWide(`when ${one.question.id}`));
    else if (found.at)
      against.push(
        each(
          (at) =>
            `${tellTurn(made, found.at!, at)}: ${pick('deja de preguntarse', 'es deixa de preguntar', 'is no longer asked', 'deixa de ser perguntada')[at]} ${quote(one, at)}`,
        ),
      );
  }
  for (const [index, { rule, when }] of made.rules.entries()) {
    const alone = turnsFalse(made, [when]);
    tried += alone.tried;
    if (!alone.at && !alone.tooMany) continue;
    const asUrgent = made.rules
      .filter((other) => rank(other.rule.level) >= rank(rule.level))
      .map((other) => other.when);
    if (rank(made.protocol.content.otherwise.level) >= rank(rule.level)) continue;
    const together = alone.tooMany ? alone : turnsFalse(made, asUrgent);
    tried += together.tried;
    if (together.tooMany) against.push(tooWide(`${index + 1}. ${rule.id}`));
    else if (together.at) {
      const { age, before, after } = together.at;
      const [was, is] = [ruleFor(made, effectiveOf(made, age, before)), ruleFor(made, effectiveOf(made, age, after))];
      against.push(
        each(
          (at) =>
            `${tellTurn(made, together.at!, at)}: ${LEVEL_NAMES[was.level][at]} (${was.rule}) → ${LEVEL_NAMES[is.level][at]} (${is.rule})`,
        ),
      );
    }
  }
  return report(
    'monotone',
    each(
      (at) =>
        `${
          pick(
            'Probado para todas las respuestas: cada condición solo compara con constantes, así que basta probar una respuesta de cada clase; ninguna regla deja de cumplirse cuando una respuesta empeora, salvo que se cumpla otra igual o más urgente. Un «no sé» sube un nivel o cuenta como sí, que también sube. Casos probados',
            'Provat per a totes les respostes: cada condició només compara amb constants, de manera que n’hi ha prou de provar una resposta de cada classe; cap regla deixa de complir-se quan una resposta empitjora, tret que se’n compleixi una altra igual o més urgent. Un «no ho sé» puja un nivell o compta com a sí, que també puja. Casos provats',
            'Shown for all answers: conditions only compare with constants, so one answer of each class stands for all; no rule stops holding when an answer gets worse unless another at least as urgent holds. “I do not know” raises one level or counts as yes, which raises too. Cases tried',
            'Provado para todas as respostas: cada condição só compara com constantes, por isso basta provar uma resposta de cada classe; nenhuma regra deixa de se cumprir quando uma resposta piora, salvo se outra igual ou mais urgente se cumprir. Um «não sei» sobe um nível ou conta como sim, que também sobe. Casos provados',
          )[at]
        }: ${tried}.`,
    ),
    against,
  );
}

type Turn = { age: number; before: Map<string, Value>; after: Map<string, Value>; changed: PreparedQuestion };

/** The questions that these conditions read, and those that decide whether they are asked. */
function readBy(made: Prepared, conditions: readonly Condition[]): PreparedQuestion[] {
  const names = new Set(conditions.flatMap((one) => one.names));
  // backwards: a question's condition reads earlier ones
  for (const one of made.questions.toReversed())
    if (names.has(one.question.id) && one.when) for (const name of one.when.names) names.add(name);
  return made.questions.filter((one) => names.has(one.question.id));
}

const effectiveOf = (made: Prepared, age: number, answers: ReadonlyMap<string, Value>): Map<string, Value> =>
  effective(made, age, (one) => answers.get(one.question.id));

/** Looks for one answer made one class worse that turns "some of these hold" from true to false. */
function turnsFalse(made: Prepared, conditions: readonly Condition[]): { tried: number; at?: Turn; tooMany?: boolean } {
  const questions = readBy(made, conditions);
  const cases = questions.reduce((product, one) => product * one.classes.length, made.ages.length);
  if (cases * (questions.length + 1) > MOST_CASES) return { tried: 0, tooMany: true };
  const values = new Map<string, Value>();
  const get = (name: string): Value | undefined => values.get(name);
  const places = questions.map(() => 0);
  // as `effective` in prepare.ts, over these questions alone: the others are not read
  const fill = (): void => {
    for (const [index, one] of questions.entries())
      values.set(one.question.id, one.classes[one.when === null || one.when.holds(get) ? places[index]! : 0]!);
  };
  const some = (): boolean => {
    fill();
    return conditions.some((one) => one.holds(get));
  };
  const answered = (): Map<string, Value> =>
    new Map(questions.map((one, index) => [one.question.id, one.classes[places[index]!]!]));
  let tried = 0;
  for (const age of made.ages) {
    values.set('age', age);
    for (const combination of everyPlace(questions.map((one) => one.classes.length))) {
      tried++;
      combination.forEach((place, index) => (places[index] = place));
      if (!some()) continue;
      for (const [index, one] of questions.entries()) {
        if (places[index]! + 1 >= one.classes.length) continue;
        places[index]!++;
        const still = some();
        places[index]!--;
        if (still) continue;
        const before = answered();
        places[index]!++;
        return { tried, at: { age, before, after: answered(), changed: one } };
      }
    }
  }
  return { tried };
}

/** Every combination of places, the first fastest. */
function* everyPlace(sizes: readonly number[]): Generator<readonly number[]> {
  const places = sizes.map(() => 0);
  for (;;) {
    yield places;
    let index = 0;
    while (index < sizes.length && ++places[index]! >= sizes[index]!) places[index++] = 0;
    if (index >= sizes.length) return;
  }
}

// --- ends, languages, reach ---

function ends(made: Prepared): Proof {
  const against: Said[] = [];
  made.questions.forEach((one, index) => {
    const earlier = new Set(['age', ...made.questions.slice(0, index).map((other) => other.question.id)]);
    const late = one.when?.names.find((name) => !earlier.has(name));
    if (late)
      against.push(
        each(
          (at) =>
            `${quote(one, at)} ${pick('depende de una pregunta posterior', 'depèn d’una pregunta posterior', 'depends on a later question', 'depende de uma pergunta posterior')[at]}: «${late}»`,
        ),
      );
  });
  if (made.ages.length === 0)
    against.push(
      pick(
        'Las edades no dejan a nadie dentro',
        'Les edats no deixen ningú a dins',
        'The ages leave nobody in',
        'As idades não deixam ninguém dentro',
      ),
    );
  return report(
    'ends',
    each(
      (at) =>
        `${pick('Cada pregunta se hace una vez como mucho, siempre hacia delante, y si no se cumple ninguna regla decide «otherwise». Preguntas como máximo', 'Cada pregunta es fa una vegada com a molt, sempre endavant, i si no es compleix cap regla decideix «otherwise». Preguntes com a màxim', 'Each question is asked once at most, always forwards, and where no rule holds “otherwise” decides. Questions at most', 'Cada pergunta é feita uma vez no máximo, sempre para a frente, e se nenhuma regra se cumpre decide «otherwise». Perguntas no máximo')[at]}: ${made.questions.length}.`,
    ),
    against,
  );
}

function languages(made: Prepared): Proof {
  const against: Said[] = [];
  const { content } = made.protocol;
  const look = (where: string, text: Said, most: number): void => {
    for (const language of LANGUAGES) {
      const written = text[language];
      const wrong =
        written.trim().length === 0
          ? pick('no dice nada', 'no diu res', 'says nothing', 'não diz nada')
          : written.length > most
            ? each(
                (at) =>
                  `${written.length} > ${most} ${pick('caracteres', 'caràcters', 'characters', 'caracteres')[at]}`,
              )
            : /\{(?!number\})/.test(written)
              ? pick(
                  'hay una llave que no es {number}',
                  'hi ha una clau que no és {number}',
                  'has a brace that is not {number}',
                  'há uma chaveta que não é {number}',
                )
              : null;
      if (wrong) against.push(each((at) => `${where} (${language}): ${wrong[at]}`));
    }
  };
  look('title', content.title, LIMITS.title);
  for (const one of content.questions) {
    look(one.id, one.help ? each((at) => `${one.text[at]}\n${one.help![at]}`) : one.text, LIMITS.question);
    if (one.kind === 'choice')
      for (const option of one.options) look(`${one.id}.${option.id}`, option.title, LIMITS.option);
  }
  for (const one of [...content.rules, { id: 'otherwise', ...content.otherwise }]) {
    look(one.id, one.first_aid ? each((at) => `${one.text[at]}\n\n${one.first_aid![at]}`) : one.text, LIMITS.outcome);
    if (one.level !== 'emergency_now') continue;
    for (const language of LANGUAGES)
      if (!one.text[language].includes('{number}'))
        against.push(
          each(
            (at) =>
              `${one.id} (${language}): ${pick('falta el teléfono de emergencias, {number}', 'falta el telèfon d’emergències, {number}', 'the emergency number {number} is missing', 'falta o número de emergência, {number}')[at]}`,
          ),
        );
    if (!one.first_aid)
      against.push(
        each(
          (at) =>
            `${one.id}: ${pick('falta la línea de primeros auxilios', 'falta la línia de primers auxilis', 'the line of first aid is missing', 'falta a linha de primeiros socorros')[at]}`,
        ),
      );
  }
  return report(
    'languages',
    pick(
      'Cada pregunta, opción y texto está en es, ca, en y pt y cabe en todos los canales; los de emergencia dicen el teléfono y qué hacer mientras.',
      'Cada pregunta, opció i text és en es, ca, en i pt i cap a tots els canals; els d’emergència diuen el telèfon i què fer mentrestant.',
      'Every question, option and text is there in es, ca, en and pt and fits every channel; emergency texts name the number and what to do meanwhile.',
      'Cada pergunta, opção e texto está em es, ca, en e pt e cabe em todos os canais; os de emergência dizem o número e o que fazer entretanto.',
    ),
    against,
  );
}

/**
 * Every rule decides for somebody. Tried over all answers that the rule reads, the rest mildest: as no other rule fires more
 * readily on milder answers (monotone), what is not found so is nowhere.
 */
function reachable(made: Prepared): Proof {
  const against: Said[] = [];
  let tried = 0;
  const wins = (id: string, conditions: readonly Condition[]): boolean => {
    const questions = readBy(made, conditions);
    if (questions.reduce((product, one) => product * one.classes.length, made.ages.length) > MOST_CASES) return false;
    for (const age of made.ages)
      for (const places of everyPlace(questions.map((one) => one.classes.length))) {
        tried++;
        const answers = new Map(questions.map((one, index) => [one.question.id, one.classes[places[index]!]!]));
        if (ruleFor(made, effectiveOf(made, age, answers)).rule === id) return true;
      }
    return false;
  };
  for (const { rule, when } of made.rules)
    if (!wins(rule.id, [when]))
      against.push(
        each(
          (at) =>
            `«${rule.id}» ${pick('no decide en ningún caso', 'no decideix en cap cas', 'never decides', 'nunca decide')[at]}: ${rule.when}`,
        ),
      );
  if (!wins('otherwise', []))
    against.push(
      pick(
        '«otherwise» no decide en ningún caso',
        '«otherwise» no decideix en cap cas',
        '“otherwise” never decides',
        '«otherwise» nunca decide',
      ),
    );
  const read = new Set(
    [...made.rules.map((one) => one.when), ...made.questions.map((one) => one.when)].flatMap((one) => one?.names ?? []),
  );
  for (const one of made.questions)
    if (!read.has(one.question.id))
      against.push(
        each(
          (at) =>
            `${quote(one, at)}: ${pick('ninguna regla usa la respuesta', 'cap regla no fa servir la resposta', 'no rule uses the answer', 'nenhuma regra usa a resposta')[at]}`,
        ),
      );
  return report(
    'reachable',
    each(
      (at) =>
        `${pick('Para cada regla hay un paciente en quien decide, y cada respuesta se usa. Casos probados', 'Per a cada regla hi ha un pacient en qui decideix, i cada resposta es fa servir. Casos provats', 'For every rule there is a patient for whom it decides, and every answer is used. Cases tried', 'Para cada regra há um paciente em quem decide, e cada resposta é usada. Casos provados')[at]}: ${tried}.`,
    ),
    against,
  );
}

// --- golden cases ---

export type GoldenResult = {
  name: string;
  expect: CareLevel;
  level: CareLevel;
  expectedRule: string | null;
  rule: string;
  passes: boolean;
};

/** What the golden cases come to, each walked as a patient would. */
export function goldenResults(protocol: Protocol): GoldenResult[] {
  return protocol.content.cases.map((one) => {
    const { level, rule } = walk(
      protocol,
      { age: daysOf(one.age), by: one.by, repeat: one.repeat },
      caseAnswers(protocol, one.answers),
    ).disposition;
    return {
      name: one.name,
      expect: one.expect,
      level,
      expectedRule: one.rule ?? null,
      rule,
      passes: level === one.expect && (one.rule === undefined || one.rule === rule),
    };
  });
}

function golden(made: Prepared): Proof {
  const { protocol } = made;
  const results = goldenResults(protocol);
  const against = results
    .filter((one) => !one.passes)
    .map((one) =>
      each(
        (at) =>
          `${one.name}: ${LEVEL_NAMES[one.level][at]} (${one.rule}); ${pick('se esperaba', 's’esperava', 'expected', 'esperava-se')[at]} ${LEVEL_NAMES[one.expect][at]}${one.expectedRule ? ` (${one.expectedRule})` : ''}`,
      ),
    );
  const audience = { from: made.ages[0] ?? 0, last: made.ages.at(-1) ?? 0 };
  for (const one of protocol.content.cases)
    if (daysOf(one.age) < audience.from || daysOf(one.age) > audience.last + 1)
      against.push(
        each(
          (at) =>
            `${one.name}: ${pick('la edad no es de este protocolo', 'l’edat no és d’aquest protocol', 'the age is not of this protocol', 'a idade não é deste protocolo')[at]}`,
        ),
      );
  if (results.length < LEAST_CASES)
    against.push(each((at) => `${pick('casos', 'casos', 'cases', 'casos')[at]}: ${results.length} < ${LEAST_CASES}`));
  const used = new Set(protocol.content.rules.map((one) => one.level));
  for (const level of LEVELS)
    if (used.has(level) && !results.some((one) => one.expect === level))
      against.push(
        each(
          (at) =>
            `${pick('ningún caso espera', 'cap cas no espera', 'no case expects', 'nenhum caso espera')[at]} ${LEVEL_NAMES[level][at]}`,
        ),
      );
  return report(
    'golden',
    each(
      (at) =>
        `${pick('Casos escritos por quien redactó el protocolo, recorridos como lo haría un paciente', 'Casos escrits per qui va redactar el protocol, recorreguts com ho faria un pacient', 'Cases written by the author, walked as a patient would', 'Casos escritos por quem redigiu o protocolo, percorridos como faria um paciente')[at]}: ${results.length}.`,
    ),
    against,
  );
}

// --- in words ---

const quote = (one: PreparedQuestion, at: ProtocolLanguage): string => `«${one.question.text[at]}»`;

function tooWide(where: string): Said {
  return each(
    (at) =>
      `${where}: ${pick('lee demasiadas respuestas a la vez para poder probarla; divídala', 'llegeix massa respostes alhora per poder-la provar; divideixi-la', 'reads too many answers at once to be shown; split it', 'lê demasiadas respostas ao mesmo tempo para ser provada; divida-a')[at]}`,
  );
}

/** "40 años; dolor = sí; y además fiebre pasa de no a sí". */
function tellTurn(made: Prepared, turn: Turn, at: ProtocolLanguage): string {
  const told = made.questions.flatMap((one) => {
    const value = turn.before.get(one.question.id);
    if (value === undefined || one === turn.changed || value === mildest(one)) return [];
    return [`${quote(one, at)} = ${valueInWords(one.question, value, at)}`];
  });
  const { question } = turn.changed;
  const [was, is] = [turn.before.get(question.id)!, turn.after.get(question.id)!];
  const change = `${quote(turn.changed, at)} ${valueInWords(question, was, at)} → ${valueInWords(question, is, at)}`;
  return [ageInWords(turn.age, at), ...told, change].join('; ');
}
