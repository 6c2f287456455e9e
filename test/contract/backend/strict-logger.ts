import assert from "node:assert/strict";
import { pino, type Logger } from "pino";

/** A logger for which a warning is a failed test: what is done in the background fails nowhere else. */
export class StrictLogger {
  readonly logger: Logger;
  readonly #lines: string[] = [];

  constructor() {
    this.logger = pino({ level: "warn", base: null }, { write: (line) => this.#lines.push(line) });
  }

  /** Fails where anything was logged as a warning or an error. */
  assertCalm(): void {
    assert.deepEqual(this.#lines, [], "logged as a warning");
  }
}
