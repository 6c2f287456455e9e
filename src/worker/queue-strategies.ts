/** The strategies that come with the package. None of them leaves a queue out, so no slot stays free while work waits. */
import { QTasksError } from "../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../core/known-options.ts";
import type { QueueStrategy } from "./queue-strategy.ts";

export interface WeightedOptions {
  /** Numbers from 0 to below 1, evenly spread. @default Math.random */
  readonly random?: (() => number) | undefined;
}

const OPTIONS: NamesOf<WeightedOptions> = { random: true };

/** What workers do without a strategy: each poll starts after the queue that gave last. */
export function inTurn(): QueueStrategy {
  return { choose: () => [] };
}

/**
 * The first queue that has work gives it; a later one waits for as long as an earlier one has work. Queues of the
 * worker that are not named come last. CONFIG_INVALID without names, or for one that comes twice.
 */
export function strictOrder(...names: readonly string[]): QueueStrategy {
  if (names.length === 0) throw invalid("strictOrder", "the names of one or more queues", names);
  for (const [index, name] of names.entries()) {
    checkName(`strictOrder: argument ${index + 1}`, name);
    if (names.indexOf(name) !== index) throw invalid("strictOrder", "each queue once", name);
  }
  return {
    names,
    choose: (queues) => [
      ...names.filter((name) => queues.includes(name)),
      ...queues.filter((queue) => !names.includes(queue)),
    ],
  };
}

/**
 * Each poll draws an order by weight: where all queues have work, each gives by its share of the weights, and none
 * starves. What a queue lacks the others give. Weights are numbers above 0; a queue of the worker without one has
 * weight 1. CONFIG_INVALID without weights, or for one that is not above 0.
 */
export function weighted(
  weights: Readonly<Record<string, number>>,
  options: WeightedOptions = {},
): QueueStrategy {
  checkConfigOptions("weighted", options, OPTIONS);
  const { random = Math.random } = options;
  const byQueue = checkWeights(weights);
  // The least of -ln(u)/weight falls to each queue by its share, and so on among the rest (Efraimidis and Spirakis).
  const draw = (queue: string) => ({
    queue,
    at: -Math.log(1 - random()) / (byQueue.get(queue) ?? 1),
  });
  return {
    names: [...byQueue.keys()],
    choose: (queues) =>
      queues
        .map(draw)
        .sort((a, b) => a.at - b.at)
        .map(({ queue }) => queue),
  };
}

function checkWeights(weights: unknown): ReadonlyMap<string, number> {
  const isGiven = typeof weights === "object" && weights !== null && !Array.isArray(weights);
  const entries = isGiven ? Object.entries(weights) : [];
  if (entries.length === 0)
    throw invalid("weighted", "an object with a weight for one or more queues", weights);
  for (const [name, weight] of entries) {
    checkName("weighted", name);
    if (typeof weight !== "number" || !Number.isFinite(weight) || weight <= 0)
      throw invalid(`weighted: ${name}`, "a number above 0", weight);
  }
  return new Map(entries as [string, number][]);
}

function checkName(where: string, name: unknown): void {
  if (typeof name !== "string" || name === "") throw invalid(where, "the name of a queue", name);
}

function invalid(where: string, expected: string, got: unknown): QTasksError {
  const shown = typeof got === "number" ? String(got) : (JSON.stringify(got) ?? String(got));
  return new QTasksError("CONFIG_INVALID", `${where}: expected ${expected}; got ${shown}`, {
    metadata: { option: "queueStrategy" },
  });
}
