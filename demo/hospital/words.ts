import type { Localised } from '../../server/record/contract.ts';

const l = (es: string, ca: string, en: string, pt: string): Localised => ({ es, ca, en, pt });

/** What can be booked. `visit` is what the appointment is called when no order gives it a name. */
export const SPECIALTIES = {
  family: {
    name: l('Medicina de familia', 'Medicina de família', 'Family medicine', 'Medicina geral e familiar'),
    visit: l(
      'Consulta de medicina de familia',
      'Consulta de medicina de família',
      'Family medicine visit',
      'Consulta de medicina geral',
    ),
  },
  paediatrics: {
    name: l('Pediatría', 'Pediatria', 'Paediatrics', 'Pediatria'),
    visit: l('Consulta de pediatría', 'Consulta de pediatria', 'Paediatrics visit', 'Consulta de pediatria'),
  },
  rehabilitation: {
    name: l('Rehabilitación', 'Rehabilitació', 'Rehabilitation', 'Reabilitação'),
    visit: l('Rehabilitación', 'Rehabilitació', 'Rehabilitation session', 'Sessão de reabilitação'),
  },
  cardiology: {
    name: l('Cardiología', 'Cardiologia', 'Cardiology', 'Cardiologia'),
    visit: l('Consulta de cardiología', 'Consulta de cardiologia', 'Cardiology visit', 'Consulta de cardiologia'),
  },
  digestive: {
    name: l('Digestivo', 'Digestiu', 'Gastroenterology', 'Gastrenterologia'),
    visit: l('Consulta de digestivo', 'Consulta de digestiu', 'Gastroenterology visit', 'Consulta de gastrenterologia'),
  },
  ent: {
    name: l('Otorrinolaringología', 'Otorinolaringologia', 'Ear, nose and throat', 'Otorrinolaringologia'),
    visit: l(
      'Consulta de otorrinolaringología',
      'Consulta d’otorinolaringologia',
      'Ear, nose and throat visit',
      'Consulta de otorrinolaringologia',
    ),
  },
  neurology: {
    name: l('Neurología', 'Neurologia', 'Neurology', 'Neurologia'),
    visit: l('Consulta de neurología', 'Consulta de neurologia', 'Neurology visit', 'Consulta de neurologia'),
  },
  traumatology: {
    name: l('Traumatología', 'Traumatologia', 'Orthopaedics', 'Ortopedia e traumatologia'),
    visit: l('Consulta de traumatología', 'Consulta de traumatologia', 'Orthopaedics visit', 'Consulta de ortopedia'),
  },
  gynaecology: {
    name: l('Ginecología', 'Ginecologia', 'Gynaecology', 'Ginecologia'),
    visit: l('Consulta de ginecología', 'Consulta de ginecologia', 'Gynaecology visit', 'Consulta de ginecologia'),
  },
  dermatology: {
    name: l('Dermatología', 'Dermatologia', 'Dermatology', 'Dermatologia'),
    visit: l('Consulta de dermatología', 'Consulta de dermatologia', 'Dermatology visit', 'Consulta de dermatologia'),
  },
  ophthalmology: {
    name: l('Oftalmología', 'Oftalmologia', 'Ophthalmology', 'Oftalmologia'),
    visit: l('Consulta de oftalmología', 'Consulta d’oftalmologia', 'Eye clinic visit', 'Consulta de oftalmologia'),
  },
  endocrinology: {
    name: l('Endocrinología', 'Endocrinologia', 'Endocrinology', 'Endocrinologia'),
    visit: l(
      'Consulta de endocrinología',
      'Consulta d’endocrinologia',
      'Endocrinology visit',
      'Consulta de endocrinologia',
    ),
  },
  laboratory: {
    name: l('Análisis y extracciones', 'Anàlisis i extraccions', 'Blood tests', 'Análises clínicas'),
    visit: l('Extracción de sangre', 'Extracció de sang', 'Blood draw', 'Colheita de sangue'),
  },
  imaging: {
    name: l('Radiología', 'Radiologia', 'Imaging', 'Imagiologia'),
    visit: l('Prueba de imagen', 'Prova d’imatge', 'Imaging test', 'Exame de imagem'),
  },
  endoscopy: {
    name: l('Endoscopias', 'Endoscòpies', 'Endoscopy', 'Endoscopias'),
    visit: l('Endoscopia', 'Endoscòpia', 'Endoscopy', 'Endoscopia'),
  },
} as const satisfies Record<string, { name: Localised; visit: Localised }>;
export type SpecialtyKey = keyof typeof SPECIALTIES;

