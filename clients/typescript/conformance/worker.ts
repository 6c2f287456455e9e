/** The `worker` of clients/conformance. */
import { pino } from "pino";
import { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import { Worker } from "../node/index.ts";
import { addFunctions } from "./functions.ts";
import { METHODS } from "./methods.ts";
import { address, slots } from "./settings.ts";

const DEFAULT_SLOTS = 100;

/** Runs the tasks until SIGTERM; prints `ready` once it is registered. */
export async function runWorker(): Promise<void> {
  const worker = newWorker(DEFAULT_SLOTS);
  addFunctions(worker);
  worker.service(ConformanceTasks, METHODS);
  worker.start().then(
    () => process.stdout.write("ready\n"),
    () => undefined,
  );
  await worker.runForever();
}

/** A worker that logs what is wrong to stderr: stdout is what the program says. */
export function newWorker(otherwise: number): Worker {
  const logger = pino({ name: "conformance", level: "warn" }, pino.destination(2));
  return new Worker({ address: address(), slots: slots(otherwise), logger });
}
