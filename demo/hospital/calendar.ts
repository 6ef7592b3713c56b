/** A calendar day, `2026-11-24`, reckoned on the hospital's wall. */
export type Day = string;

const DAY_MS = 86_400_000;

/** The calendar day of an instant in a time zone. */
export function dayIn(instant: Date, zone: string): Day {
  // Swedish writes its dates as ISO 8601 does
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(instant);
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 Sunday … 6 Saturday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

export function isWorkingDay(day: Day): boolean {
  const number = weekday(day);
  return number >= 1 && number <= 5;
}

/** The next such weekday at least `ahead` days from `day`. */
export function nextWeekday(day: Day, wanted: number, ahead: number): Day {
  const from = addDays(day, ahead);
  return addDays(from, (wanted - weekday(from) + 7) % 7);
}

/** This day, or the first working one after it. */
export function workingDayFrom(day: Day): Day {
  return isWorkingDay(day) ? day : workingDayFrom(addDays(day, 1));
}

const offsets = new Map<string, number>();

/**
 * The instant at which the wall shows this time. The zone's offset is taken at the day's noon, which is right for any
 * hour at which a hospital sees patients: clocks change at night.
 * @param minutes since midnight
 */
export function instantAt(day: Day, minutes: number, zone: string): string {
  const key = `${day} ${zone}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const noon = new Date(`${day}T12:00:00Z`);
    const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
      noon,
    );
    offset = Date.parse(`${wall.replace(' ', 'T')}Z`) - noon.getTime();
    offsets.set(key, offset);
  }
  return new Date(Date.parse(`${day}T00:00:00Z`) + minutes * 60_000 - offset).toISOString();
}

/** A birth date with this month and day that makes someone exactly so old today. */
export function bornYearsAgo(today: Day, years: number, monthDay: string): Day {
  const year = Number(today.slice(0, 4)) - years - (monthDay > today.slice(5) ? 1 : 0);
  return `${year}-${monthDay}`;
}

export function ageOn(today: Day, birthDate: Day): number {
  return Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (birthDate.slice(5) > today.slice(5) ? 1 : 0);
}

/** `10:20` → 620 */
export function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
