/** Where in the user's code something was defined. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = dirname(import.meta.dirname);
/** `app.task` and `router.task` themselves are not where the user defined a task. */
const OWN = [`${import.meta.dirname}/`, `${SOURCE}/app.`, `${SOURCE}/app/`];

/** `file:line` of the nearest caller outside this package's own code; `an unknown place` where the engine does not say. */
export function callPlace(): string {
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  for (const frame of frames) {
    const match = /\(?([^()\s]+):(\d+):\d+\)?$/.exec(frame);
    if (match === null) continue;
    const [, where = "", line] = match;
    const path = where.startsWith("file:") ? fileURLToPath(where) : where;
    if (!OWN.some((own) => path.startsWith(own))) return `${path}:${line}`;
  }
  return "an unknown place";
}
