import { problems } from '../../platform/problems.ts';

export const roomProblems = problems('room', {
  not_found: {
    status: 404,
    es: 'No existe.',
    ca: 'No existeix.',
    en: 'It does not exist.',
    pt: 'Não existe.',
  },
  not_here: {
    status: 409,
    es: 'No tiene ninguna mesa abierta: no puede recibir trabajo.',
    ca: 'No té cap taula oberta: no pot rebre feina.',
    en: 'They have no desk open: no work can come to them.',
    pt: 'Não tem nenhuma mesa aberta: não pode receber trabalho.',
  },
  flagged: {
    status: 409,
    es: 'Hay una señal de alarma en pie: sigue crítica hasta que una enfermera la retire.',
    ca: 'Hi ha un senyal d’alarma dempeus: continua crítica fins que una infermera el retiri.',
    en: 'A red flag stands: it stays critical until a nurse lowers it.',
    pt: 'Há um sinal de alarme ativo: continua crítica até que uma enfermeira o retire.',
  },
  nobody_there: {
    status: 409,
    es: 'Ahora no la lleva nadie. Puedes asignarla o tomarla de la cola.',
    ca: 'Ara no la porta ningú. Pots assignar-la o agafar-la de la cua.',
    en: 'Nobody holds it now. You can assign it or take it from the queue.',
    pt: 'Agora ninguém a tem. Podes atribuí-la ou tirá-la da fila.',
  },
  already_yours: {
    status: 409,
    es: 'Ya la llevas tú.',
    ca: 'Ja la portes tu.',
    en: 'You already hold it.',
    pt: 'Já és tu que a tens.',
  },
  listening_over: {
    status: 409,
    es: 'La escucha terminó. Empieza otra si hace falta.',
    ca: 'L’escolta s’ha acabat. Comença’n una altra si cal.',
    en: 'Listening has ended. Begin again if needed.',
    pt: 'A escuta terminou. Começa outra se for preciso.',
  },
});