export const PLACES = {
  outpatient: {
    name: l(
      'Consultas externas, planta 2',
      'Consultes externes, planta 2',
      'Outpatient clinics, floor 2',
      'Consultas externas, piso 2',
    ),
    address: 'Avenida de la Vega 118, Vega Clara',
    directions: l(
      'Entrada principal, ascensores de la derecha, planta 2.',
      'Entrada principal, ascensors de la dreta, planta 2.',
      'Main entrance, lifts on the right, second floor.',
      'Entrada principal, elevadores à direita, piso 2.',
    ),
    hours: l(
      'De lunes a viernes, de 8:00 a 20:00.',
      'De dilluns a divendres, de 8:00 a 20:00.',
      'Monday to Friday, 8:00 to 20:00.',
      'De segunda a sexta, das 8h00 às 20h00.',
    ),
    latitude: 41.6561,
    longitude: -0.8773,
  },
  tests: {
    name: l(
      'Pruebas y endoscopias, planta 1',
      'Proves i endoscòpies, planta 1',
      'Tests and endoscopy, floor 1',
      'Exames e endoscopias, piso 1',
    ),
    address: 'Avenida de la Vega 118, Vega Clara',
    directions: l(
      'Entrada principal, siga la línea azul del suelo hasta la planta 1.',
      'Entrada principal, segueixi la línia blava de terra fins a la planta 1.',
      'Main entrance, follow the blue line on the floor to the first floor.',
      'Entrada principal, siga a linha azul no chão até ao piso 1.',
    ),
    hours: l(
      'De lunes a viernes, de 7:30 a 19:00.',
      'De dilluns a divendres, de 7:30 a 19:00.',
      'Monday to Friday, 7:30 to 19:00.',
      'De segunda a sexta, das 7h30 às 19h00.',
    ),
    latitude: 41.6563,
    longitude: -0.8771,
  },
  ribera: {
    name: l('Centro de salud Ribera', 'Centre de salut Ribera', 'Ribera health centre', 'Centro de saúde Ribera'),
    address: 'Calle del Puente 7, Vega Clara',
    directions: l(
      'Junto al puente viejo. Autobuses 3 y 11, parada Ribera.',
      'Al costat del pont vell. Autobusos 3 i 11, parada Ribera.',
      'By the old bridge. Buses 3 and 11, stop Ribera.',
      'Junto à ponte velha. Autocarros 3 e 11, paragem Ribera.',
    ),
    hours: l(
      'Todos los días, de 8:00 a 21:00.',
      'Cada dia, de 8:00 a 21:00.',
      'Every day, 8:00 to 21:00.',
      'Todos os dias, das 8h00 às 21h00.',
    ),
    latitude: 41.6612,
    longitude: -0.8699,
  },
} as const satisfies Record<
  string,
  { name: Localised; address: string; directions: Localised; hours: Localised; latitude: number; longitude: number }
>;
export type PlaceKey = keyof typeof PLACES;

