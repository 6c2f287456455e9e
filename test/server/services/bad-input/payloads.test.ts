/** Bad input: payloads, headers and labels. */
import { check, enqueue, withOptions, text, entries } from "./rules.ts";

check("payloads, headers, labels", [
  {
    title: "a payload over the limit",
    field: "spec.payload",
    says: /at most 1000 bytes; got 1001/,
    bad: enqueue({ payload: text(1_001) }),
    good: enqueue({ payload: text(1_000) }),
  },
  {
    title: "bytes count, not characters",
    field: "spec.payload",
    says: /got 1002/,
    bad: enqueue({ payload: { body: { case: "text", value: "é".repeat(501) } } }),
  },
  {
    title: "a long content type",
    field: "spec.payload.content_type",
    says: /at most 255/,
    bad: enqueue({ payload: { ...text(1), contentType: "t".repeat(256) } }),
  },
  {
    title: "a malformed schema",
    field: "spec.payload.schema",
    says: /printable/,
    bad: enqueue({ payload: { ...text(1), schema: "a b" } }),
  },
  {
    title: "many encodings",
    field: "spec.payload.encodings",
    says: /at most 10/,
    bad: enqueue({ payload: { ...text(1), encodings: Array(11).fill("gzip") } }),
  },
  {
    title: "many labels",
    field: "spec.options.labels",
    says: /at most 32 entries; got 33/,
    bad: withOptions({ labels: entries(33) }),
    good: withOptions({ labels: entries(32) }),
  },
  {
    title: "a malformed label",
    field: "spec.options.labels key",
    says: /printable/,
    bad: withOptions({ labels: { "a b": "v" } }),
  },
  {
    title: "a long label",
    field: "spec.options.labels key",
    says: /at most 63/,
    bad: withOptions({ labels: { ["k".repeat(64)]: "v" } }),
  },
  {
    title: "a label with a control character",
    field: 'spec.options.labels["k"]',
    says: /control/,
    bad: withOptions({ labels: { k: "a\nb" } }),
  },
  {
    title: "many headers",
    field: "spec.headers",
    says: /at most 3 entries/,
    bad: enqueue({ headers: entries(4) }),
    good: enqueue({ headers: entries(3) }),
  },
  {
    title: "large headers",
    field: "spec.headers",
    says: /at most 100 bytes; got 101/,
    bad: enqueue({ headers: { k: "v".repeat(100) } }),
    good: enqueue({ headers: { k: "v".repeat(99) } }),
  },
  ...["authorization", "Cookie", "grpc-timeout", "qtasks-token"].map((header) => ({
    title: `the header ${header}`,
    field: `spec.headers["${header}"]`,
    says: /never stored/,
    bad: enqueue({ headers: { [header]: "x" } }),
  })),
]);
