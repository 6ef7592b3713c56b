import { expect, test } from 'vitest';
import { z } from 'zod';
import type { RunFacts } from './contract.ts';
import { protocolBundle, runBundle } from './as-fhir.ts';
import type { Resource } from './as-fhir.ts';
import type { KeptRun } from './keep-run.ts';
import { OWN_PROTOCOLS, readProtocols } from './read.ts';
import { answer, begin, walk } from './run.ts';
import type { Version } from './store.ts';

/*
 * The shapes of FHIR R4 (http://hl7.org/fhir/R4), as far as Hebra writes them: required elements, cardinalities, bound codes.
 * Strict: an element that R4 does not have is refused.
 */
const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/);
const uri = z.string().regex(/^[a-z][\w+.-]*:\S+$/i);
const canonical = z.string().regex(/^\S+\|\S+$/);
const dateTime = z.iso.datetime();
const translation = z.strictObject({
  url: z.literal('http://hl7.org/fhir/StructureDefinition/translation'),
  extension: z.tuple([
    z.strictObject({ url: z.literal('lang'), valueCode: z.enum(['ca', 'en', 'pt']) }),
    z.strictObject({ url: z.literal('content'), valueString: z.string().min(1) }),
  ]),
});
const translated = z.strictObject({ extension: z.array(translation).length(3) });
const extension = z
  .looseObject({ url: uri })
  .refine((one) => Object.keys(one).filter((key) => key.startsWith('value')).length === 1, 'one value');
const coding = z.strictObject({
  system: uri.optional(),
  code: z.string().regex(/^\S+$/),
  display: z.string().optional(),
  _display: translated.optional(),
});
const concept = z.strictObject({ coding: z.array(coding).min(1).optional(), text: z.string().min(1).optional() });
const quantity = z.strictObject({ value: z.number(), unit: z.string(), system: uri, code: z.string() });
const reference = z
  .strictObject({
    reference: z.string().startsWith('#').optional(),
    type: z.string().optional(),
    identifier: z.strictObject({ system: uri, value: z.string() }).optional(),
    display: z.string().optional(),
  })
  .refine((one) => Object.keys(one).length > 0);
const identifier = z.strictObject({ system: uri, value: z.string() });
const expression = z.strictObject({
  extension: z.array(extension).optional(),
  language: z.enum(['text/cql', 'text/fhirpath', 'application/x-fhir-query']),
  expression: z.string().min(1),
});
const priority = z.enum(['routine', 'urgent', 'asap', 'stat']);
const publication = z.enum(['draft', 'active', 'retired', 'unknown']);
const text = { title: z.string().min(1), _title: translated };

