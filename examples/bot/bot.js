/*
 * A bot that Hebra can give a conversation to: it asks for a medicine and how many boxes, and hands both back.
 * Plain Node, no dependencies: the whole protocol is in this file. Run it as README.md says.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = process.env.BOT_SECRET ?? '';
const PORT = Number(process.env.PORT ?? 8090);
/** Set: answers 202 at once and replies by itself, as a bot does that has to think. */
const HEBRA_URL = process.env.HEBRA_URL;
const KEY = process.env.BOT_KEY ?? 'recipes';
const WINDOW_SECONDS = 300;
const MOST_BYTES = 65_536;

if (!SECRET.startsWith('whsec_')) {
  process.stderr.write('BOT_SECRET is missing: the secret that Hebra showed when the bot was added (whsec_…).\n');
  process.exit(1);
}
const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');

const mac = (id, timestamp, body) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, several signatures while a secret changes over. */
function isSigned(headers, body) {
  const [id, timestamp, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name] ?? '',
  );
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  const wanted = Buffer.from(mac(id, timestamp, body));
  return given
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3)))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}

/** What each conversation has told so far. Its reference is all that is known of who writes. */
const told = new Map();
/** Answers by request, so that the same request again is answered the same and does nothing twice. */
const answered = new Map();

const TEXTS = {
  es: {
    medicine: '¿Qué medicamento necesita?',
    boxes: '¿Cuántas cajas?',
    thanks: 'Gracias. Lo paso al equipo de farmacia.',
  },
  ca: {
    medicine: 'Quin medicament necessita?',
    boxes: 'Quantes capses?',
    thanks: 'Gràcies. Ho passo a l’equip de farmàcia.',
  },
  en: {
    medicine: 'Which medicine do you need?',
    boxes: 'How many boxes?',
    thanks: 'Thank you. I am passing it to the pharmacy team.',
  },
  pt: {
    medicine: 'De que medicamento precisa?',
    boxes: 'Quantas caixas?',
    thanks: 'Obrigado. Passo à equipa da farmácia.',
  },
};

function answer(request) {
  const texts = TEXTS[request.language] ?? TEXTS.en;
  if (request.event === 'test') return { say: [{ text: 'OK' }] };
  const known = told.get(request.conversation);
  if (request.event === 'begin' || !known) {
    told.set(request.conversation, {});
    return { say: [{ text: texts.medicine }] };
  }
  if (!known.medicine) {
    // [NAME_1] and the like belong to this request: in a later answer they would be refused
    known.medicine = request.text.replace(/\[[A-Z_]+_\d+\]/g, '…').slice(0, 200);
    return { say: [{ text: texts.boxes, options: ['1', '2', '3'].map((id) => ({ id, title: id })) }] };
  }
  const boxes = Number(request.choice ?? request.text.replace(/\D/g, ''));
  // what it cannot understand goes to a person
  if (!(boxes >= 1 && boxes <= 9)) return { then: 'person', slots: { medicine: known.medicine } };
  told.delete(request.conversation);
  return { say: [{ text: texts.thanks }], then: 'done', slots: { medicine: known.medicine, boxes } };
}

async function replyLater(request, given) {
  const body = JSON.stringify({ organisation: request.organisation, conversation: request.conversation, ...given });
  const [id, timestamp] = [randomUUID(), Math.floor(Date.now() / 1000)];
  const response = await fetch(`${HEBRA_URL}/api/bots/${KEY}/replies`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${mac(id, timestamp, body)}`,
    },
    body,
  });
  // 410: the patient is with somebody else by now, and nothing was said
  process.stdout.write(`replied: ${response.status}\n`);
}

const server = createServer(async (request, response) => {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) return response.writeHead(413).end();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (request.method !== 'POST' || !isSigned(request.headers, body)) return response.writeHead(401).end();
  const asked = JSON.parse(body.toString('utf8'));
  const given = answered.get(asked.id) ?? answer(asked);
  const isNew = !answered.has(asked.id);
  answered.set(asked.id, given);
  if (answered.size > 10_000) answered.delete(answered.keys().next().value);
  if (HEBRA_URL && asked.event !== 'test') {
    response.writeHead(202).end();
    if (isNew) await replyLater(asked, given).catch((error) => process.stderr.write(`${error.message}\n`));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given));
});
server.listen(PORT, '127.0.0.1', () =>
  process.stdout.write(`The bot listens on http://127.0.0.1:${server.address().port}\n`),
);
