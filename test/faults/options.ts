/** The command line of the suite. */
import { parseArgs } from "node:util";
import { faultsNamed } from "./faults/catalogue.ts";
import type { Fault } from "./faults/fault.ts";
import { ALL_LAYOUTS, layoutOf, type Layout } from "./site/layout.ts";

export interface SuiteOptions {
  readonly layouts: readonly Layout[];
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Of faults, on each backend. */
  readonly minutes: number;
  /** Tasks per second. */
  readonly rate: number;
  readonly json: boolean;
  /** Histories and logs stay there; unset: only those of runs that failed stay, in a temporary folder. */
  readonly keep: string | undefined;
}

export const USAGE = `usage: npm run test:faults -- [options]

  --url URL        memory:, sqlite: or redis: for a backend of its own, or the URL of a Redis; without it, or a
                   pair, every backend and pair in turn
  --storage URL    with --broker: a composed pair, such as --storage redis: --broker memory:
  --broker URL
  --seed N         repeats the choices of a run (default: a new one)
  --minutes M      of faults, on each backend (default: 2)
  --faults a,b     faults by name or a part of it, such as kill, redis or half-open-worker (default: all)
  --rate N         tasks per second (default: 60)
  --output json    one JSON object instead of the table
  --keep FOLDER    keeps histories and logs there

Exits with 0, or 1 when a promise was broken, or 2 for arguments that can't be.`;

/** Throws for what can't be. */
export function suiteOptions(argv: readonly string[]): SuiteOptions | "help" {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: text,
      broker: text,
      storage: text,
      seed: text,
      minutes: text,
      faults: text,
      rate: text,
      output: text,
      keep: text,
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return "help";
  const { url, broker, storage, faults = "", output = "table" } = values;
  if (output !== "table" && output !== "json")
    throw new Error(`--output: expected table or json, not ${output}`);
  const isNamed = [url, broker, storage].some((one) => one !== undefined);
  return {
    layouts: isNamed ? [layoutOf({ url, broker, storage })] : ALL_LAYOUTS.map(layoutOf),
    faults: faultsNamed(faults.split(",").filter((word) => word !== "")),
    seed: number("seed", values.seed, Math.floor(Math.random() * 1e6), 0),
    minutes: number("minutes", values.minutes, 2, 0.05),
    rate: number("rate", values.rate, 60, 1),
    json: output === "json",
    keep: values.keep,
  };
}

function number(name: string, text: string | undefined, byDefault: number, least: number): number {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= least) return value;
  throw new Error(`--${name}: expected a number, at least ${least}, not ${text}`);
}
