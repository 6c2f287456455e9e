/** How contestants compare with the one that they are compared with. */
import type { Summary } from "../results.ts";

/** Whom the others are compared with: BullMQ where it takes part, else the first. */
export function baselineOf(summaries: readonly Summary[]): Summary | undefined {
  return summaries.find(({ subject }) => subject === "bullmq") ?? summaries[0];
}

/** A figure of one contestant over that of another; undefined where one of them has none. */
export function ratio(
  one: Summary | undefined,
  other: Summary | undefined,
  name: string,
): number | undefined {
  const above = one?.values[name];
  const below = other?.values[name];
  if (above === undefined || below === undefined) return undefined;
  return above / below;
}
