import { z } from 'zod';

/** What a member of an organisation may be; one member can be several. */
export const ROLES = [
  'agent',
  'nurse',
  'supervisor',
  'planner',
  'quality',
  'author',
  'clinician',
  'administrator',
  'privacy',
] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;

/** Who does something: the first argument of every verb after the transaction. */
export type Actor = StaffActor | IntegrationActor | PatientActor | AssistantActor | SystemActor;
export type StaffActor = {
  kind: 'staff';
  organisationId: string;
  /** The agent's id everywhere. */
  membershipId: string;
  accountId: string;
  sessionId: string;
  roles: Role[];
  name: string;
};
export type IntegrationActor = { kind: 'integration'; organisationId: string; apiKeyId: string; scopes: string[] };
export type PatientActor = { kind: 'patient'; organisationId: string; personId: string };
export type AssistantActor = { kind: 'assistant'; organisationId: string };
export type SystemActor = { kind: 'system'; organisationId: string };

const language = z.enum(['es', 'ca', 'en', 'pt']);
const instant = z.iso.datetime();

/** Lower case and trimmed: one account has one spelling. */
export const emailAddress = z.string().trim().toLowerCase().max(254).pipe(z.email());
/** A password as typed; the rules for new ones are checked where one is set. */
const typedPassword = z.string().min(1).max(200);
/** A new password: NIST SP 800-63B §5.1.1, length over composition. */
export const newPassword = z.string().min(10).max(200);

export const organisationChoice = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });

/** GET /api/me */
export const me = z.object({
  account: z.object({ id: z.uuid(), email: z.string(), name: z.string(), language }),
  organisation: organisationChoice.extend({ languages: z.array(z.string()), timezone: z.string() }),
  membership: z.object({ id: z.uuid(), name: z.string(), roles: z.array(role) }),
  /** What the desk may offer; the server asks again on every route. */
  permissions: z.array(z.string()),
  /** Every organisation this account may work for. */
  organisations: z.array(organisationChoice),
  session: z.object({ id: z.uuid(), method: z.string(), expiresAt: instant, idleMinutes: z.number() }),
  secondFactor: z.object({ totp: z.boolean(), passkeys: z.number().int(), recoveryCodes: z.number().int() }),
});
export type Me = z.infer<typeof me>;

/** POST /api/sign-in */
export const signInRequest = z.object({
  email: emailAddress,
  password: typedPassword,
  /** Slug of the organisation to work for, when already known. */
  organisation: z.string().max(63).optional(),
});

/**
 * Answer of every step of a sign-in. `done` sets the session's cookie; the others ask for the next step and
 * carry a ticket that is good for five minutes.
 */
export const signInAnswer = z.discriminatedUnion('step', [
  z.object({ step: z.literal('done'), me }),
  z.object({ step: z.literal('totp'), ticket: z.string() }),
  z.object({ step: z.literal('organisation'), ticket: z.string(), organisations: z.array(organisationChoice) }),
]);
export type SignInAnswer = z.infer<typeof signInAnswer>;

const ticket = z.string().min(20).max(100);
/** POST /api/sign-in/totp: six digits, or a recovery code */
export const totpRequest = z.object({ ticket, code: z.string().trim().min(6).max(40) });
/** POST /api/sign-in/organisation */
export const organisationRequest = z.object({ ticket, organisation: z.uuid() });
/** POST /api/sign-in/passkey/options → what `navigator.credentials.get` takes, as JSON */
export const passkeyOptions = z.object({ ticket: z.string(), options: z.record(z.string(), z.unknown()) });
/** POST /api/sign-in/passkey/verify, POST /api/me/passkeys: the browser's answer, as JSON */
export const passkeyResponse = z.looseObject({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal('public-key'),
  response: z.record(z.string(), z.unknown()),
});
export const passkeyRequest = z.object({
  ticket,
  response: passkeyResponse,
  organisation: z.string().max(63).optional(),
});

/** POST /api/me/organisation: go on in another organisation of the account */
export const switchRequest = z.object({ organisation: z.uuid() });

/** PUT /api/me/language */
export const languageRequest = z.object({ language });

/** POST /api/me/password */
export const passwordRequest = z.object({ current: typedPassword, password: newPassword });

/** POST /api/me/totp (with the password) → secret to scan; then POST /api/me/totp/confirm → recovery codes, shown once */
export const totpEnrolment = z.object({ secret: z.string(), uri: z.string() });
export const totpConfirmation = z.object({
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/),
});
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });
/** POST /api/me/totp, POST /api/me/totp/recovery-codes, DELETE /api/me/totp */
export const provenByPassword = z.object({ password: typedPassword });

