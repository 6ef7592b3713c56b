import { z } from 'zod';
import type { Published } from '../knowledge/library.ts';
import { asWords } from '../knowledge/markdown.ts';
import { noteAnswer, noteHelped } from '../knowledge/answers.ts';
import { answerText } from '../knowledge/said.ts';
import { keepUnanswered } from '../knowledge/unanswered.ts';
import { classify } from '../understanding/classifier.ts';
import { OF_THE_HOUSE } from '../understanding/lexicon.ts';
import { action, asJson, nothing } from './action.ts';
import type { Turning } from './action.ts';

/**
 * The approved article that answers a question, as it is said; `article`: the one that was chosen. `several`: none surely
 * answers, up to three may be meant. A question that none surely answers is kept for the author.
 */
export const findArticle = action({
  args: z.object({ query: z.string().max(2000), article: z.uuid().nullish() }),
  outcomes: ['empty', 'several'],
  value: z.object({
    answer: z.string(),
    text: z.string(),
    titles: z.array(z.object({ id: z.string(), title: z.string(), about: z.string() })),
  }),
  proof: 'none',
  async run(turning, { query, article: chosen }) {
    const { trx, organisation, language, conversationId, now, library } = turning;
    const shelf = await library.shelf(trx, organisation.id);
    const article = chosen ? shelf.one(chosen, 'patient') : shelf.answer(query, language, 'patient');
    if (!article) {
      if (chosen) return { outcome: 'empty' };
      // also where one of those is then chosen: its author learns how it is asked for
      await keep(turning, query);
      const titles = isForeign(query) ? [] : shelf.perhaps(query, language, 'patient').map(offered);
      if (titles.length) return { outcome: 'several', value: asJson({ answer: '', text: '', titles }) };
      return { outcome: 'empty' };
    }
    const { versionId } = article;
    const answer = await noteAnswer(
      trx,
      { organisationId: organisation.id, versionId, place: 'conversation', conversationId },
      now,
    );
    const text = answerText(article, language, organisation);
    return { outcome: 'success', value: asJson({ answer, text, titles: [] }) };
  },
});

/** Who asks for the train to Seville is not asked whether they mean the car park. */
function isForeign(query: string): boolean {
  const { concepts } = classify(query);
  return concepts.some((one) => one.startsWith('oos_')) && !concepts.some((one) => OF_THE_HOUSE.has(one));
}

const offered = ({ versionId, title, blocks }: Published): { id: string; title: string; about: string } => ({
  id: versionId,
  title,
  about: asWords(blocks).replace(/\s+/g, ' ').trim().slice(0, 200),
});

/** An organisation without articles has no author who would read it. */
async function keep(turning: Turning, query: string): Promise<void> {
  const { trx, vault, organisation, library, now } = turning;
  const { size } = await library.shelf(trx, organisation.id);
  if (size) await keepUnanswered(trx, vault, questionOf(turning, query), now);
}

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
