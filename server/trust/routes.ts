import { z } from 'zod';
import type { FastifyReply } from 'fastify';
import type { App } from '../platform/http.ts';
import { within } from '../platform/postgres.ts';
import {
  beginTotp,
  changePassword,
  chooseLanguage,
  confirmTotp,
  endTotp,
  readMe,
  removePasskey,
  renewRecoveryCodes,
  switchOrganisation,
} from './account.ts';
import { listApiKeys, makeApiKey, revokeApiKey } from './api-keys.ts';
import * as contract from './contract.ts';
import { clearSessionCookie, setSessionCookie, SIGN_INS_A_MINUTE, staffOf, visitorOf } from './guard.ts';
import { trustProblems } from './problems.ts';
import { listPasskeys, listSessions, readAudit } from './queries.ts';
import { endSessions } from './session.ts';
import type { TrustDeps } from './session.ts';
import {
  chooseOrganisation,
  passkeyRegistrationOptions,
  passkeySignInOptions,
  registerPasskey,
  signInWithCode,
  signInWithPasskey,
  signInWithPassword,
} from './sign-in.ts';
import type { Step } from './sign-in.ts';
import {
  changeStaff,
  inviteStaff,
  letSetPassword,
  listStaff,
  lookAtInvitation,
  redeemInvitation,
  revokeInvitation,
} from './staff.ts';

const byId = z.object({ id: z.uuid() });
const nothing = z.null().describe('Done; there is nothing to say.');
const publicSignIn = {
  permission: 'public',
  sameOrigin: true,
  rateLimit: {
    max: SIGN_INS_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request: { ip: string }) => `sign-in ${request.ip}`,
  },
};

/** Signing in and out, one's own account, the staff, API keys and the audit trail. */
export function trustRoutes(app: App, deps: TrustDeps): void {
  signInRoutes(app, deps);
  selfRoutes(app, deps);
  staffRoutes(app, deps);
  keyAndTrailRoutes(app, deps);
}

