import type { Language } from './protocol.ts';

/** The order of the languages in each row below. */
const ORDER: Language[] = ['es', 'ca', 'en', 'pt'];

/** Each text once in es, ca, en, pt: side by side they are compared at a glance, and none can be missing. */
const ROWS = {
  launch: ['Hable con nosotros', 'Parli amb nosaltres', 'Talk to us', 'Fale connosco'],
  title: [
    '¿Cómo quiere hablar con nosotros?',
    'Com vol parlar amb nosaltres?',
    'How would you like to talk to us?',
    'Como quer falar connosco?',
  ],
  waitAt: ['Espera real, a las {0}', 'Espera real, a les {0}', 'Actual wait at {0}', 'Espera real, às {0}'],
  closedNow: [
    'Ahora no hay personas atendiendo. El asistente sí responde.',
    'Ara no hi ha persones atenent. L’assistent sí que respon.',
    'Nobody is at the desk now. The assistant does answer.',
    'Agora não há pessoas a atender. O assistente responde.',
  ],
  chat: ['Chat ahora', 'Xat ara', 'Chat now', 'Chat agora'],
  chatOn: ['Seguir la conversación', 'Continuar la conversa', 'Go on with the conversation', 'Continuar a conversa'],
  callback: ['Le llamamos nosotros', 'Li truquem nosaltres', 'We call you', 'Nós ligamos-lhe'],
  email: ['Correo', 'Correu', 'E-mail', 'E-mail'],
  call: ['Llamar por teléfono', 'Trucar per telèfon', 'Call by phone', 'Ligar por telefone'],
  chatHint: [
    'Responde el asistente, y una persona si la pide',
    'Respon l’assistent, i una persona si la demana',
    'The assistant answers, and a person when you ask',
    'Responde o assistente, e uma pessoa se a pedir',
  ],
  callbackHint: [
    'O a la hora que usted elija',
    'O a l’hora que vostè triï',
    'Or at the time you choose',
    'Ou à hora que escolher',
  ],
  whatsappHint: ['Siga en su móvil', 'Continuï al mòbil', 'Go on with your phone', 'Continue no telemóvel'],
  emailHint: [
    'Para papeles e informes',
    'Per a papers i informes',
    'For papers and reports',
    'Para papéis e relatórios',
  ],
  callHint: ['Hable con una persona', 'Parli amb una persona', 'Talk to a person', 'Fale com uma pessoa'],
  fastest: [
    'Lo más rápido en este momento',
    'El més ràpid en aquest moment',
    'The quickest way right now',
    'O mais rápido neste momento',
  ],
  slowest: [
    'Es lo que más tarda ahora',
    'És el que més triga ara',
    'The longest wait right now',
    'É o que mais demora agora',
  ],
  today: ['hoy', 'avui', 'today', 'hoje'],
  callMe: [
    'Prefiero que me llamen por teléfono',
    'M’estimo més que em truquin per telèfon',
    'I would rather be called by phone',
    'Prefiro que me liguem por telefone',
  ],
  emergency: [
    'Si es una urgencia, no espere aquí.',
    'Si és una urgència, no s’esperi aquí.',
    'If this is an emergency, do not wait here.',
    'Se é uma urgência, não espere aqui.',
  ],
  emergencyCall: ['Llame al {0}', 'Truqui al {0}', 'Call {0}', 'Ligue {0}'],
  privacy: [
    'Solo lo lee su hospital',
    'Només ho llegeix el seu hospital',
    'Read only by your hospital',
    'Só o seu hospital o lê',
  ],
  language: ['Idioma', 'Idioma', 'Language', 'Idioma'],
  close: ['Cerrar', 'Tancar', 'Close', 'Fechar'],
  back: ['Volver', 'Tornar', 'Back', 'Voltar'],
  more: ['Más opciones', 'Més opcions', 'More options', 'Mais opções'],
  assistant: ['Asistente', 'Assistent', 'Assistant', 'Assistente'],
  you: ['Usted', 'Vostè', 'You', 'Você'],
  staff: ['Equipo del hospital', 'Equip de l’hospital', 'Hospital team', 'Equipa do hospital'],
  waiting: [
    'Le pasamos con una persona',
    'El passem amb una persona',
    'We are passing you to a person',
    'Vamos passá-lo a uma pessoa',
  ],
  next: ['Es usted el siguiente.', 'Vostè és el següent.', 'You are next.', 'É o próximo.'],
  before: [
    'Personas antes que usted: {0}.',
    'Persones abans que vostè: {0}.',
    'People before you: {0}.',
    'Pessoas antes de si: {0}.',
  ],
  waitHint: [
    'Puede cerrar esta ventana: le avisamos aquí.',
    'Pot tancar aquesta finestra: l’avisarem aquí.',
    'You may close this window: we will tell you here.',
    'Pode fechar esta janela: avisamos aqui.',
  ],
  attends: [
    'Ahora le atiende *{0}*. Ya ha leído lo anterior.',
    'Ara l’atén *{0}*. Ja ha llegit tot el d’abans.',
    '*{0}* is with you now and has read everything above.',
    'Agora é *{0}* quem atende. Já leu o que está acima.',
  ],
  closed: [
    'La conversación ha terminado. Si escribe, seguimos.',
    'La conversa s’ha acabat. Si escriu, continuem.',
    'The conversation has ended. Write, and we go on.',
    'A conversa terminou. Se escrever, continuamos.',
  ],
  welcome: [
    'Soy el asistente de {0}. Puedo ver sus citas, pruebas y resultados, y pasarle con una persona cuando quiera.',
    'Soc l’assistent de {0}. Puc veure les seves cites, proves i resultats, i passar-lo amb una persona quan vulgui.',
    'I am the assistant of {0}. I can see your appointments, tests and results, and pass you to a person whenever you like.',
    'Sou o assistente de {0}. Posso ver as suas consultas, exames e resultados, e passá-lo a uma pessoa quando quiser.',
  ],
  starters: [
    'Pedir una cita|Mis citas|Mis resultados|Hablar con una persona',
    'Demanar una cita|Les meves cites|Els meus resultats|Parlar amb una persona',
    'Book an appointment|My appointments|My results|Talk to a person',
    'Marcar uma consulta|As minhas consultas|Os meus resultados|Falar com uma pessoa',
  ],
  write: ['Escriba aquí', 'Escrigui aquí', 'Write here', 'Escreva aqui'],
  attach: ['Adjuntar', 'Adjuntar', 'Attach', 'Anexar'],
  send: ['Enviar', 'Enviar', 'Send', 'Enviar'],
  voice: [
    'Grabar un mensaje de voz',
    'Gravar un missatge de veu',
    'Record a voice message',
    'Gravar uma mensagem de voz',
  ],
  recording: ['Grabando', 'Gravant', 'Recording', 'A gravar'],
  typing: ['{0} está escribiendo', '{0} està escrivint', '{0} is typing', '{0} está a escrever'],
  thread: ['Conversación', 'Conversa', 'Conversation', 'Conversa'],
  image: ['Imagen', 'Imatge', 'Image', 'Imagem'],
  document: ['Documento', 'Document', 'Document', 'Documento'],
  audio: ['Audio', 'Àudio', 'Audio', 'Áudio'],
  download: ['Descargar {0}', 'Descarregar {0}', 'Download {0}', 'Descarregar {0}'],
  unsupported: [
    'Un mensaje que esta ventana no puede mostrar.',
    'Un missatge que aquesta finestra no pot mostrar.',
    'A message that this window cannot show.',
    'Uma mensagem que esta janela não consegue mostrar.',
  ],
  fileGone: ['No se ha podido abrir.', 'No s’ha pogut obrir.', 'It could not be opened.', 'Não foi possível abrir.'],
  sending: ['Enviando', 'S’està enviant', 'Sending', 'A enviar'],
  kept: [
    'Se enviará al volver la conexión',
    'S’enviarà quan torni la connexió',
    'Will be sent when you are back online',
    'Será enviada quando a ligação voltar',
  ],
  sent: ['Enviado', 'Enviat', 'Sent', 'Enviada'],
  delivered: ['Entregado', 'Lliurat', 'Delivered', 'Entregue'],
  read: ['Leído', 'Llegit', 'Read', 'Lida'],
  failed: ['No llegó.', 'No ha arribat.', 'It did not arrive.', 'Não chegou.'],
  retry: ['Reintentar', 'Reintentar', 'Try again', 'Tentar de novo'],
  remove: ['Quitar', 'Treure', 'Remove', 'Retirar'],
  offline: [
    'Sin conexión. Lo que escriba se guarda y se envía al volver.',
    'Sense connexió. El que escrigui es desa i s’envia quan torni.',
    'No connection. What you write is kept and sent later.',
    'Sem ligação. O que escrever fica guardado e segue depois.',
  ],
  tooBig: [
    'Pesa {0} y el máximo son {1}.',
    'Pesa {0} i el màxim són {1}.',
    'It is {0}, and the most is {1}.',
    'Tem {0} e o máximo são {1}.',
  ],
  wrongKind: [
    'Ese tipo de archivo no se puede enviar. Sirven fotos, PDF y audios.',
    'Aquest tipus de fitxer no es pot enviar. Serveixen fotos, PDF i àudios.',
    'That kind of file cannot be sent. Photos, PDFs and audio can.',
    'Esse tipo de ficheiro não pode ser enviado. Servem fotos, PDF e áudios.',
  ],
  noUpload: [
    'El archivo no se ha enviado.',
    'El fitxer no s’ha enviat.',
    'The file was not sent.',
    'O ficheiro não foi enviado.',
  ],
  noMic: [
    'No hay permiso para usar el micrófono.',
    'No hi ha permís per fer servir el micròfon.',
    'There is no permission to use the microphone.',
    'Não há permissão para usar o microfone.',
  ],
  soundOn: ['Avisar con sonido', 'Avisar amb so', 'Tell me with a sound', 'Avisar com som'],
  soundOff: ['Quitar el sonido', 'Treure el so', 'Turn the sound off', 'Tirar o som'],
  restart: ['Empezar de nuevo', 'Començar de nou', 'Start again', 'Começar de novo'],
  end: ['Terminar', 'Acabar', 'End', 'Terminar'],
  endAsk: [
    'Se borra de este equipo. El hospital la conserva en su historia.',
    'S’esborra d’aquest equip. L’hospital la conserva a la seva història.',
    'It is erased from this device. The hospital keeps it in its records.',
    'É apagada deste equipamento. O hospital guarda-a no seu processo.',
  ],
  yesterday: ['Ayer', 'Ahir', 'Yesterday', 'Ontem'],
  unread: ['{0} sin leer', '{0} sense llegir', '{0} unread', '{0} por ler'],
  latest: ['Ir al final', 'Anar al final', 'Go to the end', 'Ir para o fim'],
  choose: ['Elija una opción', 'Triï una opció', 'Choose an option', 'Escolha uma opção'],
} satisfies Record<string, [es: string, ca: string, en: string, pt: string]>;

export type Texts = Record<keyof typeof ROWS, string>;

/** The texts of one language. */
export function textsIn(language: Language): Texts {
  const at = ORDER.indexOf(language);
  return Object.fromEntries(Object.entries(ROWS).map(([key, row]) => [key, row[at]])) as Texts;
}

/** Puts values in the places `{0}`, `{1}` of a text. */
export function fill(text: string, ...values: (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ''));
}
