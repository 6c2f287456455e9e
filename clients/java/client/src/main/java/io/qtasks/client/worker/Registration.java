package io.qtasks.client.worker;

import io.qtasks.api.v1.TaskDefinition;

/** What a worker can run: a definition for the server, code for this process. */
record Registration(TaskDefinition definition, Code code) {
  /**
   * Runs an attempt; called on a thread of the worker's pool. Ends the attempt, then or later;
   * throws nothing.
   */
  @FunctionalInterface
  interface Code {
    void run(Attempt attempt, RunParts parts);
  }
}
