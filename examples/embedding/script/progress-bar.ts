/** A bar on stderr where that is a terminal; nothing otherwise. */
import { SingleBar } from "cli-progress";

export interface ProgressBar {
  /** One more is done. */
  step(): void;
  stop(): void;
}

/** Shows how many of `total` are done. */
export function showProgress(total: number): ProgressBar {
  if (!process.stderr.isTTY) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    hideCursor: true,
    format: "{bar} {value}/{total} tasks, {duration_formatted}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
