/** The hooks of an app's plugins, as its components take them. */
import { isMessage } from "@bufbuild/protobuf";
import { PayloadSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import { QTasksError } from "../core/errors.ts";
import type { MapPayload, PayloadHooks } from "../core/payload-hooks.ts";
import type { PipelineHooks } from "../pipeline/hooks.ts";
import type { AppHooks } from "../plugins/app-hooks.ts";
import type { ComponentHooks } from "../plugins/component-hooks.ts";
import type { PluginSet } from "../plugins/plugin-set.ts";
import { codedCalls } from "../plugins/coded-calls.ts";
import type { ServerHooks } from "../server/hooks.ts";
import type { WorkerHooks } from "../worker/hooks.ts";
import type { LifeHooks } from "./moments.ts";

export interface AppHookSet {
  readonly life: LifeHooks;
  readonly enqueue: EnqueueHook | undefined;
  readonly pipeline: PipelineHooks;
  readonly storage: ComponentHooks["call"];
  readonly broker: ComponentHooks["call"];
  readonly worker: WorkerHooks;
  readonly server: ServerHooks;
  /** For calls of users' methods, whose callers have no codec. */
  readonly payloads: PayloadHooks | undefined;
  /** Calls whose payloads are encoded and decoded, or the calls themselves. */
  readonly tasks: (calls: ServiceCalls<typeof TaskService>) => ServiceCalls<typeof TaskService>;
  readonly workers: (
    calls: ServiceCalls<typeof WorkerService>,
  ) => ServiceCalls<typeof WorkerService>;
}

/** Of plugins that are installed. */
export function appHookSet(plugins: PluginSet): AppHookSet {
  const enqueue = enqueueHook(plugins);
  const payloads = payloadHooks(plugins);
  return {
    life: {
      starting: plugins.hook("app.starting"),
      started: plugins.hook("app.started"),
      stopping: plugins.hook("app.stopping"),
      stopped: plugins.hook("app.stopped"),
    },
    enqueue,
    pipeline: {
      enqueue: plugins.hook("pipeline.enqueue"),
      enqueued: plugins.hook("pipeline.enqueued"),
      handedOut: plugins.hook("pipeline.handedOut"),
      attemptEnded: plugins.hook("pipeline.attemptEnded"),
      ended: plugins.hook("pipeline.ended"),
      staleOutcome: plugins.hook("pipeline.staleOutcome"),
    },
    storage: plugins.hook("storage.call"),
    broker: plugins.hook("broker.call"),
    worker: {
      enqueue,
      starting: plugins.hook("worker.starting"),
      stopped: plugins.hook("worker.stopped"),
      attemptStarted: plugins.hook("worker.attemptStarted"),
      attemptEnded: plugins.hook("worker.attemptEnded"),
    },
    server: { call: plugins.hook("server.call"), routes: plugins.routes },
    payloads,
    tasks: (calls) => (payloads === undefined ? calls : codedCalls(TaskService, calls, payloads)),
    workers: (calls) =>
      payloads === undefined ? calls : codedCalls(WorkerService, calls, payloads),
  };
}

/** Each enqueue comes to something; the result of a run may be undefined. */
function enqueueHook(plugins: PluginSet): EnqueueHook | undefined {
  const hook = plugins.hook("app.enqueue");
  if (hook === undefined) return undefined;
  return async (call, next) => {
    const given = await hook(call, next);
    if (given !== undefined || call.operation === "run") return given;
    const why = "a hook at app.enqueue gave nothing: expected what next() gives";
    throw new QTasksError("CONFIG_INVALID", why);
  };
}

function payloadHooks(plugins: PluginSet): PayloadHooks | undefined {
  const [encode, decode] = [plugins.hook("app.encode"), plugins.hook("app.decode")];
  if (encode === undefined && decode === undefined) return undefined;
  return { encode: mapBy("app.encode", encode), decode: mapBy("app.decode", decode) };
}

/** Never the payload as it came where the hooks gave none: that would be sent in plain. */
function mapBy(point: string, hook: AppHooks["encode"]): MapPayload {
  if (hook === undefined) return (payload) => payload;
  return (payload) => {
    const { payload: given } = hook({ payload });
    if (isMessage(given, PayloadSchema)) return given;
    throw new QTasksError("CONFIG_INVALID", `a hook at ${point} gave an event without a payload`);
  };
}
