import type { ChannelKind, Departing, Language } from '../conversation/contract.ts';

/** An account of an organisation on a channel: a WhatsApp number, the window on its site. */
export type Account = {
  id: string;
  organisationId: string;
  channel: ChannelKind;
  name: string;
  /** The vendor's id of it: phone_number_id on WhatsApp, the organisation's slug on the web. */
  externalId: string;
  settings: AccountSettings;
  secrets: AccountSecrets;
};

export type AccountSettings = {
  /** Where the vendor answers, without a slash at the end; Meta's own by default. */
  graphUrl?: string;
  /** Version of the vendor's API, like `v25.0`. */
  version?: string;
  /** What this number may send in a second; without it `deliver` finds out which of the vendor's levels it has. */
  messagesPerSecond?: number;
  /** As people dial it, E.164 with plus. */
  displayNumber?: string;
  /** WhatsApp Business Account, which owns the templates. */
  businessAccountId?: string;
};

export type AccountSecrets = { accessToken?: string; appSecret?: string; verifyToken?: string };

/** How far a retry holds others back: this message's contact point, or the whole number. */
type Scope = 'person' | 'number';

/** What became of one attempt to send. */
export type Sent =
  | { outcome: 'sent'; externalId: string }
  /** Worth another try. `afterMs` is what the vendor asks for, else the back-off decides. */
  | { outcome: 'retry'; scope: Scope; reason: FailureReason; code: string; afterMs?: number }
  | { outcome: 'failed'; reason: FailureReason; code: string };

/** Kept between the attempts of one message, so that parts that went out are not sent again. */
export type Progress = { partsSent: number };

/** What `deliver` needs to know of a channel to send on it. */
export type Channel = {
  /** Sends one message whole, in as many parts as the channel needs; never throws for what a vendor answers. */
  send(departing: Departing, account: Account, progress: Progress): Promise<Sent>;
  /** Free words only so long after the person's last ones, in ms; absent where there is no such rule. */
  windowMs?: number;
  /** Messages to one person: so many at once, then one each `everyMs`. */
  personPace?: { burst: number; everyMs: number };
  /** Messages a second that the vendor grants a number, lowest first: which one it has, it says only when asked too much. */
  numberLevels?: readonly number[];
};

/** Why a message could not be delivered: a key that is stored, and the sentence an agent reads. */
export const FAILURE_REASONS = {
  window_closed: {
    es: 'Pasaron más de 24 horas desde su último mensaje: solo se puede escribir con una plantilla aprobada.',
    ca: 'Han passat més de 24 hores des del seu últim missatge: només es pot escriure amb una plantilla aprovada.',
    en: 'More than 24 hours have passed since their last message: only an approved template can be sent.',
    pt: 'Passaram mais de 24 horas desde a última mensagem: só é possível escrever com um modelo aprovado.',
  },
  undeliverable: {
    es: 'WhatsApp no pudo entregarlo: el número no usa WhatsApp, bloqueó al hospital o tiene una versión antigua.',
    ca: "WhatsApp no l'ha pogut lliurar: el número no fa servir WhatsApp, ha bloquejat l'hospital o té una versió antiga.",
    en: 'WhatsApp could not deliver it: the number is not on WhatsApp, blocked the hospital, or uses an old version.',
    pt: 'O WhatsApp não conseguiu entregar: o número não usa o WhatsApp, bloqueou o hospital ou tem uma versão antiga.',
  },
  not_allowed: {
    es: 'La cuenta del canal no tiene permiso para enviar: la clave caducó o fue retirada. Avisa a administración.',
    ca: "El compte del canal no té permís per enviar: la clau ha caducat o s'ha retirat. Avisa l'administració.",
    en: 'The channel account may not send: its key expired or was withdrawn. Tell the administrator.',
    pt: 'A conta do canal não tem permissão para enviar: a chave expirou ou foi retirada. Avisa a administração.',
  },
  account_restricted: {
    es: 'Meta restringió esta cuenta o este número. Avisa a administración.',
    ca: "Meta ha restringit aquest compte o aquest número. Avisa l'administració.",
    en: 'Meta restricted this account or number. Tell the administrator.',
    pt: 'A Meta restringiu esta conta ou este número. Avisa a administração.',
  },
  payment: {
    es: 'Meta no envía por un problema de pago de la cuenta. Avisa a administración.',
    ca: "Meta no envia per un problema de pagament del compte. Avisa l'administració.",
    en: 'Meta does not send because of a payment problem of the account. Tell the administrator.',
    pt: 'A Meta não envia por um problema de pagamento da conta. Avisa a administração.',
  },
  template: {
    es: 'La plantilla no existe en ese idioma, está en pausa o sus datos no encajan.',
    ca: 'La plantilla no existeix en aquest idioma, està en pausa o les seves dades no encaixen.',
    en: 'The template does not exist in that language, is paused, or its values do not fit.',
    pt: 'O modelo não existe nesse idioma, está em pausa ou os dados não encaixam.',
  },
  media: {
    es: 'El canal no aceptó el archivo: formato o tamaño no admitidos.',
    ca: 'El canal no ha acceptat el fitxer: format o mida no admesos.',
    en: 'The channel did not accept the file: its kind or size is not supported.',
    pt: 'O canal não aceitou o arquivo: formato ou tamanho não permitidos.',
  },
  rejected: {
    es: 'El canal rechazó el mensaje por su forma.',
    ca: 'El canal ha rebutjat el missatge per la seva forma.',
    en: 'The channel rejected the message because of its form.',
    pt: 'O canal rejeitou a mensagem pela sua forma.',
  },
  withheld: {
    es: 'Meta decidió no entregarlo para proteger a la persona de demasiados mensajes.',
    ca: 'Meta ha decidit no lliurar-lo per protegir la persona de massa missatges.',
    en: 'Meta chose not to deliver it, to protect the person from too many messages.',
    pt: 'A Meta decidiu não entregar para proteger a pessoa de mensagens em excesso.',
  },
  rate: {
    es: 'El canal pidió ir más despacio; se reintenta.',
    ca: 'El canal ha demanat anar més a poc a poc; es torna a provar.',
    en: 'The channel asked to slow down; it is tried again.',
    pt: 'O canal pediu para ir mais devagar; tenta-se de novo.',
  },
  unreachable: {
    es: 'No se pudo llegar al canal durante horas.',
    ca: "No s'ha pogut arribar al canal durant hores.",
    en: 'The channel could not be reached for hours.',
    pt: 'Não foi possível chegar ao canal durante horas.',
  },
  disconnected: {
    es: 'La cuenta del canal ya no está conectada.',
    ca: 'El compte del canal ja no està connectat.',
    en: 'The channel account is no longer connected.',
    pt: 'A conta do canal já não está conectada.',
  },
  unreadable: {
    es: 'El contenido fue borrado o no se puede abrir.',
    ca: "El contingut s'ha esborrat o no es pot obrir.",
    en: 'The content was erased or cannot be opened.',
    pt: 'O conteúdo foi apagado ou não pode ser aberto.',
  },
} as const satisfies Record<string, Record<Language, string>>;
export type FailureReason = keyof typeof FAILURE_REASONS;

