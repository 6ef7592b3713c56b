import { sql } from 'kysely';
import { z } from 'zod';
import { afterCommit, type Database, type Trx, within } from '../platform/postgres.ts';
import { type Address, ADDRESSES } from './address.ts';
import { audit } from './audit.ts';
import type { StaffActor } from './contract.ts';

/** What an organisation decides about its work; every part has a default that is safe. */
const settings = z.object({
  /** Proof that health data needs before it leaves. */
  proofForHealthData: z.enum(['claimed', 'matched', 'confirmed']).default('matched'),
  /** A proof is believed for so many days: numbers are given to other people. */
  proofDays: z.number().int().min(1).max(3_650).default(180),
  /** A word after closing reopens the conversation within this many minutes, and begins a new one after it. */
  reopenMinutes: z.number().int().min(0).max(10_080).default(120),
  /** Where a conversation goes that nobody else claims. */
  defaultQueue: z.string().default('general'),
  /** Where a red flag goes. */
  urgentQueue: z.string().default('urgent'),
  /** Triage protocols that nobody signed may serve patients, and say that they are drafts. For a demonstration only. */
  draftsAllowed: z.boolean().default(false),
  /** Seconds an agent may be gone before held work goes back. */
  graceSeconds: z.number().int().min(5).max(3_600).default(60),
  /** Seconds that an offer rings. */
  ringSeconds: z.number().int().min(5).max(600).default(30),
  /** How its patients are spoken to: usted, tú or vos; in Catalan and Portuguese the last two are the near form. */
  address: z.enum(ADDRESSES).default('usted'),
  webchat: z
    .object({
      /** Origins whose pages may open the window, as browsers write them (https://www.hospital.example). */
      origins: z.array(z.string()).default([]),
      colour: z.string().optional(),
      ways: z
        .array(
          z.object({
            kind: z.enum(['chat', 'call', 'callback', 'whatsapp', 'email']),
            label: z.record(z.string(), z.string()).optional(),
            href: z.string().optional(),
          }),
  /** Whether an agent is shown that a supervisor reads along. */
  supervision: z.object({ visible: z.boolean().default(true) }).prefault({}),
        )
        .default([]),
    })
    .prefault({}),
});
export type OrganisationSettings = z.infer<typeof settings>;

export type Organisation = {
  id: string;
  slug: string;
  name: string;
  country: string;
  timezone: string;
  languages: string[];
  emergencyNumber: string;
  settings: OrganisationSettings;
};

const REMEMBER_MS = 10_000;
const remembered = new Map<string, { organisation: Organisation; until: number }>();

/**
 * An organisation and what it decided, remembered for ten seconds.
 * @throws when there is none with this id
 */
export async function organisationOf(trx: Trx, organisationId: string): Promise<Organisation> {
  const known = remembered.get(organisationId);
  if (known && known.until > Date.now()) return known.organisation;
  const row = await trx
    .selectFrom('organisation')
    .selectAll()
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow();
  const organisation = {
    id: row.id,
    slug: row.slug,
    name: row.name,
    country: row.country,
    timezone: row.timezone,
    languages: row.languages,
    emergencyNumber: row.emergency_number,
    settings: settings.parse(row.settings),
  };
  remembered.set(organisationId, { organisation, until: Date.now() + REMEMBER_MS });
  return organisation;
}

/**
 * Decides how patients are spoken to from the next word on: here at once, in other processes when what they remember
 * of the organisation lapses.
 */
export async function changeAddress(trx: Trx, actor: StaffActor, address: Address): Promise<void> {
  const { organisationId } = actor;
  const { rows } = await sql<{ was: string | null }>`
    with before as (select settings from organisation where id = ${organisationId} for update)
    update organisation set settings = organisation.settings || jsonb_build_object('address', ${address}::text)
    from before where organisation.id = ${organisationId} returning before.settings ->> 'address' as was`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'organisation', id: organisationId },
    detail: { address, was: rows[0]?.was ?? ADDRESSES[0] },
  });
  afterCommit(trx, () => remembered.delete(organisationId));
}

/** Every organisation's id: what sweeps go through. */
export async function organisationIds(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('organisation').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** The organisation with this slug, if there is one. */
export async function organisationBySlug(db: Database, slug: string): Promise<Organisation | undefined> {
  const row = await db.selectFrom('organisation').select('id').where('slug', '=', slug).executeTakeFirst();
  return row ? within(db, row.id, (trx) => organisationOf(trx, row.id)) : undefined;
}
