import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Inbound, Receipt, Received } from '../../conversation/contract.ts';
import { uuid } from '../../platform/ids.ts';
import type { App } from '../../platform/http.ts';
import { log } from '../../platform/log.ts';
import { type Database, within } from '../../platform/postgres.ts';
import { seal, type Vault } from '../../trust/vault.ts';
import type { Accounts } from '../accounts.ts';
import { ingested, ingestSeconds } from '../metrics.ts';
import { channelProblems } from '../problems.ts';
import { expectFile } from './media.ts';
import { type IncomingFile, parse, type Parsed, type SetAside } from './parse.ts';

/** Meta sends up to 3 MB in one notification. */
const LIMIT = 3 * 1_048_576;

export type WhatsappDeps = {
  db: Database;
  vault: Vault;
  accounts: Accounts;
  receive(inbound: Inbound): Promise<Received>;
  recordReceipt(receipt: Receipt): Promise<void>;
};

const verification = z.object({
  'hub.mode': z.string().optional(),
  'hub.verify_token': z.string().optional(),
  'hub.challenge': z.string().max(4096).optional(),
});

/** Meta's verification and its notifications. */
export function whatsappRoutes(app: App, deps: WhatsappDeps): void {
  const { accounts } = deps;

  app.get(
    '/webhooks/whatsapp',
    {
      config: { permission: 'public' },
      schema: { querystring: verification, tags: ['webhooks'], summary: 'Meta verifies this address' },
    },
    async (request, reply) => {
      await accounts.fresh();
      const token = request.query['hub.verify_token'] ?? '';
      const known = accounts
        .all('whatsapp')
        .some(({ secrets }) => secrets.verifyToken && sameText(secrets.verifyToken, token));
      if (request.query['hub.mode'] !== 'subscribe' || !known) throw channelProblems.bad_verify_token();
      return reply.type('text/plain').send(request.query['hub.challenge'] ?? '');
    },
  );

  app.post(
    '/webhooks/whatsapp',
    {
      // no browser reads this answer: headers for browsers would cost a twentieth of every message
      helmet: false,
      config: { permission: 'public', rawBody: true },
      bodyLimit: LIMIT,
      schema: { tags: ['webhooks'], summary: 'Meta notifies: messages and statuses, signed over the raw body' },
    },
    async (request, reply) => {
      const began = performance.now();
      const body = request.body;
      await accounts.fresh();
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      let secret = signedBy(request, bytes, accounts);
      if (secret === undefined) {
        // it may have been connected a moment ago, in another process
        await accounts.lookAgain();
        secret = signedBy(request, bytes, accounts);
      }
      if (secret === undefined) {
        ingested.labels('whatsapp', 'bad_signature').inc();
        throw channelProblems.bad_signature();
      }
      if (!Buffer.isBuffer(body)) throw channelProblems.wrong_type();
      let json: unknown;
      try {
        json = JSON.parse(bytes.toString('utf8'));
      } catch (cause) {
        throw channelProblems.not_json({ cause });
      }
      let parsed = parseFor(json, accounts, secret);
      if (parsed.unknownAccounts > 0) {
        await accounts.lookAgain();
        parsed = parseFor(json, accounts, secret);
      }
      await take(deps, parsed);
      ingestSeconds.labels('whatsapp').observe((performance.now() - began) / 1000);
      return reply.code(200).send();
    },
  );
}

/** The app secret that made the signature, if one of ours did. Every known one is tried: the body says nothing yet. */
function signedBy(request: FastifyRequest, body: Buffer, accounts: Accounts): string | undefined {
  const header = request.headers['x-hub-signature-256'];
  const hex = typeof header === 'string' ? /^sha256=([0-9a-f]{64})$/i.exec(header)?.[1] : undefined;
  if (!hex) return undefined;
  const given = Buffer.from(hex, 'hex');
  const tried = new Set<string>();
  for (const { secrets } of accounts.all('whatsapp')) {
    const secret = secrets.appSecret;
    if (!secret || tried.has(secret)) continue;
    tried.add(secret);
    if (timingSafeEqual(createHmac('sha256', secret).update(body).digest(), given)) return secret;
  }
  return undefined;
}

/** A secret is good for its own numbers only: one organisation cannot sign for another's. */
function parseFor(json: unknown, accounts: Accounts, secret: string): Parsed {
  const find = (phoneNumberId: string) => {
    const account = accounts.byExternalId('whatsapp', phoneNumberId);
    return account?.secrets.appSecret === secret ? account : undefined;
  };
  return parse(json, find, new Date());
}

/** Everything in a notification, each in its own batch; resolves when all of it is committed. */
async function take(deps: WhatsappDeps, parsed: Parsed): Promise<void> {
  const results = await Promise.allSettled([
    ...parsed.inbound.map(async (inbound) => {
      const { outcome } = await deps.receive(inbound);
      ingested.labels('whatsapp', outcome).inc();
    }),
    ...parsed.receipts.map(async (receipt) => {
      await deps.recordReceipt(receipt);
      ingested.labels('whatsapp', 'receipt').inc();
    }),
    ...byOrganisation(parsed.setAside).map(([organisationId, elements]) => keepAside(deps, organisationId, elements)),
  ]);
  // one that failed makes Meta repeat the whole; what was stored is then known
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  for (const [organisationId, files] of byOrganisation(parsed.files)) await expectFiles(deps, organisationId, files);
  if (parsed.unknownAccounts > 0) {
    ingested.labels('whatsapp', 'unknown_account').inc(parsed.unknownAccounts);
    log.warn({ count: parsed.unknownAccounts }, 'a webhook named a number that is not connected here');
  }
  if (parsed.ignored > 0) ingested.labels('whatsapp', 'ignored').inc(parsed.ignored);
}

async function expectFiles(deps: WhatsappDeps, organisationId: string, files: IncomingFile[]): Promise<void> {
  await within(deps.db, organisationId, async (trx) => {
    for (const file of files) await expectFile(trx, deps.vault, file);
  });
}

/** What could not be understood is kept whole, sealed, with its reason, for the administrator. */
async function keepAside(deps: WhatsappDeps, organisationId: string, elements: SetAside[]): Promise<void> {
  ingested.labels('whatsapp', 'dead').inc(elements.length);
  await within(deps.db, organisationId, async (trx) => {
    const key = await deps.vault.organisationKey(trx, organisationId);
    for (const { externalId, reason, element } of elements) {
      const id = uuid();
      const known =
        externalId !== undefined &&
        (await trx
          .selectFrom('dead_letter')
          .select('id')
          .where('organisation_id', '=', organisationId)
          .where('source', '=', 'whatsapp')
          .where('external_id', '=', externalId)
          .executeTakeFirst());
      if (known) continue;
      await trx
        .insertInto('dead_letter')
        .values({
          organisation_id: organisationId,
          id,
          source: 'whatsapp',
          external_id: externalId ?? null,
          reason,
          sealed: seal(key, JSON.stringify(element) ?? 'null', `dead:${id}`),
        })
        .execute();
    }
  });
}

function byOrganisation<T extends { organisationId: string }>(items: T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.organisationId);
    if (group) group.push(item);
    else groups.set(item.organisationId, [item]);
  }
  return [...groups];
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHmac('sha256', 'compare').update(text).digest());
  return timingSafeEqual(x!, y!);
}
