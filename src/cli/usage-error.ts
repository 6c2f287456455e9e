/** The command line is not as it should be; the message names the option. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
