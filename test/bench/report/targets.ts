/** The targets, and how near a run came to them. */
import type { Summary } from "../results.ts";
import type { WorkId } from "../works/work-ids.ts";
import { ratio } from "./ratios.ts";

/** A target with what was measured. */
export interface TargetResult {
  readonly work: WorkId;
  /** What is compared, for people. */
  readonly what: string;
  /** `≥ 4`, `≤ 0.5` */
  readonly goal: string;
  /** Undefined where a part of it was not measured. */
  readonly measured: number | undefined;
  readonly met: boolean | undefined;
}

/** One figure of one contestant. */
interface Figure {
  readonly subject: string;
  readonly variant?: string;
  readonly value: string;
}

interface Target {
  readonly work: WorkId;
  readonly what: string;
  readonly figure: Figure;
  /** What the figure is divided by; unset: it is the target itself. */
  readonly over?: Partial<Figure>;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const CALLS = "callsPerCpuSecond";
const RATE = "tasksPerSecond";
const BULLMQ = { subject: "bullmq" };

const TARGETS: readonly Target[] = [
  {
    work: "W1",
    what: "Redis to the echo through protobuf-es, calls per second of the server's CPU",
    figure: { subject: "redis", value: CALLS },
    over: { subject: "echo-protobuf" },
    atLeast: 1,
  },
  {
    work: "W1",
    what: "Redis to the raw echo, calls per second of the server's CPU",
    figure: { subject: "redis", value: CALLS },
    over: { subject: "echo-raw" },
    atLeast: 0.75,
  },
  { work: "W2", what: "Redis to BullMQ", figure: on("redis", RATE), over: BULLMQ, atLeast: 5 },
  { work: "W3", what: "Redis to BullMQ", figure: on("redis", RATE), over: BULLMQ, atLeast: 4 },
  { work: "W3", what: "SQLite to BullMQ", figure: on("sqlite", RATE), over: BULLMQ, atLeast: 1 },
  { work: "W4", what: "Redis to BullMQ", figure: on("redis", RATE), over: BULLMQ, atLeast: 4 },
  { work: "W4", what: "SQLite to BullMQ", figure: on("sqlite", RATE), over: BULLMQ, atLeast: 1 },
  ...["closed", "open"].flatMap((variant): Target[] => [
    {
      work: "W5",
      what: `Redis to BullMQ, ${variant} loop, p50`,
      figure: { subject: "redis", variant, value: "p50Ms" },
      over: BULLMQ,
      atMost: 1,
    },
    {
      work: "W5",
      what: `Redis to BullMQ, ${variant} loop, p99`,
      figure: { subject: "redis", variant, value: "p99Ms" },
      over: BULLMQ,
      atMost: 0.5,
    },
  ]),
  ...["redis", "sqlite", "memory"].flatMap((subject) => [
    grown(subject, "enqueueCpuMicros", "enqueue"),
    grown(subject, "drainCpuMicros", "process"),
  ]),
  weighed("bytesPerWaiting", "waiting"),
  weighed("bytesPerFinished", "finished"),
  {
    work: "W8",
    what: "Redis: the server's memory in the second half of a long run, growth in %",
    figure: on("redis", "rssGrowthPercent"),
    atMost: 5,
  },
  {
    work: "W9",
    what: "Redis: commands a second",
    figure: on("redis", "commandsPerSecond"),
    atMost: 2,
  },
  {
    work: "W9",
    what: "Redis: the server's CPU in %",
    figure: on("redis", "cpuPercent"),
    atMost: 1,
  },
];

/** Every target beside what was measured; those of works that were not run are left out. */
export function judge(summary: readonly Summary[]): TargetResult[] {
  const done = new Set(summary.map(({ work }) => work));
  return TARGETS.filter(({ work }) => done.has(work)).map((target) => judgeOne(target, summary));
}

function judgeOne(target: Target, summary: readonly Summary[]): TargetResult {
  const { work, what, figure, over, atLeast, atMost = Infinity } = target;
  const find = ({ subject, variant = "" }: Partial<Figure>): Summary | undefined =>
    summary.find((row) => row.work === work && row.subject === subject && row.variant === variant);
  const one = find(figure);
  const measured =
    over === undefined
      ? one?.values[figure.value]
      : ratio(one, find({ ...figure, ...over }), figure.value);
  const met =
    measured === undefined ? undefined : measured >= (atLeast ?? -Infinity) && measured <= atMost;
  return {
    work,
    what,
    goal: atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`,
    measured,
    met,
  };
}

function on(subject: string, value: string): Figure {
  return { subject, value };
}

function grown(subject: string, value: string, verb: string): Target {
  return {
    work: "W7",
    what: `${subject}: CPU to ${verb} a task, with 1,000,000 waiting to 10,000 waiting`,
    figure: { subject, variant: "1000000", value },
    over: { variant: "10000" },
    atMost: 1.15,
  };
}

function weighed(value: string, state: string): Target {
  return {
    work: "W8",
    what: `Redis to BullMQ, bytes of a ${state} task`,
    figure: on("redis", value),
    over: BULLMQ,
    atMost: 0.5,
  };
}
