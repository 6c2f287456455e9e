/**
 * The tasks of this example, for `qtasks serve --app examples/mail/handlers.ts`: the methods of acme/mail/v1/mail.proto.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { QueueTasks } from "../../src/index.ts";
import { MailTasks } from "./gen/acme/mail/v1/mail_pb.ts";

export const app = new QueueTasks();

export const mail = app.service(MailTasks, {
  async sendEmail({ to, subject }, { logger, signal }) {
    const messageId = await deliver(to, signal);
    logger.info("sent", { to, subject });
    return { messageId };
  },

  async *sendNewsletter({ to }, { outputCount, signal }) {
    // What an earlier attempt has told of is sent: it is told again, as that is skipped, and not sent twice.
    for (const [index, address] of to.entries())
      yield { to: address, messageId: index < outputCount ? "" : await deliver(address, signal) };
  },
});

/** Stands in for a mail server: it takes a while, and knows a bad address when it sees one. */
async function deliver(to: string, signal: AbortSignal): Promise<string> {
  if (!to.includes("@")) throw new ConnectError(`no address: ${to}`, Code.InvalidArgument);
  await sleep(20, undefined, { signal });
  return randomUUID();
}
