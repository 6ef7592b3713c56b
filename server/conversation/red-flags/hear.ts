import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Organisation } from '../../trust/organisation.ts';
import { open } from '../../trust/vault.ts';
import { LANGUAGES } from '../contract.ts';
import type { InboundContent, Language, OutboundContent, Turn } from '../contract.ts';
import type { ConversationDeps, Screening } from '../followers.ts';
import type { Place } from '../internal/locate.ts';
import { heldByAgent, wordsOf } from '../rules.ts';
import type { Flagged, NewFlag } from './rows.ts';
import { ANSWER_MS, buttonId, isPart, judge, REPEAT_MS, saidLately, type Standing, type Verdict } from './rules.ts';
import { buttonTexts, calmText, lateText, nurseText } from './texts.ts';

/** What an utterance means for safety, before anything else happens with it. */
type Heard = {
  flagged: Flagged | null;
  /** What is said and done about it; null: nothing. */
  turn: Turn | null;
  /** It goes its usual way besides: to the assistant while that has the word. */
  goesOn: boolean;
  /** Who waits says that they need not: words that might hide a farewell, and are asked about before they are believed. */
  doubtful?: true;
  /** A clear no: the assistant goes on with these words, said before the question, after saying this. */
  before: { content: InboundContent; says: OutboundContent } | null;
};

const USUAL: Heard = { flagged: null, turn: null, goesOn: true, before: null };

/**
 * Screens an utterance, by itself and with what was typed just before it, and judges it against the flags that stand.
 * Reads more than the words only for who has a flag.
 */
export async function hear(
  deps: ConversationDeps,
  trx: Trx,
  heard: { place: Place; content: InboundContent; organisation: Organisation; now: Date },
): Promise<Heard> {
  const { place, content } = heard;
  const { screening, parts } = screenAll(deps, place, content);
  if (screening.level === 'none' && place.flags.length === 0) return USUAL;
  // "ya no hace falta" of who waits is about the line; whoever had a flag here is asked what a flag asks
  if (
    screening.level === 'soft' &&
    !parts &&
    place.state === 'waiting' &&
    place.flags.length === 0 &&
    deps.followers.onlyOfTheLine?.(content)
  )
    return { ...USUAL, doubtful: true };
  const again = screening.level === 'soft' && (await flaggedLately(trx, heard));
  const verdict = judge({ level: screening.level, content, state: place.state, flags: place.flags, again });
  // who writes in Portuguese for the first time is not told in Spanish to call the emergency number
  const language = spokenHere(deps, heard);
  const done = await carryOut(deps, trx, { ...heard, place: { ...place, language } }, verdict, screening, parts);
  return done.turn && language !== place.language ? { ...done, turn: { ...done.turn, language } } : done;
}

function spokenHere(deps: ConversationDeps, { place, content, organisation }: Parameters<typeof hear>[2]): Language {
  const among = organisation.languages;
  const spoken = deps.followers.spokenIn?.(wordsOf(content, place.state), among);
  return LANGUAGES.find((one) => one === spoken) ?? place.language;
}

const RANK = { none: 0, soft: 1, hard: 2 } as const;

function screenAll(
  deps: ConversationDeps,
  place: Place,
  content: InboundContent,
): { screening: Screening; parts: boolean } {
  const words = wordsOf(content, place.state);
  const alone = deps.followers.screen(words, place.language);
  // what was heard is not heard again, alone or with what came before it, nor what was about the line
  const typed = place.parts ?? [];
  const heard = typed.findLastIndex((part) => place.flags.some((flag) => flag.messageId === part.messageId));
  const parts = typed
    .slice(heard + 1)
    .filter(
      (part) => !(place.state === 'waiting' && deps.followers.onlyOfTheLine?.({ kind: 'text', text: part.text })),
    );
  const asked = place.flags.some((flag) => flag.dueAt !== null && flag.level === 'soft');
  if (alone.level === 'hard' || parts.length === 0 || asked || !isPart(content))
    return { screening: alone, parts: false };
  const joined = deps.followers.screen([...parts.map((part) => part.text), words].join(' '), place.language);
  return RANK[joined.level] > RANK[alone.level]
    ? { screening: joined, parts: true }
    : { screening: alone, parts: false };
}

/**
 * Repeat contact (6-understanding.md): whether the writer, or whom they write for, had a flag or went through a protocol within 72 hours. What is
 * being talked about with the agent who holds the conversation is not a contact repeated.
 */
