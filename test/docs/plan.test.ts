import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf } from "./blocks.ts";
import { assertPrinted } from "./output.ts";
import { planOf } from "./plan.ts";

function plansOf(...lines: string[]) {
  return blocksOf("guide.md", lines.join("\n")).map(planOf);
}

test("a block that says neither how it is run nor why it is not is refused, with its place", () => {
  const refusal = /^Error: guide\.md:2: the block is neither run nor says why not/;
  for (const fence of ["```", "```sh", "```console", "```python", "```console run"])
    assert.throws(() => plansOf("", fence, "code", "```"), refusal, fence);
  assert.throws(() => plansOf("```ts norun", "```"), /does not know the mark norun/);
  assert.throws(() => plansOf("```ts background", "```"), /background and until=PATTERN together/);
});

test("marks say what is done", () => {
  const kindOf = (fence: string) => plansOf(fence, "```")[0]?.kind;
  assert.equal(kindOf("```ts"), "program");
  assert.equal(kindOf("```ts serve=tasks.ts"), "program");
  assert.equal(kindOf("```ts fragment"), "fragment");
  assert.equal(kindOf("```ts background until=ready"), "background");
  assert.equal(kindOf("```sh run at=checkout"), "shell");
  assert.equal(kindOf("```go not run: it needs a = and a toolchain"), "not run");
  assert.equal(kindOf("```yaml"), "data");
});

test("a program has the name of its first line, and the output of the next text block", () => {
  const [program, text, other] = plansOf(
    "```ts\n// tasks.ts\nx;\n```\nIt prints:\n```text\n1\n```",
    "```ts\ny;\n```\n```text figure\na → b\n```",
  );
  assert.deepEqual([program?.file, program?.block.output], ["tasks.ts", "1\n"]);
  assert.equal(text?.kind, "data");
  assert.deepEqual([other?.file, other?.block.output], ["line-9.ts", undefined]);
});

test("what is printed is compared, with … for what differs each time, and without the app's log", () => {
  const log = '{"level":30,"msg":"the server listens"}\n';
  assertPrinted(`${log}task 7f: (done)\n`, "task …: (done)\n", "here");
  assertPrinted("a\nb\nc\nd\n", "a\n…\nd\n", "here");
  assertPrinted("a\nd\n", "a\n…\nd\n", "here");
  assertPrinted(log, '{"level":…,"msg":"the server listens"}\n', "here");
  for (const [printed, expected] of [
    ["a\nb\n", "a\n"],
    ["a\n", "a\nb\n"],
    ["a b\nc\n", "a …c\n"],
    ["axb\n", "a.b\n"],
    [log, ""],
  ] as const)
    assert.equal(isPrinted(printed, expected), printed === log, `${printed} for ${expected}`);
});

function isPrinted(printed: string, expected: string): boolean {
  try {
    assertPrinted(printed, expected, "here");
    return true;
  } catch {
    return false;
  }
}
