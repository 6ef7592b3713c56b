import type { Element, Extension } from '../../record/fhir.ts';
import { translations } from '../../record/fhir.ts';
import type { CareLevel, Protocol, Question, RunAnswer, Said, Value } from './contract.ts';
import type { Node } from './expression.ts';
import type { KeptRun } from './keep-run.ts';
import { audienceOf, prepare } from './prepare.ts';
import type { PreparedQuestion } from './prepare.ts';
import type { Version, Signature } from './store.ts';
import { UNITS } from './units.ts';
import { LEVEL_NAMES } from './words.ts';

/*
 * Protocols and runs as FHIR R4 (http://hl7.org/fhir/R4: PlanDefinition, Questionnaire, QuestionnaireResponse,
 * GuidanceResponse). Conditions become FHIRPath over the QuestionnaireResponse; `%age` is the age in days.
 */

export type Resource = { resourceType: string; id?: string; [field: string]: unknown };
export type Bundle = { resourceType: 'Bundle'; type: 'collection'; entry: { fullUrl: string; resource: Resource }[] };

const LEVEL_SYSTEM = 'urn:hebra:care-level';
const RULE_SYSTEM = 'urn:hebra:protocol-rule';
const CONDITION = 'urn:hebra:protocol-condition';
const RED_FLAG = 'urn:hebra:red-flag';
const VERBATIM = 'urn:hebra:verbatim';
const DOUBT = 'urn:hebra:doubt';
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const UNIT = 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit';
const ENABLE_WHEN = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression';
const UCUM = 'http://unitsofmeasure.org';

/** How soon, in FHIR's words for a request's priority. */
const PRIORITY: Record<CareLevel, 'stat' | 'asap' | 'urgent' | 'routine'> = {
  emergency_now: 'stat',
  nurse_now: 'asap',
  nurse_within_hour: 'asap',
  appointment_24h: 'urgent',
  appointment: 'routine',
  information: 'routine',
};

const questionnaireUrl = ({ content }: Protocol): string => `urn:hebra:questionnaire:${content.protocol}`;
const planUrl = ({ content }: Protocol): string => `urn:hebra:protocol:${content.protocol}`;
const beside = (text: Said): Element => translations(text);

/** A version as a Bundle of its PlanDefinition and its Questionnaire. */
export function protocolBundle(version: Version, signed: readonly Signature[]): Bundle {
  return bundle([planDefinition(version, signed), questionnaire(version)]);
}

/** The rules of a protocol: one action each, by falling urgency; the first that applies is taken. */
export function planDefinition(version: Version, signed: readonly Signature[]): Resource {
  const { protocol } = version;
  const { content, hash } = protocol;
  const made = prepare(protocol);
  const { from, below } = audienceOf(protocol);
  const years = (days: number): number => Math.round((days / 365.25) * 100) / 100;
  const actions = [
    ...made.rules.map(({ rule, when }) => ({
      ...rule,
      condition: [
        {
          kind: 'applicability',
          expression: {
            extension: [{ url: CONDITION, valueString: rule.when }],
            language: 'text/fhirpath',
            expression: fhirPath(when.node),
          },
        },
      ],
    })),
    { id: 'otherwise', ...content.otherwise, condition: [] },
  ];
  return {
    resourceType: 'PlanDefinition',
    id: hash,
    url: planUrl(protocol),
    identifier: [{ system: 'urn:hebra:sha256', value: hash }],
    version: String(content.version),
    name: content.protocol,
    title: content.title.es,
    _title: beside(content.title),
    type: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code: 'clinical-protocol' }],
    },
    ...publication(version, signed),
    useContext: [
      {
        code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'age' },
        valueRange: {
          low: { value: years(from), unit: 'a', system: UCUM, code: 'a' },
          ...(content.audience.below ? { high: { value: years(below), unit: 'a', system: UCUM, code: 'a' } } : {}),
        },
      },
    ],
    relatedArtifact: content.sources.map((source) => ({
      type: 'derived-from',
      display: source.title,
      ...(source.url ? { url: source.url } : {}),
    })),
    action: [
      {
        id: 'ask',
        title: content.title.es,
        definitionCanonical: `${questionnaireUrl(protocol)}|${content.version}`,
      },
      {
        id: 'decide',
        // the first that applies
        selectionBehavior: 'exactly-one',
        action: actions.map((one) => ({
          id: one.id,
          title: LEVEL_NAMES[one.level].es,
          _title: beside(LEVEL_NAMES[one.level]),
          textEquivalent: textOf(one).es,
          _textEquivalent: beside(textOf(one)),
          priority: PRIORITY[one.level],
          code: [{ coding: [{ system: LEVEL_SYSTEM, code: one.level }] }],
          ...(one.condition.length ? { condition: one.condition } : {}),
        })),
      },
    ],
  };
}

