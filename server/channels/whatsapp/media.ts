import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Language } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import { announce } from '../../platform/events.ts';
import { enqueue, type JobPayload } from '../../platform/jobs.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { seal, type Vault } from '../../trust/vault.ts';
import type { Accounts } from '../accounts.ts';
import { type Account, FILE_REFUSALS, type FileRefusal } from '../contract.ts';
import { FILE_LIMITS, inspect } from '../files.ts';
import type { IncomingFile } from './parse.ts';
import { GRAPH_URL, GRAPH_VERSION, type GraphPools } from './send.ts';

/** Name of the job that fetches one file. */
export const FETCH_MEDIA = 'whatsapp.media';

/**
 * Writes down that a file is to be fetched, and the job that does it, in one transaction. Called before the vendor
 * gets its 200: a crash before that makes the vendor repeat, and the same file has the same id, so nothing is lost
 * and nothing is fetched twice.
 */
export async function expectFile(trx: Trx, vault: Vault, file: IncomingFile): Promise<void> {
  const { rows } = await sql<{ id: string; person_id: string; conversation_id: string }>`
    select id, person_id, conversation_id from message
    where organisation_id = ${file.organisationId} and account_id = ${file.accountId} and external_id = ${file.externalId} and direction = 'in'`.execute(
    trx,
  );
  const message = rows[0];
  if (!message) return;
  const key = (await vault.personKeys(trx, file.organisationId, [message.person_id])).get(message.person_id);
  if (!key?.secret) return;
  const filename = file.filename ? seal(key, file.filename, `filename:${file.attachmentId}`) : null;
  const { numAffectedRows } = await sql`
    insert into attachment (organisation_id, id, person_id, conversation_id, state, mime, filename_sealed, external_id)
    values (${file.organisationId}, ${file.attachmentId}, ${message.person_id}, ${message.conversation_id}, 'expected',
      ${file.mime}, ${filename}, ${file.mediaId})
    on conflict (id) do nothing`.execute(trx);
  if (!numAffectedRows) return;
  await enqueue(trx, {
    task: FETCH_MEDIA,
    key: `media:${file.attachmentId}`,
    payload: {
      organisationId: file.organisationId,
      accountId: file.accountId,
      attachmentId: file.attachmentId,
      messageId: message.id,
      media: file.media,
      sha256: file.sha256,
    },
  });
}

type Row = {
  state: 'expected' | 'ready' | 'refused';
  mime: string;
  person_id: string;
  conversation_id: string;
  external_id: string;
  language: Language;
};

/**
 * The job: media id → address → bytes, looked at, sealed into its attachment. A refused file is said to the patient.
 * @throws when the vendor is away or slow: the job comes again, for days, as Meta keeps the file for seven
 */
