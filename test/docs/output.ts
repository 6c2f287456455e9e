/** Whether a program printed what its document says. */
import assert from "node:assert/strict";

/** Lines of an app's log, which goes to stdout where the program hands in no logger. */
const LOG_LINE = '{"level":';
// oxlint-disable-next-line no-control-regex
const COLORS = /\u001b\[[\d;]*m/g;

/** `…` stands for anything within a line; a line of it alone for any number of lines. Log lines count where they are expected. */
export function assertPrinted(printed: string, expected: string, place: string): void {
  const actual = linesOf(printed, expected.includes(LOG_LINE));
  const pattern = linesOf(expected, true).map((line) => {
    if (line === "…") return "(?:[^\\n]*\\n)*?";
    return `${line.split("…").map(escaped).join("[^\\n]*?")}\\n`;
  });
  const text = actual.map((line) => `${line}\n`).join("");
  if (new RegExp(`^${pattern.join("")}$`).test(text)) return;
  // For its message, with the difference.
  assert.equal(text, expected, `${place} prints something else`);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

function linesOf(text: string, withLogs: boolean): string[] {
  const lines = text.replaceAll(COLORS, "").trimEnd().split("\n");
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => withLogs || !line.startsWith(LOG_LINE));
}
