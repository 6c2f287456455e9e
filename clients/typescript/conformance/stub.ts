/** What scenarios do by a stock stub, whatever library made it. */
import { fromBinary } from "@bufbuild/protobuf";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";

/** What the metadata of an answer says. */
export interface Told {
  readonly taskId: string | undefined;
  readonly state: string | undefined;
}

/** How a call failed. */
export interface Failed extends Told {
  readonly code: number;
  readonly message: string;
  /** Of the google.rpc.ErrorInfo among the details. */
  readonly reason: string | undefined;
}

export interface Stub {
  /** Sent with `x-conformance: yes`. */
  echo(
    text: string,
  ): Promise<Told & { readonly text: string; readonly metadata: Readonly<Record<string, string>> }>;
  /** All answers. */
  count(count: number): Promise<number[]>;
  /** Rejects when the call succeeds. */
  fail(request: {
    readonly code: number;
    readonly message: string;
    readonly reason: string;
  }): Promise<Failed>;
}

/** The reason in an encoded google.rpc.ErrorInfo of the suite. */
export function reasonIn(type: string, value: Uint8Array): string | undefined {
  if (type !== "google.rpc.ErrorInfo") return undefined;
  const { domain, reason } = fromBinary(ErrorInfoSchema, value);
  return domain === "conformance" ? reason : undefined;
}
