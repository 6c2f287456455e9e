/** Text as the project's formatter leaves it. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { runTool } from "../run-tool.ts";

/** A Markdown document, formatted. Throws where the formatter refuses it. */
export async function formatted(root: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-reference-"));
  try {
    const file = join(folder, "document.md");
    await writeFile(file, text);
    const args = ["--config", join(root, ".prettierrc.json"), "--write", file];
    const { code, output } = await runTool("prettier", args, { cwd: folder });
    if (code !== 0) throw new Error(output);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
