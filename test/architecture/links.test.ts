import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");

test("relative links in the documents lead to files, and anchors to headings", async () => {
  const broken: string[] = [];
  for await (const document of glob("{*.md,{docs,examples,clients}/**/*.md}", {
    cwd: ROOT,
    exclude: ["**/node_modules/**", "**/dist/**", "**/target/**"],
  })) {
    for (const link of linksOf(await readFile(join(ROOT, document), "utf8"))) {
      if (!(await leadsSomewhere(document, link))) broken.push(`${document}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("links are read from text, not from code, and anchors as GitHub makes them", () => {
  const text =
    "# A *b* `c`, d\n[x](a.md) [y](<b c.md#d> 'title') `[z](no.md)`\n```\n[z](no.md)\n```\n";
  assert.deepEqual(linksOf(text), ["a.md", "b c.md#d"]);
  assert.deepEqual([...anchorsOf(text)], ["a-b-c-d"]);
});

async function leadsSomewhere(document: string, link: string): Promise<boolean> {
  const [path = "", anchor] = decodeURIComponent(link).split("#");
  const target = path === "" ? join(ROOT, document) : join(ROOT, dirname(document), path);
  if (!existsSync(target)) return false;
  if (!anchor || !target.endsWith(".md")) return true;
  return anchorsOf(await readFile(target, "utf8")).has(anchor);
}

function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\((?:<([^>]+)>|([^)\s]+))[^)]*\)/g)]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
}

function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").matchAll(/^#+ +(.*)$/gm);
  return new Set([...headings].map((match) => anchorOf(match[1] ?? "")));
}

function anchorOf(heading: string): string {
  const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "");
  return plain.trim().replace(/\s/g, "-");
}
