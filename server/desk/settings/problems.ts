import { problems } from '../../platform/problems.ts';
import type { Fault } from './contract.ts';

export const settingsProblems = problems('settings', {
  changed_meanwhile: {
    status: 409,
    es: 'Otra persona lo cambió mientras tanto. Recarga para ver cómo está ahora; lo tuyo no se ha guardado.',
    ca: 'Una altra persona ho ha canviat mentrestant. Recarrega per veure com està ara; el teu canvi no s’ha desat.',
    en: 'Someone else changed it meanwhile. Reload to see how it is now; your change was not saved.',
    pt: 'Outra pessoa mudou isto entretanto. Recarrega para ver como está agora; a tua alteração não ficou guardada.',
  },
  wrong: {
    status: 422,
    es: 'Hay algo que no cuadra; mira los campos señalados.',
    ca: 'Hi ha alguna cosa que no quadra; mira els camps assenyalats.',
    en: 'Something does not fit; see the fields that are marked.',
    pt: 'Há algo que não bate certo; vê os campos assinalados.',
  },
  key_taken: {
    status: 409,
    es: 'Ya hay una cola con esa clave; quizá está retirada.',
    ca: 'Ja hi ha una cua amb aquesta clau; potser està retirada.',
    en: 'There is a queue with that key already; it may be retired.',
    pt: 'Já há uma fila com essa chave; talvez esteja retirada.',
  },
  retired: {
    status: 409,
    es: 'Esa cola está retirada. Recupérala antes de cambiarla.',
    ca: 'Aquesta cua està retirada. Recupera-la abans de canviar-la.',
    en: 'That queue is retired. Bring it back before you change it.',
    pt: 'Essa fila está retirada. Recupera-a antes de a mudares.',
  },
  still_needed: {
    status: 409,
    es: 'A esa cola va lo que nadie más recoge o lo urgente. Elige otra en los datos de la organización y vuelve.',
    ca: 'A aquesta cua hi va el que ningú més recull o el que és urgent. Tria’n una altra a les dades de l’organització i torna.',
    en: 'What nobody else takes, or what is urgent, goes to that queue. Choose another in the organisation’s details and come back.',
    pt: 'A essa fila vai o que ninguém mais recolhe ou o que é urgente. Escolhe outra nos dados da organização e volta.',
  },
  password_needed: {
    status: 403,
    es: 'Para cambiar un número de emergencias escribe tu contraseña.',
    ca: 'Per canviar un número d’emergències escriu la contrasenya.',
    en: 'To change an emergency number, type your password.',
    pt: 'Para mudar um número de emergência escreve a tua palavra-passe.',
  },
});

/** @throws settings.wrong with each fault at its field, when there are any */
export function mustFit(faults: Fault[]): void {
  if (faults.length > 0) throw settingsProblems.wrong({ extra: { errors: faults } });
}
