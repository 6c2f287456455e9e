/** Finds the methods that are tasks, on the providers of all modules. */
import { Injectable } from "@nestjs/common";
import { DiscoveryService, MetadataScanner, Reflector } from "@nestjs/core";
import type { HandlerContext, TaskInit } from "qtasks";
import { TASK } from "./task.decorator.ts";

type Method = (input: unknown, context: HandlerContext) => unknown;
type Provider = ReturnType<DiscoveryService["getProviders"]>[number];

/** Schemas are there as well, unseen: `app.task` would infer types from them, and a method has its own. */
type Init = Omit<TaskInit, "input" | "output">;

export interface FoundTask {
  readonly init: Init;
  /** The method, on its provider with all that is injected there. */
  readonly handler: Method;
  /** `Class.method`, for people. */
  readonly place: string;
}

@Injectable()
export class TaskFinder {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** Throws where two methods have a task's name, or where a provider has no one instance to call. */
  find(): FoundTask[] {
    const found = new Map<string, FoundTask>();
    for (const task of this.discovery
      .getProviders()
      .flatMap((provider) => this.tasksOf(provider))) {
      const earlier = found.get(task.init.name);
      if (earlier !== undefined)
        throw new Error(`${earlier.place} and ${task.place} are both the task ${task.init.name}`);
      found.set(task.init.name, task);
    }
    return [...found.values()];
  }

  private tasksOf(provider: Provider): FoundTask[] {
    const prototype: unknown = provider.metatype?.prototype;
    if (typeof prototype !== "object" || prototype === null) return [];
    return this.scanner
      .getAllMethodNames(prototype)
      .flatMap((name) => this.taskOf(provider, prototype as Record<string, Method>, name));
  }

  private taskOf(provider: Provider, prototype: Record<string, Method>, name: string): FoundTask[] {
    const method = prototype[name]!;
    const init = this.reflector.get<Init | undefined>(TASK, method);
    if (init === undefined) return [];
    const place = `${provider.name}.${name}`;
    if (!provider.isDependencyTreeStatic())
      throw new Error(`${place} is a task: ${provider.name} can't be made anew for each request`);
    const instance = provider.instance as object;
    return [{ init, place, handler: (input, context) => method.call(instance, input, context) }];
  }
}
