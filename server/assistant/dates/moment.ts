export type PartOfDay = 'morning' | 'afternoon' | 'evening';

export type Moment = {
  /** First and last day, `YYYY-MM-DD`; the same for one day. */
  from: string;
  to: string;
  partOfDay?: PartOfDay;
  /** `HH:MM` on the hospital's wall. */
  time?: string;
  after?: string;
  before?: string;
  /** Weekdays that will not do: 0 Sunday … 6 Saturday. */
  except?: number[];
  /** No day was named: from today on. */
  open?: boolean;
};
export type Understood = Moment & { ambiguous?: Moment[] };

/** How far "from Monday on" and "any day" reach, in days. */
export const HORIZON = 60;
