/** What patients write for, as every organisation has it. */
export const BASE_INTENTS = [
  'appointment_book',
  'appointment_change',
  'appointment_confirm',
  'appointment_cancel',
  'lab_order',
  'lab_results',
  'medication_info',
  'opening_hours',
  'bill_pay',
  'insurance_authorization',
  'policy_activation',
  'human_agent',
  'complaint',
  'symptom_report',
  'out_of_scope',
] as const;
export type BaseIntent = (typeof BASE_INTENTS)[number];

/** The finer wishes that our own flows tell apart, and the one of the fifteen that each is. */
export const FINER = {
  appointment_next: 'appointment_confirm',
  waiting_list: 'appointment_book',
  running_late: 'appointment_change',
  for_other: 'appointment_book',
  where_to_go: 'opening_hours',
  facilities: 'opening_hours',
  upset: 'complaint',
  language: 'out_of_scope',
  greeting: 'out_of_scope',
  thanks: 'out_of_scope',
  goodbye: 'out_of_scope',
  identify: 'out_of_scope',
  menu: 'out_of_scope',
  not_me: 'out_of_scope',
  employee: 'out_of_scope',
  call_back: 'human_agent',
} as const satisfies Record<string, BaseIntent>;
export type FinerIntent = keyof typeof FINER;

export const INTENTS = [...BASE_INTENTS, ...(Object.keys(FINER) as FinerIntent[])] as const;
export type Intent = BaseIntent | FinerIntent;

/** The one of the fifteen that a label of the classifier is; what only answers a question ("el martes") is none. */
export function baseOf(label: string): BaseIntent {
  if ((BASE_INTENTS as readonly string[]).includes(label)) return label as BaseIntent;
  return FINER[label as FinerIntent] ?? 'out_of_scope';
}
