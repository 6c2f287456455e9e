/** What the plugin is made with. */
import { MAX_TIMER_MS } from "../../core/max-timer.ts";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { Dependency, type AnyDependency, type DependencyOverride } from "./dependency.ts";

/** All optional. */
export interface DependenciesOptions {
  /** Values in place of those that would be made: `[pool.as(fake)]`. They are not disposed. @default none */
  readonly override?: readonly DependencyOverride[] | undefined;
  /**
   * Made before they are asked for: those of the app and of workers when the worker starts, and what they throw fails its
   * start; those of tasks before the handler runs. In this order. @default none
   */
  readonly eager?: readonly AnyDependency[] | undefined;
  /**
   * Longest that one disposal is waited for, in ms, 1 or more; then it is logged, and the next one begins. At the end as
   * long for what is still being made. @default 10,000
   */
  readonly disposeTimeoutMs?: number | undefined;
}

const OPTIONS: NamesOf<DependenciesOptions> = {
  override: true,
  eager: true,
  disposeTimeoutMs: true,
};

/** @internal Complete options. */
export interface ResolvedDependenciesOptions {
  readonly overrides: ReadonlyMap<AnyDependency, unknown>;
  readonly eager: readonly AnyDependency[];
  readonly disposeTimeoutMs: number;
}

/** @internal CONFIG_INVALID names what is wrong. */
export function resolveOptions(options: DependenciesOptions): ResolvedDependenciesOptions {
  checkConfigOptions("dependencies", options, OPTIONS);
  const { override = [], eager = [], disposeTimeoutMs = 10_000 } = options;
  if (
    !Number.isInteger(disposeTimeoutMs) ||
    disposeTimeoutMs < 1 ||
    disposeTimeoutMs > MAX_TIMER_MS
  )
    throw invalid(
      `disposeTimeoutMs must be a whole number from 1 to ${MAX_TIMER_MS}; got ${disposeTimeoutMs}`,
    );
  for (const each of eager) checkDependency("eager", each);
  return { overrides: overridesOf(override), eager, disposeTimeoutMs };
}

function overridesOf(all: readonly DependencyOverride[]): Map<AnyDependency, unknown> {
  const overrides = new Map<AnyDependency, unknown>();
  for (const { dependency, value } of all) {
    checkDependency("override", dependency);
    if (overrides.has(dependency)) throw invalid(`override: ${dependency.name} is there twice`);
    overrides.set(dependency, value);
  }
  return overrides;
}

function checkDependency(option: string, given: unknown): void {
  if (given instanceof Dependency) return;
  const expected = option === "override" ? "what dependency.as() gives" : "dependencies";
  throw invalid(`${option}: expected ${expected}; got ${typeof given}`);
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `dependencies: ${message}`);
}
