import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import { type Visit } from './visit.ts';
import { MEDIA_KINDS } from '../../conversation/contract.ts';
import { visitHash } from './thread.ts';

/** A file that a visitor may read: their own upload, or one of the conversation. */
export type OpenedFile = { bytes: Buffer; mime: string; filename?: string };

/** Keeps an upload until its message is said. @returns the id it will have as an attachment */
export async function keepFile(
  trx: Trx,
  vault: Vault,
  visit: Visit,
  file: { bytes: Buffer; mime: string; filename?: string },
): Promise<string> {
  const id = uuid();
  const key = await vault.organisationKey(trx, visit.organisationId);
  await sql`
    insert into web_file (organisation_id, id, visit_id, mime, size, sha256, filename_sealed, content_sealed)
    values (${visit.organisationId}, ${id}, ${visit.id}, ${file.mime}, ${file.bytes.length}, ${createHash('sha256').update(file.bytes).digest()},
      ${file.filename ? seal(key, file.filename.slice(0, 255), `web-filename:${id}`) : null}, ${seal(key, file.bytes, `web-file:${id}`)})`.execute(
    trx,
  );
  return id;
}

/** What a message with this file says of it; undefined when the file is not this visitor's. */
export async function describeFile(
  trx: Trx,
  vault: Vault,
  visit: Visit,
  id: string,
): Promise<{ mime: string; filename?: string } | undefined> {
  const { rows } = await sql<{ mime: string; filename_sealed: Buffer | null }>`
    select mime, filename_sealed from web_file where organisation_id = ${visit.organisationId} and id = ${id} and visit_id = ${visit.id}`.execute(
    trx,
  );
  const row = rows[0];
  if (!row) {
    // said before, and said again because the answer got lost: it is an attachment by now
    const kept = await readAttachment(trx, vault, visit, id);
    return kept && { mime: kept.mime, filename: kept.filename };
  }
  const key = await vault.organisationKey(trx, visit.organisationId);
  return {
    mime: row.mime,
    filename: row.filename_sealed ? open(key, row.filename_sealed, `web-filename:${id}`).toString('utf8') : undefined,
  };
}

/** Makes an upload an attachment of the message that brought it, sealed under its writer's key. Again: nothing. */
export async function giveFile(trx: Trx, vault: Vault, visit: Visit, id: string, messageId: string): Promise<void> {
  const { organisationId } = visit;
  const { rows } = await sql<{
    mime: string;
    size: number;
    sha256: Buffer;
    filename_sealed: Buffer | null;
    content_sealed: Buffer;
    person_id: string;
    conversation_id: string;
  }>`
    select f.mime, f.size, f.sha256, f.filename_sealed, f.content_sealed, m.person_id, m.conversation_id
    from web_file f, message m
    where f.organisation_id = ${organisationId} and f.id = ${id} and f.visit_id = ${visit.id}
      and m.organisation_id = f.organisation_id and m.id = ${messageId} for update of f`.execute(trx);
  const row = rows[0];
  if (!row) return;
  const orgKey = await vault.organisationKey(trx, organisationId);
  const key = (await vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
  if (!key?.secret) return;
  const filename = row.filename_sealed
    ? seal(key, open(orgKey, row.filename_sealed, `web-filename:${id}`), `filename:${id}`)
    : null;
  const content = seal(key, open(orgKey, row.content_sealed, `web-file:${id}`), `attachment:${id}`);
  await sql`
    insert into attachment (organisation_id, id, person_id, conversation_id, mime, size, sha256, filename_sealed, content_sealed)
    values (${organisationId}, ${id}, ${row.person_id}, ${row.conversation_id}, ${row.mime}, ${row.size}, ${row.sha256}, ${filename}, ${content})
    on conflict (id) do nothing`.execute(trx);
  await sql`delete from web_file where organisation_id = ${organisationId} and id = ${id}`.execute(trx);
  await announce(trx, {
    organisationId,
    kind: 'attachment.changed',
    conversationId: row.conversation_id,
    payload: { attachmentId: id, messageId, state: 'ready' },
  });
}

/** A file for the visitor's eyes: an upload not sent yet, or one of a conversation that went through this visit. */
export async function readFile(trx: Trx, vault: Vault, visit: Visit, id: string): Promise<OpenedFile | undefined> {
  const { rows } = await sql<{ mime: string; content_sealed: Buffer }>`
    select mime, content_sealed from web_file
    where organisation_id = ${visit.organisationId} and id = ${id} and visit_id = ${visit.id}`.execute(trx);
  if (rows[0]) {
    const key = await vault.organisationKey(trx, visit.organisationId);
    return { bytes: open(key, rows[0].content_sealed, `web-file:${id}`), mime: rows[0].mime };
  }
  return readAttachment(trx, vault, visit, id);
}

/** A file is the visitor's when a message of this window brought it: the conversation may have gone on elsewhere too. */
async function readAttachment(trx: Trx, vault: Vault, visit: Visit, id: string): Promise<OpenedFile | undefined> {
  const hash = await visitHash(trx, vault, visit);
  const { rows } = await sql<{
    mime: string;
    person_id: string;
    filename_sealed: Buffer | null;
    content_sealed: Buffer;
    messages: { id: string; person: string; sealed: string }[] | null;
  }>`
    select a.mime, a.person_id, a.filename_sealed, a.content_sealed,
      (select json_agg(json_build_object('id', m.id, 'person', m.person_id, 'sealed', encode(m.content_sealed, 'base64')))
        from contact_point cp join message m on m.contact_point_id = cp.id and m.conversation_id = a.conversation_id
        where cp.account_id = ${visit.accountId} and cp.address_hash = ${hash} and m.kind = any(${[...MEDIA_KINDS]}::text[])) as messages
    from attachment a
    where a.organisation_id = ${visit.organisationId} and a.id = ${id} and a.state = 'ready' and a.content_sealed is not null`.execute(
    trx,
  );
  const row = rows[0];
  if (!row?.messages) return undefined;
  const keys = await vault.personKeys(trx, visit.organisationId, [
    row.person_id,
    ...row.messages.map((message) => message.person),
  ]);
  // which file a message brings is sealed with its words
  const brought = row.messages.some((message) => {
    const key = keys.get(message.person);
    if (!key?.secret) return false;
    const content = open(key, Buffer.from(message.sealed, 'base64'), `message:${message.id}`).toString('utf8');
    return (JSON.parse(content) as { attachmentId?: string }).attachmentId === id;
  });
  const key = keys.get(row.person_id);
  if (!brought || !key?.secret) return undefined;
  return {
    bytes: open(key, row.content_sealed, `attachment:${id}`),
    mime: row.mime,
    filename: row.filename_sealed ? open(key, row.filename_sealed, `filename:${id}`).toString('utf8') : undefined,
  };
}
