/** `node web.ts SPANS_FILE GRPC_ADDRESS`: a Fastify app that enqueues and awaits. Prints where it listens. */
import { SpanKind, trace } from "@opentelemetry/api";
import { fastify } from "fastify";
import { pino } from "pino";
import { QueueTasks } from "../../../../src/index.ts";
import { opentelemetry } from "../../../../src/plugins/opentelemetry/index.ts";
import { setUpTelemetry } from "./telemetry.ts";

const [, , file, server] = process.argv;
setUpTelemetry(file!);

const tasks = new QueueTasks({ server: server!, logger: pino({ level: "silent" }) });
tasks.use(opentelemetry());
const client = await tasks.client();

const web = fastify();
web.post<{ Body: number[] }>("/sums", ({ body }) =>
  trace.getTracer("web").startActiveSpan("POST /sums", { kind: SpanKind.SERVER }, async (span) => {
    const task = await client.enqueue<number>("sum-of-squares", body);
    const sum = await task.result({ timeoutMs: 20_000 });
    span.end();
    return { sum };
  }),
);
console.log(`web on ${await web.listen({ host: "127.0.0.1", port: 0 })}`);
