import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  randomFillSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';

const VERSION = 1;
/** What the key is derived for that wraps organisations' keys. */
const WRAPPING = 'hebra organisation keys';
const NONCE = 12;
const TAG = 16;
/** Keys of persons kept unwrapped in memory: about 300 bytes each. */
const PERSONS_IN_MEMORY = 20_000;
/** A key destroyed by another process is forgotten here after this long, at the latest. */
const REMEMBER_MS = 60_000;

/** Something sealed could not be opened: altered, moved to another place, or its key is destroyed. Names no content. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly reason: 'destroyed' | 'altered' | 'missing';

  constructor(reason: 'destroyed' | 'altered' | 'missing', options?: ErrorOptions) {
    super(`sealed text cannot be opened: ${reason}`, options);
    this.reason = reason;
  }
}

/** The key that seals everything of one person. `secret` is null once destroyed. */
export type PersonKey = { readonly kind: 'person'; readonly secret: KeyObject | null };
/** The organisation's key: seals what belongs to no person, wraps persons' keys, hashes for look-ups. */
export type OrgKey = {
  readonly kind: 'organisation';
  readonly organisationId: string;
  readonly secret: KeyObject;
  readonly wrapping: KeyObject;
  readonly index: KeyObject;
};
/** A key of the installation, derived from the master key: for what belongs to no organisation (an account's second factor). */
export type HouseKey = { readonly kind: 'house'; readonly secret: KeyObject };
export type SealingKey = PersonKey | OrgKey | HouseKey;

export type Vault = {
  /** A fresh key for a new person and its wrapped form, which the caller stores in `person_key.wrapped`. */
  newPersonKey(orgKey: OrgKey): { wrapped: Buffer; key: PersonKey };
  /** The key behind `person_key.wrapped`, for readers that fetched the row themselves; null means destroyed. */
  unwrapPersonKey(orgKey: OrgKey, wrapped: Buffer | null): PersonKey;
  /** The organisation's key; made and stored when it has none yet. Cached. */
  organisationKey(trx: Trx, organisationId: string): Promise<OrgKey>;
  /**
   * Keys of these persons, in at most one statement. A person without a key row is absent from the map;
   * a destroyed key is there, and opening with it throws.
   */
  personKeys(trx: Trx, organisationId: string, personIds: readonly string[]): Promise<Map<string, PersonKey>>;
  /** Destroys a person's key for good: everything sealed under it stays unreadable, in backups of the rows too. */
  destroyPersonKey(trx: Trx, organisationId: string, personId: string): Promise<void>;
  /** Drops a person's key from this process's memory; call it when another process announces an erasure. */
  forget(personId: string): void;
  /** A key derived from the master key for one purpose. */
  houseKey(purpose: string): HouseKey;
};

/**
 * Opens the vault with the master key. Keys hang on one another: master → organisation → person, each wrapped by
 * the one before with AES-256-GCM; the organisation's key is split by HKDF-SHA256 into one to seal, one to wrap and one to index.
 * Throws RangeError unless the master key has 32 bytes.
 */
export function createVault(masterKey: Buffer): Vault {
  if (masterKey.length !== 32) throw new RangeError('the master key must have 32 bytes');
  const root = createSecretKey(masterKey);
  const wrapping: HouseKey = { kind: 'house', secret: derive(root, WRAPPING) };
  const houseKeys = new Map<string, HouseKey>();
  const organisations = new Map<string, OrgKey>();
  const persons = remembering<PersonKey>(PERSONS_IN_MEMORY, REMEMBER_MS);

  function unwrapOrganisationKey(organisationId: string, wrapped: Buffer): OrgKey {
    const secret = createSecretKey(open(wrapping, wrapped, `organisation:${organisationId}`));
    return {
      kind: 'organisation',
      organisationId,
      secret: derive(secret, 'seal'),
      wrapping: derive(secret, 'wrap'),
      index: derive(secret, 'index'),
    };
  }

  function unwrapPersonKey(orgKey: OrgKey, wrapped: Buffer | null): PersonKey {
    if (!wrapped) return { kind: 'person', secret: null };
    const raw = open({ kind: 'house', secret: orgKey.wrapping }, wrapped, `person-key:${orgKey.organisationId}`);
    return { kind: 'person', secret: createSecretKey(raw) };
  }

  async function organisationKey(trx: Trx, organisationId: string): Promise<OrgKey> {
    const known = organisations.get(organisationId);
    if (known) return known;
    const read = () =>
      // A key made by this very transaction is not remembered: it may yet be rolled back.
      sql<{ wrapped: Buffer; settled: boolean }>`
        select wrapped, created_at < now() as settled from organisation_key where organisation_id = ${organisationId}
      `.execute(trx);
    let row = (await read()).rows[0];
    if (!row) {
      const wrapped = seal(wrapping, randomBytes(32), `organisation:${organisationId}`);
      await sql`
        insert into organisation_key (organisation_id, wrapped) values (${organisationId}, ${wrapped}) on conflict do nothing
      `.execute(trx);
      row = (await read()).rows[0];
    }
    if (!row) throw new VaultError('missing');
    const key = unwrapOrganisationKey(organisationId, row.wrapped);
    if (row.settled) organisations.set(organisationId, key);
    return key;
  }

  return {
    newPersonKey(orgKey) {
      const raw = randomBytes(32);
      const wrapped = seal({ kind: 'house', secret: orgKey.wrapping }, raw, `person-key:${orgKey.organisationId}`);
      return { wrapped, key: { kind: 'person', secret: createSecretKey(raw) } };
    },
    unwrapPersonKey,
    organisationKey,
    async personKeys(trx, organisationId, personIds) {
      const found = new Map<string, PersonKey>();
      const unknown: string[] = [];
      for (const id of new Set(personIds)) {
        const key = persons.get(id);
        if (key) found.set(id, key);
        else unknown.push(id);
      }
      if (unknown.length === 0) return found;
      const orgKey = await organisationKey(trx, organisationId);
      const { rows } = await sql<{ person_id: string; wrapped: Buffer | null }>`
        select person_id, wrapped from person_key
        where organisation_id = ${organisationId} and person_id = any(${unknown}::uuid[])
      `.execute(trx);
      for (const row of rows) {
        const key = unwrapPersonKey(orgKey, row.wrapped);
        found.set(row.person_id, key);
        persons.set(row.person_id, key);
      }
      return found;
    },
    async destroyPersonKey(trx, organisationId, personId) {
      await sql`
        update person_key set wrapped = null, destroyed_at = coalesce(destroyed_at, now())
        where organisation_id = ${organisationId} and person_id = ${personId}
      `.execute(trx);
      persons.delete(personId);
    },
    forget: (personId) => persons.delete(personId),
    houseKey(purpose) {
      let key = houseKeys.get(purpose);
      if (!key) houseKeys.set(purpose, (key = { kind: 'house', secret: derive(root, `hebra house: ${purpose}`) }));
      return key;
    },
  };
}

