/** What is measured: enqueues by the app, attempts by its worker. */
import { ValueType, type Attributes, type Meter } from "@opentelemetry/api";
import type { AttemptEnded } from "../../worker/hooks.ts";
import { ATTRIBUTE, METRIC, SYSTEM } from "./names.ts";

/** In seconds; those that the conventions advise. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const DURATION = { unit: "s", advice: { explicitBucketBoundaries: BOUNDARIES } };
const COUNT = { unit: "{message}", valueType: ValueType.INT };

export class Instruments {
  readonly #sent;
  readonly #sendDuration;
  readonly #consumed;
  readonly #processDuration;

  constructor(meter: Meter) {
    this.#sent = meter.createCounter(METRIC.sent, {
      ...COUNT,
      description: "Tasks that were enqueued, also in vain.",
    });
    this.#sendDuration = meter.createHistogram(METRIC.sendDuration, {
      ...DURATION,
      description: "Time of an enqueue; of a run, until its result.",
    });
    this.#consumed = meter.createCounter(METRIC.consumed, {
      ...COUNT,
      description: "Attempts that ended.",
    });
    this.#processDuration = meter.createHistogram(METRIC.processDuration, {
      ...DURATION,
      description: "Time of an attempt, from its arrival at the worker.",
    });
  }

  /** `failure`: the type of the error, where the enqueue was refused. */
  enqueued(facts: Attributes, durationMs: number, failure: string | undefined): void {
    const attributes = failure === undefined ? facts : { ...facts, [ATTRIBUTE.errorType]: failure };
    this.#sent.add(1, attributes);
    this.#sendDuration.record(durationMs / 1000, attributes);
  }

  attemptEnded({ task, queue, result, durationMs }: AttemptEnded): void {
    const attributes: Attributes = {
      [ATTRIBUTE.system]: SYSTEM,
      [ATTRIBUTE.operationName]: "process",
      [ATTRIBUTE.operationType]: "process",
      [ATTRIBUTE.destination]: queue,
      [ATTRIBUTE.task]: task,
      [ATTRIBUTE.result]: result,
    };
    if (result === "failure" || result === "lost") attributes[ATTRIBUTE.errorType] = result;
    this.#consumed.add(1, attributes);
    this.#processDuration.record(durationMs / 1000, attributes);
  }
}