/** Problems with their SNOMED CT codes, at whose ages they begin, and the medicines that go with them. */
export const PROBLEMS = {
  hypertension: {
    code: '38341003',
    name: l('Hipertensión arterial', 'Hipertensió arterial', 'High blood pressure', 'Hipertensão arterial'),
    from: 42,
    medicines: ['enalapril', 'amlodipine'],
  },
  diabetes: {
    code: '44054006',
    name: l('Diabetes mellitus tipo 2', 'Diabetis mellitus tipus 2', 'Type 2 diabetes', 'Diabetes mellitus tipo 2'),
    from: 45,
    medicines: ['metformin'],
  },
  fibrillation: {
    code: '49436004',
    name: l('Fibrilación auricular', 'Fibril·lació auricular', 'Atrial fibrillation', 'Fibrilhação auricular'),
    from: 65,
    medicines: ['acenocoumarol', 'bisoprolol'],
  },
  cholesterol: {
    code: '13644009',
    name: l('Colesterol alto', 'Colesterol alt', 'High cholesterol', 'Colesterol elevado'),
    from: 45,
    medicines: ['atorvastatin'],
  },
  asthma: { code: '195967001', name: l('Asma', 'Asma', 'Asthma', 'Asma'), from: 5, medicines: ['salbutamol'] },
  hypothyroidism: {
    code: '40930008',
    name: l('Hipotiroidismo', 'Hipotiroïdisme', 'Underactive thyroid', 'Hipotiroidismo'),
    from: 30,
    medicines: ['levothyroxine'],
  },
  arthrosis: {
    code: '396275006',
    name: l('Artrosis', 'Artrosi', 'Osteoarthritis', 'Artrose'),
    from: 58,
    medicines: ['paracetamol'],
  },
  migraine: {
    code: '37796009',
    name: l('Migraña', 'Migranya', 'Migraine', 'Enxaqueca'),
    from: 18,
    medicines: ['ibuprofen'],
  },
  reflux: {
    code: '235595009',
    name: l('Reflujo gastroesofágico', 'Reflux gastroesofàgic', 'Acid reflux', 'Refluxo gastroesofágico'),
    from: 30,
    medicines: ['omeprazole'],
  },
  hearing: {
    code: '60700002',
    name: l(
      'Hipoacusia neurosensorial',
      'Hipoacúsia neurosensorial',
      'Sensorineural hearing loss',
      'Perda auditiva neurossensorial',
    ),
    from: 68,
    medicines: [],
  },
  anxiety: { code: '48694002', name: l('Ansiedad', 'Ansietat', 'Anxiety', 'Ansiedade'), from: 18, medicines: [] },
  eczema: {
    code: '24079001',
    name: l('Dermatitis atópica', 'Dermatitis atòpica', 'Atopic eczema', 'Dermatite atópica'),
    from: 1,
    medicines: [],
  },
  otitis: {
    code: '65363002',
    name: l('Otitis media', 'Otitis mitjana', 'Middle ear infection', 'Otite média'),
    from: 1,
    medicines: ['paracetamolSyrup'],
  },
} as const satisfies Record<string, { code: string; name: Localised; from: number; medicines: string[] }>;
export type ProblemKey = keyof typeof PROBLEMS;

