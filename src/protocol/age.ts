const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** From which age on a unit is used, as Docker does: weeks from two weeks, months from two months, years from two years. */
const steps = [
  [2 * 365 * day, 'year', 365 * day],
  [60 * day, 'month', 30 * day],
  [14 * day, 'week', 7 * day],
  [2 * day, 'day', day],
  [hour, 'hour', hour],
  [minute, 'minute', minute],
] as const;

export interface Age {
  readonly unit: (typeof steps)[number][1];
  /** Whole ones. */
  readonly count: number;
}

/** How an age of so many milliseconds is told, everywhere in Strata; `undefined` below a minute. */
export function ageOf(milliseconds: number): Age | undefined {
  const step = steps.find(([from]) => milliseconds >= from);
  return step && { unit: step[1], count: Math.floor(milliseconds / step[2]) };
}
