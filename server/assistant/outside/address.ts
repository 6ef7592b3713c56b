import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, fetch as request } from 'undici';

/*
 * Calls to addresses that people typed in. A name is resolved when the connection is made and what it resolves to is
 * looked at then, so a name that changes its mind between two look-ups gains nothing. Nothing is followed elsewhere.
 */

/** Never, whatever an administrator allows: cloud metadata, multicast, what is no host (IANA special-purpose registries). */
const NEVER = blockList(
  ['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/3'],
  ['fe80::/10', 'ff00::/8'],
);
/** Only where an administrator says that it is meant. */
const PRIVATE = blockList(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.0.2.0/24',
    '192.168.0.0/16',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ],
  [
    '::/128',
    '::1/128',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    'fc00::/7',
    'fec0::/10',
  ],
);

function blockList(v4: string[], v6: string[]): BlockList {
  const list = new BlockList();
  for (const one of v4) list.addSubnet(one.split('/')[0]!, Number(one.split('/')[1]), 'ipv4');
  for (const one of v6) list.addSubnet(one.split('/')[0]!, Number(one.split('/')[1]), 'ipv6');
  return list;
}

/** An address that is not called. The message is for the administrator and names no content. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Whether an IP address may be called. */
export function mayCall(ip: string, privateAllowed: boolean): boolean {
  const mapped = /^::ffff:(.+)$/i.exec(ip)?.[1];
  if (mapped) return mayCall(isIP(mapped) === 4 ? mapped : dotted(mapped), privateAllowed);
  const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(ip) === 0 || NEVER.check(ip, family)) return false;
  return privateAllowed || !PRIVATE.check(ip, family);
}

/** `7f00:1` → `127.0.0.1` */
function dotted(hex: string): string {
  const [high = '0', low = '0'] = hex.split(':');
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * The address as a URL, if it may be called at all.
 * @throws AddressRefused: no https (unless a private address is allowed), a name and password in it, a forbidden IP
 */
export function checkAddress(text: string, privateAllowed: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'https:' && !(privateAllowed && url.protocol === 'http:')))
    throw new AddressRefused('the address must begin with https://');
  if (url.username || url.password) throw new AddressRefused('an address carries no name or password');
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  if (isIP(host) && !mayCall(host, privateAllowed)) throw new AddressRefused('that address is not called');
  if (
    !privateAllowed &&
    (/(?:^|\.)(?:localhost|local|internal|home\.arpa)$/i.test(host) || (!isIP(host) && !host.includes('.')))
  )
    throw new AddressRefused('that address is not called');
  return url;
}

/** Finds every address of a name. */
type Resolve = typeof lookup;

function agentFor(privateAllowed: boolean, resolve: Resolve): Agent {
  return new Agent({
    connections: 32,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    maxResponseSize: 1_048_576,
    connect: {
      timeout: 5_000,
      lookup: (host, options, done) =>
        resolve(host, { ...options, all: true }, (error, found) => {
          if (error) return done(error, '', 0);
          const bad = found.find((one) => !mayCall(one.address, privateAllowed));
          // one forbidden answer among good ones is a trick, not an address
          if (bad || found.length === 0) return done(new AddressRefused('that address is not called'), '', 0);
          if (options.all) return (done as unknown as (error: null, all: typeof found) => void)(null, found);
          done(null, found[0]!.address, found[0]!.family);
        }),
    },
  });
}

/** Ways out of the house, kept open while it runs. */
export type Outgoing = {
  /** As `fetch`, to an address that was checked and is checked again on the way; never redirected. */
  fetch(privateAllowed: boolean): typeof globalThis.fetch;
  close(): Promise<void>;
};

/** @param resolve how names are looked up; the system's own way by default */
export function createOutgoing(resolve: Resolve = lookup): Outgoing {
  const agents = new Map<boolean, Agent>();
  return {
    fetch: (privateAllowed) => async (input, init) => {
      let agent = agents.get(privateAllowed);
      if (!agent) agents.set(privateAllowed, (agent = agentFor(privateAllowed, resolve)));
      const address = input instanceof URL ? input.href : typeof input === 'string' ? input : input.url;
      const url = checkAddress(address, privateAllowed);
      const answer = await request(url, { ...(init as object), redirect: 'manual', dispatcher: agent });
      return answer as unknown as Response;
    },
    async close() {
      const open = [...agents.values()];
      agents.clear();
      await Promise.all(open.map((agent) => agent.destroy()));
    },
  };
}
