/** A bar on stderr, where a person looks on; nothing otherwise. */
import { SingleBar } from "cli-progress";

export interface Progress {
  /** So many tasks are enqueued. */
  enqueued(count: number): void;
  /** One more has ended. */
  ended(): void;
  stop(): void;
}

/** Shows how many of `total` are enqueued and how many have ended. */
export function showProgress(total: number): Progress {
  if (!process.stderr.isTTY) return { enqueued: () => {}, ended: () => {}, stop: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: "{bar} {value}/{total} files, {enqueued} enqueued, {rate} files/s",
    barCompleteChar: "█",
    barIncompleteChar: "░",
  });
  const startedAt = performance.now();
  let enqueued = 0;
  let ended = 0;
  const rate = (): number => Math.round((ended * 1000) / (performance.now() - startedAt + 1));
  bar.start(total, 0, { enqueued, rate: 0 });
  return {
    enqueued: (count) => bar.update(ended, { enqueued: (enqueued += count), rate: rate() }),
    ended: () => bar.update(++ended, { enqueued, rate: rate() }),
    stop: () => bar.stop(),
  };
}
