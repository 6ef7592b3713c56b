import type { AgentSettings, QueueSettings } from '../../routing/contract.ts';
import { type Able, asked, levelOf, reaches, type Terms } from '../../routing/rules.ts';
import type { Fault, Hands, WhoCould } from './contract.ts';

export type Member = Able & { name: string; here: boolean; free: boolean };

/** The part of a queue's settings that says who may answer. */
type Asking = Pick<QueueSettings, 'skills' | 'levels' | 'rings'> & { overflow: Terms['overflow'] };

/**
 * Who could serve a queue, now and as the wait grows, by the very rules that match.
 * @param now milliseconds
 */
export function whoCould(queueId: string, asking: Asking, members: Member[], timezone: string, now: number): WhoCould {
  const terms: Terms = {
    id: queueId,
    cost: 1,
    levels: asking.levels,
    rings: asking.rings,
    overflow: asking.overflow,
    timezone,
  };
  const at = (share: number, forEver = false): Member[] => {
    const item = { queueId, skills: asking.skills, queuedAt: now - share * 1_000, targetSeconds: 1 };
    const ask = asked(item, terms, now, forEver);
    return members.filter((member) => reaches(member, ask));
  };
  const first = at(0);
  const steps = [...new Set([...asking.rings, ...asking.overflow].flatMap(({ after }) => after ?? []))]
    .filter((after) => after > 0)
    .sort((a, b) => a - b);
  const own = members.filter((member) => member.queues === null || member.queues.includes(queueId));
  return {
    members: members.length,
    atOnce: handsOf(first),
    names: first
      .toSorted(
        (a, b) => Number(b.free) - Number(a.free) || Number(b.here) - Number(a.here) || a.name.localeCompare(b.name),
      )
      .slice(0, 6)
      .map((member) => member.name),
    later: steps.map((after) => ({ after, hands: handsOf(at(after)) })),
    inTheEnd: handsOf(at(0, true)),
    missing: asking.skills.flatMap((skill) => {
      const level = asking.levels[skill] ?? 1;
      const agents = own.filter((member) => levelOf(member, skill) >= level).length;
      return agents === 0 ? [{ skill, level, agents: own.filter((member) => levelOf(member, skill) > 0).length }] : [];
    }),
  };
}

const handsOf = (members: Member[]): Hands => ({
  able: members.length,
  here: members.filter((member) => member.here).length,
  free: members.filter((member) => member.free).length,
});

/**
 * What of a queue's settings contradicts itself or names what is not there. Shapes and ranges are zod's.
 * @param known keys of the queues and entities in use
 */
export function queueFaults(
  settings: Omit<QueueSettings, 'key' | 'names'> & { key?: string | undefined },
  known: { queues: string[]; entities: string[] },
): Fault[] {
  const faults: Fault[] = [];
  const at = (path: string, message: string): void => void faults.push({ path: `body/settings/${path}`, message });
  if (settings.entity !== null && !known.entities.includes(settings.entity)) at('entity', 'unknown_entity');
  repeated(settings.skills).forEach((i) => at(`skills/${i}`, 'repeated'));
  for (const skill of Object.keys(settings.levels))
    if (!settings.skills.includes(skill)) at(`levels/${skill}`, 'not_asked');
  settings.rings.forEach((ring, i) => {
    if (i > 0 && ring.after < settings.rings[i - 1]!.after) at(`rings/${i}/after`, 'before_the_last');
    if (ring.levels === 0 && ring.without.length === 0) at(`rings/${i}/levels`, 'asks_nothing_less');
    ring.without.forEach((skill, n) => {
      if (!settings.skills.includes(skill)) at(`rings/${i}/without/${n}`, 'not_asked');
    });
  });
  settings.overflow.forEach(({ to }, i) => {
    if (to === settings.key) at(`overflow/${i}/to`, 'itself');
    else if (!known.queues.includes(to)) at(`overflow/${i}/to`, 'unknown_queue');
  });
  repeated(settings.overflow.map((one) => one.to)).forEach((i) => at(`overflow/${i}/to`, 'repeated'));
  repeated(settings.holidays.map((one) => one.date)).forEach((i) => at(`holidays/${i}/date`, 'repeated'));
  settings.holidays.forEach((one, i) => {
    if (overlaps(one.spans)) at(`holidays/${i}/spans`, 'overlap');
  });
  for (const [day, spans] of Object.entries(settings.hours ?? {})) if (overlaps(spans)) at(`hours/${day}`, 'overlap');
  if (settings.hours !== null && !Object.values(settings.hours).some((spans) => spans.length > 0))
    at('hours', 'never_open');
  if (settings.outOfHours && Object.values(settings.outOfHours).some((text) => text.trim() === ''))
    for (const [language, text] of Object.entries(settings.outOfHours))
      if (text.trim() === '') at(`outOfHours/${language}`, 'empty');
  return faults;
}

/** What of an agent's settings contradicts itself or names what is not there. */
export function agentFaults(settings: AgentSettings, known: { queues: string[] }): Fault[] {
  const faults: Fault[] = [];
  const at = (path: string, message: string): void => void faults.push({ path: `body/settings/${path}`, message });
  if (settings.paceLeast !== null && settings.paceLeast > settings.capacity) at('paceLeast', 'above_capacity');
  repeated(settings.skills).forEach((i) => at(`skills/${i}`, 'repeated'));
  for (const skill of Object.keys(settings.levels))
    if (!settings.skills.includes(skill)) at(`levels/${skill}`, 'not_had');
  settings.queues?.forEach((key, i) => {
    if (!known.queues.includes(key)) at(`queues/${i}`, 'unknown_queue');
  });
  if (settings.languages.length === 0) at('languages', 'none');
  return faults;
}

/** Places at which a value stands for the second time. */
const repeated = (values: string[]): number[] => values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));

function overlaps(spans: [string, string][]): boolean {
  const sorted = spans.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.some(([from], i) => i > 0 && from < sorted[i - 1]![1]);
}

/** A key for programs, made of a name; a figure behind it where another has it. */
export function keyFrom(name: string, taken: string[]): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const stem =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 50)
      .replace(/-+$/, '') || 'queue';
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.includes(key)) return key;
  }
}

/** Whether a browser writes an origin so. Addresses without TLS only on the machine itself. */
export function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    const own = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    return (
      url.origin === text && !text.includes('*') && (url.protocol === 'https:' || (url.protocol === 'http:' && own))
    );
  } catch {
    return false;
  }
}

export function isTimezone(name: string): boolean {
  try {
    // fixed offsets (+02:00) have no summer: not a zone of a place
    return /^[A-Z][\w+-]*(\/[\w+-]+)*$/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** ISO 3166 as this machine knows it. */
export function isCountry(code: string): boolean {
  try {
    const name = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code);
    return name !== undefined && code !== 'ZZ';
  } catch {
    return false;
  }
}
