/** Writes counts.json anew: `npm run guard:update`. */
import { writeFile } from "node:fs/promises";
import { measureAll } from "./measures.ts";

const measures = await measureAll();
const rounded = Object.fromEntries(
  Object.entries(measures).map(([what, figure]) => [what, Number(figure.toPrecision(4))]),
);
await writeFile(new URL("counts.json", import.meta.url), `${JSON.stringify(rounded, null, 2)}\n`);
console.table(rounded);
process.exit();
