/** Reports what became of each test as a line of JSON: {@link Verdict}. */
import type { TestEvent } from "node:test/reporters";

/** What became of one test. */
export interface Verdict {
  /** With the names of its suites. */
  readonly name: string;
  readonly passed: boolean;
  /** Where it failed: node's word for how. */
  readonly failureType?: string | undefined;
  /** Where it failed by something that was thrown: its name and message. */
  readonly error?: string | undefined;
  readonly message?: string | undefined;
}

// oxlint-disable-next-line import/no-default-export -- what `--test-reporter` asks for
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  /** The open suites, each in the one before it. */
  const suites: string[] = [];
  for await (const { type, data } of events) {
    if (type === "test:start") suites[data.nesting] = data.name;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite") continue;
    const name = [...suites.slice(0, data.nesting), data.name].join(" ");
    const failure = type === "test:fail" ? failureOf(data) : {};
    yield `${JSON.stringify({ name, passed: type === "test:pass", ...failure })}\n`;
  }
}

type Failed = Extract<TestEvent, { type: "test:fail" }>["data"];

function failureOf({ details }: Failed): Partial<Verdict> {
  const { error } = details;
  const { failureType } = error as { readonly failureType?: string };
  const { cause } = error;
  if (!(cause instanceof Error)) return { failureType, message: error.message };
  return { failureType, error: cause.name, message: cause.message };
}
