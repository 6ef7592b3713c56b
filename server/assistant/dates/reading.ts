import { dayNumber } from './calendar.ts';

/** A text as signs, of which each rule takes what it has read. */
export class Reading {
  left: string;
  readonly today: number;
  readonly now: string;
  constructor(left: string, now: string) {
    this.left = left;
    this.now = now;
    this.today = dayNumber(now);
  }
  /** Takes what matches out of the reading. */
  take(pattern: RegExp): RegExpMatchArray | null {
    const match = this.left.match(pattern);
    if (match) this.left = this.left.replace(match[0], ' · ').replace(/ +/g, ' ');
    return match;
  }
}
