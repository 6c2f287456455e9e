/** Reads off a Redis what some work cost it. */
import { Redis } from "ioredis";

/** Per task. */
export interface Cost {
  /** Processor time of the Redis process, in µs. */
  readonly cpu: number;
  /** Time within scripts, by the clock of the wall, in µs. */
  readonly script: number;
  /** Commands, those that scripts call included. */
  readonly commands: number;
  /** The commands by name, the most frequent first. */
  readonly which: string;
}

/** Measures one Redis that nobody else uses. */
export class RedisMeter {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  static async open(url: string): Promise<RedisMeter> {
    const redis = new Redis(url, { lazyConnect: true });
    await redis.connect();
    return new RedisMeter(redis);
  }

  async close(): Promise<void> {
    await this.#redis.quit();
  }

  /** What `work` over that many tasks costs. */
  async cost(tasks: number, work: () => Promise<void>): Promise<Cost> {
    await this.#redis.config("RESETSTAT");
    const before = await this.#cpu();
    await work();
    const cpu = (await this.#cpu()) - before;
    const stats = [...(await this.#redis.info("commandstats")).matchAll(STAT)]
      .map(([, name, calls, usec]) => ({ name: name!, calls: Number(calls), usec: Number(usec) }))
      .filter(({ name }) => !OWN.includes(name));
    const isScript = ({ name }: { name: string }) => name.startsWith("eval");
    return {
      cpu: cpu / tasks,
      script: sum(stats.filter(isScript).map(({ usec }) => usec)) / tasks,
      commands: sum(stats.map(({ calls }) => calls)) / tasks,
      which: stats
        .toSorted((a, b) => b.calls - a.calls)
        .map(({ name, calls }) => `${name} ${(calls / tasks).toFixed(2)}`)
        .join(", "),
    };
  }

  /** Bytes of the data, without what is bounded or expires: the feed, and what hand-outs gave. */
  async bytes(): Promise<number> {
    const used = Number(/used_memory:(\d+)/.exec(await this.#redis.info("memory"))?.[1]);
    const clients = await this.#redis.info("memory");
    const buffers = Number(/mem_clients_normal:(\d+)/.exec(clients)?.[1]);
    const scripts = Number(/used_memory_vm_total:(\d+)/.exec(clients)?.[1] ?? 0);
    const passing = await this.#redis.keys("{qtasks:0}[fh]*");
    const usages = await Promise.all(passing.map((key) => this.#redis.memory("USAGE", key)));
    return used - buffers - scripts - sum(usages.map((bytes) => bytes ?? 0));
  }

  /** Processor time of the process so far, in µs. */
  async #cpu(): Promise<number> {
    const info = await this.#redis.info("cpu");
    const read = (field: string) => Number(new RegExp(`${field}:([\\d.]+)`).exec(info)?.[1]);
    return (read("used_cpu_user_main_thread") + read("used_cpu_sys_main_thread")) * 1e6;
  }
}

const STAT = /cmdstat_([^:]+):calls=(\d+),usec=(\d+)/g;
const OWN = ["info", "config|resetstat", "memory|usage", "keys"];

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
