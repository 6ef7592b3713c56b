/** What the desk says in Spanish of places that follow the pace of replies; the other languages have the same keys. */
export const pace = {
  pace: {
    places: 'Ahora {{places}} de {{capacity}} a la vez',
    seconds: '{{count}} s',
    minutes: '{{count}} min',
    both: '{{minutes}} min {{seconds}} s',
    more: 'Las respuestas llegan en {{reply}} y el objetivo es {{goal}}: cabe una conversación más.',
    fewer: 'Las respuestas llegan en {{reply}} y el objetivo es {{goal}}: llega una conversación menos a la vez.',
    stopped: 'Alguien espera respuesta desde hace {{oldest}}: no llega nada nuevo hasta contestar.',
    resumed: 'Quien esperaba ya tiene respuesta: vuelven a llegar conversaciones.',
    measured: 'Cada respuesta lleva {{work}} y los pacientes tardan {{think}} en volver a escribir.',
  },
};