/** Medicines with how they are taken. The doses are usual ones, for a demonstration only. */
export const MEDICINES = {
  enalapril: {
    code: '386873009',
    name: l('Enalapril 10 mg', 'Enalapril 10 mg', 'Enalapril 10 mg', 'Enalapril 10 mg'),
    dosage: l(
      'Un comprimido por la mañana.',
      'Un comprimit al matí.',
      'One tablet in the morning.',
      'Um comprimido de manhã.',
    ),
  },
  amlodipine: {
    code: '386864001',
    name: l('Amlodipino 5 mg', 'Amlodipina 5 mg', 'Amlodipine 5 mg', 'Amlodipina 5 mg'),
    dosage: l(
      'Un comprimido por la noche.',
      'Un comprimit a la nit.',
      'One tablet at night.',
      'Um comprimido à noite.',
    ),
  },
  metformin: {
    code: '372567009',
    name: l('Metformina 850 mg', 'Metformina 850 mg', 'Metformin 850 mg', 'Metformina 850 mg'),
    dosage: l(
      'Un comprimido con el desayuno y otro con la cena.',
      'Un comprimit amb l’esmorzar i un altre amb el sopar.',
      'One tablet with breakfast and one with dinner.',
      'Um comprimido ao pequeno-almoço e outro ao jantar.',
    ),
  },
  acenocoumarol: {
    code: '387457003',
    name: l('Acenocumarol 4 mg', 'Acenocumarol 4 mg', 'Acenocoumarol 4 mg', 'Acenocumarol 4 mg'),
    dosage: l(
      'Según la pauta de Hematología, siempre a la misma hora.',
      'Segons la pauta d’Hematologia, sempre a la mateixa hora.',
      'As Haematology’s plan says, always at the same time.',
      'Segundo o plano de Hematologia, sempre à mesma hora.',
    ),
    note: l(
      'No cambie la dosis ni lo deje sin hablar antes con su equipo.',
      'No canviï la dosi ni el deixi sense parlar abans amb el seu equip.',
      'Do not change the dose or stop it without talking to your team first.',
      'Não mude a dose nem o deixe sem falar antes com a sua equipa.',
    ),
  },
  bisoprolol: {
    code: '386868003',
    name: l('Bisoprolol 2,5 mg', 'Bisoprolol 2,5 mg', 'Bisoprolol 2.5 mg', 'Bisoprolol 2,5 mg'),
    dosage: l(
      'Un comprimido por la mañana.',
      'Un comprimit al matí.',
      'One tablet in the morning.',
      'Um comprimido de manhã.',
    ),
  },
  atorvastatin: {
    code: '373444002',
    name: l('Atorvastatina 20 mg', 'Atorvastatina 20 mg', 'Atorvastatin 20 mg', 'Atorvastatina 20 mg'),
    dosage: l(
      'Un comprimido por la noche.',
      'Un comprimit a la nit.',
      'One tablet at night.',
      'Um comprimido à noite.',
    ),
  },
  salbutamol: {
    code: '372897005',
    name: l('Salbutamol inhalador', 'Salbutamol inhalador', 'Salbutamol inhaler', 'Salbutamol inalador'),
    dosage: l(
      'Dos inhalaciones si nota ahogo, como mucho cada cuatro horas.',
      'Dues inhalacions si nota ofec, com a molt cada quatre hores.',
      'Two puffs when short of breath, at most every four hours.',
      'Duas inalações se sentir falta de ar, no máximo de quatro em quatro horas.',
    ),
    asNeeded: true,
  },
  levothyroxine: {
    code: '710809001',
    name: l('Levotiroxina 75 µg', 'Levotiroxina 75 µg', 'Levothyroxine 75 µg', 'Levotiroxina 75 µg'),
    dosage: l(
      'Un comprimido en ayunas, media hora antes de desayunar.',
      'Un comprimit en dejú, mitja hora abans d’esmorzar.',
      'One tablet on an empty stomach, half an hour before breakfast.',
      'Um comprimido em jejum, meia hora antes do pequeno-almoço.',
    ),
  },
  paracetamol: {
    code: '387517004',
    name: l('Paracetamol 650 mg', 'Paracetamol 650 mg', 'Paracetamol 650 mg', 'Paracetamol 650 mg'),
    dosage: l(
      'Un comprimido si tiene dolor, como mucho cada seis horas.',
      'Un comprimit si té dolor, com a molt cada sis hores.',
      'One tablet for pain, at most every six hours.',
      'Um comprimido se tiver dor, no máximo de seis em seis horas.',
    ),
    asNeeded: true,
  },
  paracetamolSyrup: {
    code: '387517004',
    name: l(
      'Paracetamol jarabe 100 mg/ml',
      'Paracetamol xarop 100 mg/ml',
      'Paracetamol syrup 100 mg/ml',
      'Paracetamol xarope 100 mg/ml',
    ),
    dosage: l(
      '2,4 ml si tiene fiebre, como mucho cada seis horas. Puede darse con un poco de leche.',
      '2,4 ml si té febre, com a molt cada sis hores. Es pot donar amb una mica de llet.',
      '2.4 ml for fever, at most every six hours. It can be given with a little milk.',
      '2,4 ml se tiver febre, no máximo de seis em seis horas. Pode dar-se com um pouco de leite.',
    ),
    asNeeded: true,
  },
  ibuprofen: {
    code: '387207008',
    name: l('Ibuprofeno 400 mg', 'Ibuprofèn 400 mg', 'Ibuprofen 400 mg', 'Ibuprofeno 400 mg'),
    dosage: l(
      'Un comprimido al empezar el dolor, con comida; como mucho cada ocho horas.',
      'Un comprimit en començar el dolor, amb menjar; com a molt cada vuit hores.',
      'One tablet when the pain begins, with food; at most every eight hours.',
      'Um comprimido quando a dor começa, com comida; no máximo de oito em oito horas.',
    ),
    asNeeded: true,
  },
  omeprazole: {
    code: '387137007',
    name: l('Omeprazol 20 mg', 'Omeprazole 20 mg', 'Omeprazole 20 mg', 'Omeprazol 20 mg'),
    dosage: l(
      'Una cápsula antes del desayuno.',
      'Una càpsula abans de l’esmorzar.',
      'One capsule before breakfast.',
      'Uma cápsula antes do pequeno-almoço.',
    ),
  },
} as const satisfies Record<
  string,
  { code: string; name: Localised; dosage: Localised; note?: Localised; asNeeded?: boolean }
