import { sql } from 'kysely';
import { connectAccount } from '../server/channels/accounts.ts';
import { addContactPoint } from '../server/patient/contact-points.ts';
import { addPeople } from '../server/patient/people.ts';
import { addProxy } from '../server/patient/proxies.ts';
import { uuid } from '../server/platform/ids.ts';
import { type Database, type Trx, within } from '../server/platform/postgres.ts';
import type * as fhir from '../server/record/fhir.ts';
import { codeIn, SYSTEMS } from '../server/record/fhir.ts';
import { saveAgent } from '../server/routing/agents.ts';
import { saveQueue } from '../server/routing/queues.ts';
import { seedRecord } from '../server/record/seed.ts';
import { addStaff } from '../server/trust/staff.ts';
import type { Vault } from '../server/trust/vault.ts';
import { makeHospital } from './hospital/hospital.ts';
import { seedKnowledge } from './knowledge.ts';
import { DEMO_PASSWORD, HOSPITAL, QUEUES, STAFF, TEMPLATES } from './organisation.ts';

/** How the demo's WhatsApp number is reached: Meta's own, or the phone that comes with the demo. */
export type DemoNumber = {
  phoneNumberId: string;
  displayNumber: string;
  graphUrl?: string;
  messagesPerSecond?: number;
  secrets: { accessToken: string; appSecret: string; verifyToken: string };
};

/**
 * Makes the demo hospital in an empty database; one that stands already keeps its data.
 * @param owner signed in as the owner of the tables: founding an organisation is not the application's right
 * @returns the organisation's id
 */
export async function seedDemo(
  owner: Database,
  vault: Vault,
  options: {
    now: Date;
    number: DemoNumber;
    webOrigins: string[];
    more(trx: Trx, organisationId: string): Promise<void>;
  },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`select id from organisation where slug = ${HOSPITAL.slug}`.execute(owner);
  if (rows[0]) return rows[0].id;
  const organisationId = uuid();
  await within(owner, organisationId, async (trx) => {
    // two processes that start at once: one makes it, the other finds it
    await sql`select pg_advisory_xact_lock(hashtextextended('demo hospital', 0))`.execute(trx);
    const made = await sql`select 1 from organisation where slug = ${HOSPITAL.slug}`.execute(trx);
    if (made.rows.length > 0) return;
    const settings = {
      draftsAllowed: true,
      webchat: { origins: options.webOrigins, colour: '#2f5d1f', ways: waysOf(options.webOrigins[0]) },
    };
    await sql`
      insert into organisation (id, slug, name, country, timezone, languages, emergency_number, settings)
      values (${organisationId}::uuid, ${HOSPITAL.slug}, ${HOSPITAL.name}, ${HOSPITAL.country}, ${HOSPITAL.timezone},
        ${[...HOSPITAL.languages]}::text[], ${HOSPITAL.emergencyNumber}, ${JSON.stringify(settings)}::jsonb)`.execute(
      trx,
    );
    await seedStaff(trx, organisationId);
    const accountId = await connectNumber(trx, vault, organisationId, options.number);
    await connectAccount(trx, vault, {
      organisationId,
      channel: 'webchat',
      name: 'Web',
      externalId: HOSPITAL.slug,
      settings: {},
      secrets: {},
    });
    const hospital = makeHospital(options.now, HOSPITAL.timezone);
    await seedRecord(trx, vault, organisationId, hospital);
    await seedPeople(trx, vault, organisationId, accountId, hospital.resources);
    await seedKnowledge(trx, vault, organisationId, options.now);
    await options.more(trx, organisationId);
  });
  // plans cached on empty tables would make everything six times slower
  await sql`analyze`.execute(owner);
  const { rows: made } = await sql<{ id: string }>`select id from organisation where slug = ${HOSPITAL.slug}`.execute(
    owner,
  );
  return made[0]!.id;
}

/** The ways of the demo's web window. Its number and its mailbox are nobody's. */
function waysOf(publicUrl: string | undefined): unknown[] {
  return [
    { kind: 'chat' },
    { kind: 'callback' },
    { kind: 'whatsapp', href: `${publicUrl}/demo/phone` },
    { kind: 'email', href: 'mailto:citas@vegaclara.example' },
    {
      kind: 'call',
      label: {
        es: 'Llamar al 900 000 118',
        ca: 'Trucar al 900 000 118',
        en: 'Call 900 000 118',
        pt: 'Ligar 900 000 118',
      },
      href: 'tel:+34900000118',
    },
  ];
}