/** The questions of a protocol, red flags marked as such. */
export function questionnaire(version: Version): Resource {
  const { protocol } = version;
  const { content, hash } = protocol;
  const made = prepare(protocol);
  return {
    resourceType: 'Questionnaire',
    id: hash,
    url: questionnaireUrl(protocol),
    version: String(content.version),
    name: content.protocol,
    title: content.title.es,
    _title: beside(content.title),
    status: statusOf(version),
    experimental: version.state !== 'active',
    date: version.since.toISOString(),
    subjectType: ['Patient'],
    item: made.questions.map(item),
  };
}

function item({ question, flag, when }: PreparedQuestion): Record<string, unknown> {
  const extension: Extension[] & Record<string, unknown>[] = [];
  if (flag) extension.push({ url: RED_FLAG, valueBoolean: true } as never);
  const unit = question.kind === 'number' ? UNITS[question.unit].ucum : question.kind === 'duration' ? 'min' : null;
  if (unit) extension.push({ url: UNIT, valueCoding: { system: UCUM, code: unit } } as never);
  if (when)
    extension.push({
      url: ENABLE_WHEN,
      valueExpression: { language: 'text/fhirpath', expression: fhirPath(when.node) },
    } as never);
  const text: Said = question.help
    ? {
        es: `${question.text.es}\n${question.help.es}`,
        ca: `${question.text.ca}\n${question.help.ca}`,
        en: `${question.text.en}\n${question.help.en}`,
        pt: `${question.text.pt}\n${question.help.pt}`,
      }
    : question.text;
  return {
    ...(extension.length ? { extension } : {}),
    linkId: question.id,
    text: text.es,
    _text: beside(text),
    type: question.kind === 'yesno' ? 'boolean' : question.kind === 'choice' ? 'choice' : 'quantity',
    required: when === null,
    ...(question.kind === 'choice'
      ? {
          answerOption: question.options.map((option) => ({
            valueCoding: {
              system: `urn:hebra:option:${question.id}`,
              code: option.id,
              display: option.title.es,
              _display: beside(option.title),
            },
          })),
        }
      : {}),
  };
}

/** A run as a Bundle: what was asked and answered, and what came of it. */
export function runBundle(run: KeptRun): Bundle {
  return bundle([questionnaireResponse(run), guidanceResponse(run)]);
}

/** Each question as it was shown, each answer as it counted, with the very words beside it. */
export function questionnaireResponse(kept: KeptRun): Resource {
  const { protocol, run } = kept;
  const { content } = protocol;
  const last = new Map(run.answers.map((one) => [one.question, one]));
  return {
    resourceType: 'QuestionnaireResponse',
    id: kept.id,
    questionnaire: `${questionnaireUrl(protocol)}|${content.version}`,
    status: kept.state === 'done' ? 'completed' : kept.state === 'left' ? 'stopped' : 'in-progress',
    subject: { identifier: { system: 'urn:hebra:person', value: kept.personId } },
    authored: kept.endedAt ?? kept.begunAt,
    ...(run.facts.by === 'relative' ? { source: { type: 'RelatedPerson', display: 'relative' } } : {}),
    item: content.questions.flatMap((question) => {
      const one = last.get(question.id);
      return one ? [{ linkId: question.id, text: one.shown.split('\n')[0]!, answer: [answerOf(question, one)] }] : [];
    }),
  };
}

function answerOf(question: Question, one: RunAnswer): Record<string, unknown> {
  const extension: Record<string, unknown>[] = [{ url: VERBATIM, valueString: one.said || '—' }];
  if (one.doubt) extension.push({ url: DOUBT, valueCode: one.doubt });
  if (one.value === null)
    extension.push({ url: ABSENT, valueCode: one.doubt === 'silence' ? 'asked-declined' : 'asked-unknown' });
  return { extension, ...(one.value === null ? {} : valueOf(question, one.value)) };
}

function valueOf(question: Question, value: Value): Record<string, unknown> {
  switch (question.kind) {
    case 'yesno':
      return { valueBoolean: value === true };
    case 'choice':
      return { valueCoding: { system: `urn:hebra:option:${question.id}`, code: String(value) } };
    case 'number':
      return {
        valueQuantity: {
          value: Number(value),
          system: UCUM,
          code: UNITS[question.unit].ucum,
          unit: UNITS[question.unit].label.es,
        },
      };
    case 'duration':
      return { valueQuantity: { value: Number(value), system: UCUM, code: 'min', unit: 'min' } };
  }
}