>;
export type MedicineKey = keyof typeof MEDICINES;

export const ALLERGIES = {
  penicillin: {
    code: '91936005',
    name: l('Penicilina', 'Penicil·lina', 'Penicillin', 'Penicilina'),
    reaction: l('anafilaxia', 'anafilaxi', 'anaphylaxis', 'anafilaxia'),
    severity: 'severe',
    high: true,
  },
  contrast: {
    code: '293637006',
    name: l('Contraste yodado', 'Contrast iodat', 'Iodinated contrast', 'Contraste iodado'),
    reaction: l('urticaria', 'urticària', 'hives', 'urticária'),
    severity: 'moderate',
    high: false,
  },
  nuts: {
    code: '91934008',
    name: l('Frutos secos', 'Fruits secs', 'Nuts', 'Frutos secos'),
    reaction: l('hinchazón de labios', 'inflor de llavis', 'swollen lips', 'inchaço dos lábios'),
    severity: 'moderate',
    high: true,
  },
  ibuprofen: {
    code: '293620004',
    name: l('Antiinflamatorios', 'Antiinflamatoris', 'Anti-inflammatory drugs', 'Anti-inflamatórios'),
    reaction: l('broncoespasmo', 'broncoespasme', 'bronchospasm', 'broncoespasmo'),
    severity: 'severe',
    high: true,
  },
  latex: {
    code: '1003755004',
    name: l('Látex', 'Làtex', 'Latex', 'Látex'),
    reaction: l('picor', 'picor', 'itching', 'comichão'),
    severity: 'mild',
    high: false,
  },
  pollen: {
    code: '300910009',
    name: l('Polen de gramíneas', 'Pol·len de gramínies', 'Grass pollen', 'Pólen de gramíneas'),
    reaction: l('rinitis', 'rinitis', 'hay fever', 'rinite'),
    severity: 'mild',
    high: false,
  },
} as const satisfies Record<
  string,
  { code: string; name: Localised; reaction: Localised; severity: 'mild' | 'moderate' | 'severe'; high: boolean }
>;
export type AllergyKey = keyof typeof ALLERGIES;