/** Whether a stored reason is one that we have a sentence for. */
export function isFailureReason(reason: string): reason is FailureReason {
  return Object.hasOwn(FAILURE_REASONS, reason);
}

/** Why a file that a patient sent was not taken: a key that is stored, and what the patient is told. */
export const FILE_REFUSALS = {
  too_large: {
    es: 'Su archivo es demasiado grande y no lo pudimos guardar. ¿Puede enviarlo más pequeño o en partes?',
    ca: "El seu fitxer és massa gran i no l'hem pogut desar. El pot enviar més petit o per parts?",
    en: 'Your file is too large and we could not keep it. Can you send a smaller one, or send it in parts?',
    pt: 'O seu arquivo é grande demais e não conseguimos guardá-lo. Pode enviar um menor ou em partes?',
  },
  kind: {
    es: 'Ese tipo de archivo no lo podemos abrir. Sí podemos ver fotos, audios, vídeos y documentos PDF, Word, Excel o texto.',
    ca: 'Aquest tipus de fitxer no el podem obrir. Sí que podem veure fotos, àudios, vídeos i documents PDF, Word, Excel o text.',
    en: 'We cannot open that kind of file. We can see photos, audio, video, and PDF, Word, Excel or text documents.',
    pt: 'Não conseguimos abrir esse tipo de arquivo. Podemos ver fotos, áudios, vídeos e documentos PDF, Word, Excel ou texto.',
  },
  damaged: {
    es: 'Su archivo llegó dañado. ¿Puede enviarlo otra vez?',
    ca: 'El seu fitxer ha arribat malmès. El pot tornar a enviar?',
    en: 'Your file arrived damaged. Can you send it again?',
    pt: 'O seu arquivo chegou danificado. Pode enviar outra vez?',
  },
  gone: {
    es: 'No pudimos recibir su archivo. ¿Puede enviarlo otra vez?',
    ca: 'No hem pogut rebre el seu fitxer. El pot tornar a enviar?',
    en: 'We could not receive your file. Can you send it again?',
    pt: 'Não conseguimos receber o seu arquivo. Pode enviar outra vez?',
  },
} as const satisfies Record<string, Record<Language, string>>;
export type FileRefusal = keyof typeof FILE_REFUSALS;
