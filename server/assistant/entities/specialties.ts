import type { Named } from './finder.ts';

/**
 * Specialties and tests as patients of the four languages name them: the field, who practises it, the part of the body.
 * A star ends a stem. What a hospital has is its own list; this one lends it these ways of saying.
 */
export const SPECIALTIES: readonly Named[] = Object.entries({
  family:
    'medicina de familia, medicina familiar, medicina general, medico de familia, medico de cabecera, medico general, doctor de cabecera, clinica medica, clinico, medicina interna, internista, medicina de familia i comunitaria, metge de capcalera, metgessa de capcalera, metge de familia, metgessa de familia, medico de medicina general, gp, family doctor, family medicine, general practitioner, medicina geral, medico de familia, clinica geral, clinico geral, medicina geral e familiar, cabecera, capcalera',
  paediatrics: 'pediatr*, paediatr*, medico de ninos, doctor de ninos, medico infantil, kids doctor, children doctor',
  cardiology:
    'cardiolog*, cardiologo, kardiolog*, medico del corazon, especialista del corazon, metge del cor, heart doctor, heart specialist, medico do coracao',
  dermatology:
    'dermatolog*, dermato, dermatologia, medico de la piel, especialista de la piel, metge de la pell, skin doctor, skin specialist, medico da pele',
  gynaecology:
    'ginecolog*, gynaecolog*, gynecolog*, gine, obstetr*, tocolog*, medico de mujeres, gyno, ginecologista, matron*, comadron*, llevador*, midwife, parteir*',
  orthopaedics:
    'traumatolog*, traumatologo, trauma, ortoped*, orthopaed*, orthoped*, medico de los huesos, metge dels ossos, bone doctor, medico dos ossos',
  ophthalmology:
    'oftalmolog*, oftalmo, ophthalmolog*, oculista, oculistes, oculist, optometr*, medico de los ojos, medico de la vista, medico de ojos, metge dels ulls, eye doctor, eye specialist, eye clinic, medico dos olhos',
  ent: 'otorrino, otorrin*, otorinolaring*, otorrinolaring*, orl, otologo, ent, ear nose and throat, medico del oido, medico de la garganta, especialista del oido, metge de l orella, otorrinolaringologista',
  neurology: 'neurolog*, neurologo, neuro, medico de la cabeza',
  urology: 'urolog*, urologo, uro',
  gastroenterology:
    'gastroenterolog*, gastroenterologo, gastro, digestivo, aparato digestivo, digestiu, digestolog*, gastrenterolog*, medico del estomago, metge de la panxa, stomach doctor, medico do estomago',
  endocrinology:
    'endocrinolog*, endocrino, endocri, endocrine, medico del azucar, diabetolog*, medico de la diabetes, medico de la tiroides',
  rheumatology: 'reumatolog*, rheumatolog*, reuma',
  pneumology:
    'neumolog*, neumologo, neumonolog*, pneumolog*, pulmonolog*, respiratory clinic, medico de los pulmones, metge dels pulmons, chest clinic, lung doctor',
  psychiatry: 'psiquiatr*, siquiatr*, psychiatr*',
  psychology: 'psicolog*, sicolog*, psycholog*, psicoterap*, psychotherap*, therapist, terapeuta',
  allergology:
    'alergolog*, alergista, allergolog*, allergist, alergia, alergias, al lergia, allergy clinic, imunoalergologia',
  nephrology: 'nefrolog*, nephrolog*, medico del rinon, medico de los rinones, kidney doctor',
  oncology: 'oncolog*',
  haematology: 'hematolog*, haematolog*',
  surgery: 'cirugia general, cirujan*, cirurgia, cirurgi*, surgeon, surgical clinic, cirurgiao, cirurgia geral',
  rehabilitation:
    'rehabilita*, rehab, fisioterap*, fisioterapeuta, fisio, physiotherap*, physio, kinesiolog*, kinesiologo, kine, terapia fisica, reabilita*, readaptacio',
  nutrition:
    'nutricion*, nutriolog*, nutri, dietista, dietetic*, dietista nutricionista, nutrici*, dietitian, nutritionist, nutrologo',
  dentistry:
    'dentista, dentistes, dentist, odontolog*, odonto, dentalista, ortodonc*, orthodont*, medico dentista, higienista dental',
  podiatry: 'podolog*, podiatr*, chiropodist, callista',
  vascular: 'cirugia vascular, angiolog*, vascular, flebolog*',
  nursing:
    'enfermeria, enfermera, enfermero, infermeria, infermera, infermer, nurse, nursing, enfermagem, enfermeira, enfermeiro',
  laboratory:
    'analisis de sangre, analitica, analiticas, extraccion de sangre, extracciones, laboratorio, hemograma, examenes de sangre, sacar sangre, analisi de sang, analisis clinicos, extraccio de sang, laboratori, blood test, blood tests, bloods, laboratory, phlebotomy, analises ao sangue, analises clinicas, exame de sangue, exames de sangue, colheita de sangue',
  imaging:
    'radiolog*, radiografia, radiografias, radiografies, rayos x, placa de torax, placa, raios x, rx, x ray, xray, resonancia, resonancia magnetica, ressonancia, ressonancia magnetica, tomografia, tac, scanner, escaner, mri, ct scan, scan, ecografia, ecografias, ecografies, eco, ultrasonido, ultrassom, ultrassonografia, ultrasound, mamografia, mammogram, mamograf*, densitometria, imagiologia',
  endoscopy: 'endoscop*, colonoscop*, gastroscop*',
  electromyography: 'electromiograf*, electromiograma, eletromiograf*, electromyograph*, emg',
  vaccination:
    'vacuna, vacunas, vacunacion, vacunatorio, vacuna de la gripe, vacina, vacinas, vacinacao, vacunacio, vaccine, vaccination, flu jab',
}).map(([key, names]) => ({ key, names: names.split(', ').flatMap(withEndings) }));

/** A stem, and the words that it makes: in a whole word a slip is forgiven wherever it is. */
function withEndings(name: string): string[] {
  if (!/(?:log|atr)\*$/.test(name)) return [name];
  const stem = name.slice(0, -1);
  return [
    name,
    ...(stem.endsWith('log') ? ['o', 'a', 'ia', 'ista', 'ist', 'y'] : ['a', 'ia', 'e', 'ics']).map((end) => stem + end),
  ];
}

/**
 * The hospital's own specialties with the ways of saying of those that they are: "Traumatología y ortopedia" gets what
 * this list knows of orthopaedics. `names`: what the hospital calls it, in any language.
 */
export function withOwnNames(own: readonly Named[]): Named[] {
  return own.map(({ key, names }) => {
    const alike =
      SPECIALTIES.find((one) => one.key === key) ??
      SPECIALTIES.find((one) => names.some((name) => speaksOf(name, one)));
    return { key, names: [...names, ...(alike?.names ?? [])] };
  });
}

function speaksOf(name: string, one: Named): boolean {
  const said = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  return one.names.some((form) =>
    form.endsWith('*') ? said.split(/[^a-z]+/).some((word) => word.startsWith(form.slice(0, -1))) : said === form,
  );
}
