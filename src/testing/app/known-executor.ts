/** Runs handlers so that the test's clock knows which of them sleep by it. */
import { InlineExecutor, type Execution, type Executor } from "../../worker/executor.ts";
import { attemptOf } from "./stillness.ts";
import type { TestClock } from "./test-clock.ts";

export class KnownExecutor implements Executor {
  readonly #clock: TestClock;
  readonly #inline = new InlineExecutor();

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  run(execution: Execution): unknown {
    const { taskId, attempt } = execution.context;
    return this.#clock.runAs(attemptOf(taskId, attempt), () => this.#inline.run(execution));
  }
}
