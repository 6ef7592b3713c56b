import type { Clock } from '../../platform/clock.ts';
import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { emergencyText } from '../../triage/emergency.ts';
import { explain, redFlagPack } from '../../triage/screen.ts';
import { proveAgain } from '../../trust/account.ts';
import { type Address, addressed } from '../../trust/address.ts';
import type { Actor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { TrustDeps } from '../../trust/session.ts';
import type { Vault } from '../../trust/vault.ts';
import * as contract from './contract.ts';
import type { EntriesByLanguage, PackContent, PackHead } from './contract.ts';
import { redFlagProblems } from './problems.ts';
import { signRedFlags, withdrawRedFlags } from './sign.ts';
import { standingOf } from './store.ts';

type RedFlagDeps = { db: Database; vault: Vault; clock: Clock; trust: TrustDeps };

/** The red-flag pack for who reads, tries and signs it. What screens is files of the installation: the same in every organisation. */
export function redFlagRoutes(app: App, deps: RedFlagDeps): void {
  const { vault } = deps;
  const as = <T>(request: { actor: Actor }, work: (trx: Trx, actor: Actor) => Promise<T>): Promise<T> =>
    within(deps.db, request.actor.organisationId, (trx) => work(trx, request.actor));
  const head = (trx: Trx, organisationId: string): Promise<PackHead> => headOf(trx, deps, organisationId);
  const pack = redFlagPack();

  app.get(
    '/api/red-flags',
    {
      config: { permission: 'redflags.read' },
      schema: { summary: 'The red-flag pack and how it stands', response: { 200: contract.packHead } },
    },
    (request) => as(request, (trx, actor) => head(trx, actor.organisationId)),
  );
  app.get(
    '/api/red-flags/pack',
    {
      config: { permission: 'redflags.read' },
      schema: {
        summary:
          'Rules, concepts, context and fixed texts, as the organisation speaks to its patients: all that is signed',
        response: { 200: contract.packContent },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { settings } = await organisationOf(trx, actor.organisationId);
        return { ...contentOf(pack), texts: textsFor(pack, settings.address) };
      }),
  );
  app.post(
    '/api/red-flags/try',
    {
      config: { permission: 'redflags.read' },
      schema: {
        summary: 'Screen a sentence and say why; nothing is stored or logged',
        body: contract.tryBody,
        response: { 200: contract.tried },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { text, language } = request.body;
        const found = explain(text, language);
        const { emergencyNumber, settings } = await organisationOf(trx, actor.organisationId);
        const told =
          found.level === 'none'
            ? null
            : emergencyText(found.level, language, emergencyNumber, found.flags[0]?.category, settings.address);
        return { ...found, told };
      }),
  );
  app.post(
    '/api/red-flags/sign',
    {
      config: { permission: 'redflags.sign' },
      schema: {
        summary: 'Sign exactly this content, with the password again',
        body: contract.signBody,
        response: { 200: contract.packHead },
      },
    },
    async (request) => {
      const { hash, name, licence, expiresAt, password } = request.body;
      const staff = staffOf(request);
      if (hash !== pack.hash) throw redFlagProblems.other_content();
      // before the transaction: a wrong password counts as a try whatever becomes of it
      await proveAgain(deps.trust, staff, password);
      return as(request, async (trx) => {
        const input = { hash, name, licence, expiresAt: new Date(expiresAt) };
        await signRedFlags(trx, staff, pack, input, { vault, now: deps.clock() });
        return head(trx, staff.organisationId);
      });
    },
  );
  app.post(
    '/api/red-flags/withdraw',
    {
      config: { permission: 'redflags.sign' },
      schema: {
        summary: 'Take the signature back; the pack goes on screening',
        body: contract.withdrawBody,
        response: { 200: contract.packHead },
      },
    },
    (request) =>
      as(request, async (trx) => {
        const staff = staffOf(request);
        await withdrawRedFlags(trx, staff, pack, request.body, { vault, now: deps.clock() });
        return head(trx, staff.organisationId);
      }),
  );
}

type Pack = ReturnType<typeof redFlagPack>;

async function headOf(trx: Trx, deps: RedFlagDeps, organisationId: string): Promise<PackHead> {
  const { version, hash, notes, rules, concepts } = redFlagPack();
  const { emergencyNumber } = await organisationOf(trx, organisationId);
  const standing = await standingOf(trx, deps.vault, organisationId, hash, deps.clock());
  return {
    version,
    hash,
    notes,
    emergencyNumber,
    state: standing.state,
    signedUntil: standing.signedUntil?.toISOString() ?? null,
    counts: {
      rules: rules.filter((one) => one.level !== 'hint').length,
      concepts: concepts.length,
      words: concepts.reduce((sum, one) => sum + one.entries.length, 0),
    },
    signatures: standing.signatures.map((one) => ({
      ...one,
      signedAt: one.signedAt.toISOString(),
      expiresAt: one.expiresAt.toISOString(),
    })),
    history: standing.history.map((one) => ({ ...one, at: one.at.toISOString() })),
  };
}

/** The pack as it is read, said by language; it does not change while the process lives. */
let content: Omit<PackContent, 'texts'> | undefined;
function contentOf(pack: Pack): Omit<PackContent, 'texts'> {
  content ??= {
    hash: pack.hash,
    families: [...pack.families, ...pack.meanings].map((one) => ({ ...one, entries: said(one.entries) })),
    concepts: pack.concepts.map((one) => ({ ...one, entries: said(one.entries), except: said(one.except) })),
    contexts: pack.contexts.map((one) => ({ ...one, entries: said(one.entries), except: said(one.except) })),
    rules: pack.rules,
  };
  return content;
}

function textsFor({ texts }: Pack, address: Address): PackContent['texts'] {
  const spoken = (said: Record<string, string>): PackContent['texts']['call'] =>
    Object.fromEntries(
      Object.entries(said).map(([language, text]) => [language, addressed(text, address)]),
    ) as PackContent['texts']['call'];
  const firstAid = Object.fromEntries(Object.entries(texts.firstAid).map(([category, one]) => [category, spoken(one)]));
  return { call: spoken(texts.call), ask: spoken(texts.ask), firstAid };
}

function said(entries: Pack['concepts'][number]['entries']): EntriesByLanguage {
  const by: EntriesByLanguage = { es: [], ca: [], en: [], pt: [], any: [] };
  for (const { text, language, countries } of entries)
    by[language].push(countries.length ? { text, countries: [...countries] } : { text });
  return by;
}
