/** Time as the components see it, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never jumps, from an arbitrary origin. */
  monotonic(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** Wraps a clock so that `now` never runs backwards: the larger of the last value and this one. */
export function neverBackwards(clock: Clock): Clock {
  let last = 0;
  return {
    now: () => (last = Math.max(last, clock.now())),
    monotonic: () => clock.monotonic(),
  };
}
