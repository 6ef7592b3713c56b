import { createHash } from 'node:crypto';
import type { Inbound, InboundContent, Receipt } from '../../conversation/contract.ts';
import type { Account } from '../contract.ts';
import { fitName } from '../rules.ts';
import { reasonOf } from './errors.ts';

/** A file that a message brings along, to be fetched from the vendor. */
export type IncomingFile = {
  organisationId: string;
  accountId: string;
  /** The message that brought it. */
  externalId: string;
  attachmentId: string;
  mediaId: string;
  media: 'image' | 'audio' | 'document' | 'video' | 'sticker';
  mime: string;
  /** As the vendor declares it, base64; checked against what arrives. */
  sha256?: string;
  filename?: string;
};

/** An element that could not be understood, with why; it never stops the others. */
export type SetAside = { organisationId: string; externalId?: string; reason: string; element: unknown };

export type Parsed = {
  inbound: Inbound[];
  files: IncomingFile[];
  receipts: Receipt[];
  setAside: SetAside[];
  /** Elements of numbers that are not connected here, and notifications of other kinds: counted, not kept. */
  unknownAccounts: number;
  ignored: number;
};

type Json = Record<string, unknown>;

const DAY = 86_400_000;
/** Meta repeats an unanswered notification for up to 7 days; anything older is a wrong clock. */
const OLDEST_MS = 8 * DAY;

/**
 * Takes a verified notification apart: every entry, change, message and status, of every kind.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
 * @param find the account of a phone_number_id, if the signature is good for it
 */
export function parse(body: unknown, find: (phoneNumberId: string) => Account | undefined, now: Date): Parsed {
  const parsed: Parsed = { inbound: [], files: [], receipts: [], setAside: [], unknownAccounts: 0, ignored: 0 };
  for (const entry of list(object(body)?.['entry'])) {
    for (const change of list(object(entry)?.['changes'])) {
      const value = object(object(change)?.['value']);
      const messages = list(value?.['messages']);
      const statuses = list(value?.['statuses']);
      if (!value || object(change)?.['field'] !== 'messages') {
        parsed.ignored += 1;
        continue;
      }
      const account = find(text(object(value['metadata'])?.['phone_number_id']) ?? '');
      if (!account) {
        parsed.unknownAccounts += Math.max(1, messages.length + statuses.length);
        continue;
      }
      const names = profileNames(value['contacts']);
      for (const message of messages) addMessage(parsed, account, message, names, now);
      for (const status of statuses) addStatus(parsed, account, status, now);
      // errors of the account itself, bound to no message
      parsed.ignored += list(value['errors']).length;
    }
  }
  return parsed;
}

function addMessage(parsed: Parsed, account: Account, element: unknown, names: Map<string, string>, now: Date): void {
  const message = object(element);
  const externalId = text(message?.['id']);
  const aside = (reason: string): void => {
    parsed.setAside.push({ organisationId: account.organisationId, externalId, reason, element });
  };
  if (!message) return aside('not_an_object');
  if (!externalId || externalId.length > 512) return aside('no_id');
  // whoever hides the number behind a username is known by an id that holds for this business only
  const address = text(message['from']) || text(message['from_user_id']);
  if (!address || address.length > 200) return aside('no_sender');
  if (message['group_id'] !== undefined) return aside('group');

  let read: { content: InboundContent; file?: IncomingFile };
  try {
    read = contentOf(message, account, externalId);
  } catch (error) {
    return aside(error instanceof Malformed ? error.message : 'malformed');
  }
  parsed.inbound.push({
    organisationId: account.organisationId,
    channel: 'whatsapp',
    accountId: account.id,
    externalId,
    address,
    profileName: names.get(address),
    sentAt: clamp(message['timestamp'], now),
    content: read.content,
    replyTo: text(object(message['context'])?.['id']),
  });
  if (read.file) parsed.files.push(read.file);
}

class Malformed extends Error {}

function contentOf(
  message: Json,
  account: Account,
  externalId: string,
): { content: InboundContent; file?: IncomingFile } {
  const type = text(message['type']) ?? 'unknown';
  const part = object(message[type]);
  switch (type) {
    case 'text':
      return { content: { kind: 'text', text: need(part?.['body'], 'text.body') } };
    case 'button': {
      const title = need(part?.['text'], 'button.text');
      return { content: { kind: 'choice', id: text(part?.['payload']) || title, title } };
    }
    case 'interactive':
      return { content: interactive(part) };
    case 'image':
    case 'audio':
    case 'document':
    case 'video':
    case 'sticker':
      return media(type, part, account, externalId);
    case 'location':
      return {
        content: {
          kind: 'location',
          latitude: degrees(part?.['latitude'], 90),
          longitude: degrees(part?.['longitude'], 180),
          name: text(part?.['name']),
          address: text(part?.['address']),
        },
      };
    case 'contacts':
      return { content: { kind: 'contacts', contacts: list(message['contacts']).map(contactCard) } };
    case 'reaction':
      // without an emoji the person took the reaction back
      return {
        content: {
          kind: 'reaction',
          emoji: text(part?.['emoji']) ?? '',
          to: need(part?.['message_id'], 'reaction.message_id'),
        },
      };
    case 'system':
      return { content: { kind: 'unsupported', reason: key('system', part?.['type']) } };
    case 'unsupported':
      // what it was (`edit`, `poll_creation`, …) where Meta says so, else the error's code
      return {
        content: {
          kind: 'unsupported',
          reason: key('unsupported', part?.['type'] ?? object(list(message['errors'])[0])?.['code']),
        },
      };
    case 'edit': {
      // what they corrected is said anew: the words may be others, and are heard like any
      const edited = object(part?.['message']);
      const kind = text(edited?.['type']);
      if (edited && kind && kind !== 'edit') return contentOf(edited, account, externalId);
      return { content: { kind: 'unsupported', reason: key('edit', undefined) } };
    }
    default:
      // order, request_welcome, revoke and whatever comes next
      return { content: { kind: 'unsupported', reason: key(type, undefined) } };
  }
}

