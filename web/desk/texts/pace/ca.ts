/** What the desk says in Catalan of places that follow the pace of replies. */
export const pace = {
  pace: {
    places: 'Ara {{places}} de {{capacity}} alhora',
    seconds: '{{count}} s',
    minutes: '{{count}} min',
    both: '{{minutes}} min {{seconds}} s',
    more: 'Les respostes arriben en {{reply}} i l’objectiu és {{goal}}: hi cap una conversa més.',
    fewer: 'Les respostes arriben en {{reply}} i l’objectiu és {{goal}}: arriba una conversa menys alhora.',
    stopped: 'Algú espera resposta des de fa {{oldest}}: no arriba res de nou fins que es contesti.',
    resumed: 'Qui esperava ja té resposta: tornen a arribar converses.',
    measured: 'Cada resposta dura {{work}} i els pacients triguen {{think}} a tornar a escriure.',
  },
};