async function flaggedLately(trx: Trx, { place, organisation, now }: Parameters<typeof hear>[2]): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (
      select 1 from conversation c join flag f on f.organisation_id = c.organisation_id and f.conversation_id = c.id
      where c.organisation_id = ${organisation.id}::uuid
        and (c.person_id = any(${[place.personId, place.aboutId]}::uuid[]) or c.about_id = any(${[place.personId, place.aboutId]}::uuid[]))
        and f.at > ${new Date(now.getTime() - REPEAT_MS)}
        and not (f.conversation_id = ${place.conversationId}::uuid and f.agent_id is not distinct from ${place.agentId}::uuid and f.agent_id is not null)
    ) or exists (
      select 1 from triage_run r where r.organisation_id = ${organisation.id}::uuid
        and r.person_id = any(${[place.personId, place.aboutId]}::uuid[]) and r.conversation_id <> ${place.conversationId}::uuid
        and r.begun_at > ${new Date(now.getTime() - REPEAT_MS)}
    ) as yes`.execute(trx);
  return rows[0]!.yes;
}

async function carryOut(
  deps: ConversationDeps,
  trx: Trx,
  heard: Parameters<typeof hear>[2],
  verdict: Verdict,
  screening: Screening,
  parts: boolean,
): Promise<Heard> {
  const { place, organisation, now } = heard;
  const due = new Date(now.getTime() + ANSWER_MS);
  const held = heldByAgent(place.state);
  const text = (words: string): OutboundContent => ({ kind: 'text', text: words });
  const fresh: NewFlag = {
    id: uuid(),
    level: 'soft',
    rules: screening.flags.map((flag) => flag.rule),
    categories: [...new Set(screening.flags.map((flag) => flag.category))],
    at: now,
    agentId: null,
    askedAt: null,
    dueAt: null,
    raisedWhy: null,
    saidAt: null,
  };
  const raised = (
    asked: 'patient' | 'agent' | null,
    level: 'hard' | 'soft',
    repeat = false,
  ): Flagged['lines'][number] => ({
    kind: 'flag',
    what: 'raised',
    level,
    categories: fresh.categories,
    asked,
    repeat,
    parts,
  });
  const turn = (says: OutboundContent[], step?: Record<string, string>): Turn => ({
    session: place.session,
    says,
    trace: step ? [{ step: 'red_flag', detail: step }] : [],
  });
  const answered = (flag: Standing, answer: 'no', late: boolean): Flagged => ({
    event: 'flag.changed',
    level: flag.level,
    alarm: false,
    raises: null,
    changes: { id: flag.id, at: now, answer, raised: null, agentId: null, askedAt: null, dueAt: null, saidAt: null },
    lines: [{ kind: 'flag', what: 'answered', answer, late }],
  });

  switch (verdict.kind) {
    case 'none':
      return USUAL;
    case 'settled':
      return { ...USUAL, goesOn: false };
    case 'hard':
      return hard(deps, heard, verdict, fresh, raised);
    case 'ask': {
      const buttons = buttonTexts[place.language];
      const question: OutboundContent = {
        kind: 'menu',
        text: emergencyText(deps, 'soft', place, organisation, fresh.categories[0] ?? 'other'),
        options: (['yes', 'no'] as const).map((answer) => ({ id: buttonId(answer, fresh.id), title: buttons[answer] })),
      };
      return {
        flagged: {
          event: 'flag.raised',
          level: 'soft',
          alarm: false,
          raises: { ...fresh, askedAt: now, dueAt: due },
          changes: null,
          lines: [raised('patient', 'soft')],
        },
        turn: turn([question], { level: 'soft', category: fresh.categories[0] ?? 'other' }),
        goesOn: false,
        before: null,
      };
    }
    case 'tell':
      return {
        flagged: {
          event: 'flag.raised',
          level: 'soft',
          alarm: true,
          priority: 'urgent',
          raises: { ...fresh, agentId: place.agentId, askedAt: now, dueAt: due },
          changes: null,
          lines: [raised('agent', 'soft')],
        },
        turn: null,
        goesOn: false,
        before: null,
      };
    case 'calm': {
      const flagged = answered(verdict.flag, 'no', false);
      const says = text(calmText(place.language, organisation));
      if (place.state === 'waiting') return { flagged, turn: turn([says]), goesOn: false, before: null };
      if (held) return { flagged, turn: null, goesOn: false, before: null };
      const content = await wordsBefore(deps, trx, organisation.id, verdict.flag.messageId);
      return { flagged, turn: null, goesOn: true, before: { content: content ?? heard.content, says } };
    }
    case 'late': {
      const says = held ? [] : [text(lateText(place.language, organisation))];
      return { flagged: answered(verdict.flag, 'no', true), turn: turn(says), goesOn: false, before: null };
    }
    case 'nurse':
      return {
        flagged: null,
        turn: {
          ...turn([text(nurseText(place.language, organisation))]),
          handover: {
            queue: organisation.settings.urgentQueue,
            priority: 'urgent',
            reason: 'asked_for_nurse',
            summary: place.flags
              .slice(0, 1)
              .flatMap((flag) => flag.categories.slice(0, 1).map((value) => ({ key: 'red_flag', value }))),
          },
        },
        goesOn: false,
        before: null,
      };
  }
}

/**
 * What the assistant itself found to be critical (a protocol, a model) is a hard flag like any: on the desks, in the audit,
 * lowered by a nurse. It has said its own words.
 */
export function alarmOf(turn: Turn, before: Flagged | null, now: Date): Flagged | null {
  if (turn.handover?.priority !== 'critical' || before?.raises) return before;
  const categories = [turn.handover.summary.find((line) => line.key === 'red_flag')?.value ?? 'other'];
  return {
    event: 'flag.raised',
    level: 'hard',
    alarm: true,
    priority: 'critical',
    raises: {
      id: uuid(),
      level: 'hard',
      rules: [turn.handover.reason],
      categories,
      at: now,
      agentId: null,
      askedAt: null,
      dueAt: null,
      raisedWhy: null,
      saidAt: null,
    },
    changes: before?.changes ?? null,
    lines: [
      ...(before?.lines ?? []),
      { kind: 'flag', what: 'raised', level: 'hard', categories, asked: null, repeat: false, parts: false },
    ],
  };
}

/** The emergency: fixed words once, the head of the urgent queue or the agent who has the word, and everyone's desk. */
function hard(
  deps: ConversationDeps,
  { place, organisation, now }: Parameters<typeof hear>[2],
  verdict: Extract<Verdict, { kind: 'hard' }>,
  found: NewFlag,
  raised: (asked: null, level: 'hard', repeat: boolean) => Flagged['lines'][number],
): Heard {
  const { raises } = verdict;
  const categories = found.categories.length > 0 ? found.categories : (raises?.categories ?? ['other']);
  const category = categories[0] ?? 'other';
  const says = saidLately(place.flags, category, now)
    ? []
    : [{ kind: 'text' as const, text: emergencyText(deps, 'hard', place, organisation, category) }];
  const held = heldByAgent(place.state);
  const waits = {
    agentId: held ? place.agentId : null,
    askedAt: held ? now : null,
    dueAt: held ? new Date(now.getTime() + ANSWER_MS) : null,
    saidAt: says.length > 0 ? now : null,
  };
  const nothing = { agentId: null, askedAt: null, dueAt: null, saidAt: null };
  return {
    flagged: {
      event: 'flag.raised',
      level: 'hard',
      alarm: true,
      priority: 'critical',
      raises: verdict.fresh
        ? {
            ...found,
            ...waits,
            level: 'hard',
            categories,
            rules: found.rules.length > 0 ? found.rules : ['answered_yes'],
            raisedWhy: verdict.why === 'words' ? null : verdict.why,
          }
        : null,
      changes: raises
        ? {
            id: raises.id,
            at: now,
            answer: verdict.answer ?? null,
            raised: verdict.why === 'answer' ? 'answer' : 'words',
            ...(verdict.fresh ? nothing : waits),
          }
        : null,
      lines: [
        ...(verdict.fresh && verdict.why !== 'answer' ? [raised(null, 'hard', verdict.why === 'repeat')] : []),
        ...(verdict.answer && verdict.answer !== 'no'
          ? [{ kind: 'flag' as const, what: 'answered' as const, answer: verdict.answer, late: false }]
          : []),
        ...(verdict.why === 'answer'
          ? [{ kind: 'flag' as const, what: 'hard' as const, why: verdict.why, categories }]
          : []),
      ],
    },
    turn: {
      session: place.session,
      says,
      handover: {
        queue: organisation.settings.urgentQueue,
        priority: 'critical',
        reason: 'red_flag',
        // what was learned for a colleague before stays
        summary: place.state === 'assistant' ? [{ key: 'red_flag', value: category }] : [],
      },
      trace: [{ step: 'red_flag', detail: { level: 'hard', category } }],
    },
    goesOn: false,
    before: null,
  };
}

function emergencyText(
  deps: ConversationDeps,
  level: 'hard' | 'soft',
  place: Place,
  organisation: Organisation,
  category: string,
): string {
  const { emergencyNumber, settings } = organisation;
  return deps.followers.emergencyText(level, place.language, emergencyNumber, category, settings.address);
}

/** What was said when the flag was raised, opened again for the assistant; undefined when it cannot be read any more. */
async function wordsBefore(
  deps: ConversationDeps,
  trx: Trx,
  organisationId: string,
  messageId: string | null,
): Promise<InboundContent | undefined> {
  if (!messageId) return undefined;
  const row = await trx
    .selectFrom('message')
    .select(['person_id', 'content_sealed'])
    .where('id', '=', messageId)
    .executeTakeFirst();
  const key = row && (await deps.vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
  if (!row || !key?.secret) return undefined;
  return JSON.parse(open(key, row.content_sealed, `message:${messageId}`).toString('utf8')) as InboundContent;
}
