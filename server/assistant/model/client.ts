import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Outgoing } from '../outside/address.ts';
import type { Model } from './settings.ts';

/*
 * Speaks to any server with OpenAI's chat completions, through the provider package alone
 * (docs/adr/0006-one-model-client.md): no tools, no retries, no telemetry, over connections that check the address.
 */

export type Message = { role: 'system' | 'user' | 'assistant'; text: string };
export type Asked = {
  messages: Message[];
  maxTokens: number;
  /** Ask for a JSON object. */
  json: boolean;
  /** Take the answer as it comes (server-sent events). */
  stream: boolean;
  signal: AbortSignal;
};
export type Answered = { text: string; tokensIn: number | null; tokensOut: number | null };
export type Complete = (model: Model, asked: Asked) => Promise<Answered>;

/** No answer that we ask for is longer; a server that never stops is not read for ever. */
const MOST_CHARACTERS = 20_000;

/** Why a call failed, for the log: never the server's own words. */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
  readonly why: string;
  constructor(why: string, options?: ErrorOptions) {
    super(`the model did not answer: ${why}`, options);
    this.why = why;
  }
}

/** @throws ModelFailed: timeout · http_401 … · unreadable · empty · too_long */
export function createClient(outgoing: Outgoing): Complete {
  return async (model, asked) => {
    const provider = createOpenAICompatible({
      name: 'model',
      baseURL: model.url.replace(/\/+$/, ''),
      ...(model.key ? { apiKey: model.key } : {}),
      fetch: outgoing.fetch(model.privateAddress),
      includeUsage: true,
    });
    const chat = provider.chatModel(model.model);
    const options = {
      prompt: asked.messages.map(({ role, text }) =>
        role === 'system' ? { role, content: text } : { role, content: [{ type: 'text' as const, text }] },
      ),
      maxOutputTokens: asked.maxTokens,
      temperature: 0,
      ...(asked.json ? { responseFormat: { type: 'json' as const } } : {}),
      abortSignal: asked.signal,
    };
    try {
      const answered = asked.stream ? await streamed(chat, options) : await whole(chat, options);
      if (answered.text.trim() === '') throw new ModelFailed('empty');
      return answered;
    } catch (error) {
      if (error instanceof ModelFailed) throw error;
      if (asked.signal.aborted) throw new ModelFailed('timeout', { cause: error });
      const status = (error as { statusCode?: number }).statusCode;
      throw new ModelFailed(status && status !== 200 ? `http_${status}` : 'unreadable', { cause: error });
    }
  };
}

type Chat = ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>;
type Options = Parameters<Chat['doGenerate']>[0];

async function whole(chat: Chat, options: Options): Promise<Answered> {
  const { content, usage } = await chat.doGenerate(options);
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  if (text.length > MOST_CHARACTERS) throw new ModelFailed('too_long');
  return { text, tokensIn: usage.inputTokens.total ?? null, tokensOut: usage.outputTokens.total ?? null };
}

async function streamed(chat: Chat, options: Options): Promise<Answered> {
  const { stream } = await chat.doStream(options);
  const answered: Answered = { text: '', tokensIn: null, tokensOut: null };
  let finished = false;
  for await (const part of stream as unknown as AsyncIterable<
    | { type: 'text-delta'; delta: string }
    | { type: 'error'; error: unknown }
    | {
        type: 'finish';
        usage: { inputTokens: { total?: number }; outputTokens: { total?: number } };
        finishReason: { unified?: string } | string;
      }
    | { type: 'other' }
  >) {
    if (part.type === 'text-delta') answered.text += part.delta;
    if (part.type === 'error') throw new ModelFailed('unreadable', { cause: part.error });
    if (part.type === 'finish') {
      finished = true;
      answered.tokensIn = part.usage.inputTokens.total ?? null;
      answered.tokensOut = part.usage.outputTokens.total ?? null;
      const why = typeof part.finishReason === 'string' ? part.finishReason : part.finishReason.unified;
      // cut in the middle: half of an answer is none
      if (why !== 'stop') throw new ModelFailed('unreadable');
    }
    if (answered.text.length > MOST_CHARACTERS) throw new ModelFailed('too_long');
  }
  if (!finished) throw new ModelFailed('unreadable');
  return answered;
}
