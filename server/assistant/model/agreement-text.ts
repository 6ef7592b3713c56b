import { createHash } from 'node:crypto';
import type { Language } from '../../conversation/contract.ts';
import type { Purpose } from './contract.ts';

/** Changes whenever a word below does: what was agreed to before is agreed to no more. */
export const TEXT_VERSION = '2026-11';

const LEAVES: Record<Purpose, Record<Language, string>> = {
  understand: {
    es: 'Cuando el asistente no está seguro de qué quiere decir un mensaje, ese mensaje sale hacia el modelo, con las preguntas y opciones que el paciente tenía delante. El modelo propone una de las acciones posibles; no habla con el paciente y no decide nada clínico.',
    ca: 'Quan l’assistent no està segur de què vol dir un missatge, aquest missatge surt cap al model, amb les preguntes i opcions que el pacient tenia davant. El model proposa una de les accions possibles; no parla amb el pacient i no decideix res clínic.',
    en: 'When the assistant is not sure what a message means, that message leaves for the model, with the questions and options that the patient had before them. The model proposes one of the possible actions; it does not talk to the patient and decides nothing clinical.',
    pt: 'Quando o assistente não tem a certeza do que quer dizer uma mensagem, essa mensagem sai para o modelo, com as perguntas e opções que o paciente tinha à frente. O modelo propõe uma das ações possíveis; não fala com o paciente e não decide nada clínico.',
  },
  rephrase: {
    es: 'Los textos que un autor marcó salen hacia el modelo junto con la pregunta del paciente, para decirlos con otras palabras. Lo que vuelve se compara con el texto aprobado: si falta o sobra una cifra, una fecha o un nombre, el paciente recibe el texto aprobado.',
    ca: 'Els textos que un autor va marcar surten cap al model juntament amb la pregunta del pacient, per dir-los amb altres paraules. El que torna es compara amb el text aprovat: si hi falta o hi sobra una xifra, una data o un nom, el pacient rep el text aprovat.',
    en: 'Texts that an author marked leave for the model with the patient’s question, to be said in other words. What comes back is compared with the approved text: if a figure, a date or a name is missing or added, the patient gets the approved text.',
    pt: 'Os textos que um autor marcou saem para o modelo com a pergunta do paciente, para serem ditos por outras palavras. O que volta é comparado com o texto aprovado: se faltar ou sobrar um número, uma data ou um nome, o paciente recebe o texto aprovado.',
  },
  summary: {
    es: 'Cuando una conversación pasa a una persona, sus últimos mensajes salen hacia el modelo para hacer un resumen. El agente lo lee marcado como hecho por un modelo, debajo de lo que el asistente ya sabe.',
    ca: 'Quan una conversa passa a una persona, els seus últims missatges surten cap al model per fer-ne un resum. L’agent el llegeix marcat com a fet per un model, sota el que l’assistent ja sap.',
    en: 'When a conversation passes to a person, its last messages leave for the model to be summarised. The agent reads that marked as made by a model, below what the assistant already knows.',
    pt: 'Quando uma conversa passa para uma pessoa, as suas últimas mensagens saem para o modelo para fazer um resumo. O agente lê-o marcado como feito por um modelo, abaixo do que o assistente já sabe.',
  },
};
const ALWAYS: Record<Language, string> = {
  es: 'Antes de salir se tapan nombres, documentos, teléfonos, correos, direcciones, fechas de nacimiento y números largos; si queda duda, el mensaje no sale. Lo que se cuenta de la salud sí sale, sin decir de quién es. La organización responde de tener con ese proveedor el contrato de encargo que su ley pida. Este acuerdo se puede retirar en cualquier momento.',
  ca: 'Abans de sortir es tapen noms, documents, telèfons, correus, adreces, dates de naixement i números llargs; si queda dubte, el missatge no surt. El que s’explica de la salut sí que surt, sense dir de qui és. L’organització respon de tenir amb aquest proveïdor el contracte d’encàrrec que la seva llei demani. Aquest acord es pot retirar en qualsevol moment.',
  en: 'Before anything leaves, names, documents, telephones, e-mails, addresses, birth dates and long numbers are covered; where there is doubt, the message does not leave. What is told about health does leave, without saying whose it is. The organisation answers for having with this provider the processing contract that its law asks for. This agreement can be taken back at any time.',
  pt: 'Antes de sair tapam-se nomes, documentos, telefones, e-mails, moradas, datas de nascimento e números longos; se houver dúvida, a mensagem não sai. O que se conta da saúde sai, sem dizer de quem é. A organização responde por ter com este fornecedor o contrato de subcontratação que a sua lei pede. Este acordo pode ser retirado a qualquer momento.',
};

/** What an administrator agrees to, and its hash with whom it goes to. */
export function agreementText(purpose: Purpose, language: Language, provider: string): { text: string; hash: string } {
  const text = `${LEAVES[purpose][language]} ${ALWAYS[language]}`;
  return { text, hash: createHash('sha256').update(`${TEXT_VERSION}\n${purpose}\n${provider}\n${text}`).digest('hex') };
}
