/** Ends the thread that loads it. */
import { isMainThread } from "node:worker_threads";

if (!isMainThread) process.exit(9);
