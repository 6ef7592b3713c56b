/** What the desk says in English of places that follow the pace of replies. */
export const pace = {
  pace: {
    places: 'Now {{places}} of {{capacity}} at once',
    seconds: '{{count}} s',
    minutes: '{{count}} min',
    both: '{{minutes}} min {{seconds}} s',
    more: 'Replies come in {{reply}} and the goal is {{goal}}: there is room for one conversation more.',
    fewer: 'Replies come in {{reply}} and the goal is {{goal}}: one conversation fewer at once.',
    stopped: 'Somebody has waited for a reply for {{oldest}}: nothing new comes until they have one.',
    resumed: 'Who waited has a reply: conversations come again.',
    measured: 'A reply takes {{work}} and patients take {{think}} to write again.',
  },
};
