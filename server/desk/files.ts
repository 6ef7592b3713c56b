import multipart from '@fastify/multipart';
import { z } from 'zod';
import { fileHeaders, fileOf, inspect, mediaOf } from '../channels/files.ts';
import { conversationProblems } from '../conversation/problems.ts';
import { readAttachment } from '../conversation/queries.ts';
import type { Conversations } from '../conversation/verbs.ts';
import type { App } from '../platform/http.ts';
import { type Database, within } from '../platform/postgres.ts';
import { audit } from '../trust/audit.ts';
import type { Vault } from '../trust/vault.ts';
import { uploaded } from './contract.ts';
import { readHead } from './conversation.ts';
import { deskProblems } from './problems.ts';

type Deps = { db: Database; vault: Vault; conversations: Conversations };

const byId = z.object({ id: z.uuid() });
const MB = 1_048_576;
const LARGEST = 16 * MB;

/** Files of a conversation: what an agent sends, and what anybody sent. */
export async function fileRoutes(app: App, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    if (!scope.hasContentTypeParser('multipart/form-data')) await scope.register(multipart);
    scope.post(
      '/api/conversations/:id/attachments',
      {
        config: { permission: 'attachment.write' },
        bodyLimit: LARGEST + MB,
        schema: {
          summary: 'Upload a file, as multipart with one part `file`',
          params: byId,
          consumes: ['multipart/form-data'],
          response: { 201: uploaded },
        },
      },
      async (request, reply) => {
        const part = await fileOf(request, LARGEST);
        if (!part) throw deskProblems.file_missing();
        if (part.truncated) throw deskProblems.file_too_large();
        const { bytes } = part;
        const found = inspect(bytes, part.mimetype);
        if ('refused' in found)
          throw found.refused === 'too_large'
            ? deskProblems.file_too_large()
            : deskProblems.file_refused({ extra: { reason: found.refused } });
        const filename = part.filename?.slice(0, 255);
        const { id } = request.params as z.infer<typeof byId>;
        const attachmentId = await within(deps.db, request.actor.organisationId, async (trx) => {
          const head = await readHead(trx, deps.vault, request.actor, id);
          if (!head.may.reply) throw conversationProblems.not_yours();
          return deps.conversations.attach(trx, request.actor, {
            conversationId: id,
            mime: found.mime,
            filename,
            bytes,
          });
        });
        return reply.code(201).send({
          attachmentId,
          mime: found.mime,
          media: mediaOf(found.mime),
          size: bytes.length,
          filename: filename ?? null,
        });
      },
    );
  });
  app.get(
    '/api/attachments/:id',
    { config: { permission: 'attachment.read' }, schema: { summary: 'A file of a conversation', params: byId } },
    async (request, reply) => {
      const file = await within(deps.db, request.actor.organisationId, async (trx) => {
        const found = await readAttachment(trx, deps.vault, request.actor.organisationId, request.params.id);
        if (!found) throw deskProblems.not_found();
        await audit(trx, request.actor, {
          action: 'read',
          subject: { kind: 'attachment', id: request.params.id },
          personId: found.personId,
        });
        return found;
      });
      return reply
        .headers(fileHeaders({ mime: file.mime, name: file.filename ?? request.params.id }))
        .header('cache-control', 'private, max-age=0, no-store')
        .send(file.bytes);
    },
  );
}
