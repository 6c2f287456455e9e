/** What the table can't show: services that were written with no thought of tasks, tools, and calls that wait for a worker. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { createFileRegistry, fromBinary, type DescMethod, type Registry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { installGoTools } from "../support/go.ts";
import { startProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { start, startBridge, type ClientActor, type WorkerActor } from "./actors.ts";
import { ROOT, type Language } from "./languages.ts";
import { METHODS } from "./scenarios.ts";
import type { Service } from "./server.ts";

const run = promisify(execFile);
const BUF = join(ROOT, "node_modules/.bin/buf");
const ROUTE_GUIDE = "routeguide.RouteGuide";

/** The route guide of the gRPC tutorials, run by a worker that its authors never heard of. */
export async function routeGuide(
  t: TestContext,
  service: Service,
  language: Language,
): Promise<void> {
  const worker = start(t, language.program, ["route-guide"], service.env);
  await worker.waitForLine(/^ready$/);
  await guide(service);
}

/** The same through the bridge: the server is started as its authors start it. */
export async function routeGuideBehindBridge(
  t: TestContext,
  service: Service,
  { program }: Language,
): Promise<void> {
  const folder = "clients/python/conformance";
  const env = { PYTHONPATH: join(ROOT, folder, "gen") };
  startProcess(t, program.command, [join(ROOT, folder, "route_guide_server.py")], { env });
  await startBridge(t, {
    server: service.grpc,
    target: "127.0.0.1:50061",
    service: ROUTE_GUIDE,
    image: join(ROOT, "clients/conformance/proto"),
  });
  await guide(service);
}

/** Calls the guide as its users do, with nothing but what the server tells of it. */
export async function guide({ http }: Service): Promise<void> {
  const client = await stubOf(http, ROUTE_GUIDE);
  const features = JSON.parse(
    await readFile(join(ROOT, "clients/conformance/routes.json"), "utf8"),
  ) as readonly { readonly name: string; readonly location: object }[];
  const [lighthouse, mill, landing] = features;
  assert.equal((await client.unary("getFeature", lighthouse!.location))["name"], lighthouse!.name);
  const nowhere = await client.unary("getFeature", { latitude: 1, longitude: 1 });
  assert.equal(nowhere["name"], "");
  const found = await client.stream("listFeatures", {
    lo: { latitude: 543200000, longitude: 101200000 },
    hi: { latitude: 543500000, longitude: 101700000 },
  });
  assert.deepEqual(
    found.map(({ name }) => name),
    [lighthouse!.name, mill!.name, landing!.name],
  );
  await assert.rejects(client.unary("recordRoute", {}), /streams requests/);
}

/** The server was restarted and no worker has come since: a call waits for one. */
export async function callBeforeWorker(
  t: TestContext,
  service: Service,
  client: ClientActor,
  worker: WorkerActor,
): Promise<void> {
  const first = await worker.start(t, service);
  first.kill();
  await first.exit;
  await service.restart();
  const before = await service.idsOf(`${METHODS}/Echo`);
  const called = client.play(t, service, "call");
  called.catch(() => undefined);
  await service.waiting(`${METHODS}/Echo`, before);
  await worker.start(t, service);
  assert.equal((await called)["state"], "succeeded");
}

/** `grpcurl` without a proto file, and a typed client by `buf generate`, for the service of a worker that came a moment ago. */
export async function tools(t: TestContext, service: Service, worker: WorkerActor): Promise<void> {
  await worker.start(t, service);
  const bin = await installGoTools("github.com/fullstorydev/grpcurl/cmd/grpcurl");
  const grpcurl = async (...args: string[]) =>
    (await run(join(bin, "grpcurl"), ["-plaintext", ...args])).stdout;
  assert.match(await grpcurl(service.grpc, "list"), /^conformance\.v1\.ConformanceTasks$/m);
  assert.match(
    await grpcurl(service.grpc, "describe", `${METHODS}.Count`),
    /stream .*CountResponse/,
  );
  const answer = await grpcurl("-d", '{"text": "by hand"}', service.grpc, `${METHODS}/Echo`);
  assert.equal((JSON.parse(answer) as { text: string }).text, "by hand");
  const waited = await fetch(`http://${service.http}/${METHODS}/Wait`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"delayMs": 1}',
  });
  assert.equal(((await waited.json()) as { attempt?: number }).attempt, 1, "fields by JSON names");
  assert.equal(await generatedClient(t, service), "generated\n");
}

/** Generates from the running server, checks no types, runs it. */
async function generatedClient(t: TestContext, { http }: Service): Promise<string> {
  const folder = tempFolder();
  const plugin = join(ROOT, "node_modules/.bin/protoc-gen-es");
  const template = { version: "v2", plugins: [{ local: plugin, out: "gen", opt: TARGET }] };
  const url = `http://${http}/schema.binpb`;
  await run(BUF, ["generate", url, "--template", JSON.stringify(template)], { cwd: folder });
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await writeFile(join(folder, "client.ts"), clientText(http));
  await run("ln", ["-s", join(ROOT, "node_modules"), join(folder, "node_modules")]);
  const ran = startProcess(t, process.execPath, [join(folder, "client.ts")]);
  const { stdout, stderr } = await ran.finished;
  assert.equal(stderr, "");
  return stdout;
}

const TARGET = "target=ts,erasable_syntax=true,import_extension=ts";

const clientText = (http: string) => `
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { ConformanceTasks } from "./gen/conformance/v1/conformance_pb.ts";

const transport = createConnectTransport({ baseUrl: "http://${http}", httpVersion: "1.1" });
const { text } = await createClient(ConformanceTasks, transport).echo({ text: "generated" });
console.log(text);
`;

interface Stub {
  unary(method: string, request: object): Promise<Readonly<Record<string, unknown>>>;
  stream(method: string, request: object): Promise<Readonly<Record<string, unknown>>[]>;
}

/** A client made of the server's own description of a service. */
async function stubOf(http: string, name: string): Promise<Stub> {
  const service = (await registryOf(http)).getService(name);
  assert.ok(service, `the server does not describe ${name}`);
  const client = createClient(service, createGrpcTransport({ baseUrl: `http://${http}` }));
  const call = (method: string) => client[method] as unknown as (request: object) => unknown;
  const described = (method: string): DescMethod => service.method[method]!;
  return {
    unary: async (method, request) => {
      if (described(method).methodKind === "unary")
        return (await call(method)(request)) as Record<string, unknown>;
      async function* requests() {
        yield request;
      }
      return (await call(method)(requests())) as Record<string, unknown>;
    },
    stream: async (method, request) => {
      const all: Record<string, unknown>[] = [];
      for await (const each of call(method)(request) as AsyncIterable<Record<string, unknown>>)
        all.push(each);
      return all;
    },
  };
}

async function registryOf(http: string): Promise<Registry> {
  const response = await fetch(`http://${http}/schema.binpb`);
  return createFileRegistry(
    fromBinary(FileDescriptorSetSchema, new Uint8Array(await response.arrayBuffer())),
  );
}