const planAction = z.strictObject({
  id: z.string().regex(/^\S+$/),
  ...text,
  textEquivalent: z.string().min(1),
  _textEquivalent: translated,
  priority,
  code: z.array(concept).min(1),
  condition: z
    .array(z.strictObject({ kind: z.enum(['applicability', 'start', 'stop']), expression }))
    .min(1)
    .optional(),
});
const planDefinition = z.strictObject({
  resourceType: z.literal('PlanDefinition'),
  id,
  url: uri,
  identifier: z.array(identifier).min(1),
  version: z.string().min(1),
  name: z.string().min(1),
  ...text,
  type: concept,
  status: publication,
  experimental: z.boolean(),
  date: dateTime,
  approvalDate: z.iso.date().optional(),
  endorser: z.array(z.strictObject({ name: z.string() })).optional(),
  effectivePeriod: z.strictObject({ end: dateTime }).optional(),
  useContext: z.array(
    z.strictObject({ code: coding, valueRange: z.strictObject({ low: quantity, high: quantity.optional() }) }),
  ),
  relatedArtifact: z.array(
    z.strictObject({ type: z.literal('derived-from'), display: z.string(), url: z.url().optional() }),
  ),
  action: z.tuple([
    z.strictObject({ id: z.literal('ask'), title: z.string(), definitionCanonical: canonical }),
    z.strictObject({
      id: z.literal('decide'),
      selectionBehavior: z.literal('exactly-one'),
      action: z.array(planAction).min(2),
    }),
  ]),
});
const questionnaireItem = z.strictObject({
  extension: z.array(extension).min(1).optional(),
  linkId: z.string().min(1),
  text: z.string().min(1),
  _text: translated,
  type: z.enum(['boolean', 'choice', 'quantity']),
  required: z.boolean(),
  answerOption: z
    .array(z.strictObject({ valueCoding: coding }))
    .min(2)
    .optional(),
});
const questionnaire = z.strictObject({
  resourceType: z.literal('Questionnaire'),
  id,
  url: uri,
  version: z.string(),
  name: z.string(),
  ...text,
  status: publication,
  experimental: z.boolean(),
  date: dateTime,
  subjectType: z.array(z.literal('Patient')),
  item: z.array(questionnaireItem).min(1),
});
const questionnaireResponse = z.strictObject({
  resourceType: z.literal('QuestionnaireResponse'),
  id,
  questionnaire: canonical,
  status: z.enum(['in-progress', 'completed', 'amended', 'entered-in-error', 'stopped']),
  subject: reference,
  authored: dateTime,
  source: reference.optional(),
  item: z.array(
    z.strictObject({
      linkId: z.string(),
      text: z.string(),
      answer: z
        .array(
          z.strictObject({
            extension: z.array(extension).min(1),
            valueBoolean: z.boolean().optional(),
            valueCoding: coding.optional(),
            valueQuantity: quantity.optional(),
          }),
        )
        .length(1),
    }),
  ),
});
const guidanceResponse = z.strictObject({
  resourceType: z.literal('GuidanceResponse'),
  id,
  contained: z
    .tuple([
      z.strictObject({
        resourceType: z.literal('Parameters'),
        id,
        parameter: z.array(z.strictObject({ name: z.string(), valueCode: z.string() })).min(3),
      }),
      z.strictObject({
        resourceType: z.literal('RequestGroup'),
        id,
        status: z.enum(['draft', 'active', 'on-hold', 'revoked', 'completed', 'entered-in-error', 'unknown']),
        intent: z.enum(['proposal', 'plan', 'directive', 'order', 'option']),
        priority,
        subject: reference,
        action: z.array(z.strictObject({ ...text, code: z.array(concept) })).length(1),
      }),
    ])
    .optional(),
  moduleCanonical: canonical,
  identifier: z.array(identifier),
  status: z.enum(['success', 'data-requested', 'data-required', 'in-progress', 'failure', 'entered-in-error']),
  subject: reference,
  occurrenceDateTime: dateTime,
  reasonCode: z.array(concept).optional(),
  note: z.array(z.strictObject({ text: z.string().min(1) })).optional(),
  outputParameters: reference.optional(),
  result: reference.optional(),
});
const SHAPES: Record<string, z.ZodType> = {
  PlanDefinition: planDefinition,
  Questionnaire: questionnaire,
  QuestionnaireResponse: questionnaireResponse,
  GuidanceResponse: guidanceResponse,
};
const valid = (resource: Resource): void => {
  const shaped = SHAPES[resource.resourceType]!.safeParse(JSON.parse(JSON.stringify(resource)));
  expect(shaped.error?.issues ?? []).toEqual([]);
};

const { protocols } = await readProtocols(OWN_PROTOCOLS);
const since = new Date('2026-11-23T09:00:00Z');
const until = new Date('2027-11-23T09:00:00Z');
const signed = [
  {
    id: 's',
    name: 'Núria Casals',
    licence: 'COMB 1',
    signedAt: since,
    expiresAt: until,
    membershipId: 'm',
    genuine: true,
  },
];
const version = (index: number, state: Version['state'] = 'active'): Version => ({
  protocol: protocols[index]!.protocol,
  state,
  since,
  signedUntil: state === 'active' ? until : null,
});
const adult: RunFacts = { age: 60 * 365.25, by: 'relative', repeat: false };

