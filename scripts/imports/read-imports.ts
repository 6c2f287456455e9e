/** Reads which modules a TypeScript file imports, without a compiler: our formatter makes the statements regular. */

/** One import of a file: what is named in quotes, and the line it stands on, from 1. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

// Only where they start a line: "src/**/*.ts" in a string is no comment.
const COMMENT = /^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*$)/gm;
const STATEMENT = /^[ \t]*(?:import|export)\b(?:[^;"'`()]*?\bfrom)?[ \t]*["']([^"']+)["']/gm;
const CALL = /\bimport\(\s*["'`]([^"'`]+)["'`]/g;

/** All static, re-exporting, type-only and dynamic imports of a source text, in their order. */
export function readImports(source: string): Import[] {
  // Comments become blank instead of going, so that the lines keep their numbers.
  const code = source.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, " "));
  return [STATEMENT, CALL]
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .map((match) => ({ specifier: match[1] ?? "", line: lineOf(code, match) }))
    .toSorted((a, b) => a.line - b.line);
}

function lineOf(code: string, match: RegExpExecArray): number {
  const start = match.index + (match[0].length - match[0].trimStart().length);
  return code.slice(0, start).split("\n").length;
}
