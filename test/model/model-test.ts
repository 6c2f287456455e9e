/** Declares a model-based test: random sequences of commands, shrunk to a minimal one where they fail. */
import { test } from "node:test";
import fc from "fast-check";
import { brief } from "./brief.ts";
import { modelSettings, type ModelSettings } from "./settings.ts";

/** One step. Whatever it names by number it finds in the model at that moment, so that each fits everywhere. */
export class Command<Model extends object, Real> implements fc.AsyncCommand<Model, Real> {
  readonly #text: string;
  readonly #act: (model: Model, real: Real) => Promise<void>;

  constructor(text: string, act: (model: Model, real: Real) => Promise<void>) {
    this.#text = text;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): Promise<void> {
    return this.#act(model, real);
  }

  toString(): string {
    return this.#text;
  }
}

export type CommandArbitrary<Model extends object, Real> = fc.Arbitrary<Command<Model, Real>>;

/** An arbitrary of one kind of command from that of its parameters, which its text shows. */
export function commandOf<Params, Model extends object, Real>(
  name: string,
  params: fc.Arbitrary<Params>,
  act: (params: Params, model: Model, real: Real) => Promise<void>,
): CommandArbitrary<Model, Real> {
  return params.map(
    (chosen) => new Command(`${name}(${brief(chosen)})`, (model, real) => act(chosen, model, real)),
  );
}

export interface ModelRun<Model extends object, Real> {
  readonly model: Model;
  readonly real: Real;
  /** Checks what must hold at the end. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export interface ModelTest<Model extends object, Real> {
  /** As in `--subject`: the datastores and the level, such as `sqlite storage`. */
  readonly subject: string;
  readonly title: string;
  /** Runs of one test, unless the settings say else. */
  readonly runs: number;
  readonly maxCommands: number;
  readonly commands: readonly CommandArbitrary<Model, Real>[];
  readonly open: () => Promise<ModelRun<Model, Real>>;
}

/** Of `npm test`: what it says of a change must not be up to chance. `npm run test:model` draws others. */
const USUAL_SEED = 20_261_121;

export function modelTest<Model extends object, Real>(spec: ModelTest<Model, Real>): void {
  const settings = modelSettings();
  if (!isAsked(spec.subject, settings)) return;
  test(`${spec.subject}: ${spec.title}`, async (t) => {
    const details = await fc.check(propertyOf(spec, settings), {
      numRuns: settings.runs ?? spec.runs,
      // Else every other sequence has a few commands only, and reaches nothing.
      unbiased: true,
      // On a busy machine fewer runs do, and a failure is told before it is at its shortest.
      ...(settings.runs === undefined && { interruptAfterTimeLimit: PATIENCE_MS }),
      seed: settings.seed ?? USUAL_SEED,
      ...(settings.path !== undefined && { path: settings.path }),
    });
    if (details.failed) throw new Error(report(spec, details), { cause: details.errorInstance });
    t.diagnostic(`${details.numRuns} runs, seed ${details.seed}`);
  });
}

/** A path leads through the commands of one model only. */
function isAsked(name: string, { subject = "", path }: ModelSettings): boolean {
  return path === undefined ? name.includes(subject) : name === subject;
}

/** For all runs of a test together, in ms. */
const PATIENCE_MS = 240_000;

type Commands<Model extends object, Real> = Iterable<fc.AsyncCommand<Model, Real>>;

function propertyOf<Model extends object, Real>(
  spec: ModelTest<Model, Real>,
  { replay }: ModelSettings,
): fc.IAsyncProperty<[Commands<Model, Real>]> {
  const { maxCommands } = spec;
  const commands = fc.commands<Model, Real, false>([...spec.commands], {
    maxCommands,
    size: "max",
    ...(replay !== undefined && { replayPath: replay }),
  });
  return fc.asyncProperty<[Commands<Model, Real>]>(commands, async (sequence) => {
    const run = await spec.open();
    try {
      await fc.asyncModelRun(() => run, sequence);
      await run.finish();
    } finally {
      await run.close();
    }
  });
}

/** The shortest sequence that fails, why, and how to run it again. */
function report<Model extends object, Real>(
  { subject, title }: ModelTest<Model, Real>,
  details: fc.RunDetails<[Commands<Model, Real>]>,
): string {
  const { seed, counterexamplePath, counterexample, errorInstance } = details;
  const sequence = counterexample?.[0] ?? [];
  const replay = /replayPath="([^"]*)"/.exec(fc.stringify(sequence))?.[1];
  const flags = [`--subject "${subject}"`, `--seed ${seed}`, `--path ${counterexamplePath}`];
  if (replay !== undefined) flags.push(`--replay "${replay}"`);
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [
    `${title} does not hold for ${subject}, after ${details.numRuns} runs and ${details.numShrinks} shrinks:`,
    ...[...sequence].filter(hasRun).map((command) => `  ${command.toString()}`),
    why,
    `again: npm run test:model -- ${flags.join(" ")}`,
  ].join("\n");
}

/** fast-check notes which commands came to their turn before the failure. */
function hasRun(command: object): boolean {
  return !("hasRan" in command) || command.hasRan === true;
}
