/** What a check is. Each answers with a verdict; scripts/check.ts runs and prints them. */
import { runTool } from "../run-tool.ts";

/** How a check ended: `output` is shown when it failed, `note` always, beside its name. */
export interface Verdict {
  readonly ok: boolean;
  readonly output: string;
  readonly note?: string;
}

/** One line of `npm run check`; `run` gets the folder of the checkout. */
export interface Check {
  readonly name: string;
  readonly run: (root: string) => Promise<Verdict>;
}

/** The check that a tool exits with 0. */
export function toolCheck(name: string, tool: string, args: readonly string[]): Check {
  return {
    name,
    run: async (root) => {
      const { code, output } = await runTool(tool, args, { cwd: root });
      return { ok: code === 0, output };
    },
  };
}
