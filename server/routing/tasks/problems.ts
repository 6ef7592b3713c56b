import { problems } from '../../platform/problems.ts';

export const taskProblems = problems('task', {
  not_found: {
    status: 404,
    es: 'Esa tarea no existe.',
    ca: 'Aquesta tasca no existeix.',
    en: 'There is no such task.',
    pt: 'Essa tarefa não existe.',
  },
  over: {
    status: 409,
    es: 'Esa tarea ya está hecha o cancelada.',
    ca: 'Aquesta tasca ja està feta o cancel·lada.',
    en: 'That task is already done or cancelled.',
    pt: 'Essa tarefa já está feita ou cancelada.',
  },
  not_yours: {
    status: 409,
    es: 'La está haciendo otra persona.',
    ca: 'L’està fent una altra persona.',
    en: 'Someone else is doing it.',
    pt: 'Outra pessoa está a fazê-la.',
  },
  bad_due: {
    status: 422,
    es: 'Esa hora ya pasó, o queda a más de un año. Elige otra.',
    ca: 'Aquesta hora ja ha passat, o queda a més d’un any. Tria’n una altra.',
    en: 'That time has passed, or is more than a year ahead. Choose another.',
    pt: 'Essa hora já passou, ou fica a mais de um ano. Escolhe outra.',
  },
  person_not_found: {
    status: 404,
    es: 'Esa persona no existe.',
    ca: 'Aquesta persona no existeix.',
    en: 'There is no such person.',
    pt: 'Essa pessoa não existe.',
  },
});