/** What the protocol answered: the level, the rule that fired, what raised it, and the words that the patient read. */
export function guidanceResponse(kept: KeptRun): Resource {
  const { protocol, run } = kept;
  const { disposition } = run;
  const parameters = disposition && {
    resourceType: 'Parameters',
    id: 'outcome',
    parameter: [
      { name: 'level', valueCode: disposition.level },
      { name: 'rule', valueCode: disposition.rule },
      { name: 'base', valueCode: disposition.base },
      ...disposition.raised.map((why) => ({ name: 'raised', valueCode: why })),
    ],
  };
  const group = disposition && {
    resourceType: 'RequestGroup',
    id: 'care',
    status: 'active',
    intent: 'proposal',
    priority: PRIORITY[disposition.level],
    subject: { identifier: { system: 'urn:hebra:person', value: kept.personId } },
    action: [
      {
        title: LEVEL_NAMES[disposition.level].es,
        _title: beside(LEVEL_NAMES[disposition.level]),
        code: [
          {
            coding: [
              { system: LEVEL_SYSTEM, code: disposition.level },
              { system: RULE_SYSTEM, code: disposition.rule },
            ],
          },
        ],
      },
    ],
  };
  return {
    resourceType: 'GuidanceResponse',
    id: kept.id,
    ...(parameters && group ? { contained: [parameters, group] } : {}),
    moduleCanonical: `${planUrl(protocol)}|${protocol.content.version}`,
    identifier: [{ system: 'urn:hebra:sha256', value: protocol.hash }],
    status: kept.state === 'done' ? 'success' : kept.state === 'left' ? 'data-requested' : 'in-progress',
    subject: { identifier: { system: 'urn:hebra:person', value: kept.personId } },
    occurrenceDateTime: kept.endedAt ?? kept.begunAt,
    ...(kept.complaint ? { reasonCode: [{ text: kept.complaint }] } : {}),
    ...(kept.told ? { note: [{ text: kept.told }] } : {}),
    ...(parameters && group ? { outputParameters: { reference: '#outcome' }, result: { reference: '#care' } } : {}),
  };
}

// --- parts ---

function bundle(resources: Resource[]): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({
      fullUrl: `urn:hebra:${resource.resourceType}:${resource.id}`,
      resource,
    })),
  };
}

const statusOf = ({ state }: Version): 'draft' | 'active' | 'retired' =>
  state === 'active' ? 'active' : state === 'retired' ? 'retired' : 'draft';

function publication(version: Version, signed: readonly Signature[]): Record<string, unknown> {
  const genuine = signed.filter((one) => one.genuine);
  return {
    status: statusOf(version),
    experimental: version.state !== 'active',
    date: version.since.toISOString(),
    ...(genuine[0] ? { approvalDate: genuine[0].signedAt.toISOString().slice(0, 10) } : {}),
    ...(genuine.length
      ? {
          endorser: genuine.map((one) => ({ name: `${one.name} (${one.licence})` })),
          effectivePeriod: { end: version.signedUntil!.toISOString() },
        }
      : {}),
  };
}

function textOf(one: { text: Said; first_aid?: Said | undefined }): Said {
  const aid = one.first_aid;
  if (!aid) return one.text;
  return {
    es: `${one.text.es}\n${aid.es}`,
    ca: `${one.text.ca}\n${aid.ca}`,
    en: `${one.text.en}\n${aid.en}`,
    pt: `${one.text.pt}\n${aid.pt}`,
  };
}

const answered = (name: string): string => `item.where(linkId='${name}').answer.value`;

/** A condition as FHIRPath. What was not answered counts as not so. */
function fhirPath(node: Node): string {
  switch (node.op) {
    case 'or':
    case 'and':
      return `(${node.all.map((one) => fhirPath(one)).join(` ${node.op} `)})`;
    case 'not':
      return `iif(${fhirPath(node.one)}, false, true)`;
    case 'always':
      return String(node.holds);
    case 'is':
      return `(${answered(node.name)} = true)`;
    case 'option':
      return `(${answered(node.name)}.code in (${node.among.map((id) => `'${id}'`).join(' | ') || '{}'}))`;
    case 'compare': {
      const left = node.name === 'age' ? '%age' : `${answered(node.name)}.value`;
      const sign = node.sign === '==' ? '=' : node.sign;
      return `(${left} ${sign} ${node.to})`;
    }
    case 'count': {
      const among = node.names.map((name) => `'${name}'`).join(' | ');
      const sign = node.sign === '==' ? '=' : node.sign;
      return `(item.where(linkId in (${among}) and answer.value = true).count() ${sign} ${node.to})`;
    }
  }
}
