import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../server/platform/clock.ts';
import { servePage } from '../server/platform/pages.ts';
import { openDatabase, within } from '../server/platform/postgres.ts';
import type { Server } from '../server/main.ts';
import { publishFlows } from '../server/assistant/publish.ts';
import { seedDesk } from '../server/desk/seed.ts';
import { seedProtocols } from '../server/triage/protocols/life-cycle.ts';
import { makeHospital } from './hospital/hospital.ts';
import { DEMO_PASSWORD, HOSPITAL, STAFF, TEMPLATES } from './organisation.ts';
import { createPhone, type Persona } from './phone.ts';
import { openRoom } from './room.ts';
import { siteRoutes } from './site.ts';
import { connectDemo, type DemoNumber, seedDemo } from './seed.ts';

const FLOWS = new URL('../flows/', import.meta.url).pathname;

/**
 * Makes the demo hospital in an empty database and, unless a real WhatsApp number is given, the phone that comes with it.
 * @returns the words that greet whoever started it
 */
export async function prepareDemo(
  server: Server,
): Promise<{ welcome(address: string): string; begin(): Promise<void>; end(): Promise<void> }> {
  const { config, vault } = server;
  const real = config.whatsapp.accessToken !== undefined;
  const number: DemoNumber = {
    phoneNumberId: config.whatsapp.phoneNumberId ?? '100000000000001',
    displayNumber: '+34910000000',
    // the stand-in listens where we do
    graphUrl: config.whatsapp.graphUrl ?? (real ? undefined : `http://127.0.0.1:${config.port}/demo/graph`),
    secrets: {
      accessToken: config.whatsapp.accessToken ?? 'demo-access-token',
      appSecret: config.whatsapp.appSecret ?? 'demo-app-secret',
      verifyToken: config.whatsapp.verifyToken ?? 'demo-verify-token',
    },
  };
  const owner = openDatabase(server.ownerUrl, { max: 2, name: 'hebra-demo' });
  let organisationId: string;
  try {
    organisationId = await seedDemo(owner.db, vault, {
      now: new Date(),
      number,
      webOrigins: [
        ...new Set([config.publicUrl, `http://localhost:${config.port}`, `http://127.0.0.1:${config.port}`]),
      ],
      more: async (trx, id) => {
        await seedDesk(trx, id);
        await publishFlows(trx, id, FLOWS);
      },
    });
    await connectDemo(owner.db, vault, organisationId, number);
    await within(owner.db, organisationId, async (trx) => {
      // a demo that was made before there were protocols shows them too
      await sql`update organisation set settings = settings || '{"draftsAllowed": true}' where id = ${organisationId}::uuid`.execute(
        trx,
      );
      // new drafts of the project come with each start; those that are there stay as they are
      await seedProtocols(trx, organisationId, new Date());
    });
  } finally {
    await owner.close();
  }
  await servePage(server.app, '/demo/phone', join('phone'));
  siteRoutes(server.app);
  if (!real) {
    const phone = createPhone({
      appSecret: number.secrets.appSecret,
      accessToken: number.secrets.accessToken,
      phoneNumberId: number.phoneNumberId,
      displayNumber: number.displayNumber.slice(1),
      webhookUrl: `http://127.0.0.1:${config.port}/webhooks/whatsapp`,
      templates: TEMPLATES,
      file: join(config.dataDir, 'demo-phone.jsonl'),
      people: onePerNumber(makeHospital(new Date(), HOSPITAL.timezone).personas),
    });
    phone.routes(server.app);
  }
  let rest = async (): Promise<void> => {};
  return {
    welcome: (address) => welcome(config.publicUrl, address),
    async begin() {
      // HEBRA_DEMO_ROOM=busy: colleagues and patients of its own besides whoever signs in or takes the phone
      if (process.env['HEBRA_DEMO_ROOM'] !== 'busy' || !config.roles.worker) return;
      const hand = openDatabase(server.ownerUrl, { max: 1, name: 'hebra-demo-room' });
      try {
        const { db } = server.postgres;
        const { receive, conversations } = server;
        rest = await openRoom({ db, owner: hand.db, receive, conversations, clock: systemClock }, organisationId);
      } finally {
        await hand.close();
      }
    },
    end: () => rest(),
  };
}

/** Two who share a telephone are one phone. */
function onePerNumber(personas: Persona[]): Persona[] {
  return [...new Map(personas.toReversed().map((persona) => [persona.waId, persona])).values()].toReversed();
}

function welcome(publicUrl: string, address: string): string {
  const rows = STAFF.map((member) => `    ${member.email.padEnd(28)} ${member.roles.join(', ')}`).join('\n');
  return `
  ${HOSPITAL.name} is open.  (listening on ${address})

    Patient's phone   ${publicUrl}/demo/phone
    Patient's web     ${publicUrl}/demo/site
    Desk              ${publicUrl}/desk
    API               ${publicUrl}/api/docs

  Sign in to the desk with the password ${DEMO_PASSWORD} as
${rows}

  Nothing here is real. Ctrl-C stops it; the data stays.

`;
}
