/** Calls to services with a count for each method: what would be RPCs over a network. */
import type { DescService } from "@bufbuild/protobuf";
import type { ServiceCalls } from "../../src/core/calls.ts";

export type Counts = Map<string, number>;

/** The same calls; `counts` hears of each by the method's name. */
export function counted<S extends DescService>(
  service: S,
  calls: ServiceCalls<S>,
  counts: Counts,
): ServiceCalls<S> {
  const wrapped = { ...calls } as Record<string, unknown>;
  for (const { localName, name } of service.methods) {
    const call = wrapped[localName] as (...args: readonly unknown[]) => unknown;
    wrapped[localName] = (...args: readonly unknown[]) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return call(...args);
    };
  }
  return wrapped as ServiceCalls<S>;
}

/** Sum over all methods, or over those that are named. */
export function total(counts: Counts, ...names: readonly string[]): number {
  const chosen = names.length === 0 ? [...counts.keys()] : names;
  return chosen.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
}
