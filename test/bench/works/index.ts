/** All works. */
import { enqueueUnary } from "./w1-enqueue-unary.ts";
import { enqueueBatch } from "./w2-enqueue-batch.ts";
import { drain } from "./w3-drain.ts";
import { endToEnd } from "./w4-end-to-end.ts";
import { latency } from "./w5-latency.ts";
import { growth } from "./w7-growth.ts";
import { memory } from "./w8-memory.ts";
import { idle } from "./w9-idle.ts";
import { awaitMany } from "./w10-await.ts";
import type { Work } from "./work.ts";

/** In the order in which they are done: W5 wants to know what W4 gave. */
export const WORKS: readonly Work[] = [
  enqueueUnary,
  enqueueBatch,
  drain,
  endToEnd,
  latency,
  growth,
  memory,
  idle,
  awaitMany,
];
