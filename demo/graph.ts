import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

/*
 * A stand-in for Meta's Graph API: WhatsApp's messages, media and templates, with the limits and errors of its
 * documentation, and signed webhooks that call back. The demo phone speaks through it; tests and the bench use it
 * on a socket of its own. Nothing in server/ knows that it is not Meta.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp (messages, media, webhooks, error-codes)
 */

type Json = Record<string, unknown>;

export type GraphOptions = {
  appSecret: string;
  accessToken: string;
  phoneNumberId: string;
  /** Digits, as people dial it. */
  displayNumber?: string;
  businessAccountId?: string;
  /** Where webhooks go; without it nothing is called back. */
  webhookUrl?: string;
  /** How long an answer takes: ms, or a function that says so each time. */
  latencyMs?: number | (() => number);
  /** What the number and a person take; null lifts a limit. */
  limits?: { numberPerSecond?: number | null; personBurst?: number | null; windowMs?: number | null };
  /** Whether sent, delivered and read are called back; `ms` after the answer each. */
  statuses?: false | { sent: number; delivered: number; read: number };
  templates?: GraphTemplate[];
  /** Whoever is not known counts as having written when this began: a demo that was restarted forgot who had. */
  assumeOpen?: boolean;
  on?: (event: GraphEvent) => void;
  clock?: () => number;
};

export type GraphTemplate = { name: string; language: string; body: string; category?: string };

export type GraphEvent =
  /** A person wrote; the webhook is on its way. */
  | { kind: 'wrote'; id: string; from: string; at: number; message: Json }
  /** A message was taken for a person. */
  | { kind: 'posted'; id: string; to: string; at: number; message: Json; ms: number; text?: string }
  | { kind: 'refused'; to: string; at: number; code: number; details: string }
  | { kind: 'typing'; to: string }
  | { kind: 'status'; to: string; id: string; status: 'sent' | 'delivered' | 'read' | 'failed' }
  /** A webhook was answered (status 0: not reached). */
  | {
      kind: 'webhook';
      about: 'message' | 'status';
      waId: string;
      status: number;
      ms: number;
      attempt: number;
      summary: string;
    };

export type Media = { bytes: Buffer; mime: string; filename?: string };
type Answer = { status: number; headers: Record<string, string>; body: Buffer | string };
type Asked = {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  base: string;
};

export type Graph = {
  /** Answers one request; `url` begins behind the address it is mounted at. */
  answer(asked: Asked): Promise<Answer>;
  /**
   * A person writes: adds id, time, envelope and signature and calls the webhook. Resolves after its first answer.
   * `again`: it was written before and has not arrived, as after a restart.
   */
  write(
    from: string,
    profileName: string,
    message: Json,
    again?: { id: string; at: number },
  ): Promise<{ id: string; status: number; ms: number }>;
  /** Calls the webhook with any value, signed; for tests. @returns the status of the answer */
  notify(value: Json): Promise<number>;
  /** The person looks at the conversation, or no longer does: decides whether what comes is read. */
  look(waId: string, looking: boolean): void;
  putMedia(media: Media): string;
  media(id: string): Media | undefined;
  /** The next `times` posts fail with this error; a filter may choose whose. @returns what mends it before */
  fail(
    error: { status: number; code: number; title?: string; retryAfter?: number; drop?: boolean; afterAccept?: boolean },
    times: number,
    to?: string,
  ): () => void;
  /** Every message taken so far, in the order of its acceptance. */
  readonly posted: { id: string; to: string; at: number; message: Json; mark: string }[];
  /** Where webhooks go from now on. */
  callBack(webhookUrl: string): void;
  listen(port?: number): Promise<{ url: string }>;
  close(): Promise<void>;
};

const PERSON_EVERY_MS = 6_000;
/** A demo that is put under load must not fill the memory. */
const KEEP_POSTED = 20_000;
const KEEP_UNREAD = 200;

