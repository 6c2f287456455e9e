/** The plugin that checks the messages of typed tasks by the rules of their protos. */
import { isMessage, type DescMethod, type DescService, type Registry } from "@bufbuild/protobuf";
import { PayloadSchema, type Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { messageOf } from "../../core/payload.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { canBeTask, methodTaskName } from "../../core/task-method.ts";
import { InputRejectedError } from "../../worker/errors.ts";
import type { Registration } from "../../worker/registration.ts";
import { messageReader } from "../../worker/typed-payload.ts";
import type { Plugin } from "../plugin.ts";
import { checkedBy } from "./checked-by.ts";
import { loadRules, type MessageRules } from "./message-rules.ts";

/** All optional. */
export interface ProtovalidateOptions {
  /** Services whose tasks this app enqueues and other programs run. Those that it runs itself are known. @default none */
  readonly services?: readonly DescService[] | undefined;
  /** Checks responses too: one that breaks a rule fails its task for good. @default true */
  readonly results?: boolean | undefined;
  /** Extensions by which the protos define rules of their own. @default none */
  readonly registry?: Registry | undefined;
}

const OPTIONS: NamesOf<ProtovalidateOptions> = {
  services: true,
  results: true,
  registry: true,
};

/** Fills in when the plugin starts, before any task is enqueued or run. */
interface Rules {
  current: MessageRules | undefined;
}

/**
 * Checks requests of typed tasks by their `buf.validate` rules: before they are enqueued, with FIELD_VIOLATION naming the
 * fields, and before their handler, where the task ends as REJECTED, `qtasks.InputInvalid`. A response that breaks a rule
 * fails its task for good, `qtasks.ResultInvalid`; the outputs of streaming methods are not checked. Needs
 * `@bufbuild/protovalidate`. CONFIG_INVALID at the start where that is missing, or where rules make no sense.
 */
export function protovalidate(options: ProtovalidateOptions = {}): Plugin {
  checkConfigOptions("protovalidate", options, OPTIONS);
  const { services = [], results = true, registry } = options;
  const rules: Rules = { current: undefined };
  const known = new Set<DescMethod>(services.flatMap(({ methods }) => methods.filter(canBeTask)));
  const learn = (method: DescMethod): void => {
    known.add(method);
    if (rules.current !== undefined) compile(rules.current, method);
  };
  return {
    name: "protovalidate",
    start: async () => {
      rules.current ??= await loadRules(registry);
      for (const method of known) compile(rules.current, method);
    },
    install: ({ hook }) => {
      const inputs = new Map(
        [...known].map((method) => [methodTaskName(method), checkOf(method, rules)]),
      );
      hook("app.task", (event) => {
        const method = methodOf(event.registration);
        if (method === undefined) return event;
        learn(method);
        inputs.set(event.task, checkOf(method, rules));
        const registration = withRules(event.registration, method, rules, results);
        return { ...event, registration };
      });
      hook("app.enqueue", async (call, next) => {
        const { name, payload } = call.request.spec!;
        inputs.get(name)?.(payload);
        return next(call);
      });
    },
  };
}

function compile(rules: MessageRules, { input, output }: DescMethod): void {
  rules.compile(input);
  rules.compile(output);
}

/** The method that a registration is of; undefined for tasks of JSON. */
function methodOf({ definition, file }: Registration): DescMethod | undefined {
  const methods = file?.services.flatMap((service) => service.methods) ?? [];
  return methods.find((method) => methodTaskName(method) === definition.name);
}

function withRules(
  registration: Registration,
  { input, output }: DescMethod,
  rules: Rules,
  results: boolean,
): Registration {
  return checkedBy(registration, {
    input: (message) => {
      rules.current!.check(input, message as never, "input");
      return message;
    },
    result: !results
      ? undefined
      : (result) => {
          // Nothing where the method streams: its answers are outputs.
          if (isMessage(result, PayloadSchema))
            rules.current!.check(output, messageOf(output, result), "result");
          return result;
        },
  });
}

/** Checks what is about to be enqueued. What is no such message is left to the server, which says so. */
function checkOf({ input, parent }: DescMethod, rules: Rules) {
  const read = messageReader(input, parent.file);
  return (payload: Payload | undefined): void => {
    let message: ReturnType<typeof read>;
    try {
      message = read(payload);
    } catch (error) {
      if (error instanceof InputRejectedError) return;
      throw error;
    }
    rules.current!.check(input, message, "input");
  };
}
