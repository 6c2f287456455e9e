/** Bad input: times and options. */
import { ms } from "../../../pipeline/setup.ts";
import { check, enqueue, withOptions, withPolicy, NEGATIVE } from "./rules.ts";

const TEN_YEARS_MS = 10 * 365 * 86_400_000;

check("times and options", [
  {
    title: "a negative delay",
    field: "delay",
    says: /0 or more; got -1s/,
    bad: enqueue({}, { start: { case: "delay", value: NEGATIVE } }),
  },
  {
    title: "nanoseconds of more than a second",
    field: "delay",
    says: /0 or more/,
    bad: enqueue({}, { start: { case: "delay", value: { seconds: 1n, nanos: 1_000_000_000 } } }),
  },
  {
    title: "a delay of more than ten years",
    field: "delay",
    says: /at most 315360000s/,
    bad: enqueue({}, { start: { case: "delay", value: ms(TEN_YEARS_MS + 1_000) } }),
    good: enqueue({}, { start: { case: "delay", value: ms(TEN_YEARS_MS) } }),
  },
  {
    title: "a time after the year 9999",
    field: "schedule_time",
    says: /year 1 to 9999/,
    bad: enqueue(
      {},
      { start: { case: "scheduleTime", value: { seconds: 253_402_300_800n, nanos: 0 } } },
    ),
    good: enqueue(
      {},
      { start: { case: "scheduleTime", value: { seconds: 253_402_300_799n, nanos: 0 } } },
    ),
  },
  ...(["attempt_timeout", "total_timeout", "pending_timeout"] as const).map((field) => {
    const key = field.replace(/_t/, "T");
    return {
      title: `a ${field} of nothing`,
      field: `spec.options.${field}`,
      says: /more than zero/,
      bad: withOptions({ [key]: ms(0) }),
      good: withOptions({ [key]: { seconds: 0n, nanos: 1 } }),
    };
  }),
  {
    title: "a negative retention",
    field: "spec.options.retention",
    says: /0 or more/,
    bad: withOptions({ retention: NEGATIVE }),
    good: withOptions({ retention: ms(0) }),
  },
  {
    title: "a high priority",
    field: "spec.options.priority",
    says: /from -1000 to 1000; got 1001/,
    bad: withOptions({ priority: 1_001 }),
    good: withOptions({ priority: 1_000 }),
  },
  {
    title: "a low priority",
    field: "spec.options.priority",
    says: /got -1001/,
    bad: withOptions({ priority: -1_001 }),
    good: withOptions({ priority: -1_000 }),
  },
  {
    title: "an unknown output_retry",
    field: "spec.options.output_retry",
    says: /OUTPUT_RETRY_NEVER.*got 7/,
    bad: withOptions({ outputRetry: 7 }),
  },
  {
    title: "no attempts",
    field: "spec.options.retry_policy.max_attempts",
    says: /-1 for no limit; got 0/,
    bad: withPolicy({ maxAttempts: 0 }),
    good: withPolicy({ maxAttempts: -1 }),
  },
  {
    title: "fewer than no limit",
    field: "spec.options.retry_policy.max_attempts",
    says: /got -2/,
    bad: withPolicy({ maxAttempts: -2 }),
  },
  {
    title: "a negative backoff",
    field: "spec.options.retry_policy.initial_backoff",
    says: /0 or more/,
    bad: withPolicy({ initialBackoff: NEGATIVE }),
  },
  {
    title: "a shrinking backoff",
    field: "spec.options.retry_policy.backoff_multiplier",
    says: /from 1 to 1000/,
    bad: withPolicy({ backoffMultiplier: 0.9 }),
    good: withPolicy({ backoffMultiplier: 1 }),
  },
  {
    title: "a multiplier that is no number",
    field: "spec.options.retry_policy.backoff_multiplier",
    says: /got NaN/,
    bad: withPolicy({ backoffMultiplier: NaN }),
  },
  {
    title: "much jitter",
    field: "spec.options.retry_policy.jitter",
    says: /from 0 to 1/,
    bad: withPolicy({ jitter: 1.01 }),
    good: withPolicy({ jitter: 1 }),
  },
  {
    title: "no lost leases",
    field: "spec.options.retry_policy.max_lost_leases",
    says: /from 1/,
    bad: withPolicy({ maxLostLeases: 0 }),
    good: withPolicy({ maxLostLeases: 1 }),
  },
  {
    title: "many types",
    field: "spec.options.retry_policy.non_retryable_types",
    says: /at most 100/,
    bad: withPolicy({ nonRetryableTypes: Array(101).fill("t") }),
  },
]);
