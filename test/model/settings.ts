/** What a model run is asked for: by `npm run test:model -- --flags`, or by the environment. */

export interface ModelSettings {
  /** How often each model runs, instead of its own number. */
  readonly runs: number | undefined;
  /** Repeats a run that failed; with `path` and `replay` from its report it starts at the shrunk sequence. */
  readonly seed: number | undefined;
  readonly path: string | undefined;
  readonly replay: string | undefined;
  /** Only subjects whose name holds this; with a path, is this. */
  readonly subject: string | undefined;
}

/** Flags of `npm run test:model` and the variables that carry them into the test processes. */
export const VARIABLES = {
  runs: "MODEL_RUNS",
  seed: "MODEL_SEED",
  path: "MODEL_PATH",
  replay: "MODEL_REPLAY",
  subject: "MODEL_SUBJECT",
} as const satisfies Record<keyof ModelSettings, string>;

export function modelSettings(env: NodeJS.ProcessEnv = process.env): ModelSettings {
  const text = (name: keyof ModelSettings): string | undefined => env[VARIABLES[name]] || undefined;
  const number = (name: keyof ModelSettings): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw new Error(`${VARIABLES[name]} is no number: ${value}`);
    return Number(value);
  };
  return {
    runs: number("runs"),
    seed: number("seed"),
    path: text("path"),
    replay: text("replay"),
    subject: text("subject"),
  };
}
