/** Reads the files of a run, line by line, so that their size does not matter. */
import { closeSync, globSync, openSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { Collector } from "./collector.ts";
import type { HistoryEvent } from "./event.ts";
import type { RunHistory } from "./history.ts";
import { HISTORY_SUFFIX } from "./log.ts";

const CHUNK_BYTES = 1 << 20;

/** All that the files of a directory say. Throws where there is none, or a line is no event. */
export function readHistory(directory: string): RunHistory {
  const names = globSync(`*${HISTORY_SUFFIX}`, { cwd: directory }).toSorted();
  if (names.length === 0) throw new Error(`${directory} has no file *${HISTORY_SUFFIX}`);
  const collector = new Collector();
  for (const name of names) {
    const file = collector.file(basename(name, HISTORY_SUFFIX));
    forEachLine(join(directory, name), (line) => file.add(JSON.parse(line) as HistoryEvent));
    file.end();
  }
  return collector.run();
}

/** Whole lines only: a kill may have torn the last one. */
function forEachLine(path: string, take: (line: string) => void): void {
  const file = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let number = 0;
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        number++;
        take(line);
      }
    }
  } catch (error) {
    throw new Error(`${path}:${number}: no line of a history`, { cause: error });
  } finally {
    closeSync(file);
  }
}
