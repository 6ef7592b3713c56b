const formats = new Map<string, Intl.DateTimeFormat>();
let last = { minute: 0, zone: '', text: '' };

/** The clock on the wall of a time zone: `2026-11-24T16:20`. */
export function wallClock(instant: Date, timezone: string): string {
  const minute = Math.floor(instant.getTime() / 60_000);
  // a batch of turns shares its minute, and formatting is what a turn would spend most on
  if (last.minute === minute && last.zone === timezone) return last.text;
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(timezone, format);
  }
  const text = format.format(instant).replace(' ', 'T').slice(0, 16);
  last = { minute, zone: timezone, text };
  return text;
}

/** The instant at which that clock shows this; in the hour that happens twice, the first. */
export function instantOf(wall: string, timezone: string): Date {
  const asUtc = Date.parse(`${wall}:00Z`);
  let guess = asUtc;
  for (let i = 0; i < 3; i++) {
    const shown = Date.parse(`${wallClock(new Date(guess), timezone)}:00Z`);
    if (shown === asUtc) break;
    guess += asUtc - shown;
  }
  return new Date(guess);
}
