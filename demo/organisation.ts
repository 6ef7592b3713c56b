/* What the demo hospital decided: how it is called, where it may be written to, its queues and its people. */

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

type Texts = { es: string; ca: string; en: string; pt: string };

export const QUEUES: { key: string; names: Texts; targetSeconds: number; skills: string[]; hours: 'always' | 'office' }[] = [
  {
    key: 'general',
    names: { es: 'Citas y atención', ca: 'Cites i atenció', en: 'Appointments and enquiries', pt: 'Consultas e atendimento' },
    targetSeconds: 180,
    skills: [],
    hours: 'always',
  },
  {
    key: 'nursing',
    names: { es: 'Enfermería', ca: 'Infermeria', en: 'Nursing', pt: 'Enfermagem' },
    targetSeconds: 120,
    skills: ['nursing'],
    hours: 'always',
  },
  {
    key: 'billing',
    names: { es: 'Facturas y seguros', ca: 'Factures i assegurances', en: 'Bills and insurance', pt: 'Faturas e seguros' },
    targetSeconds: 600,
    skills: [],
    hours: 'office',
  },
  {
    key: 'urgent',
    names: { es: 'Urgente', ca: 'Urgent', en: 'Urgent', pt: 'Urgente' },
    targetSeconds: 30,
    skills: ['nursing'],
    hours: 'always',
  },
];

export const STAFF: { email: string; name: string; roles: ('agent' | 'nurse' | 'supervisor' | 'planner' | 'quality' | 'author' | 'administrator' | 'privacy')[]; skills: string[]; language: 'es' | 'ca' | 'en' | 'pt' }[] = [
  { email: 'irene@vegaclara.example', name: 'Irene Valdés', roles: ['agent'], skills: [], language: 'es' },
  { email: 'marcos@vegaclara.example', name: 'Marcos Iribarren', roles: ['agent'], skills: [], language: 'es' },
  { email: 'neus@vegaclara.example', name: 'Neus Ferrer i Puig', roles: ['agent'], skills: [], language: 'ca' },
  { email: 'tiago@vegaclara.example', name: 'Tiago Albuquerque', roles: ['agent'], skills: [], language: 'pt' },
  { email: 'grace@vegaclara.example', name: 'Grace Whitfield', roles: ['agent'], skills: [], language: 'en' },
  { email: 'lucia@vegaclara.example', name: 'Lucía Serrano', roles: ['nurse'], skills: ['nursing'], language: 'es' },
  { email: 'joana@vegaclara.example', name: 'Joana Bofarull', roles: ['nurse'], skills: ['nursing'], language: 'ca' },
  { email: 'amadou@vegaclara.example', name: 'Amadou Ndiaye', roles: ['nurse', 'agent'], skills: ['nursing'], language: 'es' },
  { email: 'rosa@vegaclara.example', name: 'Rosa Echevarría', roles: ['supervisor', 'agent'], skills: [], language: 'es' },
  { email: 'pablo@vegaclara.example', name: 'Pablo Quiroga', roles: ['planner', 'quality'], skills: [], language: 'es' },
  { email: 'carme@vegaclara.example', name: 'Carme Roig', roles: ['author'], skills: [], language: 'ca' },
  { email: 'admin@vegaclara.example', name: 'Adela Montoya', roles: ['administrator', 'privacy'], skills: [], language: 'es' },
];
