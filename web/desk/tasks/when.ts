import { dayOf } from '../../ui/format.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

/** The day and the time on the wall of a moment, as inputs of a page hold them. */
export function wallOf(at: Date, zone: string): { day: string; time: string } {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  return { day: dayOf(at, zone), time };
}

/** The moment at which a wall in this zone shows this day and time; null where that is no day or time. */
export function momentOf(day: string, time: string, zone: string): Date | null {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  // the offset is that of the moment itself: the second round corrects it where the clock was put forward or back between
  for (let round = 0; round < 2; round += 1) {
    const shown = wallOf(new Date(at), zone);
    at += wanted - Date.parse(`${shown.day}T${shown.time}:00Z`);
  }
  return new Date(at);
}

/** Times that are wanted most: in an hour, later today, tomorrow morning. */
export function usual(now: Date, zone: string): { key: 'inHour' | 'thisEvening' | 'tomorrowAt'; at: Date }[] {
  const inHour = new Date(Math.ceil((now.getTime() + HOUR) / (5 * MINUTE)) * 5 * MINUTE);
  const evening = momentOf(dayOf(now, zone), '17:00', zone)!;
  const tomorrow = momentOf(dayOf(new Date(now.getTime() + DAY), zone), '09:00', zone)!;
  return [
    { key: 'inHour', at: inHour },
    ...(evening.getTime() - now.getTime() > 2 * HOUR ? [{ key: 'thisEvening' as const, at: evening }] : []),
    { key: 'tomorrowAt', at: tomorrow },
  ];
}

export type Group = 'late' | 'now' | 'today' | 'tomorrow' | 'after';
/** What is due within this is due soon. */
export const SOON_MS = 15 * MINUTE;
/** What is due for longer than this is overdue. */
export const LATE_MS = 5 * MINUTE;

/** In which part of the list a task stands. */
export function groupOf(dueAt: Date, now: Date, zone: string): Group {
  const ahead = dueAt.getTime() - now.getTime();
  if (ahead < -LATE_MS) return 'late';
  if (ahead <= SOON_MS) return 'now';
  const days = Math.round((Date.parse(dayOf(dueAt, zone)) - Date.parse(dayOf(now, zone))) / DAY);
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'after';
}
