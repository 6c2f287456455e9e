/** Bugs in the ends of attempts: leases, tokens, outcomes, retries. */
import { by, type Mutant } from "../mutant.ts";

const LUA = "src/backends/redis/lua";

export const ATTEMPTS: readonly Mutant[] = [
  {
    name: "the token of a lease is not checked",
    harm: "a worker that was taken for dead ends the attempt of the one that took over",
    file: "src/core/transitions/attempt-starts.ts",
    edits: [[" && record.attempt === lease.attempt && record.nonce === lease.nonce", ""]],
    foundBy: [
      by("pipeline/leases.test.ts", "leases, joint .*a superseded token"),
      by("backends/memory/memory-storage.test.ts", "leases other attempts and nonces"),
      by("backends/sqlite/sqlite-storage.test.ts", "leases other attempts and nonces"),
    ],
  },
  {
    name: "a superseded lease is renewed",
    harm: "two workers believe that they hold one task",
    file: "src/core/transitions/attempt-starts.ts",
    edits: [
      ["if (!holds(record, lease)) return undefined;", "if (!isLeased(record.state)) return;"],
    ],
    foundBy: [
      by("backends/memory/memory-storage.test.ts", "a lease that was superseded is lost"),
      by("backends/sqlite/sqlite-storage.test.ts", "a lease that was superseded is lost"),
    ],
  },
  {
    name: "a superseded lease is renewed, on Redis",
    harm: "two workers believe that they hold one task",
    file: `${LUA}/renew.lua`,
    edits: [
      ["~= attempt then return 0 end", "== -1 then return 0 end"],
      ["~= nonce then return 0 end", '== "" then return 0 end'],
    ],
    foundBy: [by("backends/redis/redis-storage.test.ts", "a lease that was superseded is lost")],
  },
  {
    name: "a write takes back the renewal that came before it",
    harm: "a healthy worker loses its task because it sent a log",
    file: "src/core/record.ts",
    edits: [["if (!sameLease) return after;", "if (sameLease) return after;"]],
    foundBy: [by("backends/memory/memory-storage.test.ts", "leases a write from before a renewal")],
  },
  {
    name: "a write takes back the renewal that came before it, on SQLite",
    harm: "a healthy worker loses its task because it sent a log",
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["  if (!sameLease) return;", "  if (sameLease) return;"]],
    foundBy: [by("backends/sqlite/sqlite-storage.test.ts", "leases a write from before a renewal")],
  },
  {
    name: "a write takes back the renewal that came before it, on Redis",
    harm: "a healthy worker loses its task because it sent a log",
    file: `${LUA}/write.lua`,
    edits: [["if is_leased(after) then made = keep_renewal(record, state, made) end", ""]],
    foundBy: [by("backends/redis/renewals.test.ts", "a write of an older record")],
  },
  {
    name: "an attempt's number is used again",
    harm: "a system that is protected by the fencing token lets a zombie in",
    file: "src/core/transitions/attempt-starts.ts",
    edits: [["attempt: record.attempt + 1,", "attempt: Math.max(1, record.attempt),"]],
    foundBy: [
      by("core/attempts.test.ts", "a start takes the lease"),
      by("pipeline/leases.test.ts", "leases, joint .*not renewed: LOST"),
    ],
  },
  {
    name: "an attempt's number is used again, on SQLite",
    harm: "a system that is protected by the fencing token lets a zombie in",
    file: "src/backends/sqlite/engine/packed-start.ts",
    edits: [["count(HEAD.attempt);", "head.setUint32(HEAD.attempt, 1, true);"]],
    foundBy: [by("backends/sqlite/sqlite-storage.test.ts", "a task that failed and waits again")],
  },
  {
    name: "an attempt's number is used again, on Redis",
    harm: "a system that is protected by the fencing token lets a zombie in",
    file: `${LUA}/hand-out.lua`,
    edits: [["attempt_part(attempt + 1,", "attempt_part(math.max(1, attempt),"]],
    foundBy: [by("backends/redis/redis-joint.test.ts", "a task that failed and waits again")],
  },
  {
    name: "a stale outcome is answered as recorded",
    harm: "a worker throws away a result that nobody has",
    file: "src/pipeline/outcomes.ts",
    edits: [
      [
        "return same ? recorded(record.state) : stale(record.state);",
        "return recorded(record.state);",
      ],
    ],
    foundBy: [by("pipeline/outcomes.test.ts", "joint .*the same report again")],
  },
  {
    name: "a repeated report is answered as stale",
    harm: "a worker whose answer got lost tells its user that the work was for nothing",
    file: "src/pipeline/outcomes.ts",
    edits: [["return same ? recorded(record.state)", "return !same ? recorded(record.state)"]],
    foundBy: [by("pipeline/outcomes.test.ts", "joint .*the same report again")],
  },
  {
    name: "an outcome is answered before it is written",
    harm: "two workers are told that theirs is the result, and a crash loses both",
    file: "src/pipeline/lanes.ts",
    edits: [
      [
        "const verdicts = await repeat(() => backend.write(round));",
        'void repeat(() => backend.write(round)); const verdicts: WriteVerdict[] = round.map(() => ({ kind: "applied" }));',
      ],
    ],
    foundBy: [by("pipeline/outcomes.test.ts", "joint is answered when it is written")],
  },
  {
    name: "the budget of attempts is not looked at",
    harm: "a task that can't succeed is tried for ever",
    file: "src/core/retry.ts",
    edits: [["policy.maxAttempts === -1 || charged < policy.maxAttempts", "charged > 0"]],
    foundBy: [by("pipeline/retries.test.ts", "joint .*one attempt, and no limit")],
  },
  {
    name: "an attempt is not charged",
    harm: "a task that can't succeed is tried for ever",
    file: "src/core/transitions/attempt-starts.ts",
    edits: [["charged: record.charged + 1,", ""]],
    foundBy: [by("pipeline/retries.test.ts", "joint .*one attempt, and no limit")],
  },
  {
    name: "an attempt is not charged, on SQLite",
    harm: "a task that can't succeed is tried for ever",
    file: "src/backends/sqlite/engine/packed-start.ts",
    edits: [["    count(HEAD.charged);\n", ""]],
    foundBy: [by("backends/sqlite/sqlite-storage.test.ts", "a new task, as core starts it")],
  },
  {
    name: "an attempt is not charged, on Redis",
    harm: "a task that can't succeed is tried for ever",
    file: `${LUA}/hand-out.lua`,
    edits: [["attempt_part(attempt + 1, charged + 1,", "attempt_part(attempt + 1, charged,"]],
    foundBy: [by("backends/redis/redis-joint.test.ts", "a new task, as core starts it")],
  },
  {
    name: "lost leases are not capped",
    harm: "a task that kills its worker kills one after the other",
    file: "src/pipeline/aftermath.ts",
    edits: [["lost >= policy.maxLostLeases || ", ""]],
    foundBy: [by("pipeline/leases.test.ts", "joint .*the cap on lost leases")],
  },
  {
    name: "offers that never arrive are never counted",
    harm: "a task that kills its worker within its first moments does so for ever",
    file: "src/pipeline/aftermath.ts",
    edits: [[" && !isOfferedInVain(record)", ""]],
    foundBy: [by("pipeline/leases.test.ts", "joint .*ten offers in a row")],
  },
  {
    name: "after a pause leases are taken without a wait",
    harm: "a server that was stopped for a moment takes every task from its healthy worker",
    file: "src/pipeline/rescuer.ts",
    edits: [["this.#holdUntil = this.#clock.monotonic() + 2 * timings.heartbeatIntervalMs;", ""]],
    foundBy: [by("pipeline/rescuer.test.ts", "joint .*after a jump|joint .*a new server waits")],
  },
  {
    name: "the rescuer trusts what it read",
    harm: "a task is taken from a worker that renewed while the sweep was under way",
    file: "src/pipeline/rescuer.ts",
    edits: [["record.leaseEndAt > now || ", ""]],
    foundBy: [by("pipeline/rescuer.test.ts", "joint .*confirmed while a sweep looks")],
  },
  {
    name: "a renewal that comes while the rescuer looks is not noticed",
    harm: "a task is taken from a worker that was just told that it holds it",
    file: "src/pipeline/rescuer.ts",
    edits: [["isLeased(record.state) ? record.leaseEndAt : undefined", "undefined"]],
    foundBy: [by("pipeline/rescuer.test.ts", "joint .*renewed while a sweep looks")],
  },
  {
    name: "a lease is ended by a write that did not see its renewal, in memory",
    harm: "a task is taken from a worker that was just told that it holds it",
    file: "src/backends/memory/writes.ts",
    edits: [[" || isRenewed)", ")"]],
    foundBy: [by("pipeline/rescuer.test.ts", "joint .*renewed while a sweep looks")],
  },
  {
    name: "a cancel is forgotten when the worker is away",
    harm: "a canceled task whose worker died stays CANCELING for ever",
    file: "src/pipeline/aftermath.ts",
    edits: [
      [
        "  if (record.state === TaskState.CANCELING) return afterCancel(record, record.cancelReason, end);\n  if (isPast(record.totalDeadlineAt",
        "  if (isPast(record.totalDeadlineAt",
      ],
    ],
    foundBy: [by("pipeline/cancel.test.ts", "joint .*a lost lease, and the end")],
  },
  {
    name: "a cancel is told only to a poll that is parked",
    harm: "a worker with all its slots taken never hears of a cancel",
    file: "src/pipeline/lease-keeper.ts",
    edits: [
      [
        "verdict: verdict.canceling ? LeaseVerdict.CANCEL_REQUESTED : LeaseVerdict.HELD",
        "verdict: LeaseVerdict.HELD",
      ],
    ],
    foundBy: [by("pipeline/cancel.test.ts", "joint .*a running task is CANCELING")],
  },
  {
    name: "a forced cancel waits for the end of the lease",
    harm: "a worker that renews for ever can't be stopped",
    file: "src/pipeline/rescuer.ts",
    edits: [["record.forceAt !== 0 && record.forceAt <= now", "record.forceAt < 0"]],
    foundBy: [by("pipeline/cancel.test.ts", "joint .*by force later")],
  },
  {
    name: "events of an attempt are recorded as often as they are sent",
    harm: "a stream of outputs shows a part twice",
    file: "src/pipeline/attempt-events.ts",
    edits: [["batch.events.slice(offset)", "batch.events"]],
    foundBy: [by("pipeline/events.test.ts", "joint .*a repeated call records nothing twice")],
  },
  {
    name: "a worker runs one lease twice",
    harm: "an answer that was sent twice runs the handler twice",
    file: "src/worker/runner.ts",
    edits: [["if (this.#held.has(attempt.key)) return attempt.finish();", ""]],
    foundBy: [by("worker/polling.test.ts", "a task handed out twice")],
  },
  {
    name: "a worker ignores that its lease is lost",
    harm: "a handler goes on beside the one that took over",
    file: "src/worker/runner.ts",
    edits: [["if (status.verdict === LeaseVerdict.LOST) attempt?.lose();", ""]],
    foundBy: [by("worker/outcomes.test.ts", "a lost lease aborts")],
  },
];
