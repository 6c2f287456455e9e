/** `npm run generate:reference`: writes the parts of the documentation that are made of the code. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatted } from "./formatted.ts";
import { HOOKS_FILE, hooksReference } from "./hooks.ts";

const ROOT = join(import.meta.dirname, "../..");

await writeFile(join(ROOT, HOOKS_FILE), await formatted(ROOT, hooksReference(ROOT)));
