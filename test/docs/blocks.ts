/** Fenced code blocks of Markdown documents. */

export interface Block {
  /** Path of the document below the checkout. */
  readonly document: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** First word of the fence's info string; empty where there is none. */
  readonly language: string;
  /** The rest of the info string. */
  readonly marks: string;
  readonly code: string;
  /** What a program prints: the `text` block that comes next, whatever prose is between; no `text figure`. */
  readonly output: string | undefined;
}

const FENCE = /^```(\S*) *([^\n`]*)\n([\s\S]*?)^```$/gm;

/** In the order of the document. */
export function blocksOf(document: string, text: string): Block[] {
  const found = [...text.matchAll(FENCE)];
  return found.map(([, language = "", marks = "", code = ""], at) => {
    const [, nextLanguage, nextMarks, nextCode] = found[at + 1] ?? [];
    return {
      document,
      line: text.slice(0, found[at]!.index).split("\n").length,
      language,
      marks: marks.trim(),
      code,
      output: nextLanguage === "text" && nextMarks === "" ? nextCode : undefined,
    };
  });
}

/** `docs/guides/clients.md:19` */
export function placeOf({ document, line }: Block): string {
  return `${document}:${line}`;
}
