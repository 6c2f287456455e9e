/** What an operation costs this process, counted so that other work on the machine does not show. */
import { readFileSync } from "node:fs";

export interface Cost {
  tasks: number;
  calls: number;
  userUs: number;
  systemUs: number;
  /** Bytes and calls of write(2) and the like, the log's and the checkpoints'. */
  writtenBytes: number;
  writes: number;
  /** Time of each call, in ms. */
  readonly times: number[];
}

/** Adds up the costs of one operation. */
export class Meter {
  readonly cost: Cost = {
    tasks: 0,
    calls: 0,
    userUs: 0,
    systemUs: 0,
    writtenBytes: 0,
    writes: 0,
    times: [],
  };

  async measure<Result>(tasks: number, step: () => Promise<Result>): Promise<Result> {
    const { cost } = this;
    const io = readIo();
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    const result = await step();
    const { user, system } = process.cpuUsage(cpu);
    cost.times.push(performance.now() - startedAt);
    const after = readIo();
    cost.userUs += user;
    cost.systemUs += system;
    cost.writtenBytes += after.bytes - io.bytes;
    cost.writes += after.writes - io.writes;
    cost.tasks += tasks;
    cost.calls += 1;
    return result;
  }
}

/** Linux alone tells; elsewhere nothing is counted. */
function readIo(): { readonly bytes: number; readonly writes: number } {
  if (process.platform !== "linux") return { bytes: 0, writes: 0 };
  const text = readFileSync("/proc/self/io", "latin1");
  return {
    bytes: Number(/wchar: (\d+)/.exec(text)?.[1]),
    writes: Number(/syscw: (\d+)/.exec(text)?.[1]),
  };
}
