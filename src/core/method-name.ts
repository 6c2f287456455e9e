/** What the task of a protobuf method is called. */
import type { DescMethod } from "@bufbuild/protobuf";

/** `acme.mail.v1.MailTasks/SendEmail`: the path of calls to the method, without the first slash. */
export function methodTaskName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
