/** Calls whose payloads are encoded on their way out and decoded on their way in. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import { QTasksError } from "../core/errors.ts";
import { undecodable } from "../core/payload.ts";
import type { MapPayload, PayloadHooks } from "../core/payload-hooks.ts";
import { PayloadMappers } from "./map-payloads.ts";

type Fields = Record<string, unknown>;
type Map = (message: Fields) => Fields;
type Unary = (request: Fields, options?: CallOptions) => Promise<Fields>;
type Streaming = (request: Fields, options?: CallOptions) => AsyncIterable<Fields>;

const AS_IT_IS: Map = (message) => message;

/**
 * The same calls; requests and answers are copied where they hold payloads. What can't be encoded fails its call, which
 * is never repeated for it; what can't be decoded is left as it came, for its reader to get the error.
 */
export function codedCalls<S extends DescService>(
  service: S,
  calls: ServiceCalls<S>,
  hooks: PayloadHooks,
): ServiceCalls<S> {
  const mappers = new PayloadMappers();
  const encode = once(orRefused(hooks.encode));
  const decode = orUndecodable(hooks.decode);
  const coded: Fields = {};
  for (const method of service.methods) {
    const fn = (calls as Fields)[method.localName];
    const out = mapOf(mappers, method.input, encode);
    const back = mapOf(mappers, method.output, decode);
    coded[method.localName] = codedMethod(method, fn, out, back);
  }
  return coded as ServiceCalls<S>;
}

function codedMethod({ methodKind }: DescMethod, fn: unknown, out: Map, back: Map): unknown {
  if (methodKind === "unary")
    return async (request: Fields, options?: CallOptions) =>
      back(await (fn as Unary)(out(request), options));
  if (methodKind !== "server_streaming") return fn;
  return async function* (request: Fields, options?: CallOptions) {
    for await (const answer of (fn as Streaming)(out(request), options)) yield back(answer);
  };
}

function mapOf(mappers: PayloadMappers, message: DescMethod["input"], map: MapPayload): Map {
  const mapper = mappers.of(message);
  return mapper === undefined ? AS_IT_IS : (fields) => mapper(fields, map);
}

/** An error of the codec's own would count as one of the server's, and the call be made again and again. */
function orRefused(encode: MapPayload): MapPayload {
  return (payload) => {
    try {
      return encode(payload);
    } catch (cause) {
      if (cause instanceof QTasksError) throw cause;
      const why = `payload: can't be encoded: ${QTasksError.from(cause).message}`;
      throw new QTasksError("MESSAGE_MALFORMED", why, { cause });
    }
  };
}

/** One payload that can't be read must not take the others of its answer along. */
function orUndecodable(decode: MapPayload): MapPayload {
  return (payload) => {
    try {
      return decode(payload);
    } catch (cause) {
      if (cause instanceof QTasksError) return undecodable(payload, cause);
      const why = `payload: can't be decoded: ${QTasksError.from(cause).message}`;
      return undecodable(payload, new QTasksError("MESSAGE_MALFORMED", why, { cause }));
    }
  };
}

/**
 * A payload is encoded once, however often its request is sent: a repeat is to be the same. One that a program hands in
 * again with another body is another one.
 */
function once(encode: MapPayload): MapPayload {
  const encoded = new WeakMap<Payload, { readonly value: unknown; readonly made: Payload }>();
  return (payload) => {
    const { value } = payload.body;
    const known = encoded.get(payload);
    if (known !== undefined && known.value === value) return known.made;
    const made = encode(payload);
    encoded.set(payload, { value, made });
    return made;
  };
}
