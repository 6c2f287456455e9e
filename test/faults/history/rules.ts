/** All rules, in the order of the report. */
import type { Rule } from "./rule.ts";
import { attemptNumbers } from "./rules/attempt-numbers.ts";
import { awaitMissed } from "./rules/await-missed.ts";
import { doubled } from "./rules/doubled.ts";
import { expiredLease } from "./rules/expired-lease.ts";
import { lost } from "./rules/lost.ts";
import { oneHolder } from "./rules/one-holder.ts";
import { priorityOrder } from "./rules/priority-order.ts";
import { recordedOutcomes } from "./rules/recorded-outcomes.ts";
import { rescuedEarly } from "./rules/rescued-early.ts";
import { revisions } from "./rules/revisions.ts";
import { staleOutcome } from "./rules/stale-outcome.ts";
import { startedEarly } from "./rules/started-early.ts";
import { supersededLease } from "./rules/superseded-lease.ts";
import { terminalChanged } from "./rules/terminal-changed.ts";
import { uniqueKey } from "./rules/unique-key.ts";

export const RULES: readonly Rule[] = [
  lost,
  doubled,
  terminalChanged,
  recordedOutcomes,
  staleOutcome,
  supersededLease,
  expiredLease,
  rescuedEarly,
  oneHolder,
  attemptNumbers,
  revisions,
  uniqueKey,
  awaitMissed,
  startedEarly,
  priorityOrder,
];
