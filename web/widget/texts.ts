import type { Language } from './protocol.ts';

/** The order of the languages in each row below. */
const ORDER: Language[] = ['es', 'ca', 'en', 'pt'];

/** Each text once in es, ca, en, pt: side by side they are compared at a glance, and none can be missing. */
const ROWS = {
  launch: ['Hablar con nosotros', 'Parlar amb nosaltres', 'Talk to us', 'Falar connosco'],
  title: ['¿Cómo hablamos?', 'Com parlem?', 'How would you like to talk to us?', 'Como falamos?'],
  waitAt: ['Espera real, a las {0}', 'Espera real, a les {0}', 'Actual wait at {0}', 'Espera real, às {0}'],
  closedNow: [
    'Ahora no hay personas atendiendo. El asistente sí responde.',
    'Ara no hi ha persones atenent. L’assistent sí que respon.',
    'Nobody is at the desk now. The assistant does answer.',
    'Agora não há pessoas a atender. O assistente responde.',
  ],
  chatOn: ['Seguir la conversación', 'Continuar la conversa', 'Go on with the conversation', 'Continuar a conversa'],
  call: ['Llamar por teléfono', 'Trucar per telèfon', 'Call by phone', 'Ligar por telefone'],
  today: ['hoy', 'avui', 'today', 'hoje'],
  range: ['de {0} a {1}', 'de {0} a {1}', '{0} to {1}', 'de {0} a {1}'],
  opens: ['Abre', 'Obre', 'Opens', 'Abre'],
  stay: ['También se puede:', 'També es pot:', 'You can also:', 'Também se pode:'],
  emergency: [
    'Si es una urgencia, no espere aquí.',
    'Si és una urgència, no s’esperi aquí.',
    'If this is an emergency, do not wait here.',
    'Se é uma urgência, não espere aqui.',
  ],
  emergencyCall: ['Llame al {0}', 'Truqui al {0}', 'Call {0}', 'Ligue {0}'],
  privacy: [
    'Solo lo lee el hospital',
    'Només ho llegeix l’hospital',
    'Read only by your hospital',
    'Só o hospital o lê',
  ],
  language: ['Idioma', 'Idioma', 'Language', 'Idioma'],
  close: ['Cerrar', 'Tancar', 'Close', 'Fechar'],
  back: ['Volver', 'Tornar', 'Back', 'Voltar'],
  more: ['Más opciones', 'Més opcions', 'More options', 'Mais opções'],
  assistant: ['Asistente', 'Assistent', 'Assistant', 'Assistente'],
  you: ['Yo', 'Jo', 'You', 'Eu'],
  staff: ['Equipo del hospital', 'Equip de l’hospital', 'Hospital team', 'Equipa do hospital'],
  waiting: ['Buscamos a una persona', 'Busquem una persona', 'We are passing you to a person', 'Procuramos uma pessoa'],
  before: ['Personas delante: {0}.', 'Persones al davant: {0}.', 'People before you: {0}.', 'Pessoas à frente: {0}.'],
  waitHint: [
    'Esta ventana se puede cerrar: avisamos aquí.',
    'Aquesta finestra es pot tancar: avisem aquí.',
    'You may close this window: we will tell you here.',
    'Esta janela pode fechar-se: avisamos aqui.',
  ],
  attends: [
    'Ahora atiende *{0}*. Ya ha leído lo anterior.',
    'Ara atén *{0}*. Ja ha llegit tot el d’abans.',
    '*{0}* is with you now and has read everything above.',
    'Agora é *{0}* quem atende. Já leu o que está acima.',
  ],
  closed: [
    'La conversación ha terminado. Con otro mensaje, seguimos.',
    'La conversa s’ha acabat. Amb un altre missatge, continuem.',
    'The conversation has ended. Write, and we go on.',
    'A conversa terminou. Com outra mensagem, continuamos.',
  ],
  welcome: [
    'Soy el asistente de {0}. Puedo ver citas, pruebas y resultados, y llamar a una persona en cualquier momento.',
    'Soc l’assistent de {0}. Puc veure visites, proves i resultats, i avisar una persona en qualsevol moment.',
    'I am the assistant of {0}. I can see your appointments, tests and results, and pass you to a person whenever you like.',
    'Sou o assistente de {0}. Posso ver consultas, exames e resultados, e chamar uma pessoa a qualquer momento.',
  ],
  starters: [
    'Pedir una cita|Mis citas|Mis resultados|Hablar con una persona',
    'Demanar una cita|Les meves cites|Els meus resultats|Parlar amb una persona',
    'Book an appointment|My appointments|My results|Talk to a person',
    'Marcar uma consulta|As minhas consultas|Os meus resultados|Falar com uma pessoa',
  ],
  write: ['Escribir aquí', 'Escriure aquí', 'Write here', 'Escrever aqui'],
  attach: ['Adjuntar', 'Adjuntar', 'Attach', 'Anexar'],
  send: ['Enviar', 'Enviar', 'Send', 'Enviar'],
  voice: ['Grabar voz', 'Gravar veu', 'Record voice', 'Gravar voz'],
  recording: ['Grabando', 'Gravant', 'Recording', 'A gravar'],
  typing: ['{0} está escribiendo', '{0} està escrivint', '{0} is typing', '{0} está a escrever'],
  thread: ['Conversación', 'Conversa', 'Conversation', 'Conversa'],
  image: ['Imagen', 'Imatge', 'Image', 'Imagem'],
  document: ['Documento', 'Document', 'Document', 'Documento'],
  audio: ['Audio', 'Àudio', 'Audio', 'Áudio'],
  download: ['Descargar {0}', 'Descarregar {0}', 'Download {0}', 'Descarregar {0}'],
  unsupported: [
    'Este mensaje no se puede ver aquí.',
    'Aquest missatge no es pot veure aquí.',
    'This message cannot be shown here.',
    'Esta mensagem não se pode ver aqui.',
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
    'Sin conexión. Lo escrito se guarda y se envía al volver.',
    'Sense connexió. El que s’escriu es desa i s’envia quan torni.',
    'No connection. What you write is kept and sent later.',
    'Sem ligação. O que for escrito fica guardado e segue depois.',
  ],
  tooBig: [
    'Pesa {0} y el máximo son {1}.',
    'Pesa {0} i el màxim són {1}.',
    'It is {0}, and the most is {1}.',
    'Tem {0} e o máximo são {1}.',
  ],
  wrongKind: [
    'Ese archivo no se puede enviar. Sirven fotos, PDF y audios.',
    'Aquest fitxer no es pot enviar. Serveixen fotos, PDF i àudios.',
    'That file cannot be sent. Photos, PDFs and audio can.',
    'Esse ficheiro não pode ser enviado. Servem fotos, PDF e áudios.',
  ],
  noUpload: [
    'El archivo no se ha enviado.',
    'El fitxer no s’ha enviat.',
    'The file was not sent.',
    'O ficheiro não foi enviado.',
  ],
  noMic: [
    'Falta permiso para el micrófono.',
    'Falta permís per al micròfon.',
    'The microphone is not allowed.',
    'Falta permissão para o microfone.',
  ],
  soundOn: ['Avisar con sonido', 'Avisar amb so', 'Tell me with a sound', 'Avisar com som'],
  soundOff: ['Quitar el sonido', 'Treure el so', 'Turn the sound off', 'Tirar o som'],
  restart: ['Empezar de nuevo', 'Començar de nou', 'Start again', 'Começar de novo'],
  end: ['Terminar', 'Acabar', 'End', 'Terminar'],
  endAsk: [
    'Se borra de este equipo. El hospital la conserva.',
    'S’esborra d’aquest equip. L’hospital la conserva.',
    'Erased from this device. The hospital keeps it.',
    'É apagada deste equipamento. O hospital guarda-a.',
  ],
  yesterday: ['Ayer', 'Ahir', 'Yesterday', 'Ontem'],
  unread: ['{0} sin leer', '{0} sense llegir', '{0} unread', '{0} por ler'],
  latest: ['Ir al final', 'Anar al final', 'Go to the end', 'Ir para o fim'],
  choose: ['Elegir una opción', 'Triar una opció', 'Choose an option', 'Escolher uma opção'],
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