export function createGraph(options: GraphOptions): Graph {
  const clock = options.clock ?? Date.now;
  const began = options.assumeOpen ? clock() : 0;
  const limits = { numberPerSecond: 80, personBurst: 45, windowMs: 24 * 3_600_000, ...options.limits };
  const statuses = options.statuses === undefined ? { sent: 40, delivered: 160, read: 500 } : options.statuses;
  const emit = options.on ?? (() => undefined);
  const files = new Map<string, Media>();
  const templates = [...(options.templates ?? [])];
  const lastInbound = new Map<string, number>();
  const personAt = new Map<string, number>();
  const looking = new Map<string, number>();
  const unread = new Map<string, { id: string; mark: string }[]>();
  const failures: { error: Parameters<Graph['fail']>[0]; left: number; to?: string }[] = [];
  const posted: Graph['posted'] = [];
  let numberWindow: number[] = [];
  let webhookUrl = options.webhookUrl;
  let counter = 0;
  const agent = new Agent({ connections: 64, keepAliveTimeout: 30_000 });
  const closing = new AbortController();
  let server: ReturnType<typeof createServer> | undefined;

  function newId(): string {
    counter += 1;
    return `wamid.${Buffer.from(`${options.phoneNumberId}${counter.toString(36).padStart(6, '0')}${randomBytes(8).toString('latin1')}`, 'latin1').toString('base64')}`;
  }

  /** What is asked is done at once, and the answer takes its time: a status may well be faster. */
  async function answer(asked: Asked): Promise<Answer> {
    const given = await answerNow(asked);
    const delay = typeof options.latencyMs === 'function' ? options.latencyMs() : (options.latencyMs ?? 0);
    if (delay > 0) await sleep(delay);
    return given;
  }

  async function answerNow(asked: Asked): Promise<Answer> {
    const askedAt = clock();
    const url = new URL(asked.url, 'http://graph');
    if (asked.headers['authorization'] !== `Bearer ${options.accessToken}`)
      return failure(401, 190, 'Invalid OAuth access token - Cannot parse access token');
    const [first, ...others] = url.pathname.split('/').filter((part) => part !== '');
    // files are fetched at an address without a version
    if (first === 'files') return fileBytes(others[0] ?? '');
    const rest = /^v\d+\.\d+$/.test(first ?? '') ? others : [first ?? '', ...others];
    const [id = '', edge] = rest;
    if (id === options.phoneNumberId && edge === 'messages' && asked.method === 'POST')
      return postMessage(asked, askedAt);
    if (id === options.phoneNumberId && edge === 'media' && asked.method === 'POST') return uploadMedia(asked);
    if (id === options.phoneNumberId && !edge && asked.method === 'GET')
      return json(200, {
        id,
        verified_name: 'Hebra demo',
        display_phone_number: `+${options.displayNumber ?? ''}`,
        quality_rating: 'GREEN',
        throughput: { level: 'STANDARD' },
      });
    if (id === options.businessAccountId && edge === 'message_templates') return templateList(asked);
    if (!edge && asked.method === 'GET' && files.has(id)) {
      const file = files.get(id)!;
      return json(200, {
        messaging_product: 'whatsapp',
        url: `${asked.base}/files/${id}`,
        mime_type: file.mime,
        sha256: createHash('sha256').update(file.bytes).digest('hex'),
        file_size: String(file.bytes.length),
        id,
      });
    }
    if (!edge && asked.method === 'DELETE' && files.delete(id)) return json(200, { success: true });
    return failure(400, 100, `Unsupported request. Object with ID '${id}' does not exist or cannot be loaded`, 33);
  }

  function fileBytes(id: string): Answer {
    const file = files.get(id);
    if (!file) return failure(404, 100, 'Media not found');
    return { status: 200, headers: { 'content-type': file.mime }, body: file.bytes };
  }

  function postMessage(asked: Asked, askedAt: number): Answer {
    let body: Json;
    try {
      body = JSON.parse(asked.body.toString('utf8')) as Json;
    } catch {
      return failure(400, 100, 'The request body is not valid JSON');
    }
    if (body['messaging_product'] !== 'whatsapp')
      return failure(400, 100, 'The parameter messaging_product is required.');
    if (body['status'] === 'read') {
      if (body['typing_indicator']) emit({ kind: 'typing', to: String(body['message_id'] ?? '') });
      return json(200, { success: true });
    }
    const to =
      typeof body['to'] === 'string'
        ? body['to'].replace(/^\+/, '')
        : typeof body['recipient'] === 'string'
          ? body['recipient']
          : '';
    const refuse = (status: number, code: number, details: string): Answer => {
      emit({ kind: 'refused', to, at: clock(), code, details });
      return failure(status, code, details);
    };
    if (!to) return refuse(400, 100, 'The parameter to is required.');
    const planned = failures.find((one) => one.left > 0 && (one.to === undefined || one.to === to));
    if (planned && !planned.error.afterAccept) {
      planned.left -= 1;
      emit({ kind: 'refused', to, at: clock(), code: planned.error.code, details: 'planned' });
      if (planned.error.drop) return { status: 0, headers: {}, body: '' };
      const made = failure(planned.error.status, planned.error.code, planned.error.title ?? 'planned');
      if (planned.error.retryAfter !== undefined) made.headers['retry-after'] = String(planned.error.retryAfter);
      return made;
    }
    const wrong = checkMessage(body);
    if (wrong) return refuse(400, wrong.code, wrong.details);
    const now = clock();
    if (limits.numberPerSecond !== null) {
      numberWindow = numberWindow.filter((at) => at > now - 1000);
      if (numberWindow.length >= limits.numberPerSecond)
        return refuse(429, 130429, 'Rate limit hit: message throughput has been reached');
      numberWindow.push(now);
    }
    if (
      limits.windowMs !== null &&
      body['type'] !== 'template' &&
      now - (lastInbound.get(to) ?? began) > limits.windowMs
    )
      return refuse(
        400,
        131047,
        'More than 24 hours have passed since the recipient last replied to the sender number.',
      );
    if (limits.personBurst !== null) {
      const at = Math.max(now, personAt.get(to) ?? 0);
      if (at - now > (limits.personBurst - 1) * PERSON_EVERY_MS)
        return refuse(429, 131056, '(Business Account, Consumer Account) pair rate limit hit');
      personAt.set(to, at + PERSON_EVERY_MS);
    }
    const id = newId();
    const mark = typeof body['biz_opaque_callback_data'] === 'string' ? body['biz_opaque_callback_data'] : '';
    const type = String(body['type']);
    const message = { type, [type]: body[type] } as Json;
    posted.push({ id, to, at: now, message, mark });
    if (posted.length > KEEP_POSTED) posted.splice(0, KEEP_POSTED / 2);
    if (personAt.size > KEEP_POSTED) for (const [who, until] of personAt) if (until < now) personAt.delete(who);
    emit({ kind: 'posted', id, to, at: now, message, ms: now - askedAt, text: templateText(body) });
    later(to, id, mark);
    if (planned) {
      // it was taken, and the answer gets lost on its way
      planned.left -= 1;
      return planned.error.drop
        ? { status: 0, headers: {}, body: '' }
        : failure(planned.error.status, planned.error.code, 'planned');
    }
    return json(200, { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to }], messages: [{ id }] });
  }

  function checkMessage(body: Json): { code: number; details: string } | undefined {
    const mark = body['biz_opaque_callback_data'];
    if (mark !== undefined && (typeof mark !== 'string' || mark.length > 512))
      return { code: 100, details: 'biz_opaque_callback_data' };
    const type = String(body['type'] ?? 'text');
    const part = body[type] as Json | undefined;
    if (!part || typeof part !== 'object') return { code: 100, details: `The parameter ${type} is required.` };
    const kinds: Record<string, (given: Json) => string | undefined> = {
      text: (given) => length(given['body'], 1, 4096, "text['body']"),
      interactive: checkInteractive,
      image: checkMedia,
      video: checkMedia,
      document: checkMedia,
      audio: (given) => (given['caption'] === undefined ? checkMedia(given) : 'audio takes no caption'),
      sticker: (given) => (given['caption'] === undefined ? checkMedia(given) : 'sticker takes no caption'),
      location: (given) =>
        typeof given['latitude'] === 'number' && typeof given['longitude'] === 'number' ? undefined : 'location',
      reaction: (given) => length(given['message_id'], 1, 512, 'message_id'),
      contacts: () => undefined,
      template: () => undefined,
    };
    const check = kinds[type];
    if (!check) return { code: 100, details: `Param type must be one of {${Object.keys(kinds).join(', ')}}` };
    const details = check(part);
    if (details) return { code: type === 'text' ? 100 : 131009, details };
    return type === 'template' ? checkTemplate(part) : undefined;
  }

  function checkMedia(given: Json): string | undefined {
    const caption = given['caption'] === undefined ? undefined : length(given['caption'], 0, 1024, 'caption');
    if (caption) return caption;
    if (typeof given['link'] === 'string') return undefined;
    return files.has(String(given['id'])) ? undefined : `Media ID ${String(given['id'])} is not valid`;
  }

  function checkTemplate(given: Json): { code: number; details: string } | undefined {
    const code = (given['language'] as Json | undefined)?.['code'];
    const template = templates.find((one) => one.name === given['name'] && one.language === code);
    if (!template) return { code: 132001, details: 'Template name does not exist in the translation' };
    const values = parameters(given);
    const wanted = new Set(template.body.match(/\{\{\d+\}\}/g)).size;
    if (values.length !== wanted)
      return {
        code: 132000,
        details: `body: number of localizable_params (${values.length}) does not match the expected number of params (${wanted})`,
      };
    if (values.some((value) => value === '' || /[\n\t]| {5}/.test(value)))
      return {
        code: 132012,
        details: 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
      };
    return undefined;
  }

  function templateText(body: Json): string | undefined {
    const given = body['template'] as Json | undefined;
    if (body['type'] !== 'template' || !given) return undefined;
    const values = parameters(given);
    const found = templates.find(
      (one) => one.name === given['name'] && one.language === (given['language'] as Json)['code'],
    );
    return found?.body.replace(/\{\{(\d+)\}\}/g, (_, n: string) => values[Number(n) - 1] ?? '');
  }

  async function uploadMedia(asked: Asked): Promise<Answer> {
    try {
      const form = await new Response(new Uint8Array(asked.body), {
        headers: { 'content-type': String(asked.headers['content-type']) },
      }).formData();
      const file = form.get('file');
      if (form.get('messaging_product') !== 'whatsapp')
        return failure(400, 100, 'The parameter messaging_product is required.');
      if (!file || typeof file === 'string') return failure(400, 100, 'The parameter file is required.');
      const mime = String(form.get('type') ?? file.type).split(';')[0]!;
      if (!MEDIA_TYPES.has(mime))
        return failure(
          400,
          100,
          `Param file must be a file with one of the following types: ${[...MEDIA_TYPES].join(', ')}`,
        );
      const bytes = Buffer.from(await file.arrayBuffer());
      if (bytes.length > 100 * 1_048_576) return failure(400, 131053, 'Media upload error: file too large');
      return json(200, { id: putMedia({ bytes, mime, filename: file.name }) });
    } catch {
      return failure(400, 100, 'The body is not a form');
    }
  }

  function templateList(asked: Asked): Answer {
    if (asked.method === 'POST') {
      const given = JSON.parse(asked.body.toString('utf8')) as Json;
      const body = (given['components'] as Json[] | undefined)?.find((one) => one['type'] === 'BODY')?.['text'];
      templates.push({
        name: String(given['name']),
        language: String(given['language']),
        body: String(body ?? ''),
        category: String(given['category']),
      });
      return json(200, { id: String(1_000_000 + templates.length), status: 'APPROVED', category: given['category'] });
    }
    return json(200, {
      data: templates.map((one, i) => ({
        id: String(1_000_001 + i),
        name: one.name,
        language: one.language,
        status: 'APPROVED',
        category: one.category ?? 'UTILITY',
        components: [{ type: 'BODY', text: one.body }],
      })),
      paging: {},
    });
  }

  function putMedia(media: Media): string {
    const id = String(1_000_000_000_000_000 + files.size * 7_919 + Math.floor(Math.random() * 7_919));
    files.set(id, media);
    return id;
  }

  // what becomes of a message is told in bundles, as Meta does when there is much to tell
  let bundle: { to: string; status: Json }[] = [];
  let bundling = false;

  function later(to: string, id: string, mark: string): void {
    if (!statuses || !webhookUrl) return;
    const at = (ms: number, status: 'sent' | 'delivered' | 'read'): void => {
      setTimeout(() => tell(to, id, mark, status), ms).unref();
    };
    at(statuses.sent, 'sent');
    at(statuses.delivered, 'delivered');
    setTimeout(() => {
      if ((looking.get(to) ?? 0) > 0) return tell(to, id, mark, 'read');
      const list = unread.get(to);
      if (list) {
        list.push({ id, mark });
        if (list.length > KEEP_UNREAD) list.shift();
      } else if (unread.size < KEEP_POSTED) {
        unread.set(to, [{ id, mark }]);
      }
    }, statuses.read).unref();
  }

  function tell(to: string, id: string, mark: string, status: 'sent' | 'delivered' | 'read'): void {
    if (closing.signal.aborted) return;
    emit({ kind: 'status', to, id, status });
    bundle.push({
      to,
      status: {
        id,
        status,
        timestamp: String(Math.floor(clock() / 1000)),
        recipient_id: to,
        ...(mark ? { biz_opaque_callback_data: mark } : {}),
        pricing: { billable: false, pricing_model: 'PMP', category: 'service', type: 'free_customer_service' },
      },
    });
    if (bundling) return;
    bundling = true;
    setTimeout(() => {
      const told = bundle;
      bundle = [];
      bundling = false;
      for (let i = 0; i < told.length; i += 100) {
        const some = told.slice(i, i + 100);
        void call(envelope({ statuses: some.map((one) => one.status) }), {
          about: 'status',
          waId: some[0]!.to,
          summary: [...new Set(some.map((one) => String(one.status['status'])))].join(' · '),
        });
      }
    }, 10).unref();
  }

  function envelope(value: Json): string {
    return JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: options.businessAccountId ?? '0',
          changes: [
            {
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: options.displayNumber ?? '', phone_number_id: options.phoneNumberId },
                ...value,
              },
              field: 'messages',
            },
          ],
        },
      ],
    });
  }

  /** Meta repeats what is not answered with 200, waiting longer each time. @returns the first answer's status */
  async function call(
    body: string,
    what: { about: 'message' | 'status'; waId: string; summary: string },
  ): Promise<{ status: number; ms: number }> {
    const signature = `sha256=${createHmac('sha256', options.appSecret).update(body).digest('hex')}`;
    const once = async (attempt: number): Promise<{ status: number; ms: number }> => {
      const began = performance.now();
      let status = 0;
      try {
        const { origin, pathname, search } = new URL(webhookUrl!);
        const response = await agent.request({
          origin,
          path: pathname + search,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-hub-signature-256': signature,
            'user-agent': 'facebookexternalua',
          },
          body,
        });
        status = response.statusCode;
        await response.body.dump();
      } catch {
        status = 0;
      }
      const ms = Math.round(performance.now() - began);
      emit({ kind: 'webhook', ...what, status, ms, attempt });
      return { status, ms };
    };
    const first = await once(1);
    if (first.status !== 200 && !closing.signal.aborted) void repeat(once);
    return first;
  }

  async function repeat(once: (attempt: number) => Promise<{ status: number }>): Promise<void> {
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      try {
        await sleep(Math.min(60_000, 500 * 2 ** (attempt - 2)), undefined, { ref: false, signal: closing.signal });
      } catch {
        return;
      }
      const { status } = await once(attempt);
      if (status === 200) return;
    }
  }

  return {
    answer,
    posted,
    putMedia,
    media: (id) => files.get(id),
    fail(error, times, to) {
      const failure = { error, left: times, to };
      failures.push(failure);
      return () => void (failure.left = 0);
    },
    async write(from, profileName, message, again) {
      const now = clock();
      lastInbound.set(from, now);
      const id = again?.id ?? newId();
      if (!again) emit({ kind: 'wrote', id, from, at: now, message });
      const body = envelope({
        contacts: [{ profile: { name: profileName }, wa_id: from }],
        messages: [{ from, id, timestamp: String(Math.floor((again?.at ?? now) / 1000)), ...message }],
      });
      const { status, ms } = await call(body, { about: 'message', waId: from, summary: String(message['type'] ?? '') });
      return { id, status, ms };
    },
    async notify(value) {
      for (const message of (value['messages'] as Json[] | undefined) ?? [])
        lastInbound.set(String(message['from']), clock());
      return (await call(envelope(value), { about: 'message', waId: '', summary: 'notify' })).status;
    },
    look(waId, isLooking) {
      looking.set(waId, Math.max(0, (looking.get(waId) ?? 0) + (isLooking ? 1 : -1)));
      if (!isLooking || !statuses) return;
      const seen = unread.get(waId) ?? [];
      unread.delete(waId);
      for (const { id, mark } of seen) tell(waId, id, mark, 'read');
    },
    callBack(url) {
      webhookUrl = url;
    },
    async listen(port = 0) {
      const made = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const base = `http://${request.headers.host ?? 'localhost'}`;
          const asked: Asked = {
            method: request.method ?? 'GET',
            url: request.url ?? '/',
            headers: request.headers,
            body: Buffer.concat(chunks),
            base,
          };
          void answer(asked).then(
            (given) => {
              if (given.status === 0) return void request.socket.destroy();
              response.writeHead(given.status, given.headers).end(given.body);
            },
            () => response.writeHead(500).end(),
          );
        });
      });
      server = made;
      await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
      return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}` };
    },
    async close() {
      closing.abort();
      server?.closeAllConnections();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
      await agent.destroy();
    },
  };
}

function checkInteractive(given: Json): string | undefined {
  const action = given['action'] as Json | undefined;
  const bodyText = (given['body'] as Json | undefined)?.['text'];
  const wrong = length(bodyText, 1, 1024, "interactive['body']['text']");
  if (wrong) return wrong;
  if (given['type'] === 'button') {
    const replies = ((action?.['buttons'] as Json[] | undefined) ?? []).map((button) => button['reply'] as Json);
    if (replies.length < 1 || replies.length > 3)
      return 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3';
    if (new Set(replies.map((reply) => reply['title'])).size < replies.length) return 'Duplicate button title';
    if (new Set(replies.map((reply) => reply['id'])).size < replies.length) return 'Duplicate button id';
    return first(
      replies,
      (reply) => length(reply['title'], 1, 20, 'Button title') ?? length(reply['id'], 1, 256, 'Button id'),
    );
  }
  if (given['type'] === 'list') {
    const sections = (action?.['sections'] as Json[] | undefined) ?? [];
    if (sections.length < 1 || sections.length > 10) return 'Invalid sections count';
    if (sections.length > 1 && sections.some((section) => !section['title'])) return 'Section title is required';
    const rows = sections.flatMap((section) => (section['rows'] as Json[] | undefined) ?? []);
    if (rows.length < 1 || rows.length > 10) return 'Total row count exceed max allowed count: 10';
    if (new Set(rows.map((row) => row['id'])).size < rows.length) return 'Duplicated row id';
    return (
      length(action?.['button'], 1, 20, 'Button label') ??
      first(
        rows,
        (row) =>
          length(row['title'], 1, 24, 'Row title') ??
          length(row['id'], 1, 200, 'Row id') ??
          (row['description'] === undefined ? undefined : length(row['description'], 1, 72, 'Row description')),
      )
    );
  }
  return given['type'] === 'cta_url' || given['type'] === 'location_request_message' ? undefined : 'interactive type';
}

const MEDIA_TYPES = new Set([
  'audio/aac',
  'audio/amr',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'image/jpeg',
  'image/png',
  'image/webp',
  'video/3gpp',
  'video/mp4',
  'text/plain',
  'application/pdf',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
]);

function parameters(template: Json): string[] {
  const components = (template['components'] as Json[] | undefined) ?? [];
  return components
    .flatMap((one) => (one['type'] === 'body' ? ((one['parameters'] as Json[] | undefined) ?? []) : []))
    .map((one) => String(one['text'] ?? ''));
}

/** Meta counts characters; a person's emoji is one or two of them, so this counts code points. */
function length(value: unknown, low: number, high: number, name: string): string | undefined {
  if (typeof value !== 'string') return `The parameter ${name} is required.`;
  const size = [...value].length;
  return size >= low && value.trim().length >= Math.min(low, 1) && size <= high
    ? undefined
    : `${name} length invalid. Min length: ${low}, Max length: ${high}`;
}

function first<T>(list: T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of list) {
    const wrong = check(item);
    if (wrong) return wrong;
  }
  return undefined;
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
}

function failure(status: number, code: number, details: string, subcode?: number): Answer {
  return json(status, {
    error: {
      message: `(#${code}) ${details}`,
      type: 'OAuthException',
      code,
      ...(subcode ? { error_subcode: subcode } : {}),
      error_data: { messaging_product: 'whatsapp', details },
      fbtrace_id: randomBytes(8).toString('hex'),
    },
  });
}
