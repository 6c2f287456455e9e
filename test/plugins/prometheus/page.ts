/** The page of metrics, as Prometheus reads it. */
import assert from "node:assert/strict";
import type { QueueTasks } from "../../../src/index.ts";

type Labels = Readonly<Record<string, string>>;

interface Line {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export class Page {
  readonly lines: readonly Line[];

  constructor(text: string) {
    this.lines = text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map(lineOf);
    const keys = this.lines.map(({ name, labels }) => JSON.stringify([name, labels]));
    assert.equal(new Set(keys).size, keys.length, "no series is there twice");
  }

  /** The value of the one series with at least these labels; undefined where there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.all(name, labels);
    assert.ok(found.length <= 1, `${found.length} of ${name} ${JSON.stringify(labels)}`);
    return found[0]?.value;
  }

  all(name: string, labels: Labels = {}): readonly Line[] {
    return this.lines.filter(
      (line) =>
        line.name === name &&
        Object.entries(labels).every(([label, value]) => line.labels[label] === value),
    );
  }
}

function lineOf(line: string): Line {
  const [, name, labels = "", value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  assert.ok(name !== undefined && value !== undefined, `a line of the format: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
  assert.equal(pairs.map(([text]) => text).join(""), labels, line);
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key!, text!])),
    value: value === "+Inf" ? Infinity : Number(value),
  };
}

/** Gets the page of an app that runs. */
export async function scrape(app: QueueTasks, path = "/metrics"): Promise<Page> {
  const answer = await fetch(`http://${app.httpAddress}${path}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return new Page(await answer.text());
}
