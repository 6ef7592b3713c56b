import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { cannedReplyDefaults, wrapUpReasonDefaults } from './defaults.ts';

/** Gives an organisation the canned replies and wrap-up reasons to begin with; one that has its own keeps them. */
export async function seedDesk(trx: Trx, organisationId: string): Promise<void> {
  await sql`
    insert into wrap_up_reason (organisation_id, key, names, position)
    select ${organisationId}::uuid, * from unnest(${wrapUpReasonDefaults.map((one) => one.key)}::text[],
      ${wrapUpReasonDefaults.map((one) => JSON.stringify(one.names))}::jsonb[], ${wrapUpReasonDefaults.map((_, i) => i)}::int[]) as r(key, names, position)
    where not exists (select 1 from wrap_up_reason where organisation_id = ${organisationId}) on conflict do nothing`.execute(
    trx,
  );
  await sql`
    insert into canned_reply (organisation_id, id, shortcut, titles, texts, position)
    select ${organisationId}::uuid, * from unnest(${cannedReplyDefaults.map(() => uuid())}::uuid[], ${cannedReplyDefaults.map((one) => one.shortcut)}::text[],
      ${cannedReplyDefaults.map((one) => JSON.stringify(one.titles))}::jsonb[], ${cannedReplyDefaults.map((one) => JSON.stringify(one.texts))}::jsonb[],
      ${cannedReplyDefaults.map((_, i) => i)}::int[]) as r(id, shortcut, titles, texts, position)
    where not exists (select 1 from canned_reply where organisation_id = ${organisationId}) on conflict do nothing`.execute(
    trx,
  );
}
