/** What the desk says in Portuguese of places that follow the pace of replies. */
export const pace = {
  pace: {
    places: 'Agora {{places}} de {{capacity}} ao mesmo tempo',
    seconds: '{{count}} s',
    minutes: '{{count}} min',
    both: '{{minutes}} min {{seconds}} s',
    more: 'As respostas chegam em {{reply}} e o objetivo é {{goal}}: cabe mais uma conversa.',
    fewer: 'As respostas chegam em {{reply}} e o objetivo é {{goal}}: chega menos uma conversa ao mesmo tempo.',
    stopped: 'Alguém espera resposta há {{oldest}}: não chega nada de novo até haver resposta.',
    resumed: 'Quem esperava já tem resposta: voltam a chegar conversas.',
    measured: 'Cada resposta leva {{work}} e os pacientes demoram {{think}} a voltar a escrever.',
  },
};