/** Tests that are ordered: who does them, and how to come prepared. */
export const TESTS = {
  blood: {
    code: '26604007',
    specialty: 'laboratory',
    name: l('Analítica de sangre', 'Anàlisi de sang', 'Blood test', 'Análise ao sangue'),
    preparation: l(
      'Venga en ayunas desde 8 horas antes. Puede beber agua. Tome su medicación como siempre, salvo que le hayan dicho otra cosa.',
      'Vingui en dejú des de 8 hores abans. Pot beure aigua. Prengui la medicació com sempre, tret que li hagin dit una altra cosa.',
      'Do not eat for 8 hours before. You may drink water. Take your medicines as usual unless you were told otherwise.',
      'Venha em jejum desde 8 horas antes. Pode beber água. Tome a medicação como sempre, salvo indicação em contrário.',
    ),
  },
  colonoscopy: {
    code: '73761001',
    specialty: 'endoscopy',
    name: l(
      'Colonoscopia con sedación',
      'Colonoscòpia amb sedació',
      'Colonoscopy with sedation',
      'Colonoscopia com sedação',
    ),
    preparation: l(
      'Tres días antes, sin fruta, verdura ni semillas. La tarde anterior tome la solución como dice la hoja. Nada de comer ni beber desde 4 horas antes. Venga con alguien: no podrá conducir. Si toma anticoagulantes, siga solo la pauta de su equipo.',
      'Tres dies abans, sense fruita, verdura ni llavors. La tarda anterior prengui la solució com diu el full. Res de menjar ni beure des de 4 hores abans. Vingui amb algú: no podrà conduir. Si pren anticoagulants, segueixi només la pauta del seu equip.',
      'Three days before: no fruit, vegetables or seeds. The evening before, drink the solution as the sheet says. Nothing to eat or drink for 4 hours before. Come with someone: you cannot drive. If you take blood thinners, follow only your team’s plan.',
      'Três dias antes, sem fruta, legumes nem sementes. Na tarde anterior tome a solução como diz a folha. Nada de comer nem beber desde 4 horas antes. Venha acompanhado: não poderá conduzir. Se toma anticoagulantes, siga apenas o plano da sua equipa.',
    ),
  },
  mri: {
    code: '113091000',
    specialty: 'imaging',
    name: l('Resonancia magnética', 'Ressonància magnètica', 'Magnetic resonance scan', 'Ressonância magnética'),
    preparation: l(
      'Deje en casa lo que sea de metal. Avísenos si lleva marcapasos, implantes o si pudiera estar embarazada. Puede comer con normalidad.',
      'Deixi a casa tot el que sigui de metall. Avisi’ns si porta marcapassos, implants o si podria estar embarassada. Pot menjar amb normalitat.',
      'Leave metal at home. Tell us if you have a pacemaker or implants, or might be pregnant. You may eat as usual.',
      'Deixe em casa o que for de metal. Avise-nos se tem pacemaker, implantes ou se pode estar grávida. Pode comer normalmente.',
    ),
  },
  ultrasound: {
    code: '16310003',
    specialty: 'imaging',
    name: l('Ecografía abdominal', 'Ecografia abdominal', 'Abdominal ultrasound', 'Ecografia abdominal'),
    preparation: l(
      'En ayunas desde 6 horas antes. Beba un litro de agua una hora antes y no orine.',
      'En dejú des de 6 hores abans. Begui un litre d’aigua una hora abans i no orini.',
      'Do not eat for 6 hours before. Drink a litre of water one hour before and do not pass urine.',
      'Em jejum desde 6 horas antes. Beba um litro de água uma hora antes e não urine.',
    ),
  },
  electromyography: {
    code: '42803009',
    specialty: 'neurology',
    name: l('Electromiografía', 'Electromiografia', 'Electromyography', 'Eletromiografia'),
    preparation: l(
      'No necesita ayuno. Ese día no use cremas en brazos ni piernas y traiga la lista de lo que toma.',
      'No cal dejú. Aquell dia no es posi cremes als braços ni a les cames i porti la llista del que pren.',
      'No fasting needed. Use no creams on arms or legs that day, and bring the list of what you take.',
      'Não precisa de jejum. Nesse dia não use cremes nos braços nem nas pernas e traga a lista do que toma.',
    ),
  },
  echocardiogram: {
    code: '40701008',
    specialty: 'cardiology',
    name: l('Ecocardiograma', 'Ecocardiograma', 'Echocardiogram', 'Ecocardiograma'),
    preparation: l(
      'No necesita preparación. Venga con ropa cómoda de dos piezas.',
      'No cal preparació. Vingui amb roba còmoda de dues peces.',
      'No preparation needed. Wear comfortable two-piece clothes.',
      'Não precisa de preparação. Venha com roupa confortável de duas peças.',
    ),
  },
  mammography: {
    code: '71651007',
    specialty: 'imaging',
    name: l('Mamografía', 'Mamografia', 'Mammogram', 'Mamografia'),
    preparation: l(
      'Ese día no use desodorante ni cremas. Traiga mamografías anteriores si las tiene.',
      'Aquell dia no faci servir desodorant ni cremes. Porti mamografies anteriors si en té.',
      'Use no deodorant or creams that day. Bring earlier mammograms if you have them.',
      'Nesse dia não use desodorizante nem cremes. Traga mamografias anteriores se as tiver.',
    ),
  },
} as const satisfies Record<string, { code: string; specialty: SpecialtyKey; name: Localised; preparation: Localised }>;
export type TestKey = keyof typeof TESTS;

