/** The app of this script and its one task. */
import { QueueTasks } from "../../../src/index.ts";

export interface Walk {
  /** Where it started. */
  readonly start: number;
  /** How many steps it took to come to 1. */
  readonly steps: number;
  /** The largest number on the way. */
  readonly peak: number;
}

// Nothing is kept when the script ends; QTASKS_URL=sqlite:walks.db would.
const { QTASKS_URL: url = "memory:" } = process.env;

export const app = new QueueTasks({ url, logLevel: "warn" });

/** Half of an even number, three times an odd one plus one, until it is 1. */
export const walk = app.task("numbers.walk", (start: number): Walk => {
  let steps = 0;
  let peak = start;
  for (let number = start; number > 1; steps++) {
    number = number % 2 === 0 ? number / 2 : 3 * number + 1;
    peak = Math.max(peak, number);
  }
  return { start, steps, peak };
});
