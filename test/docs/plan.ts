/**
 * What is done with a block, by the marks in its fence:
 *
 *     ```ts                     a program: type-checked, run as it stands, and what it prints compared
 *     ```ts fragment            goes on where the program before it ended: type-checked with it, not run
 *     ```ts background until=X  runs until the document's end; what follows waits for a line with X
 *     ```sh run                 commands, run by bash
 *     ```text                   what the block before it prints, where it is run
 *     ```text figure            what nothing prints
 *     ```LANGUAGE not run: WHY  of programs: type-checked where it is TypeScript
 *
 * `serve=FILE` has a server with that file's tasks on the usual ports meanwhile, `at=checkout` runs commands there. A
 * program whose first line is `// NAME.ts` is a file of that name beside the others of its document.
 */
import { placeOf, type Block } from "./blocks.ts";

export interface Plan {
  readonly block: Block;
  readonly kind: "program" | "fragment" | "background" | "shell" | "not run" | "data";
  /** Of a program: the name of its file. */
  readonly file: string | undefined;
  /** What a background program prints once it is ready. */
  readonly until: RegExp | undefined;
  /** A file with tasks, of the document or of the checkout. */
  readonly serve: string | undefined;
  readonly atCheckout: boolean;
}

const TYPESCRIPT = new Set(["ts", "typescript"]);
const SHELL = new Set(["sh", "bash"]);
/** What nobody runs. */
const DATA = new Set(["text", "yaml", "json", "proto", "toml", "xml", "mermaid", "diff"]);

export function isTypeScript({ language }: Block): boolean {
  return TYPESCRIPT.has(language);
}

/** Throws where a block says neither how it is run nor why it is not. */
export function planOf(block: Block): Plan {
  const { marks, language } = block;
  const reason = /^not run: (.+)$/.exec(marks)?.[1];
  const words = reason === undefined ? marks.split(/\s+/).filter((word) => word !== "") : [];
  const values = Object.fromEntries(words.map((word) => word.split("=") as [string, string?]));
  const kind = reason === undefined ? kindOf(block, Object.keys(values)) : "not run";
  return {
    block,
    kind,
    file: isTypeScript(block) ? fileOf(block) : undefined,
    until: values["until"] === undefined ? undefined : new RegExp(values["until"]),
    serve: values["serve"],
    atCheckout: values["at"] === "checkout",
  };

  function kindOf(of: Block, given: readonly string[]): Plan["kind"] {
    const known = new Set(["fragment", "background", "until", "run", "serve", "at", "figure"]);
    const unknown = given.find((word) => !known.has(word));
    if (unknown !== undefined) throw refused(of, `does not know the mark ${unknown}`);
    if (isTypeScript(of)) {
      if (given.includes("background") !== given.includes("until"))
        throw refused(of, "expects background and until=PATTERN together");
      return given.includes("fragment")
        ? "fragment"
        : given.includes("background")
          ? "background"
          : "program";
    }
    if (SHELL.has(language) && given.includes("run")) return "shell";
    if (DATA.has(language) && (marks === "" || marks === "figure")) return "data";
    throw refused(of, `is neither run nor says why not: mark it "run" or "not run: WHY"`);
  }
}

function fileOf({ code, line }: Block): string {
  return /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1] ?? `line-${line}.ts`;
}

function refused(block: Block, why: string): Error {
  return new Error(`${placeOf(block)}: the block ${why}`);
}
