import type { Question, Said } from './contract.ts';

/** What is said around a protocol's own words. Fixed: no author and no model changes it. */
export const TEXTS = {
  opening: {
    es: 'Le haré unas preguntas cortas para saber con qué prisa hay que atender esto. Si es grave, llame al {number} sin esperar. Puede escribir «atrás» o «persona» cuando quiera.',
    ca: 'Li faré unes preguntes curtes per saber amb quina pressa cal atendre això. Si és greu, truqui al {number} sense esperar. Pot escriure «enrere» o «persona» quan vulgui.',
    en: 'I will ask a few short questions to know how soon this needs care. If it is serious, call {number} without waiting. You can write “back” or “person” at any time.',
    pt: 'Vou fazer umas perguntas curtas para saber com que pressa isto deve ser atendido. Se for grave, ligue para o {number} sem esperar. Pode escrever «voltar» ou «pessoa» quando quiser.',
  },
  draft: {
    es: 'Borrador: ningún profesional clínico ha firmado todavía estas preguntas. Solo sirven para la demostración.',
    ca: 'Esborrany: cap professional clínic ha signat encara aquestes preguntes. Només serveixen per a la demostració.',
    en: 'Draft: no clinician has signed these questions yet. They are for the demonstration only.',
    pt: 'Rascunho: nenhum profissional clínico assinou ainda estas perguntas. Servem apenas para a demonstração.',
  },
  implausible: {
    es: 'Ese número no puede ser. ¿Lo mira otra vez, por favor?',
    ca: 'Aquest número no pot ser. Ho torna a mirar, si us plau?',
    en: 'That number cannot be right. Could you check it again, please?',
    pt: 'Esse número não pode ser. Pode ver outra vez, por favor?',
  },
  yesno: {
    es: 'Perdone, no le he entendido. Conteste sí, no o «no lo sé».',
    ca: 'Perdoni, no l’he entès. Contesti sí, no o «no ho sé».',
    en: 'Sorry, I did not understand. Please answer yes, no or “I do not know”.',
    pt: 'Desculpe, não percebi. Responda sim, não ou «não sei».',
  },
  choice: {
    es: 'Perdone, no le he entendido. Elija lo que más se parezca.',
    ca: 'Perdoni, no l’he entès. Triï el que més s’hi assembli.',
    en: 'Sorry, I did not understand. Please choose what comes closest.',
    pt: 'Desculpe, não percebi. Escolha o que mais se aproxima.',
  },
  number: {
    es: 'Perdone, no le he entendido. Escriba solo el número.',
    ca: 'Perdoni, no l’he entès. Escrigui només el número.',
    en: 'Sorry, I did not understand. Please write just the number.',
    pt: 'Desculpe, não percebi. Escreva só o número.',
  },
  duration: {
    es: 'Perdone, no le he entendido. Por ejemplo: «2 horas», «desde ayer» o «3 días».',
    ca: 'Perdoni, no l’he entès. Per exemple: «2 hores», «des d’ahir» o «3 dies».',
    en: 'Sorry, I did not understand. For example: “2 hours”, “since yesterday” or “3 days”.',
    pt: 'Desculpe, não percebi. Por exemplo: «2 horas», «desde ontem» ou «3 dias».',
  },
  to_nurse: {
    es: 'Lo siento, prefiero que lo vea una enfermera. Le paso ahora con lo que ya me ha contado. Si es grave, llame al {number}.',
    ca: 'Ho sento, prefereixo que ho vegi una infermera. L’hi passo ara amb el que ja m’ha explicat. Si és greu, truqui al {number}.',
    en: 'I am sorry, I would rather have a nurse look at this. I am passing you over with what you told me. If it is serious, call {number}.',
    pt: 'Lamento, prefiro que uma enfermeira veja isto. Passo agora com o que já me contou. Se for grave, ligue para o {number}.',
  },
  left_at_flag: {
    es: 'De acuerdo, no pregunto más. Prefiero que una enfermera hable con usted antes de dejarlo, y la aviso ahora. Si es grave, llame al {number}.',
    ca: 'D’acord, no pregunto més. Prefereixo que una infermera parli amb vostè abans de deixar-ho, i l’aviso ara. Si és greu, truqui al {number}.',
    en: 'All right, no more questions. I would rather have a nurse talk with you before we leave it, and I am telling one now. If it is serious, call {number}.',
    pt: 'Está bem, não pergunto mais. Prefiro que uma enfermeira fale consigo antes de deixarmos, e vou avisar agora. Se for grave, ligue para o {number}.',
  },
  silence: {
    es: 'No he recibido su respuesta y prefiero no esperar.',
    ca: 'No he rebut la seva resposta i prefereixo no esperar.',
    en: 'I have not had your answer and would rather not wait.',
    pt: 'Não recebi a sua resposta e prefiro não esperar.',
  },
  nothing_before: {
    es: 'Esta es la primera pregunta.',
    ca: 'Aquesta és la primera pregunta.',
    en: 'This is the first question.',
    pt: 'Esta é a primeira pergunta.',
  },
  voice: {
    es: 'He recibido su audio, pero no puedo escucharlo. Contésteme tocando o escribiendo, por favor.',
    ca: 'He rebut el seu àudio, però no el puc escoltar. Contesti’m tocant o escrivint, si us plau.',
    en: 'I received your voice message but cannot listen to it. Please answer by tapping or writing.',
    pt: 'Recebi o seu áudio, mas não o posso ouvir. Responda-me tocando ou escrevendo, por favor.',
  },
  received: {
    es: 'Lo he recibido y queda en la conversación. Sigamos con la pregunta.',
    ca: 'Ho he rebut i queda a la conversa. Seguim amb la pregunta.',
    en: 'I have received it and it stays in this conversation. Let us go on with the question.',
    pt: 'Recebi e fica na conversa. Continuemos com a pergunta.',
  },
} as const satisfies Record<string, Said>;

/** Said when an answer of this kind was not understood. */
export const notUnderstood = (question: Question): Said => TEXTS[question.kind];