/** Whether this is the master key under which an organisation's key was wrapped. */
export function unwraps(masterKey: Buffer, organisationId: string, wrapped: Buffer): boolean {
  const secret = derive(createSecretKey(masterKey), WRAPPING);
  try {
    open({ kind: 'house', secret }, wrapped, `organisation:${organisationId}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Seals a text or bytes with AES-256-GCM: version (1) | nonce (12) | ciphertext | tag (16). `bind` says where it belongs
 * ('message:' + id) and is authenticated: the same bytes put elsewhere do not open.
 * Random nonces are safe for 2^32 sealings under one key (NIST SP 800-38D §8.3); a person will not write as many.
 */
export function seal(key: SealingKey, plain: string | Buffer, bind: string): Buffer {
  if (!key.secret) throw new VaultError('destroyed');
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce);
  cipher.setAAD(Buffer.from(bind, 'utf8'));
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  cipher.final();
  const sealed = Buffer.allocUnsafe(1 + NONCE + body.length + TAG);
  sealed[0] = VERSION;
  nonce.copy(sealed, 1);
  body.copy(sealed, 1 + NONCE);
  cipher.getAuthTag().copy(sealed, 1 + NONCE + body.length);
  return sealed;
}

/** Opens what `seal` made. Throws VaultError when the key is destroyed, a byte was altered, or `bind` is another. */
export function open(key: SealingKey, sealed: Buffer, bind: string): Buffer {
  if (!key.secret) throw new VaultError('destroyed');
  if (sealed.length < 1 + NONCE + TAG || sealed[0] !== VERSION) throw new VaultError('altered');
  const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(bind, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    const plain = decipher.update(sealed.subarray(1 + NONCE, sealed.length - TAG));
    decipher.final();
    return plain;
  } catch (cause) {
    throw new VaultError('altered', { cause });
  }
}

/**
 * Keyed hash for look-ups (addresses, document numbers, name tokens): HMAC-SHA256, 32 bytes. Equal texts of one
 * organisation and purpose are equal; nothing else can be told from it. The caller normalises the text.
 */
export function blindIndex(orgKey: OrgKey, purpose: string, text: string): Buffer {
  return createHmac('sha256', orgKey.index).update(purpose).update('\0').update(text).digest();
}

function derive(secret: KeyObject, info: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32)));
}

// Random bytes are drawn 1,024 nonces at a time: one call each costs as much as the sealing of a short text.
const nonces = Buffer.alloc(NONCE * 1024);
let nonceAt = nonces.length;
function nextNonce(): Buffer {
  if (nonceAt === nonces.length) {
    randomFillSync(nonces);
    nonceAt = 0;
  }
  // A copy: the pool is refilled while callers may still hold theirs.
  return Buffer.from(nonces.subarray(nonceAt, (nonceAt += NONCE)));
}

/** The least recently used leaves first; an entry older than `ms` is asked for anew. */
function remembering<V>(limit: number, ms: number) {
  const entries = new Map<string, { value: V; until: number }>();
  return {
    get(key: string): V | undefined {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (entry.until < Date.now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key: string, value: V): void {
      entries.delete(key);
      entries.set(key, { value, until: Date.now() + ms });
      if (entries.size > limit) entries.delete(entries.keys().next().value!);
    },
    delete: (key: string): boolean => entries.delete(key),
  };
}
