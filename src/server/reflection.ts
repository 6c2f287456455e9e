/**
 * gRPC server reflection, v1 and v1alpha: by it grpcurl, buf curl and others learn the contracts.
 * The two versions differ only in their package, so one set of functions answers both.
 */
import type { DescFile, MessageInitShape } from "@bufbuild/protobuf";

import {
  ServerReflection as ServerReflectionV1,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import type { Catalog } from "./catalog.ts";
import { STATUS_CODES } from "../core/status-code.ts";
import { withImports } from "./file-index.ts";
import {
  defineService,
  type CallContext,
  type ServiceDefinition,
  type ServiceFunctions,
} from "./service.ts";

type Response = MessageInitShape<typeof ServerReflectionResponseSchema>;
type Answer = NonNullable<Response["messageResponse"]>;

/** The reflection services over a catalog, which may grow while they serve. */
export function reflectionServices(catalog: Catalog): ServiceDefinition[] {
  async function* serverReflectionInfo(
    requests: AsyncIterable<ServerReflectionRequest>,
    { draining }: CallContext,
  ) {
    const sent = new Set<DescFile>();
    for await (const request of untilAborted(requests, draining)) {
      const { host, messageRequest } = request;
      const messageResponse = answer(catalog, messageRequest, sent);
      yield { validHost: host, originalRequest: { host, messageRequest }, messageResponse };
    }
  }
  const functions = { serverReflectionInfo };
  return [
    defineService(ServerReflectionV1, functions),
    // The same messages under another name: only the type names differ, and nothing reads those.
    defineService(
      ServerReflectionV1Alpha,
      functions as unknown as ServiceFunctions<typeof ServerReflectionV1Alpha>,
    ),
  ];
}

function answer(
  catalog: Catalog,
  request: ServerReflectionRequest["messageRequest"],
  sent: Set<DescFile>,
): Answer {
  switch (request.case) {
    case "listServices":
      return serviceList(catalog);
    case "fileByFilename":
      return files(catalog, catalog.file(request.value), request.value, sent);
    case "fileContainingSymbol":
      return files(catalog, catalog.fileOfSymbol(request.value), request.value, sent);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = request.value;
      const file = catalog.extensionsOf(containingType).get(extensionNumber);
      return files(catalog, file, `${containingType}:${extensionNumber}`, sent);
    }
    case "allExtensionNumbersOfType":
      return extensionNumbers(catalog, request.value);
    case undefined:
      return failure("INVALID_ARGUMENT", "the request asks for nothing");
  }
}

function serviceList(catalog: Catalog): Answer {
  const service = catalog.serviceNames.map((name) => ({ name }));
  return { case: "listServicesResponse", value: { service } };
}

/** The file and its imports, save what this stream has sent; the file itself always. */
function files(
  catalog: Catalog,
  file: DescFile | undefined,
  what: string,
  sent: Set<DescFile>,
): Answer {
  if (file === undefined) return failure("NOT_FOUND", `this server does not know ${what}`);
  const missing = withImports([file]).filter((each) => each === file || !sent.has(each));
  missing.forEach((each) => sent.add(each));
  const fileDescriptorProto = missing.reverse().map((each) => catalog.encoded(each));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function extensionNumbers(catalog: Catalog, baseTypeName: string): Answer {
  if (catalog.fileOfSymbol(baseTypeName) === undefined) {
    return failure("NOT_FOUND", `this server does not know ${baseTypeName}`);
  }
  const extensionNumber = [...catalog.extensionsOf(baseTypeName).keys()];
  return { case: "allExtensionNumbersResponse", value: { baseTypeName, extensionNumber } };
}

function failure(code: "NOT_FOUND" | "INVALID_ARGUMENT", errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode: STATUS_CODES[code], errorMessage } };
}

/** Ends when the source does or the signal aborts, whichever comes first. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", onAbort);
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step === undefined || step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
