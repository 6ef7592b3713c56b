import { assign } from './assign.ts';
import { attach } from './attach.ts';
import { cameBack } from './came-back.ts';
import { close, reopen, wrapUp } from './close.ts';
import type { ConversationDeps, Followers, HandedOver } from './followers.ts';
import { hold, resume } from './hold.ts';
import { introduce, line } from './company.ts';
import { giveToAssistant } from './give-to-assistant.ts';
import { handOver } from './hand-over.ts';
import { note } from './note.ts';
import { lowerFlag } from './red-flags/settle.ts';
import { reply, resend } from './reply.ts';
import { speakFirst } from './speak-first.ts';
import { transfer } from './transfer.ts';
import { whisper } from './whisper.ts';

type Bound<Verb> = Verb extends (deps: ConversationDeps, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

const VERBS = {
  reply,
  resend,
  note,
  handOver,
  giveToAssistant,
  transfer,
  hold,
  resume,
  wrapUp,
  close,
  reopen,
  assign,
  attach,
  lowerFlag,
  speakFirst,
  cameBack,
  whisper,
  introduce,
  line,
};

/** Everything that can be done to a conversation, each in the caller's transaction, the actor first. */
export type Conversations = { [Name in keyof typeof VERBS]: Bound<(typeof VERBS)[Name]> };

/** Binds the verbs to what they need. */
export function createConversations(deps: ConversationDeps): Conversations {
  const bound: Record<string, unknown> = {};
  for (const [name, verb] of Object.entries(VERBS))
    bound[name] = (...rest: unknown[]) => (verb as (...all: unknown[]) => unknown)(deps, ...rest);
  return bound as Conversations;
}

export type { ConversationDeps, Followers, HandedOver };
