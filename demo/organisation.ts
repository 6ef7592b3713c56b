/* What the demo hospital decided: how it is called, where it may be written to, its queues and its people. */

import type { QueueSettings } from '../server/routing/contract.ts';
import type { Role } from '../server/trust/contract.ts';

export const HOSPITAL = {
  slug: 'vega-clara',
  name: 'Hospital Vega Clara',
  country: 'ES',
  timezone: 'Europe/Madrid',
  languages: ['es', 'ca', 'en', 'pt'],
  emergencyNumber: '112',
} as const;

/** One password for every demo sign-in, printed at the start: the demo keeps nobody's real data. */
export const DEMO_PASSWORD = 'hebra-demo-2026';

const office = {
  mon: [['08:00', '20:00']],
  tue: [['08:00', '20:00']],
  wed: [['08:00', '20:00']],
  thu: [['08:00', '20:00']],
  fri: [['08:00', '20:00']],
} satisfies QueueSettings['hours'];

export const QUEUES: (Partial<QueueSettings> & Pick<QueueSettings, 'key' | 'names'>)[] = [
  {
    key: 'general',
    names: { es: 'Atención general', ca: 'Atenció general', en: 'General enquiries', pt: 'Atendimento geral' },
    targetSeconds: 180,
  },
  {
    key: 'appointments',
    names: { es: 'Citas', ca: 'Cites', en: 'Appointments', pt: 'Consultas' },
    targetSeconds: 180,
  },
  {
    key: 'nursing',
    names: { es: 'Enfermería', ca: 'Infermeria', en: 'Nursing', pt: 'Enfermagem' },
    targetSeconds: 120,
    skills: ['nurse'],
  },
  {
    key: 'billing',
    names: {
      es: 'Facturas y seguros',
      ca: 'Factures i assegurances',
      en: 'Bills and insurance',
      pt: 'Faturas e seguros',
    },
    targetSeconds: 600,
    hours: office,
  },
  {
    // anyone may take it: a red flag must never wait for a skill that nobody here has
    key: 'urgent',
    names: { es: 'Urgente', ca: 'Urgent', en: 'Urgent', pt: 'Urgente' },
    targetSeconds: 30,
  },
];

export const STAFF: {
  email: string;
  name: string;
  roles: Role[];
  skills: string[];
  language: 'es' | 'ca' | 'en' | 'pt';
}[] = [
  { email: 'irene@vegaclara.example', name: 'Irene Valdés', roles: ['agent'], skills: [], language: 'es' },
  { email: 'marcos@vegaclara.example', name: 'Marcos Iribarren', roles: ['agent'], skills: [], language: 'es' },
  { email: 'neus@vegaclara.example', name: 'Neus Ferrer i Puig', roles: ['agent'], skills: [], language: 'ca' },
  { email: 'tiago@vegaclara.example', name: 'Tiago Albuquerque', roles: ['agent'], skills: [], language: 'pt' },
  { email: 'grace@vegaclara.example', name: 'Grace Whitfield', roles: ['agent'], skills: [], language: 'en' },
  { email: 'lucia@vegaclara.example', name: 'Lucía Serrano', roles: ['nurse'], skills: ['nurse'], language: 'es' },
  { email: 'joana@vegaclara.example', name: 'Joana Bofarull', roles: ['nurse'], skills: ['nurse'], language: 'ca' },
  {
    email: 'amadou@vegaclara.example',
    name: 'Amadou Ndiaye',
    roles: ['nurse', 'agent'],
    skills: ['nurse'],
    language: 'es',
  },
  {
    email: 'rosa@vegaclara.example',
    name: 'Rosa Echevarría',
    roles: ['supervisor', 'agent'],
    skills: [],
    language: 'es',
  },
  {
    email: 'pablo@vegaclara.example',
    name: 'Pablo Quiroga',
    roles: ['planner', 'quality'],
    skills: [],
    language: 'es',
  },
  { email: 'carme@vegaclara.example', name: 'Carme Roig', roles: ['author'], skills: [], language: 'ca' },
  { email: 'nuria@vegaclara.example', name: 'Núria Casals', roles: ['clinician'], skills: [], language: 'ca' },
  {
    email: 'admin@vegaclara.example',
    name: 'Adela Montoya',
    roles: ['administrator', 'privacy'],
    skills: [],
    language: 'es',
  },
];

/** Texts approved by Meta, for writing to someone after the 24 hours. */
export const TEMPLATES: { name: string; language: string; body: string }[] = [
  { name: 'appointment_reminder', language: 'es', body: 'Hola {{1}}. Le recordamos su cita: {{2}}. ¿Podrá venir?' },
  { name: 'appointment_reminder', language: 'ca', body: 'Hola {{1}}. Li recordem la seva cita: {{2}}. Podrà venir?' },
  {
    name: 'appointment_reminder',
    language: 'en',
    body: 'Hello {{1}}. A reminder of your appointment: {{2}}. Can you come?',
  },
  { name: 'appointment_reminder', language: 'pt', body: 'Olá {{1}}. Lembramos a sua consulta: {{2}}. Poderá vir?' },
  {
    name: 'follow_up',
    language: 'es',
    body: 'Hola {{1}}. Le escribimos del Hospital Vega Clara por lo que nos consultó. ¿Podemos seguir por aquí?',
  },
  {
    name: 'follow_up',
    language: 'ca',
    body: 'Hola {{1}}. Li escrivim de l’Hospital Vega Clara pel que ens va consultar. Podem continuar per aquí?',
  },
  {
    name: 'follow_up',
    language: 'en',
    body: 'Hello {{1}}. This is Hospital Vega Clara about your question. May we go on here?',
  },
  {
    name: 'follow_up',
    language: 'pt',
    body: 'Olá {{1}}. Escrevemos do Hospital Vega Clara sobre a sua questão. Podemos continuar por aqui?',
  },
];
