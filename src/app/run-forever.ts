/** Ties something that runs to the signals of the process. */
import type { Logger } from "pino";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export interface Runnable {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Settles when the run ends without a signal. */
  done(): Promise<void>;
}

/**
 * Starts, waits for SIGTERM, SIGINT or `done`, and stops; its process then ends by itself. A second signal ends
 * the process at once with exit code 1. Rejects when start or stop does.
 */
export async function runForever(runnable: Runnable, logger: Logger): Promise<void> {
  const { promise: signaled, resolve } = Promise.withResolvers<void>();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (++signals > 1) process.exit(1);
    logger.info({ signal }, "stopping; a second signal ends the process at once");
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const started = runnable.start();
    await Promise.race([signaled, started.then(() => runnable.done())]);
    // A start that waits for its server is ended by the stop, and says so; that is no failure.
    if (signals > 0) started.catch((err: unknown) => logger.debug({ err }, "the start was ended"));
  } finally {
    try {
      await runnable.stop();
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  }
}
