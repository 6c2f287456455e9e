#!/usr/bin/env node
/**
 * Starts the command line. A checkout runs its TypeScript as it is; the published package, where Node
 * refuses to strip types, runs what `npm run build` compiled.
 */
import { existsSync } from "node:fs";

const source = new URL("../src/cli/main.ts", import.meta.url);
const compiled = new URL("../dist/src/cli/main.js", import.meta.url);

const OLDEST = [22, 18];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `qtasks needs Node ${OLDEST.join(".")} or later; this is ${process.versions.node}\n`,
  );
  process.exit(2);
}

const { main } = await import((existsSync(source) ? source : compiled).href);
process.exitCode = await main(process.argv.slice(2));
