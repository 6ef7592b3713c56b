import type { Texts } from '../routing/contract.ts';

/** Why patients come, until an organisation keeps its own list. */
export const wrapUpReasonDefaults: { key: string; names: Texts }[] = [
  { key: 'appointment', names: { es: 'Cita', ca: 'Cita', en: 'Appointment', pt: 'Consulta' } },
  { key: 'results', names: { es: 'Resultados', ca: 'Resultats', en: 'Results', pt: 'Resultados' } },
  {
    key: 'preparation',
    names: {
      es: 'Preparación de una prueba',
      ca: 'Preparació d’una prova',
      en: 'Preparing for a test',
      pt: 'Preparação de um exame',
    },
  },
  { key: 'medication', names: { es: 'Medicación', ca: 'Medicació', en: 'Medication', pt: 'Medicação' } },
  { key: 'symptoms', names: { es: 'Síntomas', ca: 'Símptomes', en: 'Symptoms', pt: 'Sintomas' } },
  {
    key: 'coverage',
    names: {
      es: 'Cobertura o autorización',
      ca: 'Cobertura o autorització',
      en: 'Cover or authorisation',
      pt: 'Cobertura ou autorização',
    },
  },
  {
    key: 'billing',
    names: { es: 'Factura o pago', ca: 'Factura o pagament', en: 'Bill or payment', pt: 'Fatura ou pagamento' },
  },
  {
    key: 'paperwork',
    names: {
      es: 'Informes y justificantes',
      ca: 'Informes i justificants',
      en: 'Reports and certificates',
      pt: 'Relatórios e declarações',
    },
  },
  {
    key: 'complaint',
    names: {
      es: 'Queja o sugerencia',
      ca: 'Queixa o suggeriment',
      en: 'Complaint or suggestion',
      pt: 'Reclamação ou sugestão',
    },
  },
  { key: 'other', names: { es: 'Otro motivo', ca: 'Un altre motiu', en: 'Something else', pt: 'Outro motivo' } },
];

/** Ready answers; the desk fills in {name}, {agent} and {organisation}. */
export const cannedReplyDefaults: { shortcut: string; titles: Texts; texts: Texts }[] = [
  {
    shortcut: 'hola',
    titles: { es: 'Saludo', ca: 'Salutació', en: 'Greeting', pt: 'Saudação' },
    texts: {
      es: 'Buenos días, {name}. Le atiende {agent}, de {organisation}. Ya he leído lo que ha escrito.',
      ca: 'Bon dia, {name}. L’atén {agent}, de {organisation}. Ja he llegit el que ha escrit.',
      en: 'Good morning, {name}. This is {agent}, from {organisation}. I have read what you wrote.',
      pt: 'Bom dia, {name}. Fala {agent}, de {organisation}. Já li o que escreveu.',
    },
  },
  {
    shortcut: 'momento',
    titles: { es: 'Un momento', ca: 'Un moment', en: 'One moment', pt: 'Um momento' },
    texts: {
      es: 'Lo estoy mirando ahora. En unos minutos le digo.',
      ca: 'Ho estic mirant ara. D’aquí a uns minuts li dic.',
      en: 'I am looking into it now. I will tell you in a few minutes.',
      pt: 'Estou a ver isso agora. Dentro de minutos digo-lhe.',
    },
  },
  {
    shortcut: 'documento',
    titles: { es: 'Pedir un documento', ca: 'Demanar un document', en: 'Ask for a document', pt: 'Pedir um documento' },
    texts: {
      es: '¿Puede enviarme por aquí una foto del documento? Que se vea entera y sin reflejos.',
      ca: 'Em pot enviar per aquí una foto del document? Que es vegi sencera i sense reflexos.',
      en: 'Could you send me a photo of the document here? All of it in view and without glare.',
      pt: 'Pode enviar-me por aqui uma foto do documento? Que se veja inteira e sem reflexos.',
    },
  },
  {
    shortcut: 'cita',
    titles: { es: 'Cita hecha', ca: 'Cita feta', en: 'Appointment made', pt: 'Consulta marcada' },
    texts: {
      es: 'Ya tiene su cita. Le llegará un recordatorio el día antes. Si no puede venir, avísenos por aquí y se la cambiamos.',
      ca: 'Ja té la cita. Li arribarà un recordatori el dia abans. Si no pot venir, avisi’ns per aquí i la canviem.',
      en: 'Your appointment is made. You will get a reminder the day before. If you cannot come, tell us here and we will move it.',
      pt: 'A sua consulta está marcada. Vai receber um lembrete na véspera. Se não puder vir, avise-nos por aqui e mudamos.',
    },
  },
  {
    shortcut: 'urgencia',
    titles: { es: 'Si empeora', ca: 'Si empitjora', en: 'If it gets worse', pt: 'Se piorar' },
    texts: {
      es: 'Si empeora o aparece algo nuevo, no espere a mi respuesta: llame al 112 o vaya a urgencias.',
      ca: 'Si empitjora o apareix alguna cosa nova, no esperi la meva resposta: truqui al 112 o vagi a urgències.',
      en: 'If it gets worse or something new appears, do not wait for my answer: call 112 or go to the emergency department.',
      pt: 'Se piorar ou aparecer algo novo, não espere pela minha resposta: ligue para o 112 ou vá às urgências.',
    },
  },
  {
    shortcut: 'algo-mas',
    titles: { es: '¿Algo más?', ca: 'Alguna cosa més?', en: 'Anything else?', pt: 'Mais alguma coisa?' },
    texts: {
      es: '¿Necesita algo más? Si no, cierro la conversación. Puede volver a escribir cuando quiera.',
      ca: 'Necessita alguna cosa més? Si no, tanco la conversa. Pot tornar a escriure quan vulgui.',
      en: 'Do you need anything else? If not, I will close the conversation. You can write again whenever you like.',
      pt: 'Precisa de mais alguma coisa? Se não, encerro a conversa. Pode voltar a escrever quando quiser.',
    },
  },
];
