import { sql } from 'kysely';
import { z } from 'zod';
import { afterCommit, type Database, type Trx, within } from '../platform/postgres.ts';
import { type Address, ADDRESSES } from './address.ts';
import { audit } from './audit.ts';
import { paceSettings, type StaffActor, waitSettings } from './contract.ts';

/** What a telephone can dial; never empty. */
const emergencyNumber = z.string().regex(/^\+?[0-9]{2,15}$/);

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
  /** Emergency numbers of other countries, for who writes from a telephone of theirs: `{ "AR": "107" }`. */
  emergencyNumbers: z.record(z.string().regex(/^[A-Z]{2}$/), emergencyNumber).default({}),
  /** Service levels: the share of the target at which colleagues are warned, and up to how many seconds giving up counts as short. */
  levels: z
    .object({
      warnShare: z.number().min(0.1).max(0.99).default(0.7),
      shortSeconds: z.number().int().min(0).max(120).default(5),
    })
    .prefault({}),
  /** How its patients are spoken to: usted, tú or vos; in Catalan and Portuguese the last two are the near form. */
  address: z.enum(ADDRESSES).default('usted'),
  wait: waitSettings.prefault({}),
  pace: paceSettings.prefault({}),
  /** Whether an agent is shown that a supervisor reads along. */
  supervision: z.object({ visible: z.boolean().default(true) }).prefault({}),
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
  const organisation = await organisationNow(trx, organisationId);
  remembered.set(organisationId, { organisation, until: Date.now() + REMEMBER_MS });
  return organisation;
}

/** An organisation as its row says at this moment: for whoever is about to change it. */
export async function organisationNow(trx: Trx, organisationId: string): Promise<Organisation> {
  const row = await trx
    .selectFrom('organisation')
    .selectAll()
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    country: row.country,
    timezone: row.timezone,
    languages: row.languages,
    emergencyNumber: row.emergency_number,
    settings: settings.parse(row.settings),
  };
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

export type OrganisationChange = Partial<
  Pick<Organisation, 'name' | 'country' | 'timezone' | 'languages' | 'emergencyNumber'>
> & {
  settings?: Partial<Omit<OrganisationSettings, 'webchat'>> & { webchat?: Partial<OrganisationSettings['webchat']> };
};

/**
 * Changes what an organisation is called and decided, with an audit entry that names each part that changed; what is not
 * named stays. Here at once, in other processes when what they remember lapses.
 * @returns the names of what changed
 */
export async function changeOrganisation(trx: Trx, actor: StaffActor, change: OrganisationChange): Promise<string[]> {
  const { organisationId } = actor;
  const before = await lockOrganisation(trx, organisationId);
  const { rows } = await sql<{ settings: Record<string, unknown> }>`
    select settings from organisation where id = ${organisationId}`.execute(trx);
  const raw = rows[0]!.settings;
  const merged: Record<string, unknown> = { ...raw, ...change.settings };
  for (const part of ['webchat', 'levels'] as const)
    if (change.settings?.[part]) merged[part] = { ...(raw[part] as object | undefined), ...change.settings[part] };
  const decided = settings.parse(merged);
  const { settings: _, ...columns } = { ...before, ...change };
  await sql`update organisation set name = ${columns.name}, country = ${columns.country}, timezone = ${columns.timezone},
    languages = ${columns.languages}, emergency_number = ${columns.emergencyNumber}, settings = ${JSON.stringify(merged)}::jsonb
    where id = ${organisationId}`.execute(trx);
  const was: Record<string, unknown> = { ...before.settings, ...before };
  const is: Record<string, unknown> = { ...decided, ...columns };
  const changed = Object.keys(is).filter(
    (key) => key !== 'settings' && JSON.stringify(is[key]) !== JSON.stringify(was[key]),
  );
  if (changed.length > 0)
    await audit(trx, actor, {
      action: 'change',
      subject: { kind: 'organisation', id: organisationId },
      detail: Object.fromEntries(changed.map((key) => [key, { was: was[key] ?? null, is: is[key] ?? null }])),
    });
  afterCommit(trx, () => remembered.delete(organisationId));
  return changed;
}

/** The same, locked until the transaction ends; rows that name the organisation are still written meanwhile. */
export async function lockOrganisation(trx: Trx, organisationId: string): Promise<Organisation> {
  await sql`select 1 from organisation where id = ${organisationId} for no key update`.execute(trx);
  return organisationNow(trx, organisationId);
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
