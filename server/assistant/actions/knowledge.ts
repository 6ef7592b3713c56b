import { z } from 'zod';
import { noteAnswer, noteHelped } from '../knowledge/answers.ts';
import { answerText } from '../knowledge/said.ts';
import { keepUnanswered } from '../knowledge/unanswered.ts';
import { action, asJson, nothing } from './action.ts';

/** The approved article that answers a question, as it is said. One that none answers is kept for the author. */
export const findArticle = action({
  args: z.object({ query: z.string().max(2000) }),
  outcomes: ['empty'],
  value: z.object({ answer: z.string(), text: z.string() }),
  proof: 'none',
  async run(turning, { query }) {
    const { trx, organisation, language, conversationId, now, library } = turning;
    const shelf = await library.shelf(trx, organisation.id);
    const article = shelf.answer(query, language, 'patient');
    if (!article) {
      // an organisation without articles has no author who would read it
      if (shelf.size) await keepUnanswered(trx, turning.vault, questionOf(turning, query), now);
      return { outcome: 'empty' };
    }
    const { versionId } = article;
    const answer = await noteAnswer(
      trx,
      { organisationId: organisation.id, versionId, place: 'conversation', conversationId },
      now,
    );
    return { outcome: 'success', value: asJson({ answer, text: answerText(article, language, organisation) }) };
  },
});

/** Whether the article helped. A question that it did not help with is kept for the author too. */
export const articleHelped = action({
  args: z.object({ answer: z.uuid(), helped: z.boolean(), query: z.string().max(2000).nullish() }),
  outcomes: [],
  value: nothing,
  proof: 'none',
  async run(turning, { answer, helped, query }) {
    const { trx, organisation, now } = turning;
    const versionId = await noteHelped(trx, { organisationId: organisation.id, answerId: answer, helped }, now);
    if (versionId && !helped && query)
      await keepUnanswered(trx, turning.vault, { ...questionOf(turning, query), versionId }, now);
    return { outcome: 'success' };
  },
});

function questionOf(
  turning: Parameters<typeof findArticle.run>[0],
  question: string,
): Parameters<typeof keepUnanswered>[2] {
  return {
    organisationId: turning.organisation.id,
    personId: turning.who.personId,
    conversationId: turning.conversationId,
    language: turning.language,
    audience: 'patient',
    question,
  };
}