function signInRoutes(app: App, deps: TrustDeps): void {
  /** The cookie with a finished sign-in, else the next step. */
  async function answer(reply: FastifyReply, step: Step): Promise<contract.SignInAnswer> {
    if (step.step !== 'done') return step;
    setSessionCookie(reply, deps, step.token);
    return { step: 'done', me: await readMe(deps, step.actor) };
  }

  app.post(
    '/api/sign-in',
    {
      config: publicSignIn,
      schema: {
        summary: 'Sign in with e-mail and password',
        body: contract.signInRequest,
        response: { 200: contract.signInAnswer },
      },
    },
    async (request, reply) => answer(reply, await signInWithPassword(deps, request.body, visitorOf(request))),
  );
  app.post(
    '/api/sign-in/totp',
    {
      config: publicSignIn,
      schema: {
        summary: 'Second step: the code of the authenticator',
        body: contract.totpRequest,
        response: { 200: contract.signInAnswer },
      },
    },
    async (request, reply) => answer(reply, await signInWithCode(deps, request.body, visitorOf(request))),
  );
  app.post(
    '/api/sign-in/organisation',
    {
      config: publicSignIn,
      schema: {
        summary: 'Last step: which organisation to work for',
        body: contract.organisationRequest,
        response: { 200: contract.signInAnswer },
      },
    },
    async (request, reply) => answer(reply, await chooseOrganisation(deps, request.body, visitorOf(request))),
  );
  app.post(
    '/api/sign-in/passkey/options',
    {
      config: publicSignIn,
      schema: { summary: 'Begin to sign in with a passkey', response: { 200: contract.passkeyOptions } },
    },
    () => passkeySignInOptions(deps),
  );
  app.post(
    '/api/sign-in/passkey/verify',
    {
      config: publicSignIn,
      schema: {
        summary: 'Sign in with a passkey',
        body: contract.passkeyRequest,
        response: { 200: contract.signInAnswer },
      },
    },
    async (request, reply) => answer(reply, await signInWithPasskey(deps, request.body, visitorOf(request))),
  );
  app.post(
    '/api/sign-out',
    { config: { permission: 'self.manage' }, schema: { summary: 'End this session', response: { 204: nothing } } },
    async (request, reply) => {
      const actor = staffOf(request);
      await within(deps.db, actor.organisationId, (trx) =>
        endSessions(trx, deps, actor, { accountId: actor.accountId, only: actor.sessionId }, 'signed_out'),
      );
      clearSessionCookie(reply, deps);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/invitations/look',
    {
      config: publicSignIn,
      schema: {
        summary: 'What a one-time link is for',
        body: contract.invitationToken,
        response: { 200: contract.invitationView },
      },
    },
    (request) => lookAtInvitation(deps, request.body.token),
  );
  app.post(
    '/api/invitations/redeem',
    {
      config: publicSignIn,
      schema: {
        summary: 'Redeem a one-time link',
        description:
          'Signs in at once; `me` is null when the account has to sign in by itself (second factor, new password).',
        body: contract.redemption,
        response: { 200: z.object({ me: contract.me.nullable() }) },
      },
    },
    async (request, reply) => {
      const started = await redeemInvitation(deps, request.body, visitorOf(request));
      if (!started) return { me: null };
      setSessionCookie(reply, deps, started.token);
      return { me: await readMe(deps, started.actor) };
    },
  );
}

function selfRoutes(app: App, deps: TrustDeps): void {
  app.get(
    '/api/me',
    { config: { permission: 'self.read' }, schema: { summary: 'Who is signed in', response: { 200: contract.me } } },
    (request) => readMe(deps, staffOf(request)),
  );
  app.post(
    '/api/me/organisation',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Go on in another organisation',
        body: contract.switchRequest,
        response: { 200: contract.me },
      },
    },
    async (request, reply) => {
      const { token, actor } = await switchOrganisation(
        deps,
        staffOf(request),
        request.body.organisation,
        visitorOf(request),
      );
      setSessionCookie(reply, deps, token);
      return readMe(deps, actor);
    },
  );
  app.put(
    '/api/me/language',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Choose the language of the desk',
        body: contract.languageRequest,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await chooseLanguage(deps, staffOf(request), request.body.language);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/me/password',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Change the password; other sessions end',
        body: contract.passwordRequest,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await changePassword(deps, staffOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/me/totp',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Begin to add a second factor',
        body: contract.provenByPassword,
        response: { 200: contract.totpEnrolment },
      },
    },
    (request) => beginTotp(deps, staffOf(request), request.body.password),
  );
  app.post(
    '/api/me/totp/confirm',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Turn the second factor on',
        body: contract.totpConfirmation,
        response: { 200: contract.recoveryCodes },
      },
    },
    async (request) => ({ recoveryCodes: await confirmTotp(deps, staffOf(request), request.body.code) }),
  );
  app.post(
    '/api/me/totp/recovery-codes',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'New recovery codes',
        body: contract.provenByPassword,
        response: { 200: contract.recoveryCodes },
      },
    },
    async (request) => ({ recoveryCodes: await renewRecoveryCodes(deps, staffOf(request), request.body.password) }),
  );
  app.delete(
    '/api/me/totp',
    {
      config: { permission: 'self.manage' },
      schema: { summary: 'Turn the second factor off', body: contract.provenByPassword, response: { 204: nothing } },
    },
    async (request, reply) => {
      await endTotp(deps, staffOf(request), request.body.password);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/me/passkeys',
    {
      config: { permission: 'self.read' },
      schema: { summary: 'My passkeys', response: { 200: z.object({ passkeys: z.array(contract.passkey) }) } },
    },
    async (request) => ({ passkeys: await listPasskeys(deps, staffOf(request).accountId) }),
  );
  app.post(
    '/api/me/passkeys/options',
    {
      config: { permission: 'self.manage' },
      schema: { summary: 'Begin to add a passkey', response: { 200: contract.passkeyOptions } },
    },
    async (request) => {
      const actor = staffOf(request);
      const { account } = await readMe(deps, actor);
      return passkeyRegistrationOptions(deps, account);
    },
  );
  app.post(
    '/api/me/passkeys',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Add a passkey',
        body: contract.passkeyRegistration,
        response: { 201: z.object({ id: z.string() }) },
      },
    },
    async (request, reply) => {
      const id = await registerPasskey(deps, staffOf(request), request.body);
      return reply.code(201).send({ id });
    },
  );
  app.delete(
    '/api/me/passkeys/:id',
    {
      config: { permission: 'self.manage' },
      schema: {
        summary: 'Remove a passkey',
        params: z.object({ id: z.string().max(200) }),
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await removePasskey(deps, staffOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/me/sessions',
    {
      config: { permission: 'self.read' },
      schema: { summary: 'My sessions', response: { 200: z.object({ sessions: z.array(contract.session) }) } },
    },
    async (request) => ({ sessions: await listSessions(deps, staffOf(request)) }),
  );
  app.delete(
    '/api/me/sessions',
    {
      config: { permission: 'self.manage' },
      schema: { summary: 'End all my other sessions', response: { 204: nothing } },
    },
    async (request, reply) => {
      const actor = staffOf(request);
      await within(deps.db, actor.organisationId, (trx) =>
        endSessions(trx, deps, actor, { accountId: actor.accountId, except: actor.sessionId }, 'revoked'),
      );
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/me/sessions/:id',
    {
      config: { permission: 'self.manage' },
      schema: { summary: 'End one of my sessions', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      const actor = staffOf(request);
      const ended = await within(deps.db, actor.organisationId, (trx) =>
        endSessions(trx, deps, actor, { accountId: actor.accountId, only: request.params.id }, 'revoked'),
      );
      if (ended === 0) throw trustProblems.not_found();
      return reply.code(204).send(null);
    },
  );
}

function staffRoutes(app: App, deps: TrustDeps): void {
  app.get(
    '/api/staff',
    {
      config: { permission: 'staff.read' },
      schema: { summary: 'Everyone who works here', response: { 200: contract.staffList } },
    },
    (request) => listStaff(deps, request.actor.organisationId),
  );
  app.post(
    '/api/staff/invitations',
    {
      config: { permission: 'staff.manage' },
      schema: {
        summary: 'Invite somebody by a one-time link',
        body: contract.invitationRequest,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => reply.code(201).send(await inviteStaff(deps, staffOf(request), request.body)),
  );
  app.delete(
    '/api/staff/invitations/:id',
    {
      config: { permission: 'staff.manage' },
      schema: { summary: 'Take an invitation back', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      await revokeInvitation(deps, staffOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.patch(
    '/api/staff/:id',
    {
      config: { permission: 'staff.manage' },
      schema: {
        summary: 'Change name or roles, let rest or bring back',
        params: byId,
        body: contract.staffChange,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await changeStaff(deps, staffOf(request), request.params.id, request.body);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/staff/:id/password-link',
    {
      config: { permission: 'staff.manage' },
      schema: {
        summary: 'A one-time link to set a forgotten password',
        params: byId,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => reply.code(201).send(await letSetPassword(deps, staffOf(request), request.params.id)),
  );
}

function keyAndTrailRoutes(app: App, deps: TrustDeps): void {
  app.get(
    '/api/api-keys',
    {
      config: { permission: 'api_key.manage' },
      schema: { summary: 'Keys of programs', response: { 200: z.object({ keys: z.array(contract.apiKey) }) } },
    },
    async (request) => ({ keys: await listApiKeys(deps, request.actor.organisationId) }),
  );
  app.post(
    '/api/api-keys',
    {
      config: { permission: 'api_key.manage' },
      schema: {
        summary: 'Make a key; it is shown once',
        body: contract.apiKeyRequest,
        response: { 201: contract.apiKeyAnswer },
      },
    },
    async (request, reply) => reply.code(201).send(await makeApiKey(deps, staffOf(request), request.body)),
  );
  app.delete(
    '/api/api-keys/:id',
    {
      config: { permission: 'api_key.manage' },
      schema: { summary: 'Revoke a key', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      await revokeApiKey(deps, staffOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/audit',
    {
      config: { permission: 'audit.read' },
      schema: {
        summary: 'Who saw or changed what',
        querystring: contract.auditQuery,
        response: { 200: contract.auditPage },
      },
    },
    (request) => readAudit(deps, request.actor, request.query),
  );
}
