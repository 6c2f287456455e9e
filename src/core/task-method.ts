/** Protobuf methods as tasks: which can be one, and what it is called. */
import type { DescMethod } from "@bufbuild/protobuf";

/** Whether a method can be a task: one request, and one response or a stream of them. */
export function canBeTask({ methodKind }: DescMethod): boolean {
  return methodKind === "unary" || methodKind === "server_streaming";
}

/** `acme.mail.v1.MailTasks/SendEmail`: the path of calls to the method, without the first slash. */
export function methodTaskName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
