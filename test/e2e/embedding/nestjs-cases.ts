/**
 * Applications of Nest that use the module of the example, in a process of their own: `node nestjs-cases.ts DIST`, where
 * DIST is what the example was compiled to. Prints what came of each as JSON. Decorators are called here, as Node knows
 * no syntax for them.
 */
import "reflect-metadata";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Inject, Injectable, Module, Scope, type DynamicModule, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type {
  EnqueueOptions,
  HandlerContext,
  QueueTasksOptions,
  TaskHandle,
} from "../../../src/index.ts";
import { assertNoLeaks } from "../../support/leaks.ts";

/** What the compiled example exports, as far as it is used here. */
interface Example {
  readonly QTasksModule: { forRoot(options: QueueTasksOptions & { roles: object }): DynamicModule };
  readonly Task: (name: string) => MethodDecorator;
  readonly Tasks: Type<Tasks>;
}

interface Tasks {
  enqueue<R>(name: string, input?: unknown, options?: EnqueueOptions): Promise<TaskHandle<R>>;
}

const dist = process.argv[2]!;
const load = async (file: string) => import(pathToFileURL(join(dist, "qtasks", file)).href);
const { QTasksModule, Task, Tasks } = {
  ...(await load("qtasks.module.js")),
  ...(await load("task.decorator.js")),
  ...(await load("tasks.js")),
} as Example;

class Greetings {
  readonly word = "Hello";
}
Injectable()(Greetings);

class Greeter {
  readonly greetings: Greetings;
  constructor(greetings: Greetings) {
    this.greetings = greetings;
  }
  greet(name: string, { attempt }: HandlerContext): string {
    return `${this.greetings.word} ${name}, at attempt ${attempt}`;
  }
}
injectable(Greeter);
mark(Greeter, "greet", "greet");

class Rival {
  greet(): string {
    return "nothing";
  }
}
Injectable()(Rival);
mark(Rival, "greet", "greet");

/** Made anew for each request. */
class PerRequest {
  work(): void {}
}
Injectable({ scope: Scope.REQUEST })(PerRequest);
mark(PerRequest, "work", "work");

const injected = await run([Greetings, Greeter]);
await assertNoLeaks(async () => {
  for (let time = 0; time < 20; time++) await run([Greetings, Greeter]);
});
console.log(
  JSON.stringify({
    injected,
    // One module, two applications at once, each with an app of its own.
    together: await Promise.all([run([Greetings, Greeter]), run([Greetings, Greeter])]),
    twice: await run([Greetings, Greeter, Rival]),
    perRequest: await run([PerRequest]),
  }),
);

/** Starts an application, greets by a task, closes it; the error where it does not start. */
async function run(providers: readonly Type[]): Promise<string> {
  const application = await NestFactory.createApplicationContext(moduleOf(providers), {
    logger: false,
    abortOnError: false,
  }).catch((error: unknown) => error as Error);
  if (application instanceof Error) return `${application.name}: ${application.message}`;
  try {
    const handle = await application.get(Tasks, { strict: false }).enqueue<string>("greet", "Ada");
    return await handle.result({ timeoutMs: 10_000 });
  } finally {
    await application.close();
  }
}

function moduleOf(providers: readonly Type[]): Type {
  class Root {}
  const roles = { server: false, worker: true };
  const qtasks = QTasksModule.forRoot({ url: "memory:", logLevel: "silent", roles });
  Module({ imports: [qtasks], providers: [...providers] })(Root);
  return Root;
}

function injectable(type: typeof Greeter): void {
  Injectable()(type);
  Inject(Greetings)(type, undefined, 0);
}

function mark(type: Type, method: string, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method)!;
  Task(name)(type.prototype as object, method, descriptor);
}
