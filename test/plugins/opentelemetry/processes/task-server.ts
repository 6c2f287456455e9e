/** `node task-server.ts SPANS_FILE`: a task server with a worker. Prints its gRPC address. */
import { pino } from "pino";
import { QueueTasks } from "../../../../src/index.ts";
import { opentelemetry } from "../../../../src/plugins/opentelemetry/index.ts";
import { setUpTelemetry } from "./telemetry.ts";

setUpTelemetry(process.argv[2]!);

const app = new QueueTasks({
  url: "memory:",
  grpc: "127.0.0.1:0",
  http: false,
  logger: pino({ level: "silent" }),
});
app.use(opentelemetry());

const square = app.task("square", (n: number) => n * n);
app.task("sum-of-squares", async (numbers: readonly number[], { enqueue }) => {
  const children = await Promise.all(numbers.map((n) => enqueue("square", n)));
  const client = await app.client();
  const results = children.map(({ taskId }) => client.handle<number>(taskId).result());
  return (await Promise.all(results)).reduce((sum, result) => sum + result, 0);
});

await app.start();
console.log(`${square.name} is served on ${app.grpcAddress}`);
