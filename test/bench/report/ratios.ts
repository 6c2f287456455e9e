/** How contestants compare with the one that they are compared with. */
import type { Summary } from "../results.ts";
import type { Work } from "../works/work.ts";

const DEFAULT = { subject: "bullmq" } as const;

/** What a row's ratios are to, among the rows of its work; undefined where it was not measured. */
export function baselineOf(
  { baseline = DEFAULT }: Work,
  row: Summary,
  rows: readonly Summary[],
): Summary | undefined {
  return baseline === "first variant"
    ? rows.find(({ subject }) => subject === row.subject)
    : rows.find((one) => one.subject === baseline.subject && one.variant === row.variant);
}

/** What the ratios of a work are to, for a heading. */
export function baselineName({ baseline = DEFAULT }: Work): string {
  return baseline === "first variant" ? "to the first" : `to ${baseline.subject}`;
}

/** A figure of one contestant over that of another; undefined where one of them has none. */
export function ratio(
  one: Summary | undefined,
  other: Summary | undefined,
  name: string,
): number | undefined {
  const above = one?.values[name];
  const below = other?.values[name];
  if (above === undefined || below === undefined || below === 0) return undefined;
  return above / below;
}

/** The ratio for a table: empty where there is none. */
export function ratioCell(
  row: Summary,
  baseline: Summary | undefined,
  name: string,
  show: (value: number) => string,
): string {
  if (row === baseline) return "1";
  const value = ratio(row, baseline, name);
  return value === undefined ? "" : show(value);
}
