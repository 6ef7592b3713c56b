export type Language = 'es' | 'ca' | 'en' | 'pt';
export const LANGUAGES: Language[] = ['es', 'ca', 'en', 'pt'];

/** The page's own words, to whoever tries the product. What the patient reads comes from the hospital. */
const ROWS = {
  title: ['Teléfono de prueba', 'Telèfon de prova', 'Test phone', 'Telefone de teste'],
  about: [
    'Sé un paciente. Habla con el asistente por el mismo camino que un WhatsApp real, con datos inventados.',
    'Sigues un pacient. Parla amb l’assistent pel mateix camí que un WhatsApp real, amb dades inventades.',
    'Be a patient. Talk to the assistant over the same path as a real WhatsApp, with made-up data.',
    'Sê um paciente. Fala com o assistente pelo mesmo caminho que um WhatsApp real, com dados inventados.',
  ],
  who: ['¿Quién escribe?', 'Qui escriu?', 'Who is writing?', 'Quem escreve?'],
  tryIt: ['Prueba a escribir', 'Prova d’escriure', 'Try writing', 'Experimenta escrever'],
  asked: ['Si le piden sus datos', 'Si li demanen les dades', 'If asked who it is', 'Se lhe pedirem os dados'],
  people: ['Personas', 'Persones', 'People', 'Pessoas'],
  language: ['Idioma de la página', 'Idioma de la pàgina', 'Language of the page', 'Idioma da página'],
  travels: ['Lo que viaja', 'El que viatja', 'What travels', 'O que viaja'],
  signed: ['firma correcta', 'signatura correcta', 'signature valid', 'assinatura correta'],
  unsigned: ['firma incorrecta', 'signatura incorrecta', 'signature wrong', 'assinatura errada'],
  nothing: [
    'Escribe algo y aquí verás cada aviso que va y viene, con su tiempo.',
    'Escriu alguna cosa i aquí veuràs cada avís que va i ve, amb el seu temps.',
    'Write something, and each notice that goes and comes shows here with its time.',
    'Escreve algo e aqui verás cada aviso que vai e vem, com o seu tempo.',
  ],
  toHospital: ['hacia el hospital', 'cap a l’hospital', 'to the hospital', 'para o hospital'],
  toPhone: ['hacia el teléfono', 'cap al telèfon', 'to the phone', 'para o telefone'],
  deskBold: ['En la bandeja', 'A la safata', 'On the desk', 'Na bandeja'],
  desk: [
    'aparece la conversación en cuanto pides una persona; mientras la lleva el asistente, no está.',
    'apareix la conversa quan demanes una persona; mentre la porta l’assistent, no hi és.',
    'the conversation appears once you ask for a person; while the assistant deals with it, it is not there.',
    'a conversa aparece assim que pedes uma pessoa; enquanto o assistente trata dela, não está.',
  ],
  openDesk: [
    'Abrir la bandeja al lado',
    'Obrir la safata al costat',
    'Open the desk beside it',
    'Abrir a bandeja ao lado',
  ],
  close: ['Cerrar', 'Tancar', 'Close', 'Fechar'],
  verified: ['cuenta verificada', 'compte verificat', 'verified account', 'conta verificada'],
  hint: [
    'Escriba «persona» cuando quiera',
    'Escrigui «persona» quan vulgui',
    'Write “person” at any time',
    'Escreva «pessoa» quando quiser',
  ],
  typing: ['escribiendo…', 'escrivint…', 'typing…', 'a escrever…'],
  offline: [
    'Sin conexión con el hospital de prueba',
    'Sense connexió amb l’hospital de prova',
    'No connection to the test hospital',
    'Sem ligação ao hospital de teste',
  ],
  begin: [
    'Aún no ha escrito nada. Diga «hola».',
    'Encara no ha escrit res. Digui «hola».',
    'Nothing written yet. Say “hello”.',
    'Ainda não escreveu nada. Diga «olá».',
  ],
  thread: ['Conversación', 'Conversa', 'Conversation', 'Conversa'],
  today: ['Hoy', 'Avui', 'Today', 'Hoje'],
  yesterday: ['Ayer', 'Ahir', 'Yesterday', 'Ontem'],
  write: ['Escriba un mensaje', 'Escrigui un missatge', 'Write a message', 'Escreva uma mensagem'],
  send: ['Enviar', 'Enviar', 'Send', 'Enviar'],
  attach: ['Adjuntar', 'Adjuntar', 'Attach', 'Anexar'],
  camera: ['Foto', 'Foto', 'Photo', 'Foto'],
  voice: ['Grabar voz', 'Gravar veu', 'Record voice', 'Gravar voz'],
  recording: ['Grabando', 'Gravant', 'Recording', 'A gravar'],
  discard: ['Descartar', 'Descartar', 'Discard', 'Descartar'],
  file: ['Foto o documento', 'Foto o document', 'Photo or document', 'Foto ou documento'],
  fileHint: ['De este equipo', 'D’aquest equip', 'From this device', 'Deste equipamento'],
  audio: ['Audio', 'Àudio', 'Audio', 'Áudio'],
  audioHint: ['Un archivo de sonido', 'Un fitxer de so', 'A sound file', 'Um ficheiro de som'],
  place: ['Ubicación', 'Ubicació', 'Location', 'Localização'],
  placeHint: [
    'Una inventada, cerca del hospital',
    'Una d’inventada, a prop de l’hospital',
    'A made-up one near the hospital',
    'Uma inventada, perto do hospital',
  ],
  image: ['Imagen', 'Imatge', 'Image', 'Imagem'],
  document: ['Documento', 'Document', 'Document', 'Documento'],
  video: ['Vídeo', 'Vídeo', 'Video', 'Vídeo'],
  voiceNote: ['Mensaje de voz', 'Missatge de veu', 'Voice message', 'Mensagem de voz'],
  choose: ['Elija una opción', 'Triï una opció', 'Choose an option', 'Escolha uma opção'],
  options: ['Ver opciones', 'Veure opcions', 'See options', 'Ver opções'],
  me: ['Usted', 'Vostè', 'You', 'Você'],
  waiting: ['Enviando', 'S’està enviant', 'Sending', 'A enviar'],
  sent: ['Enviado', 'Enviat', 'Sent', 'Enviada'],
  delivered: ['Entregado', 'Lliurat', 'Delivered', 'Entregue'],
  read: ['Leído', 'Llegit', 'Read', 'Lida'],
  failed: [
    'No llegó. Tocar para reintentar',
    'No ha arribat. Tocar per reintentar',
    'It did not arrive. Tap to try again',
    'Não chegou. Tocar para tentar de novo',
  ],
} satisfies Record<string, [es: string, ca: string, en: string, pt: string]>;

export type Texts = Record<keyof typeof ROWS, string>;

/** The page's words in one language. */
export function textsIn(language: Language): Texts {
  const at = LANGUAGES.indexOf(language);
  return Object.fromEntries(Object.entries(ROWS).map(([key, row]) => [key, row[at]])) as Texts;
}
