import { z } from 'zod';
import { paceSettings, waitSettings } from '../../trust/contract.ts';
import { agentSettings, entitySettings, presenceState, queueSettings, texts } from '../../routing/contract.ts';

const id = z.uuid();
const count = z.number().int();
/** A mark of what was on the page: whoever changes something sends it back, and is refused when it is another by now. */
const revision = z.string().length(16);

// ── entities ────────────────────────────────────────────────────────────────────────────────────────────────────

const name = entitySettings.shape.name;
export const entityView = z.object({
  id,
  key: z.string(),
  name: z.string(),
  retired: z.boolean(),
  /** How many queues in use belong to it. */
  queues: count,
});
export type EntityView = z.infer<typeof entityView>;
export const entitiesList = z.object({ entities: z.array(entityView) });
export const entityBody = z.object({ name });
export const entityRename = z.object({ name, was: z.string() });
export const entityOrder = z.object({ order: z.array(id).max(1_000) });

// ── queues ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stands in the way of an agent, as far as a queue's settings say. */
const lacking = z.object({ skill: z.string(), level: count, agents: count });
/** Who could serve a queue. `here`: signed in. `free`: with a place, and working. */
const hands = z.object({ able: count, here: count, free: count });
export type Hands = z.infer<typeof hands>;
export const whoCould = z.object({
  /** Members who take work at all. */
  members: count,
  /** From the first moment on. */
  atOnce: hands,
  /** Some of them, by name: those who are free first, then who is here, then the rest. */
  names: z.array(z.string()),
  /** As the wait grows: by ring and overflow, in order of the share of the target. */
  later: z.array(z.object({ after: z.number(), hands })),
  /** Once every ring is reached and every overflow open. */
  inTheEnd: hands,
  /** Skills that too few have: nobody has them at that level. */
  missing: z.array(lacking),
});
export type WhoCould = z.infer<typeof whoCould>;

export const queueView = z.object({
  id,
  settings: queueSettings.required({ outOfHours: true }),
  revision,
  retired: z.boolean(),
  open: z.boolean(),
  waiting: count,
  /** In the hands of agents now. */
  held: count,
  could: whoCould,
});
export type QueueView = z.infer<typeof queueView>;
export const queuesView = z.object({
  queues: z.array(queueView),
  /** Keys of the queues that the organisation's settings name: they cannot be retired. */
  defaultQueue: z.string(),
  urgentQueue: z.string(),
  /** Seconds that an offer rings where a queue does not say. */
  ringSeconds: count,
  timezone: z.string(),
  /** Skills that agents have or queues ask. */
  skills: z.array(z.string()),
  entities: z.array(z.object({ key: z.string(), name: z.string() })),
  /** What a new queue says out of hours until somebody writes it better. */
  outOfHours: texts,
});
export type QueuesView = z.infer<typeof queuesView>;
/** Without a key one is made of the Spanish name. */
export const newQueueBody = z.object({ settings: queueSettings.partial({ key: true }) });
export const changeQueueBody = z.object({ settings: queueSettings, revision });
/** `PUT /api/settings/queues/:id/place` → 200 `queuesView`: its place among those in use, from 0; the others make room. */
export const placeQueueBody = z.object({ position: z.number().int().min(0).max(10_000) });
export const tryQueueBody = z.object({
  settings: queueSettings.partial({ key: true, names: true }),
  id: id.optional(),
});
export const retiredQueue = z.object({
  /** They stay in line and are still answered. */
  waiting: count,
  held: count,
  /** Names of the queues that overflowed to it. */
  overflowed: z.array(texts),
});
export type RetiredQueue = z.infer<typeof retiredQueue>;

// ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const agentView = z.object({
  id,
  name: z.string(),
  roles: z.array(z.string()),
  presence: presenceState,
  load: count,
  /** Places that the measured reply delay allows now; null: not measured, or the capacity stands. */
  pace: count.nullable(),
  settings: agentSettings,
  revision,
});
export type AgentView = z.infer<typeof agentView>;
export const agentsView = z.object({
  agents: z.array(agentView),
  queues: z.array(z.object({ key: z.string(), names: texts, skills: z.array(z.string()) })),
  skills: z.array(z.string()),
});
export const changeAgentBody = z.object({ settings: agentSettings, revision });

// ── the organisation ────────────────────────────────────────────────────────────────────────────────────────────

const dialled = z.string().regex(/^\+?[0-9]{2,15}$/);
const country = z.string().regex(/^[A-Z]{2}$/);
export const organisationSettings = z.object({
  name: z.string().trim().min(1).max(200),
  country,
  timezone: z.string().min(1).max(64),
  /** The first is its own. */
  languages: z.array(z.enum(['es', 'ca', 'en', 'pt'])).min(1),
  emergencyNumber: dialled,
  emergencyNumbers: z.record(country, dialled),
  defaultQueue: z.string(),
  urgentQueue: z.string(),
  ringSeconds: z.number().int().min(5).max(600),
  graceSeconds: z.number().int().min(5).max(3_600),
  reopenMinutes: z.number().int().min(0).max(10_080),
  warnShare: z.number().min(0.1).max(0.99),
  shortSeconds: z.number().int().min(0).max(120),
  proofForHealthData: z.enum(['claimed', 'matched', 'confirmed']),
  proofDays: z.number().int().min(1).max(3_650),
  draftsAllowed: z.boolean(),
  wait: waitSettings,
  pace: paceSettings,
  /** Agents are shown that a supervisor reads along. */
  listeningShown: z.boolean(),
  webchatOrigins: z.array(z.string().max(253)).max(50),
  webchatColour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .nullable(),
});
export type OrganisationForm = z.infer<typeof organisationSettings>;
export const organisationView = z.object({
  settings: organisationSettings,
  revision,
  slug: z.string(),
  queues: z.array(z.object({ key: z.string(), names: texts })),
});
export type OrganisationView = z.infer<typeof organisationView>;
export const changeOrganisationBody = z.object({
  settings: organisationSettings,
  revision,
  /** Asked for when an emergency number changes. */
  password: z.string().min(1).max(1_024).optional(),
});

/** One thing that does not fit, where it stands in what was sent. `message` has its words in the desk. */
export type Fault = { path: string; message: string };
