/*
 * The calendar: days as whole numbers since 1970.
 */

export const dayNumber = (iso: string): number => Math.floor(Date.parse(iso.slice(0, 10) + 'T00:00:00Z') / 86_400_000);
export const isoDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
/** 0 Sunday … 6 Saturday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
export const monday = (day: number): number => day - ((weekdayOf(day) + 6) % 7);
export const lastOfMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

export function civil(year: number, month: number, date: number): number | null {
  if (month < 1 || month > 12 || date < 1 || date > lastOfMonth(year, month)) return null;
  return Math.floor(Date.UTC(year, month - 1, date) / 86_400_000);
}
