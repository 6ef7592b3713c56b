import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { humanName } from '../appointment.ts';
import type { Localised } from '../contract.ts';
import {
  codeIn,
  conceptName,
  localisedText,
  SYSTEMS,
  type HealthcareService,
  type Location,
  type Practitioner,
} from '../fhir.ts';

/** What the house calls its specialties, places and people. */
type House = {
  specialties: Map<string, Localised>;
  places: Map<string, Localised>;
  practitioners: Map<string, string>;
  until: number;
};

/** Names change seldom; a new one is found at once, a changed one after this. */
const REMEMBER_MS = 60_000;
const houses = new Map<string, House>();

/** The names of an organisation's house, kept for a minute; `knows` tells whether what is kept will do. */
export async function houseNames(trx: Trx, organisationId: string, knows: (house: House) => boolean): Promise<House> {
  const kept = houses.get(organisationId);
  if (kept && kept.until > Date.now() && knows(kept)) return kept;
  const { rows } = await sql<{ content: HealthcareService | Location | Practitioner }>`
    select content from resource
    where organisation_id = ${organisationId} and type in ('HealthcareService', 'Location', 'Practitioner')`.execute(
    trx,
  );
  const house: House = {
    specialties: new Map(),
    places: new Map(),
    practitioners: new Map(),
    until: Date.now() + REMEMBER_MS,
  };
  for (const { content } of rows)
    if (content.resourceType === 'Practitioner') house.practitioners.set(content.id, humanName(content.name));
    else if (content.resourceType === 'Location')
      house.places.set(content.id, localisedText(content.name, content._name));
    else
      for (const one of content.specialty ?? [])
        house.specialties.set(codeIn(one, SYSTEMS.specialty) ?? '', conceptName(one));
  houses.set(organisationId, house);
  return house;
}