export function createFetchMedia(deps: {
  db: Database;
  vault: Vault;
  accounts: Accounts;
  pools: GraphPools;
  conversations: Pick<Conversations, 'reply'>;
}): (payload: JobPayload) => Promise<void> {
  const { db, vault, accounts, pools } = deps;
  return async (payload) => {
    const job = payload as JobPayload & {
      accountId: string;
      attachmentId: string;
      messageId: string;
      media: IncomingFile['media'];
      sha256?: string;
    };
    const { organisationId, attachmentId } = job;
    const row = await within(db, organisationId, (trx) => expected(trx, organisationId, attachmentId));
    if (row?.state !== 'expected') return;
    await accounts.fresh();
    const account = accounts.byId(job.accountId);
    const fetched = account
      ? await fetchFile(pools, account, row.external_id, FILE_LIMITS[job.media])
      : { refused: 'gone' as const };
    const checked = 'refused' in fetched ? fetched : check(fetched.bytes, row.mime, job);

    await within(db, organisationId, async (trx) => {
      // another try of this job may have been faster
      const now = await expected(trx, organisationId, attachmentId);
      if (now?.state !== 'expected') return;
      if ('refused' in checked) {
        await sql`update attachment set state = 'refused', refused = ${checked.refused}
          where organisation_id = ${organisationId} and id = ${attachmentId}`.execute(trx);
        await deps.conversations.reply(
          trx,
          { kind: 'assistant', organisationId },
          {
            conversationId: row.conversation_id,
            content: { kind: 'text', text: FILE_REFUSALS[checked.refused][row.language] },
          },
        );
      } else {
        const key = (await vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
        if (!key?.secret) return;
        await sql`
          update attachment set state = 'ready', mime = ${checked.mime}, size = ${checked.bytes.length},
            sha256 = ${createHash('sha256').update(checked.bytes).digest()},
            content_sealed = ${seal(key, checked.bytes, `attachment:${attachmentId}`)}
          where organisation_id = ${organisationId} and id = ${attachmentId}`.execute(trx);
      }
      await announce(trx, {
        organisationId,
        kind: 'attachment.changed',
        conversationId: row.conversation_id,
        payload: { attachmentId, messageId: job.messageId, state: 'refused' in checked ? 'refused' : 'ready' },
      });
    });
  };
}

async function expected(trx: Trx, organisationId: string, attachmentId: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select a.state, a.mime, a.person_id, a.conversation_id, a.external_id, c.language
    from attachment a join conversation c on c.id = a.conversation_id
    where a.organisation_id = ${organisationId} and a.id = ${attachmentId} for update of a`.execute(trx);
  return rows[0];
}

function check(
  bytes: Buffer,
  declared: string,
  job: { media: IncomingFile['media']; sha256?: string },
): { bytes: Buffer; mime: string } | { refused: FileRefusal } {
  if (job.sha256) {
    const digest = createHash('sha256').update(bytes).digest();
    // webhooks carry it in base64, the media endpoint in hexadecimal
    if (digest.toString('base64') !== job.sha256 && digest.toString('hex') !== job.sha256.toLowerCase())
      return { refused: 'damaged' };
  }
  const seen = inspect(bytes, declared, job.media);
  return 'refused' in seen ? seen : { bytes, mime: seen.mime };
}

/** Hosts that Meta hands files out from. */
const FILE_HOSTS = /(^|\.)(fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)$/;

/** Whether an address that an answer names is the vendor's: nothing is asked of any other, and the access token goes to none. */
export function isOfVendor(address: URL, graph: string): boolean {
  return (
    address.origin === new URL(graph).origin || (address.protocol === 'https:' && FILE_HOSTS.test(address.hostname))
  );
}

async function fetchFile(
  pools: GraphPools,
  account: Account,
  mediaId: string,
  limit: number,
): Promise<{ bytes: Buffer } | { refused: FileRefusal }> {
  const graph = account.settings.graphUrl ?? GRAPH_URL;
  const headers = { authorization: `Bearer ${account.secrets.accessToken ?? ''}` };
  const { pool, path } = pools.of(graph);
  const found = await pool.request({
    method: 'GET',
    path: `${path}/${account.settings.version ?? GRAPH_VERSION}/${encodeURIComponent(mediaId)}?phone_number_id=${account.externalId}`,
    headers,
  });
  const text = await found.body.text();
  if (found.statusCode !== 200) return missing(found.statusCode);
  const { url, file_size: size } = JSON.parse(text) as { url?: string; file_size?: number | string };
  if (!url) return { refused: 'gone' };
  if (Number(size) > limit) return { refused: 'too_large' };
  const address = new URL(url);
  if (!isOfVendor(address, graph)) throw new Error('the vendor named a file on a host that is not its own');
  const response = await pools
    .of(address.origin)
    .pool.request({ method: 'GET', path: address.pathname + address.search, headers });
  if (response.statusCode !== 200) {
    await response.body.dump();
    return missing(response.statusCode);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) {
      response.body.destroy();
      return { refused: 'too_large' };
    }
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks) };
}

/** 404 and 400 say that the file is no more; all else may pass. */
function missing(status: number): { refused: FileRefusal } {
  if (status === 404 || status === 400 || status === 410) return { refused: 'gone' };
  throw new Error(`the vendor answered ${status} for a file`);
}
