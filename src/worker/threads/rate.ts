/** Keeps a handler that tells something in a loop from flooding the thread that listens. */

/** So many in each window. */
export interface RateOptions {
  readonly limit: number;
  /** In ms. */
  readonly windowMs: number;
}

/** Counts what passes in windows of time. */
export class Rate {
  readonly #options: RateOptions;
  #startedAt = -Infinity;
  #count = 0;

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** Whether one more may pass now. */
  pass(): boolean {
    const now = performance.now();
    if (now - this.#startedAt >= this.#options.windowMs) {
      this.#startedAt = now;
      this.#count = 0;
    }
    return ++this.#count <= this.#options.limit;
  }
}

/** Of what comes too fast the latest is kept, and passes when there is time for it. */
export class Latest<T> {
  readonly #rate: Rate;
  readonly #windowMs: number;
  readonly #send: (value: T) => void;
  #kept: { readonly value: T } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RateOptions, send: (value: T) => void) {
    this.#rate = new Rate(options);
    this.#windowMs = options.windowMs;
    this.#send = send;
  }

  set(value: T): void {
    if (this.#rate.pass()) {
      this.#drop();
      this.#send(value);
    } else {
      this.#kept = { value };
      this.#timer ??= setTimeout(() => this.flush(), this.#windowMs);
    }
  }

  /** Sends what is kept. */
  flush(): void {
    const kept = this.#kept;
    this.#drop();
    if (kept !== undefined) this.#send(kept.value);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#kept = undefined;
  }
}
