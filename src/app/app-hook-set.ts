/** The hooks of an app's plugins, as its components take them. */
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import type { PayloadHooks } from "../core/payload-hooks.ts";
import type { PipelineHooks } from "../pipeline/hooks.ts";
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
  const enqueue = plugins.hook("app.enqueue");
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

function payloadHooks(plugins: PluginSet): PayloadHooks | undefined {
  const [encode, decode] = [plugins.hook("app.encode"), plugins.hook("app.decode")];
  if (encode === undefined && decode === undefined) return undefined;
  return {
    encode: (payload) => encode?.({ payload }).payload ?? payload,
    decode: (payload) => decode?.({ payload }).payload ?? payload,
  };
}
