/** A method of a protobuf service as a task: its handler, where this program has one, and how it is called. */
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { TaskClient } from "../client/client.ts";
import { methodPayload, type TaskMethod } from "../client/method-call.ts";
import type { RunOptions, SendOptions } from "../client/requests.ts";
import type { TypedTaskHandle } from "../client/typed-handle.ts";
import { methodTaskName } from "../core/task-method.ts";
import { mergeOptions } from "../core/spec.ts";
import type { Handler } from "../worker/handler.ts";
import type { ChildCall, ChildTarget } from "../worker/child.ts";
import { methodDefinition, methodOptions } from "../worker/method-task.ts";
import { runnable, type Registration } from "../worker/registration.ts";
import { messageReader } from "../worker/typed-payload.ts";
import { Bindings, type TaskCaller } from "./binding.ts";
import type { RouterTask } from "./router-task.ts";
import { defaultOptions, type TaskDefaults } from "./task-defaults.ts";

export interface TypedTaskInit {
  readonly method: DescMethod;
  /** Laid over the options that the method's proto gives. */
  readonly options: TaskDefaults;
  /** Takes messages, gives payloads; undefined where the task is run elsewhere. */
  readonly handler: Handler<never> | undefined;
  /** Where it was defined, `file:line`. */
  readonly place: string;
}

/** What tasks of unary and of streaming methods have in common. */
export abstract class MethodTask<I extends DescMessage, O extends DescMessage>
  implements RouterTask, ChildTarget<MessageInitShape<I>>
{
  /** `acme.mail.v1.MailTasks/SendEmail`, whatever the prefixes of its routers. */
  readonly name: string;
  /** `sendEmail`: what the generated code calls the method. */
  readonly localName: string;
  readonly place: string;
  readonly hasFixedName = true;
  readonly isHandled: boolean;
  protected readonly init: TypedTaskInit;
  protected readonly bindings: Bindings;

  /** @internal */
  constructor(init: TypedTaskInit, bindings = new Bindings(methodTaskName(init.method))) {
    this.name = methodTaskName(init.method);
    this.bindings = bindings;
    this.localName = init.method.localName;
    this.place = init.place;
    this.isHandled = init.handler !== undefined;
    this.init = init;
  }

  /** Enqueues the task; settles once it is durable. */
  async enqueue(request: MessageInitShape<I>, options?: SendOptions): Promise<TypedTaskHandle<O>> {
    return (await this.client()).enqueueMethod(this.method, request, options);
  }

  /** @internal For `context.enqueue`. */
  async childCall(request: MessageInitShape<I>): Promise<ChildCall> {
    return { name: this.name, input: methodPayload(this.method, request) };
  }

  /** @internal Makes the task part of an app. */
  bind(caller: TaskCaller, name: string): void {
    this.bindings.add({ caller, name });
  }

  /** What a worker needs. `defaults` are those of its routers. */
  registration(_name: string, defaults: TaskDefaults): Registration {
    const { method, handler, options } = this.init;
    const under = methodOptions(method, defaultOptions(defaults));
    return runnable({
      definition: methodDefinition(method, mergeOptions(defaultOptions(options), under)),
      handler: handler as Handler,
      executor: options.executor ?? defaults.executor,
      decode: messageReader(method.input, method.parent.file),
      file: method.parent.file,
      place: this.place,
    });
  }

  protected get method(): TaskMethod<I, O> {
    return this.init.method as TaskMethod<I, O>;
  }

  protected client(): Promise<TaskClient> {
    return this.bindings.single().caller.client();
  }
}

/** The task of a unary method. */
export class TypedTask<
  I extends DescMessage = DescMessage,
  O extends DescMessage = DescMessage,
> extends MethodTask<I, O> {
  /** As `of` of an untyped task. */
  of(app: TaskCaller): TypedTask<I, O> {
    return new TypedTask(this.init, this.bindings.of(app));
  }

  /** Enqueues the task and waits for its result; TaskFailedError when it ends otherwise, STILL_RUNNING after `timeoutMs`. */
  async run(request: MessageInitShape<I>, options?: RunOptions): Promise<MessageShape<O>> {
    return (await this.client()).runMethod(this.method, request, options);
  }
}

/** The task of a server-streaming method. */
export class TypedStreamTask<
  I extends DescMessage = DescMessage,
  O extends DescMessage = DescMessage,
> extends MethodTask<I, O> {
  /** As `of` of an untyped task. */
  of(app: TaskCaller): TypedStreamTask<I, O> {
    return new TypedStreamTask(this.init, this.bindings.of(app));
  }

  /**
   * Enqueues the task and gives its outputs as they come; TaskFailedError after the last when it does not succeed. Who
   * stops reading leaves the task alone.
   */
  async *run(
    request: MessageInitShape<I>,
    options: SendOptions = {},
  ): AsyncGenerator<MessageShape<O>, void> {
    const handle = await this.enqueue(request, options);
    yield* handle.outputs({ signal: options.signal });
  }
}
