/**
 * No change makes a task cost more RPCs, backend commands or bytes unseen: what is counted is held to the committed
 * figures of counts.json. `npm run guard:update` writes them anew, for a change that is worth it.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { measureAll, type Measures } from "./measures.ts";

/** How batches fall out differs a little from run to run. */
const TOLERANCE = 1.1;
/** Per task: 20 calls for the 10,000 tasks. */
const NOISE = 0.002;

test("a task costs no more than the committed counts", async (t) => {
  const text = await readFile(new URL("counts.json", import.meta.url), "utf8");
  const committed = JSON.parse(text) as Measures;
  const measured = await measureAll();
  assert.deepEqual(Object.keys(measured).toSorted(), Object.keys(committed).toSorted());
  const grown: string[] = [];
  for (const [what, figure] of Object.entries(measured)) {
    const before = committed[what]!;
    const line = `${what}: ${figure.toFixed(3)} per task; committed are ${before.toFixed(3)}`;
    t.diagnostic(line);
    if (figure > before * TOLERANCE + NOISE) grown.push(line);
  }
  assert.deepEqual(grown, [], "these have grown: find out why, or run npm run guard:update");
});
