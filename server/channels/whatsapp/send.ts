import { Pool } from 'undici';
import type { Departing } from '../../conversation/contract.ts';
import type { Account, Channel, Progress, Sent } from '../contract.ts';
import { judge } from './errors.ts';
import { render, type WirePart } from './render.ts';

/** Meta's address and the version this was written against. */
export const GRAPH_URL = 'https://graph.facebook.com';
export const GRAPH_VERSION = 'v25.0';

/** At a vendor's 150 to 200 ms, 1,000 messages a second need 200 connections; half as many again for its slow moments. */
const CONNECTIONS = 320;
const TIMEOUT_MS = 15_000;

/** The bytes of a file of ours, opened; undefined when it is gone or erased. */
export type ReadFile = (
  organisationId: string,
  attachmentId: string,
) => Promise<{ bytes: Buffer; mime: string; filename?: string } | undefined>;

/** Connections to the vendor, kept open, one pool for each address it answers at. */
export type GraphPools = { of(url: string): { pool: Pool; path: string }; close(): Promise<void> };

export function createGraphPools(): GraphPools {
  const pools = new Map<string, { pool: Pool; path: string }>();
  return {
    of(url) {
      const known = pools.get(url);
      if (known) return known;
      const parsed = new URL(url);
      const pool = new Pool(parsed.origin, {
        connections: CONNECTIONS,
        pipelining: 1,
        keepAliveTimeout: 60_000,
        keepAliveMaxTimeout: 300_000,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        connect: { timeout: 10_000 },
      });
      const made = { pool, path: parsed.pathname.replace(/\/+$/, '') };
      pools.set(url, made);
      return made;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map(({ pool }) => pool.close()));
    },
  };
}

/**
 * WhatsApp as a channel to send on: `POST {graph}/{version}/{phone_number_id}/messages`, with our message id in
 * `biz_opaque_callback_data` so that every status names the message it is about.
 * Meta has no idempotency key: a message whose answer was lost is tried again and may come twice.
 */
export function createWhatsappChannel(deps: { pools: GraphPools; readFile: ReadFile }): Channel {
  return {
    windowMs: 24 * 3_600_000,
    // Meta: one in 6 s sustained, up to 45 at once that are paid back; a little below
    personPace: { burst: 40, everyMs: 6_000 },
    // Meta: 80, and 1,000 for a number that it has upgraded
    numberLevels: [80, 1_000],
    send: (departing, account, progress) => send(deps, departing, account, progress),
  };
}

async function send(
  deps: { pools: GraphPools; readFile: ReadFile },
  departing: Departing,
  account: Account,
  progress: Progress,
): Promise<Sent> {
  if (!account.secrets.accessToken) return { outcome: 'failed', reason: 'disconnected', code: 'no_token' };
  let mediaId: string | undefined;
  if (departing.content.kind === 'media' && progress.partsSent === 0) {
    const uploaded = await upload(deps, departing, account);
    if (typeof uploaded !== 'string') return uploaded;
    mediaId = uploaded;
  }
  const parts = render(departing.content, departing.language, mediaId);
  if (parts.length === 0) return { outcome: 'failed', reason: 'rejected', code: 'empty' };
  let sent: Sent = { outcome: 'failed', reason: 'rejected', code: 'empty' };
  for (let at = progress.partsSent; at < parts.length; at += 1) {
    const mark = at === parts.length - 1 ? departing.messageId : `${departing.messageId}/${at + 1}`;
    sent = await post(deps.pools, account, departing.address, parts[at]!, mark);
    if (sent.outcome !== 'sent') return sent;
    progress.partsSent = at + 1;
  }
  return sent;
}

async function post(pools: GraphPools, account: Account, address: string, part: WirePart, mark: string): Promise<Sent> {
  const { pool, path } = pools.of(account.settings.graphUrl ?? GRAPH_URL);
  // a number is dialled; whoever hides it is reached by the id that holds for this business
  const recipient = /^\d+$/.test(address) ? { to: address } : { recipient: address };
  try {
    const response = await pool.request({
      method: 'POST',
      path: `${path}/${account.settings.version ?? GRAPH_VERSION}/${account.externalId}/messages`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${account.secrets.accessToken}` },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        ...recipient,
        ...part,
        biz_opaque_callback_data: mark,
      }),
    });
    const text = await response.body.text();
    const body = parseJson(text);
    if (response.statusCode === 200) {
      const id = (body as { messages?: { id?: unknown }[] } | undefined)?.messages?.[0]?.id;
      // 200 without an id is not Meta speaking (a proxy, a captive portal)
      if (typeof id === 'string' && id !== '') return { outcome: 'sent', externalId: id };
      return { outcome: 'retry', scope: 'number', reason: 'unreachable', code: 'not_meta' };
    }
    return judge(response.statusCode, body, header(response.headers['retry-after']));
  } catch (error) {
    return { outcome: 'retry', scope: 'person', reason: 'unreachable', code: networkCode(error) };
  }
}

/** Uploads a file. Its id is good for 30 days, so a retry of the message could use it; it uploads again, which is rare. */
async function upload(
  deps: { pools: GraphPools; readFile: ReadFile },
  departing: Departing,
  account: Account,
): Promise<string | Sent> {
  if (departing.content.kind !== 'media') throw new TypeError('only a file can be uploaded');
  const file = await deps.readFile(departing.organisationId, departing.content.attachmentId);
  if (!file) return { outcome: 'failed', reason: 'unreadable', code: 'no_file' };
  const { pool, path } = deps.pools.of(account.settings.graphUrl ?? GRAPH_URL);
  const boundary = `hebra-${departing.messageId}`;
  const name = (file.filename ?? 'file').replace(/[\r\n"\\]/g, '_');
  const field = (key: string, value: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`;
  const body = Buffer.concat([
    Buffer.from(
      `${field('messaging_product', 'whatsapp')}${field('type', file.mime)}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${file.mime}\r\n\r\n`,
    ),
    file.bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  try {
    const response = await pool.request({
      method: 'POST',
      path: `${path}/${account.settings.version ?? GRAPH_VERSION}/${account.externalId}/media`,
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        authorization: `Bearer ${account.secrets.accessToken}`,
      },
      body,
      headersTimeout: 60_000,
    });
    const answer = parseJson(await response.body.text());
    const id = (answer as { id?: unknown } | undefined)?.id;
    if (response.statusCode === 200 && typeof id === 'string') return id;
    const judged = judge(response.statusCode, answer, header(response.headers['retry-after']));
    return judged.outcome === 'failed' && judged.reason === 'rejected' ? { ...judged, reason: 'media' } : judged;
  } catch (error) {
    return { outcome: 'retry', scope: 'person', reason: 'unreachable', code: networkCode(error) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function networkCode(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code.slice(0, 40) : 'network';
}
