/**
 * Preloaded by `--import` into a process of the suite, and by NODE_OPTIONS into its threads and the processes that
 * it starts: hands out one file of the service with a mutation in it. The file itself stays as it is.
 */
import fs from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { mutate, MUTATION_VARIABLE, type Mutation } from "./mutation.ts";

const mutation = JSON.parse(process.env[MUTATION_VARIABLE] ?? "null") as Mutation | null;

if (mutation?.url.endsWith(".ts") === true) mutateModule(mutation);
else if (mutation !== null) mutateText(mutation);

function mutateModule(wanted: Mutation): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== wanted.url) return loaded;
      return { ...loaded, source: applied(textOf(loaded.source), wanted) };
    },
  });
}

/** Lua and SQL are read by the modules that use them, with `readFileSync` and a URL. */
function mutateText(wanted: Mutation): void {
  const read = fs.readFileSync;
  const readMutated = (...args: Parameters<typeof read>): ReturnType<typeof read> => {
    const content = read(...args);
    const isWanted = args[0] instanceof URL && args[0].href === wanted.url;
    return isWanted ? applied(content.toString(), wanted) : content;
  };
  Object.assign(fs, { readFileSync: readMutated });
  syncBuiltinESMExports();
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (typeof source === "string") return source;
  return new TextDecoder().decode(source);
}

function applied(source: string, wanted: Mutation): string {
  const mutated = mutate(source, wanted.edits);
  fs.writeFileSync(wanted.loadedMark, "");
  return mutated;
}