export const passkey = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export const passkeyRegistration = z.object({
  ticket,
  response: passkeyResponse,
  name: z.string().trim().min(1).max(100),
});

export const session = z.object({
  id: z.uuid(),
  current: z.boolean(),
  method: z.string(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: instant,
  lastSeenAt: instant,
});

export const staffMember = z.object({
  /** Membership id. */
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  roles: z.array(role),
  secondFactor: z.boolean(),
  lastSeenAt: instant.nullable(),
  deactivatedAt: instant.nullable(),
});
export const invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  roles: z.array(role),
  expiresAt: instant,
});
export const staffList = z.object({ staff: z.array(staffMember), invitations: z.array(invitation) });

const someRoles = z.array(role).min(1).max(ROLES.length);
/** POST /api/staff/invitations */
export const invitationRequest = z.object({
  email: emailAddress,
  name: z.string().trim().min(1).max(200).optional(),
  roles: someRoles,
});
/** The link is shown once. */
export const invitationAnswer = z.object({ id: z.uuid(), link: z.string(), expiresAt: instant });
/** PATCH /api/staff/:id */
export const staffChange = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  roles: someRoles.optional(),
  active: z.boolean().optional(),
});

/** POST /api/invitations/look: what a one-time link is for */
export const invitationToken = z.object({ token: z.string().min(20).max(100) });
export const invitationView = z.object({
  kind: z.enum(['first_administrator', 'staff', 'password']),
  organisation: organisationChoice,
  email: z.string().nullable(),
  name: z.string().nullable(),
  /** The e-mail already has an account: its password is asked for instead of a new one. */
  known: z.boolean(),
});
/** POST /api/invitations/redeem */
export const redemption = z.object({
  token: z.string().min(20).max(100),
  password: typedPassword,
  name: z.string().trim().min(1).max(200).optional(),
  email: emailAddress.optional(),
  language: language.optional(),
  /** Only with the first administrator's link. */
  organisation: z
    .object({
      name: z.string().trim().min(1).max(200),
      slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
      country: z.string().regex(/^[A-Z]{2}$/),
      timezone: z.string().max(60),
    })
    .partial()
    .optional(),
});

export const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
});
/** POST /api/api-keys */
export const apiKeyRequest = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.string().max(60)).min(1).max(100),
  expiresAt: instant.optional(),
});
/** The key is shown once. */
export const apiKeyAnswer = apiKey.extend({ key: z.string() });

/** GET /api/audit */
export const auditQuery = z.object({
  from: instant.optional(),
  to: instant.optional(),
  actorId: z.uuid().optional(),
  personId: z.uuid().optional(),
  action: z.string().max(60).optional(),
  subjectKind: z.string().max(60).optional(),
  subjectId: z.string().max(100).optional(),
  /** Goes on after the entry with this id. */
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const auditEntry = z.object({
  id: z.uuid(),
  at: instant,
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  subject: z.object({ kind: z.string(), id: z.string().nullable() }),
  personId: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  /** Place in the chain; null for a moment, until the linker has passed. */
  position: z.number().int().nullable(),
});
export const auditPage = z.object({ entries: z.array(auditEntry), next: z.string().nullable() });

/** What patients are told of their wait (an organisation's `settings.wait`). */
export const waitSettings = z.object({
  /** How many minutes it will be, beside how many are before them. */
  minutes: z.boolean().default(true),
  /** When it changes much it is said again, at most this often; 0: never again. */
  againMinutes: z.number().int().min(0).max(120).default(5),
});
export type WaitSettings = z.infer<typeof waitSettings>;

/** How many written conversations at once follow each agent's measured delay (an organisation's `settings.pace`). */
export const paceSettings = z.object({
  /** Off: every agent's places stand as they were given. */
  on: z.boolean().default(true),
  /** A patient should wait at most so many seconds for each reply, on average. */
  replySeconds: z.number().int().min(15).max(1_800).default(90),
  /** From here on nothing new comes until the delay is down again. */
  stopSeconds: z.number().int().min(30).max(7_200).default(180),
  /** At most one place more or less in so many seconds. */
  periodSeconds: z.number().int().min(60).max(3_600).default(180),
});
export type PaceSettings = z.infer<typeof paceSettings>;