/** What a laboratory measures: LOINC, unit, usual range, decimals. */
export const MEASURES = {
  haemoglobin: {
    code: '718-7',
    name: l('Hemoglobina', 'Hemoglobina', 'Haemoglobin', 'Hemoglobina'),
    unit: 'g/dl',
    low: 12,
    high: 17,
    decimals: 1,
  },
  glucose: {
    code: '2345-7',
    name: l('Glucosa', 'Glucosa', 'Glucose', 'Glicose'),
    unit: 'mg/dl',
    low: 70,
    high: 110,
    decimals: 0,
  },
  cholesterol: {
    code: '2093-3',
    name: l('Colesterol total', 'Colesterol total', 'Total cholesterol', 'Colesterol total'),
    unit: 'mg/dl',
    low: 120,
    high: 200,
    decimals: 0,
  },
  creatinine: {
    code: '2160-0',
    name: l('Creatinina', 'Creatinina', 'Creatinine', 'Creatinina'),
    unit: 'mg/dl',
    low: 0.6,
    high: 1.2,
    decimals: 2,
  },
  tsh: { code: '3016-3', name: l('TSH', 'TSH', 'TSH', 'TSH'), unit: 'mUI/l', low: 0.4, high: 4.5, decimals: 1 },
  inr: { code: '6301-6', name: l('INR', 'INR', 'INR', 'INR'), unit: '', low: 2, high: 3, decimals: 1 },
  hba1c: {
    code: '4548-4',
    name: l('Hemoglobina glicosilada', 'Hemoglobina glicosilada', 'Glycated haemoglobin', 'Hemoglobina glicada'),
    unit: '%',
    low: 4,
    high: 7,
    decimals: 1,
  },
} as const satisfies Record<
  string,
  { code: string; name: Localised; unit: string; low: number; high: number; decimals: number }
>;
export type MeasureKey = keyof typeof MEASURES;

export const REPORTS = {
  blood: { code: '11502-2', name: TESTS.blood.name },
  inr: {
    code: '34528-0',
    name: l(
      'Control de coagulación (INR)',
      'Control de coagulació (INR)',
      'Clotting check (INR)',
      'Controlo de coagulação (INR)',
    ),
  },
  mri: { code: '18755-9', name: TESTS.mri.name },
  ultrasound: { code: '24558-9', name: TESTS.ultrasound.name },
  biopsy: { code: '60567-5', name: l('Biopsia', 'Biòpsia', 'Biopsy', 'Biópsia') },
} as const;
export type ReportKey = keyof typeof REPORTS;

export const CONCLUSIONS = {
  fine: l(
    'Todo está dentro de lo esperado.',
    'Tot és dins del que s’esperava.',
    'Everything is as expected.',
    'Está tudo dentro do esperado.',
  ),
  watch: l(
    'Hay algún valor algo fuera de lo habitual. Su equipo lo verá con usted en la próxima visita.',
    'Hi ha algun valor una mica fora de l’habitual. El seu equip ho veurà amb vostè a la propera visita.',
    'A value is slightly out of the usual range. Your team will go through it with you at the next visit.',
    'Há algum valor um pouco fora do habitual. A sua equipa verá isso consigo na próxima consulta.',
  ),
};

export const PLANS = {
  public: {
    payor: 'Servicio Público de Salud',
    name: l('Sanidad pública', 'Sanitat pública', 'Public health service', 'Serviço público de saúde'),
  },
  mutua: {
    payor: 'Mutua Albada',
    name: l(
      'Póliza Familia, sin copago',
      'Pòlissa Família, sense copagament',
      'Family policy, no co-payment',
      'Apólice Família, sem copagamento',
    ),
  },
  mutuaBasic: {
    payor: 'Mutua Albada',
    name: l(
      'Póliza Básica, con copago',
      'Pòlissa Bàsica, amb copagament',
      'Basic policy, with co-payment',
      'Apólice Básica, com copagamento',
    ),
  },
  traveller: {
    payor: 'Norvane Travel',
    name: l('Seguro de viaje', 'Assegurança de viatge', 'Travel insurance', 'Seguro de viagem'),
  },
} as const;
export type PlanKey = keyof typeof PLANS;

export const CHARGES = {
  copayment: l('Copago de consulta', 'Copagament de consulta', 'Visit co-payment', 'Copagamento de consulta'),
  physiotherapy: l(
    'Sesiones de fisioterapia',
    'Sessions de fisioteràpia',
    'Physiotherapy sessions',
    'Sessões de fisioterapia',
  ),
  report: l(
    'Informe para el seguro',
    'Informe per a l’assegurança',
    'Report for the insurer',
    'Relatório para o seguro',
  ),
};

/** HL7 v3 RoleCode of who acts for a patient. */
export const RELATIONS = {
  MTH: l('madre', 'mare', 'mother', 'mãe'),
  FTH: l('padre', 'pare', 'father', 'pai'),
  DAUC: l('hija', 'filla', 'daughter', 'filha'),
  SONC: l('hijo', 'fill', 'son', 'filho'),
  WIFE: l('mujer', 'dona', 'wife', 'mulher'),
  HUSB: l('marido', 'marit', 'husband', 'marido'),
} as const;
export type Relation = keyof typeof RELATIONS;

