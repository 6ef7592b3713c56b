import type {
  Appointment,
  CodeableConcept,
  HealthcareService,
  HumanName,
  Location,
  Practitioner,
  Reference,
  ServiceRequest,
} from './fhir.ts';
import { conceptName, localisedText, translations } from './fhir.ts';

/** `Dra. Aurora Vilaplana Roig`, as the record writes it. */
export function humanName(names: HumanName[] | undefined): string {
  const name = names?.[0];
  return name?.text ?? [...(name?.prefix ?? []), ...(name?.given ?? []), name?.family ?? ''].join(' ').trim();
}

/** An Appointment as FHIR R4 has it, for a slot of the book. */
export function newAppointment(from: {
  id: string;
  patientId: string;
  slot: { id: string; start: string; end: string } | null;
  /** Instead of a slot's, of what the book no longer holds. */
  times?: { start: string; end: string };
  practitioner: Practitioner;
  place: Location;
  service: HealthcareService;
  order: ServiceRequest | null;
  created: string;
}): Appointment {
  const { slot, order, service, place } = from;
  const { start, end } = slot ?? from.times ?? { start: from.created, end: from.created };
  const placeName = localisedText(place.name, place._name);
  const serviceType: CodeableConcept = order?.code ?? { text: service.name ?? '', _text: service._name };
  return {
    resourceType: 'Appointment',
    id: from.id,
    status: 'booked',
    specialty: service.specialty?.slice(0, 1) ?? [],
    serviceType: [conceptName(serviceType).es ? serviceType : (service.specialty?.[0] ?? {})],
    start,
    end,
    ...(slot ? { slot: [{ reference: `Slot/${slot.id}` }] } : {}),
    ...(order ? { basedOn: [{ reference: `ServiceRequest/${order.id}` }] } : {}),
    ...(order?.patientInstruction
      ? { patientInstruction: order.patientInstruction, _patientInstruction: order._patientInstruction }
      : {}),
    created: from.created,
    participant: [
      { actor: { reference: `Patient/${from.patientId}` }, status: 'needs-action' },
      {
        actor: { reference: `Practitioner/${from.practitioner.id}`, display: humanName(from.practitioner.name) },
        status: 'accepted',
      },
      { actor: namedPlace(place.id, placeName), status: 'accepted' },
    ],
  };
}

/** A place as an appointment names it. */
export function namedPlace(id: string, name: ReturnType<typeof localisedText>): Reference {
  return { reference: `Location/${id}`, display: name.es, _display: translations(name) };
}
