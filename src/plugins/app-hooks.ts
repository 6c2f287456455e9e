/** What an app tells and lets be changed. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import type { Registration } from "../worker/registration.ts";

/** What an app runs in this process. */
export interface AppEvent {
  readonly server: boolean;
  readonly worker: boolean;
}

/** Where an app's listeners are; unset where it has none. */
export interface AppStarted extends AppEvent {
  readonly grpcAddress: string | undefined;
  readonly httpAddress: string | undefined;
}

/** A task that becomes part of the app, with what a worker needs of it. */
export interface TaskAdded {
  readonly task: string;
  readonly registration: Registration;
}

/** An input, result, output, checkpoint or the details of a failure, at the app's edge. */
export interface PayloadEvent {
  readonly payload: Payload;
}

export interface AppHooks {
  readonly starting?: ((event: AppEvent) => void | Promise<void>) | undefined;
  readonly started?: ((event: AppStarted) => void | Promise<void>) | undefined;
  readonly stopping?: ((event: AppEvent) => void | Promise<void>) | undefined;
  readonly stopped?: ((event: AppEvent) => void | Promise<void>) | undefined;
  readonly task?: ((event: TaskAdded) => TaskAdded) | undefined;
  readonly enqueue?: EnqueueHook | undefined;
  readonly encode?: ((event: PayloadEvent) => PayloadEvent) | undefined;
  readonly decode?: ((event: PayloadEvent) => PayloadEvent) | undefined;
}
