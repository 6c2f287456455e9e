/** Measures how long runs take, one after the other or at a given rate. */

/** Times of runs, in ms. */
export interface Latencies {
  readonly timesMs: Float64Array;
  /** Of the whole, in ms. */
  readonly elapsedMs: number;
  /** The most that were under way at once. */
  readonly peakInFlight: number;
}

/** One run at a time: from the call to the result. */
export async function closedLoop(count: number, run: () => Promise<void>): Promise<Latencies> {
  const timesMs = new Float64Array(count);
  const beganAt = performance.now();
  for (let at = 0; at < count; at++) {
    const startedAt = performance.now();
    await run();
    timesMs[at] = performance.now() - startedAt;
  }
  return { timesMs, elapsedMs: performance.now() - beganAt, peakInFlight: 1 };
}

/**
 * Runs at a fixed rate, whether earlier ones are done or not. A time counts from when the run was meant to start, so
 * that a stall shows in all runs that it delays.
 */
export async function openLoop(
  count: number,
  perSecond: number,
  run: () => Promise<void>,
): Promise<Latencies> {
  const timesMs = new Float64Array(count);
  const all = Promise.withResolvers<void>();
  const beganAt = performance.now();
  let started = 0;
  let ended = 0;
  let peakInFlight = 0;
  const start = (index: number): void => {
    const intendedAt = beganAt + (index * 1000) / perSecond;
    run().then(() => {
      timesMs[index] = performance.now() - intendedAt;
      if (++ended === count) all.resolve();
    }, all.reject);
  };
  const tick = (): void => {
    const due = Math.min(count, Math.floor(((performance.now() - beganAt) * perSecond) / 1000) + 1);
    while (started < due) start(started++);
    peakInFlight = Math.max(peakInFlight, started - ended);
    // A timer has whole milliseconds, in which several runs are due; the next turn of the loop is sooner.
    if (started < count) setImmediate(tick);
  };
  tick();
  await all.promise;
  return { timesMs, elapsedMs: performance.now() - beganAt, peakInFlight };
}
