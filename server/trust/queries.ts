import { sql } from 'kysely';
import type { z } from 'zod';
import { within } from '../platform/postgres.ts';
import { audit } from './audit.ts';
import type { Actor, auditEntry, auditQuery, StaffActor } from './contract.ts';
import type { TrustDeps } from './session.ts';

/** The account's sessions that are still good, the newest first. */
export async function listSessions(deps: TrustDeps, actor: StaffActor) {
  const { rows } = await sql<{
    id: string;
    method: string;
    address: string | null;
    user_agent: string | null;
    created_at: Date;
    last_seen_at: Date;
  }>`
    select id, method, host(address) as address, user_agent, created_at, last_seen_at from sign_in_session
    where account_id = ${actor.accountId} and ended_at is null and expires_at > ${deps.clock()}
      and last_seen_at > ${deps.clock()}::timestamptz - make_interval(mins => ${deps.limits.idleMinutes})
    order by last_seen_at desc
  `.execute(deps.db);
  return rows.map((row) => ({
    id: row.id,
    current: row.id === actor.sessionId,
    method: row.method,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  }));
}

/** The account's passkeys. */
export async function listPasskeys(deps: TrustDeps, accountId: string) {
  const { rows } = await sql<{ id: string; name: string; created_at: Date; last_used_at: Date | null }>`
    select id, name, created_at, last_used_at from passkey where account_id = ${accountId} order by created_at
  `.execute(deps.db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }));
}

type Entry = z.infer<typeof auditEntry>;

/** A page of the trail, the newest first. Reading it is itself an entry. */
export async function readAudit(
  deps: TrustDeps,
  actor: Actor,
  query: z.infer<typeof auditQuery>,
): Promise<{ entries: Entry[]; next: string | null }> {
  return within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql<{
      id: string;
      at: Date;
      actor_kind: string;
      actor_id: string | null;
      actor_name: string | null;
      action: string;
      subject_kind: string;
      subject_id: string | null;
      person_id: string | null;
      reason: string | null;
      detail: Record<string, unknown>;
      position: number | null;
    }>`
      select e.id, e.at, e.actor_kind, e.actor_id, coalesce(m.name, k.name) as actor_name, e.action, e.subject_kind, e.subject_id,
        e.person_id, e.reason, e.detail, e.position
      from audit_entry e
        left join membership m on e.actor_kind = 'staff' and m.id = e.actor_id
        left join api_key k on e.actor_kind = 'integration' and k.id = e.actor_id
      where e.organisation_id = ${actor.organisationId}
        and (${query.from ?? null}::timestamptz is null or e.at >= ${query.from ?? null})
        and (${query.to ?? null}::timestamptz is null or e.at < ${query.to ?? null})
        and (${query.actorId ?? null}::uuid is null or e.actor_id = ${query.actorId ?? null})
        and (${query.personId ?? null}::uuid is null or e.person_id = ${query.personId ?? null})
        and (${query.action ?? null}::text is null or e.action = ${query.action ?? null})
        and (${query.subjectKind ?? null}::text is null or e.subject_kind = ${query.subjectKind ?? null})
        and (${query.subjectId ?? null}::text is null or e.subject_id = ${query.subjectId ?? null})
        and (${query.before ?? null}::uuid is null or e.id < ${query.before ?? null})
      order by e.id desc limit ${query.limit + 1}
    `.execute(trx);
    const page = rows.slice(0, query.limit);
    await audit(trx, actor, {
      action: 'read',
      subject: { kind: 'audit' },
      personId: query.personId ?? null,
      detail: { entries: page.length },
    });
    return {
      entries: page.map((row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        subject: { kind: row.subject_kind, id: row.subject_id },
        personId: row.person_id,
        reason: row.reason,
        detail: row.detail,
        position: row.position,
      })),
      next: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
    };
  });
}
