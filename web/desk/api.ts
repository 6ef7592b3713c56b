import { spoken } from './i18n.ts';

/** What the server answers when it refuses: RFC 9457. `network` is ours: nothing came back at all. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: Record<string, unknown>;
  constructor(status: number, code: string, title: string, extra: Record<string, unknown> = {}) {
    super(title);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
  /** Worth trying again by itself: the line or the server was down, nothing was decided. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

let signedOut: () => void = () => {};
/** Who is told when the session ends under our hands. */
export function onSignedOut(follower: () => void): void {
  signedOut = follower;
}

type Options = { method?: string; body?: unknown; signal?: AbortSignal | undefined; quiet?: boolean };

/**
 * Asks the server.
 * @throws Refused with the problem's code and its title in the language spoken
 */
export async function ask<Answer>(path: string, options: Options = {}): Promise<Answer> {
  const form = options.body instanceof FormData;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: {
        accept: 'application/json',
        'accept-language': spoken(),
        ...(options.body !== undefined && !form && { 'content-type': 'application/json' }),
      },
      credentials: 'same-origin',
      ...(options.body !== undefined && { body: form ? (options.body as FormData) : JSON.stringify(options.body) }),
      ...(options.signal && { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refused(0, 'network', 'network');
  }
  if (answer.status === 204) return undefined as Answer;
  const text = await answer.text();
  const body = parsed(text);
  if (answer.ok) return body as Answer;
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const refused = new Refused(
    answer.status,
    String(problem['code'] ?? 'failed'),
    String(problem['title'] ?? answer.statusText),
    problem,
  );
  const after = Number(answer.headers.get('retry-after'));
  if (after > 0) refused.extra['retryAfter'] ??= after;
  if (answer.status === 401 && !options.quiet) signedOut();
  throw refused;
}

export const post = <Answer = void>(path: string, body?: unknown): Promise<Answer> =>
  ask<Answer>(path, { method: 'POST', body });

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
