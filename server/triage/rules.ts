import type { Category } from './contract.ts';
import type { Concept } from './lexicon.ts';

export type Rule = {
  id: string;
  category: Category;
  level: 'hard' | 'soft';
  /** Every group must be present; within a group any one concept will do. */
  all: readonly (readonly Concept[])[];
  /** Concepts of different groups stand at most this many words apart; default 14. */
  within?: number;
};

/**
 * Combinations of concepts that raise a flag. DRAFT: written by the project, to be signed by a clinician.
 * A rule says nothing about what a patient has, only that a person must look now.
 */
export const RULES: readonly Rule[] = [
  { id: 'cardiac.infarct', category: 'cardiac', level: 'hard', all: [['infarct']] },
  { id: 'cardiac.chest-pain', category: 'cardiac', level: 'hard', all: [['chest'], ['pain', 'pressure']], within: 6 },
  {
    id: 'cardiac.pain-arm-sweat',
    category: 'cardiac',
    level: 'hard',
    all: [
      ['arm', 'radiates'],
      ['pain', 'pressure'],
      ['sweat', 'chest'],
    ],
  },
  { id: 'cardiac.palpitations', category: 'cardiac', level: 'soft', all: [['palpitations']] },
  {
    id: 'cardiac.palpitations-bad',
    category: 'cardiac',
    level: 'hard',
    all: [['palpitations'], ['sweat', 'unconscious', 'cant_breathe', 'chest']],
  },
  { id: 'cardiac.rate', category: 'cardiac', level: 'hard', all: [['pulse'], ['heart_rate_high']], within: 5 },
  {
    id: 'cardiac.pressure',
    category: 'cardiac',
    level: 'soft',
    all: [['pressure_word'], ['pressure_high']],
    within: 4,
  },

  { id: 'respiratory.cant-breathe', category: 'respiratory', level: 'hard', all: [['cant_breathe']] },
  {
    id: 'respiratory.blue',
    category: 'respiratory',
    level: 'hard',
    all: [['blue'], ['lips_words', 'face']],
    within: 5,
  },
  { id: 'respiratory.speech', category: 'respiratory', level: 'hard', all: [['speak_short']] },
  {
    id: 'respiratory.saturation',
    category: 'respiratory',
    level: 'hard',
    all: [['saturation'], ['saturation_low']],
    within: 4,
  },
  { id: 'poisoning.gas', category: 'poisoning', level: 'hard', all: [['gas']] },

  { id: 'stroke.word', category: 'stroke', level: 'hard', all: [['stroke_word']] },
  { id: 'stroke.face', category: 'stroke', level: 'hard', all: [['face'], ['crooked']], within: 6 },
  { id: 'stroke.speech', category: 'stroke', level: 'hard', all: [['speech_lost']] },
  {
    id: 'stroke.limb',
    category: 'stroke',
    level: 'hard',
    all: [['limb_lost'], ['arm', 'side', 'face', 'strong', 'speech_lost']],
    within: 8,
  },
  { id: 'stroke.side', category: 'stroke', level: 'hard', all: [['side'], ['limb_lost', 'crooked']], within: 8 },
  { id: 'stroke.limb-alone', category: 'stroke', level: 'soft', all: [['limb_lost']] },
  { id: 'stroke.vision', category: 'stroke', level: 'hard', all: [['vision_lost']] },
  { id: 'stroke.thunder', category: 'stroke', level: 'hard', all: [['thunder']] },
  { id: 'stroke.head', category: 'stroke', level: 'soft', all: [['head'], ['pain'], ['strong', 'vomit']], within: 8 },
  {
    id: 'stroke.head-confusion',
    category: 'stroke',
    level: 'hard',
    all: [['head'], ['pain'], ['confusion', 'stiff_neck']],
  },
  { id: 'stroke.confusion', category: 'stroke', level: 'soft', all: [['confusion']] },

  { id: 'unconscious.word', category: 'unconscious', level: 'hard', all: [['unconscious']] },
  { id: 'unconscious.dying', category: 'unconscious', level: 'hard', all: [['dying']] },
  { id: 'seizure.word', category: 'seizure', level: 'hard', all: [['seizure']] },

  { id: 'bleeding.much', category: 'bleeding', level: 'hard', all: [['blood'], ['much']], within: 6 },
  { id: 'bleeding.vomit', category: 'bleeding', level: 'hard', all: [['blood', 'black'], ['vomit']], within: 6 },
  { id: 'bleeding.stool', category: 'bleeding', level: 'hard', all: [['black', 'blood'], ['stool']], within: 6 },
  { id: 'bleeding.cough', category: 'bleeding', level: 'hard', all: [['blood'], ['cough']], within: 6 },
  {
    id: 'bleeding.cut',
    category: 'bleeding',
    level: 'hard',
    all: [['deep_cut'], ['blood', 'arm', 'much']],
    within: 10,
  },
  { id: 'bleeding.weapon', category: 'bleeding', level: 'soft', all: [['deep_cut']] },
  {
    id: 'bleeding.any',
    category: 'bleeding',
    level: 'soft',
    all: [['blood'], ['head', 'eye', 'belly', 'baby', 'pain', 'strong', 'fall']],
    within: 10,
  },

  { id: 'anaphylaxis.word', category: 'anaphylaxis', level: 'hard', all: [['anaphylaxis']] },
  {
    id: 'anaphylaxis.swelling',
    category: 'anaphylaxis',
    level: 'hard',
    all: [['swelling'], ['throat', 'face']],
    within: 6,
  },
  {
    id: 'anaphylaxis.allergy',
    category: 'anaphylaxis',
    level: 'hard',
    all: [
      ['allergy'],
      ['cant_breathe', 'throat', 'face', 'unconscious', 'vomit'],
      ['swelling', 'cant_breathe', 'unconscious'],
    ],
  },
  { id: 'choking.word', category: 'choking', level: 'hard', all: [['choking']] },

  { id: 'poisoning.product', category: 'poisoning', level: 'hard', all: [['poison'], ['took', 'choking']], within: 8 },
  { id: 'poisoning.pills', category: 'poisoning', level: 'hard', all: [['pills'], ['too_many'], ['took']], within: 10 },
  {
    id: 'poisoning.child-pills',
    category: 'poisoning',
    level: 'hard',
    all: [['pills'], ['took'], ['child'], ['too_many']],
  },
  { id: 'poisoning.too-many', category: 'poisoning', level: 'soft', all: [['pills'], ['too_many']], within: 6 },
  { id: 'poisoning.word', category: 'poisoning', level: 'hard', all: [['poisoned']] },

  { id: 'suicide.word', category: 'suicide', level: 'hard', all: [['suicide']] },

  { id: 'obstetric.bleeding', category: 'obstetric', level: 'hard', all: [['pregnant'], ['blood']] },
  { id: 'obstetric.waters', category: 'obstetric', level: 'hard', all: [['waters']] },
  { id: 'obstetric.movement', category: 'obstetric', level: 'hard', all: [['no_movement']] },
  {
    id: 'obstetric.labour',
    category: 'obstetric',
    level: 'hard',
    all: [['pregnant'], ['labour'], ['pain', 'strong', 'much', 'blood']],
  },
  {
    id: 'obstetric.contractions',
    category: 'obstetric',
    level: 'soft',
    all: [['labour'], ['pregnant', 'strong', 'pain', 'much']],
  },
  {
    id: 'obstetric.preeclampsia',
    category: 'obstetric',
    level: 'hard',
    all: [['pregnant'], ['preeclampsia', 'seizure']],
  },
  {
    id: 'obstetric.pain',
    category: 'obstetric',
    level: 'hard',
    all: [['pregnant'], ['belly', 'head'], ['pain'], ['strong', 'preeclampsia']],
  },
  { id: 'obstetric.pain-soft', category: 'obstetric', level: 'soft', all: [['pregnant'], ['pain', 'fall', 'fever']] },

  { id: 'child.newborn-fever', category: 'child', level: 'hard', all: [['baby'], ['fever']], within: 10 },
  { id: 'child.limp', category: 'child', level: 'hard', all: [['baby'], ['limp_child', 'drowsy', 'blue']], within: 10 },
  {
    id: 'child.high-fever',
    category: 'child',
    level: 'hard',
    all: [['child'], ['fever'], ['high_fever', 'rash_spots', 'stiff_neck', 'drowsy', 'confusion', 'limp_child']],
  },
  { id: 'child.drowsy', category: 'child', level: 'hard', all: [['child'], ['drowsy'], ['fall', 'vomit', 'fever']] },
  { id: 'child.fever', category: 'child', level: 'soft', all: [['child'], ['high_fever']], within: 8 },
  {
    id: 'sepsis.meningitis',
    category: 'sepsis',
    level: 'hard',
    all: [
      ['fever', 'head'],
      ['stiff_neck', 'rash_spots'],
    ],
  },
  { id: 'sepsis.word', category: 'sepsis', level: 'hard', all: [['sepsis']] },
  {
    id: 'sepsis.fever-confusion',
    category: 'sepsis',
    level: 'hard',
    all: [['fever'], ['confusion', 'chills'], ['drowsy', 'confusion', 'high_fever', 'sweat']],
  },

  { id: 'diabetic.level', category: 'diabetic', level: 'hard', all: [['sugar'], ['very_low_high']], within: 5 },
  {
    id: 'diabetic.confused',
    category: 'diabetic',
    level: 'hard',
    all: [
      ['diabetic', 'sugar'],
      ['confusion', 'unconscious', 'drowsy', 'sweat'],
    ],
  },

  { id: 'trauma.sign', category: 'trauma', level: 'hard', all: [['trauma_sign']] },
  { id: 'trauma.big', category: 'trauma', level: 'hard', all: [['big_accident']] },
  {
    id: 'trauma.head',
    category: 'trauma',
    level: 'hard',
    all: [['fall'], ['head'], ['vomit', 'drowsy', 'unconscious', 'confusion', 'blood']],
  },
  { id: 'trauma.head-soft', category: 'trauma', level: 'soft', all: [['fall'], ['head']], within: 8 },
  { id: 'burn.bad', category: 'burn', level: 'hard', all: [['burn'], ['burn_bad']], within: 10 },
  {
    id: 'abdominal.rigid',
    category: 'abdominal',
    level: 'hard',
    all: [['abdomen_rigid'], ['pain', 'strong', 'fever', 'vomit']],
  },
  { id: 'abdominal.strong', category: 'abdominal', level: 'hard', all: [['belly'], ['pain'], ['strong']], within: 8 },
  { id: 'eye.chemical', category: 'eye', level: 'hard', all: [['eye'], ['chem_eye']], within: 8 },
  { id: 'eye.pain', category: 'eye', level: 'soft', all: [['eye'], ['pain'], ['strong', 'vision_lost']] },
  { id: 'violence.word', category: 'violence', level: 'hard', all: [['violence']] },
];
