/** Calls the tasks of this example on a server elsewhere: `node examples/mail/send.ts you@example.com …`. */
import { QueueTasks, TaskFailedError } from "../../src/index.ts";
import { MailTasks } from "./gen/acme/mail/v1/mail_pb.ts";

const [first = "ada@example.com", ...more] = process.argv.slice(2);
const app = new QueueTasks({ server: process.env["QTASKS_SERVER"] ?? "127.0.0.1:50051" });
// No handlers: the tasks run elsewhere.
const mail = app.service(MailTasks, {});

try {
  const handle = await mail.sendEmail.enqueue({ to: first, subject: "Hello" });
  const { messageId } = await handle.result({ timeoutMs: 30_000 });
  console.log(`${first}: ${messageId} (task ${handle.id})`);
  for await (const { to, messageId } of mail.sendNewsletter.run({ to: more, subject: "News" }))
    console.log(`${to}: ${messageId}`);
} catch (error) {
  if (!(error instanceof TaskFailedError)) throw error;
  console.error(`${error.type}: ${error.failure.message}`);
  process.exitCode = 1;
} finally {
  await app.stop();
}