async function seedStaff(trx: Trx, organisationId: string): Promise<void> {
  for (const queue of QUEUES) await saveQueue(trx, organisationId, queue);
  for (const member of STAFF) {
    const { membershipId } = await addStaff(trx, { organisationId, ...member, password: DEMO_PASSWORD });
    if (member.roles.some((role) => role === 'agent' || role === 'nurse' || role === 'supervisor'))
      await saveAgent(trx, organisationId, membershipId, {
        skills: member.skills,
        languages: [...new Set([member.language, 'es' as const])],
        paceLeast: 4,
      });
  }
}

/** The people behind the record: each patient a person, each telephone a WhatsApp address, each relative a proxy. */
async function seedPeople(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  accountId: string,
  resources: readonly fhir.Resource[],
): Promise<void> {
  const patients = resources.filter((resource) => resource.resourceType === 'Patient');
  const ids = await addPeople(
    trx,
    vault,
    organisationId,
    patients.map((patient) => ({
      patientId: patient.id,
      name: [...(patient.name?.[0]?.given ?? []), patient.name?.[0]?.family].filter(Boolean).join(' '),
      language: patient.communication?.[0]?.language.coding?.[0]?.code ?? 'es',
    })),
  );
  const personOf = new Map(patients.map((patient, i) => [patient.id, ids[i]!]));
  const relatedOf = new Map<string, string>();
  for (const patient of patients)
    for (const link of patient.link ?? [])
      if (link.other.reference) relatedOf.set(link.other.reference, personOf.get(patient.id)!);
  for (const related of resources) {
    if (related.resourceType !== 'RelatedPerson') continue;
    const personId = relatedOf.get(`RelatedPerson/${related.id}`);
    const forPersonId = personOf.get(related.patient.reference?.slice('Patient/'.length) ?? '');
    if (personId && forPersonId)
      await addProxy(trx, {
        organisationId,
        personId,
        forPersonId,
        relation: codeIn(related.relationship?.[0], SYSTEMS.roleCode) ?? 'other',
      });
  }
  await seedNumbers(trx, vault, organisationId, accountId, patients, personOf);
}

async function seedNumbers(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  accountId: string,
  patients: fhir.Patient[],
  personOf: Map<string, string>,
): Promise<void> {
  const behind = new Map<string, string[]>();
  for (const patient of patients) {
    const number = patient.telecom?.find((telecom) => telecom.system === 'phone')?.value?.replace(/\D/g, '');
    if (number) behind.set(number, [...(behind.get(number) ?? []), personOf.get(patient.id)!]);
  }
  for (const [address, people] of behind)
    await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address,
      // one's own number was checked at the counter; a number that a family shares says only that it is one of them
      people: people.map((personId) => ({ personId, proof: people.length === 1 ? 'matched' : 'claimed' })),
    });
}

/** Connects the demo's number and its web window; again at every start, for the address of the stand-in may be another. */
export async function connectDemo(
  owner: Database,
  vault: Vault,
  organisationId: string,
  number: DemoNumber,
): Promise<void> {
  await within(owner, organisationId, async (trx) => void (await connectNumber(trx, vault, organisationId, number)));
}

async function connectNumber(trx: Trx, vault: Vault, organisationId: string, number: DemoNumber): Promise<string> {
  const accountId = await connectAccount(trx, vault, {
    organisationId,
    channel: 'whatsapp',
    name: 'WhatsApp',
    externalId: number.phoneNumberId,
    settings: {
      displayNumber: number.displayNumber,
      graphUrl: number.graphUrl,
      messagesPerSecond: number.messagesPerSecond,
    },
    secrets: number.secrets,
  });
  for (const template of TEMPLATES)
    await sql`
      insert into channel_template (organisation_id, account_id, name, language, category, body)
      values (${organisationId}::uuid, ${accountId}::uuid, ${template.name}, ${template.language}, 'UTILITY', ${template.body})
      on conflict (account_id, name, language) do update set body = excluded.body`.execute(trx);
  return accountId;
}
