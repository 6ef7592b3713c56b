import type { Language } from '../../conversation/contract.ts';
import { addressed, type Address } from '../../trust/address.ts';
import type { WayKind } from './contract.ts';
import type { Words } from './rules.ts';

/** The order of the languages in each row: side by side they are compared at a glance, and none can be missing. */
const ORDER: Language[] = ['es', 'ca', 'en', 'pt'];
type Four = [es: string, ca: string, en: string, pt: string];

const ROWS: Record<WayKind | 'emergency', { label: Four; hint: Four }> = {
  chat: {
    label: ['Chat ahora', 'Xat ara', 'Chat now', 'Chat agora'],
    hint: [
      'Responde el asistente, y una persona si hace falta',
      'Respon l’assistent, i una persona si cal',
      'The assistant answers, and a person when you ask',
      'Responde o assistente, e uma pessoa se for preciso',
    ],
  },
  callback: {
    label: ['[Le|Te|Te] llamamos nosotros', '[Li|Et] truquem nosaltres', 'We call you', 'Ligamos-[lhe|te] nós'],
    hint: [
      'En cuanto llegue [su|tu] turno, sin esperar al teléfono',
      'Quan arribi el [seu|teu] torn, sense esperar al telèfon',
      'When it is your turn, without waiting on the phone',
      'Quando chegar a [sua|tua] vez, sem esperar ao telefone',
    ],
  },
  callback_at: {
    label: [
      '[Le|Te|Te] llamamos a otra hora',
      '[Li|Et] truquem a una altra hora',
      'We call you at another time',
      'Ligamos-[lhe|te] a outra hora',
    ],
    hint: [
      '[Elija|Elige|Elegí] el día y la hora',
      '[Triï|Tria] el dia i l’hora',
      'Choose the day and the time',
      '[Escolha|Escolhe] o dia e a hora',
    ],
  },
  whatsapp: {
    label: ['WhatsApp', 'WhatsApp', 'WhatsApp', 'WhatsApp'],
    hint: [
      '[Siga|Sigue|Seguí] en [su|tu] móvil',
      '[Continuï|Continua] al [seu|teu] mòbil',
      'Go on with your phone',
      '[Continue|Continua] no [seu|teu] telemóvel',
    ],
  },
  video: {
    label: ['Videollamada', 'Videotrucada', 'Video call', 'Videochamada'],
    hint: [
      'Con una persona, cara a cara',
      'Amb una persona, cara a cara',
      'With a person, face to face',
      'Com uma pessoa, cara a cara',
    ],
  },
  email: {
    label: ['Correo', 'Correu', 'E-mail', 'E-mail'],
    hint: ['Para papeles e informes', 'Per a papers i informes', 'For papers and reports', 'Para papéis e relatórios'],
  },
  call: {
    label: ['Llamar por teléfono', 'Trucar per telèfon', 'Call by phone', 'Ligar por telefone'],
    hint: ['Hablar con una persona', 'Parlar amb una persona', 'Talk to a person', 'Falar com uma pessoa'],
  },
  emergency: {
    label: ['[Llame|Llama|Llamá] al {0}', '[Truqui|Truca] al {0}', 'Call {0}', '[Ligue|Liga] {0}'],
    hint: [
      'Si hay peligro, lo primero',
      'Si hi ha perill, el primer de tot',
      'If anyone is in danger, before anything else',
      'Se houver perigo, antes de mais nada',
    ],
  },
};

const FASTEST: Four = [
  'Lo más rápido en este momento',
  'El més ràpid en aquest moment',
  'The quickest way right now',
  'O mais rápido neste momento',
];
const SLOWEST: Four = [
  'Es lo que más tarda ahora',
  'És el que més triga ara',
  'The longest wait right now',
  'É o que mais demora agora',
];

/** What each way is called and says of itself, where the organisation says nothing. */
export function wordsIn(language: Language, address: Address, emergencyNumber: string): Words {
  const at = ORDER.indexOf(language);
  const say = (four: Four): string => addressed(four[at]!, address).replace('{0}', emergencyNumber);
  return {
    ...(Object.fromEntries(
      Object.entries(ROWS).map(([kind, { label, hint }]) => [
        kind,
        { label: say(label), hint: say(hint), says: asksFor(kind as WayKind, language) },
      ]),
    ) as Pick<Words, keyof typeof ROWS>),
    fastest: say(FASTEST),
    slowest: say(SLOWEST),
  };
}

const ALSO: Four = ['También [puede|puedes|podés]:', 'També [pot|pots]:', 'You can also:', 'Também [pode|podes]:'];

/** What stands before the other ways, in a chat with a long wait. */
export const alsoText = (language: Language, address: Address): string =>
  addressed(ALSO[ORDER.indexOf(language)]!, address);

const ASK_CALL: Four = [
  'Prefiero que me llamen por teléfono',
  'M’estimo més que em truquin per telèfon',
  'I would rather be called by phone',
  'Prefiro que me liguem por telefone',
];
const ASK_CALL_AT: Four = [
  'Quiero que me llamen por teléfono a otra hora',
  'Vull que em truquin per telèfon a una altra hora',
  'I would like to be called by phone at another time',
  'Quero que me liguem por telefone a outra hora',
];

/** What somebody says in the chat by choosing to be called: the assistant arranges it from there. */
function asksFor(way: WayKind, language: Language): string | null {
  const four = way === 'callback' ? ASK_CALL : way === 'callback_at' ? ASK_CALL_AT : null;
  return four && four[ORDER.indexOf(language)]!;
}
