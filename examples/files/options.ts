/** The command line of run.ts. */
import { parseArgs } from "node:util";
import { DEFAULT_ADDRESS } from "../../src/client/index.ts";

/** What the user asked for. */
export interface Options {
  readonly folder: string;
  readonly server: string;
  readonly output: "table" | "json";
  /** File for lines as `sha256sum` prints them; unset: none. */
  readonly sums: string | undefined;
  /** Names the run; unset: it follows from the files. */
  readonly run: string | undefined;
  /** How long to wait for a server that is away, in ms. */
  readonly patienceMs: number;
}

export const HELP = `Digests every file of a folder, one task for each.

usage: node examples/files/run.ts FOLDER [options]

  --server HOST:PORT  where the server listens (${DEFAULT_ADDRESS}, or QTASKS_SERVER)
  --output FORMAT     table for people, json for programs (table)
  --sums FILE         write the sums too, for sha256sum --check in FOLDER
  --run NAME          name this run. By default the name follows from the files and
                      their times, so that a repeated run goes on where one ended
  --patience SECONDS  how long to wait for a server that is away (300)
  --help              print this

example: node examples/files/run.ts node_modules --sums sums.txt

The server needs the tasks of this example, as npm start gives it, and sees the
same files. Exit codes: 0 done, 1 some files failed, 2 usage, 4 no server answers.`;

/** The command line can't be understood. */
export class UsageError extends Error {}

/** The options, or undefined for --help. Throws UsageError. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options | undefined {
  const { values, positionals } = parse(argv);
  if (values.help === true) return undefined;
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError("expected one FOLDER");
  const { output = "table", run, patience = "300" } = values;
  if (output !== "table" && output !== "json")
    throw new UsageError(`--output: expected table or json, got ${output}`);
  if (run !== undefined && !/^[\w.-]{1,60}$/.test(run))
    throw new UsageError("--run: expected at most 60 letters, digits, and . _ -");
  if (!/^\d+(\.\d+)?$/.test(patience))
    throw new UsageError(`--patience: expected a number of seconds, got ${patience}`);
  const server = values.server ?? (env["QTASKS_SERVER"] || DEFAULT_ADDRESS);
  return { folder, server, output, sums: values.sums, run, patienceMs: Number(patience) * 1000 };
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        server: text,
        output: text,
        sums: text,
        run: text,
        patience: text,
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
