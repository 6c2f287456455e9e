/** The contract of load balancing: which of its queues a worker takes from next, and in which order. */

/**
 * Replaceable by any object of this shape; `inTurn`, `strictOrder` and `weighted` come with the package. It may keep
 * state, and may serve several workers.
 */
export interface QueueStrategy {
  /**
   * The queues that it was told of. An app logs a warning at its start of those that its worker does not take from.
   * @default none
   */
  readonly names?: readonly string[] | undefined;
  /**
   * The queues to take from, in this order: from a queue only what the ones before it leave. Called once for each poll
   * that offers slots. What it gives must be of `queues`, each once; what it leaves out is not taken while that poll
   * waits, which may be 30 s. Empty: all, in turn. Where it throws, the poll is tried again after a pause.
   *
   * @param queues all that the worker takes from, in the order of its registration
   */
  choose(queues: readonly string[]): readonly string[];
}
