/** The ids that handlers in other languages were called with: each process appends them to a file of its own. */
import { readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

/** A UUID and the end of the line. */
const LINE_BYTES = 37;

/** A folder of such files. */
export class HandledFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get count(): number {
    return this.#paths().reduce((sum, path) => sum + statSync(path).size, 0) / LINE_BYTES;
  }

  /** The ids since the last time. Nobody may be writing. */
  take(): string[] {
    return this.#paths().flatMap((path) => {
      const ids = readFileSync(path, "latin1").split("\n").slice(0, -1);
      truncateSync(path);
      return ids;
    });
  }

  #paths(): string[] {
    return readdirSync(this.#folder).map((name) => join(this.#folder, name));
  }
}