export type Tongue = 'es' | 'ca' | 'en' | 'pt';
/** Names that nobody famous bears together; surnames are combined by chance. */
export const NAMES: Record<Tongue, { female: string[]; male: string[]; family: string[] }> = {
  es: {
    female: [
      'Aurora',
      'Begoña',
      'Casilda',
      'Domitila',
      'Eulalia',
      'Fuensanta',
      'Herminia',
      'Inmaculada',
      'Jimena',
      'Leocadia',
      'Maravillas',
      'Noelia',
      'Olaya',
      'Petra',
      'Rosaura',
      'Socorro',
      'Telma',
      'Visitación',
      'Yolanda',
      'Zoraida',
      'Ainhoa',
      'Candela',
      'Lucía',
      'Vera',
    ],
    male: [
      'Abelardo',
      'Baltasar',
      'Calixto',
      'Desiderio',
      'Eleuterio',
      'Fermín',
      'Gervasio',
      'Honorato',
      'Isidro',
      'Jacinto',
      'Lisardo',
      'Melquíades',
      'Nicanor',
      'Octavio',
      'Plácido',
      'Quintín',
      'Rogelio',
      'Saturnino',
      'Teófilo',
      'Urbano',
      'Hugo',
      'Bruno',
      'Iker',
      'Mateo',
    ],
    family: [
      'Alcaraz',
      'Bengoechea',
      'Carrascosa',
      'Dueñas',
      'Elizondo',
      'Fuentecilla',
      'Garrastazu',
      'Huarte',
      'Isasi',
      'Jorreto',
      'Laguardia',
      'Monleón',
      'Nogueruela',
      'Ochandiano',
      'Palomeque',
      'Quirós',
      'Rebolledo',
      'Salvatierra',
      'Torrecilla',
      'Ugalde',
      'Valdivielso',
      'Zaldívar',
      'Peñaranda',
      'Muñoyerro',
    ],
  },
  ca: {
    female: [
      'Mercè',
      'Neus',
      'Àngels',
      'Roser',
      'Montserrat',
      'Eulàlia',
      'Núria',
      'Dolça',
      'Remei',
      'Ona',
      'Laia',
      'Júlia',
      'Aina',
    ],
    male: ['Jordi', 'Oriol', 'Ferran', 'Bernat', 'Guillem', 'Martí', 'Pere', 'Roc', 'Arnau', 'Biel', 'Nil', 'Ot'],
    family: [
      'Puigcerver',
      'Castellnou',
      'Bofarull',
      'Vilaplana',
      'Casagran',
      'Muntanyola',
      'Rocabruna',
      'Serradell',
      'Torrentbò',
      'Fontcuberta',
      'Canadell',
      'Masdeu',
      'Ribalta',
      'Sentmenat',
    ],
  },
  pt: {
    female: ['Graça', 'Fátima', 'Lurdes', 'Inês', 'Joana', 'Leonor', 'Matilde', 'Benedita', 'Assunção'],
    male: ['Álvaro', 'Duarte', 'Gonçalo', 'João', 'Nuno', 'Simão', 'Tomás', 'Vasco', 'Estêvão'],
    family: [
      'Albuquerque',
      'Brandão',
      'Carvalhais',
      'Damasceno',
      'Falcão',
      'Guimarães',
      'Leitão',
      'Magalhães',
      'Noronha',
      'Queirós',
      'Sampaio',
      'Valadares',
    ],
  },
  en: {
    female: ['Winifred', 'Beatrix', 'Cordelia', 'Imogen', 'Philippa', 'Rosalind', 'Tabitha', 'Maisie', 'Orla'],
    male: ['Barnaby', 'Clement', 'Digby', 'Fergus', 'Horace', 'Lionel', 'Rupert', 'Alfie', 'Ewan'],
    family: [
      'Applethwaite',
      'Birkinshaw',
      'Crabtree-Hollis',
      'Dunwoody',
      'Fothergill',
      'Inglethorpe',
      'Larkspur',
      'Merriweather',
      'Oakeshott',
      'Pemberley',
      'Thistlewood',
    ],
  },
};