test.each(protocols.map((one, index) => [one.file, index] as const))('%s as a plan and a questionnaire', (_, index) => {
  for (const state of ['draft', 'active', 'retired'] as const) {
    const made = protocolBundle(version(index, state), state === 'active' ? signed : []);
    for (const { resource } of made.entry) valid(resource);
    const [plan, asked] = made.entry.map((one) => one.resource) as [
      z.infer<typeof planDefinition>,
      z.infer<typeof questionnaire>,
    ];
    expect(plan.status).toBe(state);
    expect(plan.experimental).toBe(state !== 'active');
    // what the conditions read is what the questionnaire asks
    const links = new Set(asked.item.map((item) => item.linkId));
    const read = plan.action[1].action.flatMap((one) =>
      (one.condition ?? []).flatMap((condition) =>
        [...condition.expression.expression.matchAll(/linkId='(\w+)'/g)].map((match) => match[1]!),
      ),
    );
    expect(read.length).toBeGreaterThan(5);
    expect(read.filter((link) => !links.has(link))).toEqual([]);
    expect(`${asked.url}|${asked.version}`).toBe(plan.action[0].definitionCanonical);
  }
});

test('a signed version names who signed and until when; a signature that is not genuine names nobody', () => {
  const [plan] = protocolBundle(version(0), signed).entry;
  expect(plan!.resource).toMatchObject({
    approvalDate: '2026-11-23',
    endorser: [{ name: 'Núria Casals (COMB 1)' }],
    effectivePeriod: { end: until.toISOString() },
  });
  const [forged] = protocolBundle(version(0), [{ ...signed[0]!, genuine: false }]).entry;
  expect(forged!.resource).not.toHaveProperty('endorser');
});

test('a run as what was answered and what came of it, whole or left', () => {
  const protocol = protocols.find((one) => one.file === 'child_fever.yaml')!.protocol;
  const kept = (run: KeptRun['run'], state: KeptRun['state']): KeptRun => ({
    id: '0193a1b2-0000-7000-8000-000000000001',
    run,
    draft: true,
    language: 'es',
    left: state === 'left',
    begunAt: since.toISOString(),
    endedAt: state === 'running' ? null : since.toISOString(),
    complaint: 'tiene fiebre',
    told: run.disposition ? 'Una enfermera…' : '',
    personId: '0193a1b2-0000-7000-8000-000000000002',
    conversationId: '0193a1b2-0000-7000-8000-000000000003',
    channel: 'whatsapp',
    state,
    level: run.disposition?.level ?? null,
    protocol,
  });
  const facts = { ...adult, age: 4 * 365.25 };
  const done = walk(
    protocol,
    facts,
    new Map<string, number | string>([
      ['temperature', 39.4],
      ['lasts', 'unsure'],
      ['general', 'quiet'],
    ]),
  );
  for (const { resource } of runBundle(kept(done, 'done')).entry) valid(resource);
  const [answered, guided] = runBundle(kept(done, 'done')).entry.map((one) => one.resource) as [
    z.infer<typeof questionnaireResponse>,
    z.infer<typeof guidanceResponse>,
  ];
  const of = (link: string) => answered.item.find((item) => item.linkId === link)!.answer[0]!;
  expect(of('temperature').valueQuantity).toMatchObject({ value: 39.4, code: 'Cel' });
  expect(of('general').valueCoding).toMatchObject({ code: 'quiet' });
  expect(of('spots').valueBoolean).toBe(false);
  expect(of('lasts')).not.toHaveProperty('valueQuantity');
  expect(of('lasts').extension.map((one) => Object.values(one).at(-1))).toContain('asked-unknown');
  expect(guided.status).toBe('success');
  expect(guided.contained![0].parameter).toContainEqual({ name: 'level', valueCode: 'nurse_within_hour' });
  expect(guided.contained![0].parameter).toContainEqual({ name: 'raised', valueCode: 'doubt' });

  const begun = begin(protocol, facts);
  const { run } = answer(protocol, begun.run, { kind: 'text', text: 'no', language: 'es', at: since.toISOString() });
  for (const state of ['running', 'left'] as const)
    for (const { resource } of runBundle(kept(run, state)).entry) valid(resource);
});
