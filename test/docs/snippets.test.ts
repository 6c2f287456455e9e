/** The code in the documents does what they say. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { blocksOf, placeOf } from "./blocks.ts";
import { runDocument, type Document } from "./document.ts";
import { planOf, type Plan } from "./plan.ts";
import { makeFolder, makeProject, ROOT } from "./project.ts";
import { typeErrors } from "./types.ts";

const DOCUMENTS = ["README.md", "docs/**/*.md", "clients/typescript/*/README.md"];

const project = makeProject();
const names = globSync(DOCUMENTS, { cwd: ROOT }).toSorted();
const documents = new Map<string, Document>();
for (const name of names) {
  const plans = plansOf(name);
  if (plans.length > 0) documents.set(name, { folder: makeFolder(project, name), plans });
}

test("the programs have no type errors", async () => {
  const files = [...documents.values()].flatMap(writePrograms);
  assert.ok(files.length >= 10, `there are ${files.length} programs`);
  assert.equal(await typeErrors(project, files), "");
});

describe("what the documents say runs as it stands", { concurrency: 2 }, () => {
  for (const [name, document] of documents)
    test(name, { timeout: 300_000 }, (t) => runDocument(t, document));
});

/** Those of a document that says of one what can't be understood fail as a test of its name. */
function plansOf(name: string): Plan[] {
  try {
    return blocksOf(name, readFileSync(join(ROOT, name), "utf8")).map(planOf);
  } catch (error) {
    test(name, () => assert.fail(error as Error));
    return [];
  }
}

/** As they stand in the document, a fragment after the program before it. */
function writePrograms({ folder, plans }: Document): string[] {
  let before = "";
  return plans.flatMap(({ block, file, kind }: Plan) => {
    if (file === undefined) return [];
    if (kind !== "fragment") before = block.code;
    const path = join(folder, file);
    assert.ok(!existsSync(path), `${placeOf(block)}: ${file} is there already`);
    writeFileSync(path, kind === "fragment" ? before + block.code : block.code);
    return path;
  });
}
