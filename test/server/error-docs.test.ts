import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { REASONS } from "../../src/core/errors.ts";

const PAGE = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

/** Reason and code of each entry: `### REASON` below `## CODE`. */
function documented(): [reason: string, code: string][] {
  const entries: [string, string][] = [];
  let code = "";
  for (const [, level, title] of PAGE.matchAll(/^(##|###) ([A-Z_]+)$/gm)) {
    if (level === "##") code = title ?? "";
    else entries.push([title ?? "", code]);
  }
  return entries;
}

test("docs/errors.md has exactly the reasons that there are, below their codes", () => {
  const pair = ([reason, code]: [string, string]) => `${code} ${reason}`;
  assert.deepEqual(documented().map(pair).toSorted(), Object.entries(REASONS).map(pair).toSorted());
});

test("every entry says something", () => {
  const texts = PAGE.split(/^###? .*$/m).slice(1);
  const entries = texts.filter((text) => text.trim() !== "");
  assert.ok(entries.length >= Object.keys(REASONS).length);
});
