/** A checkout of its own for tests that build in it, as its README says. */
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { tempFolder } from "../../support/temp.ts";
import { ROOT } from "../serve.ts";

const PARTS = ["bin", "examples", "gen", "package.json", "proto", "scripts", "src"];
const CONFIGS = ["tsconfig.json", "tsconfig.build.json"];

/** Its folder, removed with this process. What is built there is in nobody's way. */
export async function copyCheckout(): Promise<string> {
  const folder = tempFolder();
  for (const part of [...PARTS, ...CONFIGS])
    await cp(join(ROOT, part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith("/dist"),
    });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
