/** Time as the components see it, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never jumps, from an arbitrary origin. */
  monotonic(): number;
}

/** A timer of a {@link TimerClock}. */
export interface Timer {
  /** A process that has nothing else to do may end without it. */
  unref(): unknown;
}

/** A clock that calls back: what is to happen at a time happens by it. */
export interface TimerClock extends Clock {
  /** Calls back once, after so many ms by this clock, 0 to MAX_TIMER_MS of max-timer.ts. */
  setTimer(run: () => void, ms: number): Timer;
  /** The timer calls back no more. One that is over, or none, is no error. */
  clearTimer(timer: Timer | undefined): void;
}

/** The machine's clock. */
export const systemClock: TimerClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/** A clock that can be told of a time that it must not fall behind. */
export interface AdvancingClock extends Clock {
  /** Goes on from there, if it is ahead. */
  advanceTo(at: number): void;
}

/** How fast a time goes on that is ahead of its clock: so that sweeps, 20 s apart, see it drift by less than a second. */
const CATCHING_UP = 0.96;

/**
 * Wraps a clock so that `now` never runs backwards and never stands still: set back, it goes on by the monotonic
 * clock, 4 % slower, until the clock has caught up. Standing still, leases would not run out and delays not end.
 */
export function neverStill(clock: Clock): AdvancingClock {
  let last = 0;
  let seenAt = clock.monotonic();
  return {
    now: () => {
      const monotonic = clock.monotonic();
      const passedMs = Math.max(0, monotonic - seenAt);
      seenAt = monotonic;
      const now = clock.now();
      last = now >= last ? now : last + passedMs * CATCHING_UP;
      return Math.floor(last);
    },
    monotonic: () => clock.monotonic(),
    advanceTo: (at) => void (last = Math.max(last, at)),
  };
}

/** Wraps a clock so that `now` never runs backwards: the larger of the last value and this one. */
export function neverBackwards(clock: Clock): Clock {
  let last = 0;
  return {
    now: () => (last = Math.max(last, clock.now())),
    monotonic: () => clock.monotonic(),
  };
}