function interactive(part: Json | undefined): InboundContent {
  const type = text(part?.['type']);
  if (type === 'button_reply' || type === 'list_reply') {
    const picked = object(part?.[type]);
    return { kind: 'choice', id: need(picked?.['id'], `${type}.id`), title: text(picked?.['title']) ?? '' };
  }
  if (type === 'nfm_reply') {
    // a form filled in: what was answered, a line for each field
    const reply = object(part?.['nfm_reply']);
    return { kind: 'text', text: formAnswers(text(reply?.['response_json'])) ?? text(reply?.['body']) ?? '' };
  }
  return { kind: 'unsupported', reason: key('interactive', type) };
}

function formAnswers(json: string | undefined): string | undefined {
  if (!json) return undefined;
  try {
    const answers = object(JSON.parse(json));
    if (!answers) return undefined;
    return Object.entries(answers)
      .filter(([name]) => name !== 'flow_token')
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n');
  } catch {
    return undefined;
  }
}

function media(
  kind: IncomingFile['media'],
  part: Json | undefined,
  account: Account,
  externalId: string,
): { content: InboundContent; file: IncomingFile } {
  const mediaId = need(part?.['id'], `${kind}.id`);
  const mime = (text(part?.['mime_type']) ?? 'application/octet-stream').slice(0, 200);
  const filename = fitName(text(part?.['filename']), 255);
  const attachmentId = attachmentIdOf(account.id, externalId, mediaId);
  return {
    content: {
      kind: 'media',
      media: kind,
      attachmentId,
      externalId: mediaId,
      mime,
      caption: text(part?.['caption']),
      filename,
      voice: part?.['voice'] === true ? true : undefined,
    },
    file: {
      organisationId: account.organisationId,
      accountId: account.id,
      externalId,
      attachmentId,
      mediaId,
      media: kind,
      mime,
      sha256: text(part?.['sha256']),
      filename,
    },
  };
}

/**
 * The attachment's id follows from the message's: the same notification again names the same attachment,
 * so what a crash left half done is found and finished. A version-8 uuid (RFC 9562 §5.8).
 */
function attachmentIdOf(accountId: string, externalId: string, mediaId: string): string {
  const bytes = createHash('sha256').update(`${accountId}\0${externalId}\0${mediaId}`).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const STATES = { sent: 'sent', delivered: 'delivered', read: 'read', played: 'read', failed: 'failed' } as const;
/** Ours: the message's id, and behind a slash the number of the part when a message needed several. */
const OURS = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\/\d+)?$/;

function addStatus(parsed: Parsed, account: Account, element: unknown, now: Date): void {
  const status = object(element);
  const externalId = text(status?.['id']);
  const state = STATES[text(status?.['status']) as keyof typeof STATES];
  if (!status || !externalId || externalId.length > 512) {
    parsed.setAside.push({ organisationId: account.organisationId, reason: 'no_id', element });
    return;
  }
  // `deleted`, `warning` and kinds to come say nothing about delivery
  if (!state) {
    parsed.ignored += 1;
    return;
  }
  const ours = OURS.exec(text(status['biz_opaque_callback_data']) ?? '');
  // a part before the last says nothing of the whole, unless it failed
  if (ours?.[2] && state !== 'failed') {
    parsed.ignored += 1;
    return;
  }
  const error = object(list(status['errors'])[0]);
  parsed.receipts.push({
    organisationId: account.organisationId,
    accountId: account.id,
    externalId,
    state,
    at: clamp(status['timestamp'], now),
    messageId: ours?.[1],
    error:
      state === 'failed'
        ? // the key of our own sentence, not the vendor's English
          { code: String(error?.['code'] ?? 'unknown').slice(0, 40), title: reasonOf(String(error?.['code'] ?? '')) }
        : undefined,
  });
}

function profileNames(contacts: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const element of list(contacts)) {
    const contact = object(element);
    const name = fitName(text(object(contact?.['profile'])?.['name']), 200);
    if (!name) continue;
    for (const id of [text(contact?.['wa_id']), text(contact?.['user_id'])]) if (id) names.set(id, name);
  }
  return names;
}

function contactCard(element: unknown): { name: string; phones: string[] } {
  const card = object(element);
  const phones = list(card?.['phones']).map(
    (phone) => text(object(phone)?.['phone']) ?? text(object(phone)?.['wa_id']),
  );
  return {
    name: text(object(card?.['name'])?.['formatted_name']) ?? '',
    phones: phones.filter((phone) => phone !== undefined),
  };
}

/** A vendor's time, in seconds as text; years off it becomes the nearest possible one. */
function clamp(timestamp: unknown, now: Date): Date {
  const at = Number(timestamp) * 1000;
  if (!Number.isFinite(at) || at <= 0) return now;
  return new Date(Math.min(Math.max(at, now.getTime() - OLDEST_MS), now.getTime()));
}

function degrees(value: unknown, limit: number): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > limit)
    throw new Malformed('location');
  return number;
}

/** A reason made of the vendor's own words for kinds, never of a person's. */
function key(kind: string, detail: unknown): string {
  const word = (value: unknown): string =>
    String(value)
      .replace(/[^\w.-]/g, '')
      .slice(0, 40);
  return detail === undefined || detail === null ? word(kind) : `${word(kind)}:${word(detail)}`;
}

function need(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Malformed(name);
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
