import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { conversationProblems } from '../../conversation/problems.ts';
import type { App } from '../../platform/http.ts';
import { isUuid } from '../../platform/ids.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { protocolBundle, runBundle } from '../../triage/protocols/as-fhir.ts';
import { readRun, readRuns } from '../../triage/protocols/keep-run.ts';
import type { KeptRun } from '../../triage/protocols/keep-run.ts';
import {
  activateProtocol,
  importProtocol,
  retireProtocol,
  reviewProtocol,
  signProtocol,
} from '../../triage/protocols/life-cycle.ts';
import { protocolProblems } from '../../triage/protocols/problems.ts';
import { goldenResults, isProven, prove } from '../../triage/protocols/proofs.ts';
import { attempt } from '../../triage/protocols/attempt.ts';
import { isFlag } from '../../triage/protocols/contract.ts';
import { isInForce } from '../../triage/protocols/rules.ts';
import { history, serving, signatures, versions } from '../../triage/protocols/store.ts';
import type { Version } from '../../triage/protocols/store.ts';
import { proveAgain } from '../../trust/account.ts';
import type { Actor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { TrustDeps } from '../../trust/session.ts';
import type { Vault } from '../../trust/vault.ts';
import * as contract from './contract.ts';
import type { ProtocolHead, ProtocolView, TriageRunView } from './contract.ts';

export type ProtocolDeps = { db: Database; vault: Vault; clock: Clock; trust: TrustDeps };

const byId = z.object({ id: z.uuid() });

/** Triage protocols for who writes, signs and reads them; and the runs of patients for who cares for them. */
export function protocolRoutes(app: App, deps: ProtocolDeps): void {
  const { vault } = deps;
  const as = <T>(request: { actor: Actor }, work: (trx: Trx, actor: Actor) => Promise<T>): Promise<T> =>
    within(deps.db, request.actor.organisationId, (trx) => work(trx, request.actor));
  const at = (): { vault: Vault; now: Date } => ({ vault, now: deps.clock() });

  app.get(
    '/api/protocols',
    {
      config: { permission: 'protocol.read' },
      schema: { summary: 'Triage protocols and how each stands', response: { 200: contract.protocolList } },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const organisation = await organisationOf(trx, actor.organisationId);
        const drafts = await draftsServed(trx, deps, actor.organisationId);
        const all = await versions(trx, vault, actor.organisationId);
        return {
          protocols: all.map((one) => headOf(one, drafts, deps.clock())),
          draftsAllowed: organisation.settings.draftsAllowed,
        };
      }),
  );
  app.post(
    '/api/protocols',
    {
      config: { permission: 'protocol.write' },
      schema: {
        summary: 'Take in a protocol as a draft',
        body: contract.importBody,
        response: { 201: contract.protocolView },
      },
    },
    async (request, reply) => {
      const view = await as(request, async (trx, actor) => {
        const protocol = await importProtocol(trx, actor, request.body.yaml, deps.clock());
        return readView(trx, deps, actor.organisationId, protocol.hash);
      });
      return reply.code(201).send(view);
    },
  );
  app.post(
    '/api/protocols/try',
    {
      config: { permission: 'protocol.read' },
      schema: {
        summary: 'Walk through a protocol; nothing is stored',
        body: contract.tryBody,
        response: { 200: contract.tryAnswer },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { protocol } = await find(trx, deps, actor.organisationId, request.body.id);
        const { emergencyNumber } = await organisationOf(trx, actor.organisationId);
        return attempt(protocol, { ...request.body, emergencyNumber, at: deps.clock().toISOString() });
      }),
  );
  app.get(
    '/api/protocols/:id',
    {
      config: { permission: 'protocol.read' },
      schema: {
        summary: 'A protocol whole, with its proofs, golden cases and signatures',
        params: contract.protocolParams,
        response: { 200: contract.protocolView },
      },
    },
    (request) => as(request, (trx, actor) => readView(trx, deps, actor.organisationId, request.params.id)),
  );
  app.get(
    '/api/protocols/:id/fhir',
    {
      config: { permission: 'protocol.read' },
      schema: {
        summary: 'As FHIR R4: PlanDefinition and Questionnaire',
        params: contract.protocolParams,
        response: { 200: contract.fhirBundle },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const version = await find(trx, deps, actor.organisationId, request.params.id);
        return protocolBundle(version, await signatures(trx, vault, actor.organisationId, version.protocol.hash));
      }),
  );
  app.post(
    '/api/protocols/:id/review',
    {
      config: { permission: 'protocol.write' },
      schema: {
        summary: 'It was read whole and everything is proven',
        params: contract.protocolParams,
        body: contract.reviewBody,
        response: { 200: contract.protocolView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { hash } = (await find(trx, deps, actor.organisationId, request.params.id)).protocol;
        await reviewProtocol(trx, actor, { hash, reason: request.body.reason }, at());
        return readView(trx, deps, actor.organisationId, hash);
      }),
  );
  app.post(
    '/api/protocols/:id/sign',
    {
      config: { permission: 'protocol.sign' },
      schema: {
        summary: 'Sign exactly this content, with the password again',
        params: contract.protocolParams,
        body: contract.signBody,
        response: { 200: contract.protocolView },
      },
    },
    async (request) => {
      const { hash, name, licence, expiresAt, password } = request.body;
      const staff = staffOf(request);
      const shown = await as(request, (trx, actor) => find(trx, deps, actor.organisationId, request.params.id));
      if (shown.protocol.hash !== hash) throw protocolProblems.other_content();
      // before the transaction: a wrong password counts as a try whatever becomes of it
      await proveAgain(deps.trust, staff, password);
      return as(request, async (trx) => {
        await signProtocol(trx, staff, { hash, name, licence, expiresAt: new Date(expiresAt) }, at());
        return readView(trx, deps, staff.organisationId, hash);
      });
    },
  );
  app.post(
    '/api/protocols/:id/activate',
    {
      config: { permission: 'protocol.activate' },
      schema: {
        summary: 'From now on it serves patients',
        params: contract.protocolParams,
        response: { 200: contract.protocolView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { hash } = (await find(trx, deps, actor.organisationId, request.params.id)).protocol;
        await activateProtocol(trx, actor, { hash }, at());
        return readView(trx, deps, actor.organisationId, hash);
      }),
  );
  app.post(
    '/api/protocols/:id/retire',
    {
      config: { permission: 'protocol.activate' },
      schema: {
        summary: 'It serves nobody any more',
        params: contract.protocolParams,
        body: contract.retireBody,
        response: { 200: contract.protocolView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { hash } = (await find(trx, deps, actor.organisationId, request.params.id)).protocol;
        await retireProtocol(trx, actor, { hash, reason: request.body.reason }, at());
        return readView(trx, deps, actor.organisationId, hash);
      }),
  );

  app.get(
    '/api/triage-runs/:id',
    {
      config: { permission: 'triage_run.read' },
      schema: {
        summary: 'A passage through a protocol: every question, every answer, the rule',
        params: byId,
        response: { 200: contract.triageRunView },
      },
    },
    (request) => as(request, async (trx, actor) => runView(await readRun(trx, vault, actor, request.params.id))),
  );
  app.get(
    '/api/conversations/:id/triage-runs',
    {
      config: { permission: 'triage_run.read' },
      schema: {
        summary: 'The triage runs of a conversation, the latest first',
        params: byId,
        response: { 200: contract.triageRunList },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { id } = request.params;
        const known = trx
          .selectFrom('conversation')
          .select('id')
          .where('id', '=', id)
          .where('organisation_id', '=', actor.organisationId);
        if (!isUuid(id) || !(await known.executeTakeFirst())) throw conversationProblems.not_found();
        return { runs: (await readRuns(trx, vault, actor, { conversationId: id })).map(runView) };
      }),
  );
  app.get(
    '/api/triage-runs/:id/fhir',
    {
      config: { permission: 'triage_run.read' },
      schema: {
        summary: 'As FHIR R4: QuestionnaireResponse and GuidanceResponse',
        params: byId,
        response: { 200: contract.fhirBundle },
      },
    },
    (request) => as(request, async (trx, actor) => runBundle(await readRun(trx, vault, actor, request.params.id))),
  );
}

/** A version by its hash, or the newest of a protocol. @throws protocol.not_found */
async function find(trx: Trx, deps: ProtocolDeps, organisationId: string, id: string): Promise<Version> {
  const only = /^[0-9a-f]{64}$/.test(id) ? { hash: id } : { protocol: id };
  const [found] = await versions(trx, deps.vault, organisationId, only);
  if (!found) throw protocolProblems.not_found();
  return found;
}

async function draftsServed(trx: Trx, deps: ProtocolDeps, organisationId: string): Promise<Set<string>> {
  const organisation = await organisationOf(trx, organisationId);
  const all = await serving(trx, deps.vault, organisation, deps.clock());
  return new Set(all.filter((one) => one.draft && isProven(one.protocol)).map((one) => one.protocol.hash));
}

function headOf(version: Version, drafts: ReadonlySet<string>, now: Date): ProtocolHead {
  const { content, hash } = version.protocol;
  return {
    hash,
    protocol: content.protocol,
    version: content.version,
    title: content.title,
    state: version.state,
    since: version.since.toISOString(),
    signedUntil: version.signedUntil?.toISOString() ?? null,
    inForce: isInForce(version.state, version.signedUntil, now),
    servesAsDraft: drafts.has(hash),
    questions: content.questions.length,
    rules: content.rules.length,
    broken: isProven(version.protocol) ? [] : prove(version.protocol).filter((one) => !one.holds),
  };
}

async function readView(trx: Trx, deps: ProtocolDeps, organisationId: string, id: string): Promise<ProtocolView> {
  const version = await find(trx, deps, organisationId, id);
  const { hash } = version.protocol;
  const signed = await signatures(trx, deps.vault, organisationId, hash);
  return {
    ...headOf(version, await draftsServed(trx, deps, organisationId), deps.clock()),
    content: version.protocol.content,
    proofs: prove(version.protocol),
    golden: goldenResults(version.protocol),
    history: (await history(trx, organisationId, hash)).map((one) => ({
      state: one.state,
      at: one.at.toISOString(),
      by: one.actorName,
      reason: one.reason,
    })),
    signatures: signed.map((one) => ({
      id: one.id,
      name: one.name,
      licence: one.licence,
      signedAt: one.signedAt.toISOString(),
      expiresAt: one.expiresAt.toISOString(),
      genuine: one.genuine,
    })),
  };
}

function runView(kept: KeptRun): TriageRunView {
  const { content, hash } = kept.protocol;
  const flags = new Set(content.questions.filter(isFlag).map((one) => one.id));
  return {
    id: kept.id,
    conversationId: kept.conversationId,
    personId: kept.personId,
    protocol: { hash, id: content.protocol, version: content.version, title: content.title },
    draft: kept.draft,
    language: kept.language,
    channel: kept.channel,
    state: kept.state,
    begunAt: kept.begunAt,
    endedAt: kept.endedAt,
    complaint: kept.complaint,
    facts: kept.run.facts,
    answers: kept.run.answers.map((one) => ({ ...one, flag: flags.has(one.question) })),
    disposition: kept.run.disposition,
    told: kept.told,
  };
}
