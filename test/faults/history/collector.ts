/** Turns the lines of all processes into what is known of each task. */
import { isRefusal } from "./refusals.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { HistoryEvent } from "./event.ts";
import type { Injection } from "./injections.ts";
import { Injections } from "./injections.ts";
import type { CallFact, Moment, ProcessFact, RunHistory } from "./history.ts";
import { OpenCall } from "./open-call.ts";
import { resolveSettings } from "./settings.ts";
import { Facts } from "./facts.ts";

/** Files may be added in any order, each from its first line to its last. */
export class Collector {
  readonly #facts = new Facts();
  readonly #processes = new Map<string, ProcessFact>();
  readonly #injections = new Map<string, Injection>();
  readonly #mends: Extract<HistoryEvent, { type: "injectionEnded" }>[] = [];
  readonly #problems: string[] = [];
  #settings: Extract<HistoryEvent, { type: "settings" }> | undefined;

  /** A reader of the lines of one process. */
  file(name: string): FileCollector {
    return new FileCollector(name, {
      facts: this.#facts,
      ended: (process) => this.#processes.set(process.process, process),
      harness: (event) => this.#harness(event),
    });
  }

  /** What is known once every file was added. */
  run(): RunHistory {
    for (const { injection, at, mendAt } of this.#mends) {
      const open = this.#injections.get(injection);
      if (open === undefined) throw new Error(`injection ${injection} ended but never began`);
      open.endedAt = at;
      open.mendAt = mendAt;
    }
    if (this.#problems.length > 0) throw new Error(this.#problems.join("\n"));
    return {
      ...this.#facts.view(),
      settings: resolveSettings(this.#settings),
      processes: this.#processes,
      injections: new Injections([...this.#injections.values()]),
    };
  }

  #harness(event: HistoryEvent): void {
    if (event.type === "settings") this.#settings = event;
    if (event.type === "injectionEnded") this.#mends.push(event);
    if (event.type !== "injection") return;
    if (this.#injections.has(event.injection))
      this.#problems.push(`injection ${event.injection} began twice`);
    this.#injections.set(event.injection, { ...event, endedAt: Infinity, mendAt: Infinity });
  }
}

interface FileTarget {
  readonly facts: Facts;
  readonly ended: (process: ProcessFact) => void;
  readonly harness: (event: HistoryEvent) => void;
}

/** Pairs the calls of one process with their answers. */
export class FileCollector {
  readonly #name: string;
  readonly #target: FileTarget;
  readonly #open = new Map<number, OpenCall>();
  #role: ProcessFact["role"] = "client";
  #process: string;
  #line = 0;
  #lastAt = 0;

  constructor(name: string, target: FileTarget) {
    this.#name = name;
    this.#process = name;
    this.#target = target;
  }

  add(event: HistoryEvent): void {
    this.#line++;
    this.#lastAt = event.at;
    const { facts, harness } = this.#target;
    const moment: Moment = { process: this.#process, line: this.#line, at: event.at };
    facts.count(moment.at);
    switch (event.type) {
      case "process":
        this.#process = event.process;
        this.#role = event.role;
        return;
      case "call":
        return this.#sent(event.call, event.request, moment);
      case "answer":
        return this.#answered(event.call, event.answer, moment);
      case "error":
        return this.#failed(event.call, event.reason, moment);
      case "handlerStarted":
        return facts.start(event, moment);
      case "probe":
        return facts.probe(event, moment);
      case "probeEnded":
        return facts.probeEnded(event);
      case "settings":
      case "injection":
      case "injectionEnded":
        return harness(event);
      case "handlerEnded":
      case "processEnded":
        return;
    }
  }

  /** No more lines: calls that are open stay maybes. */
  end(): void {
    this.#open.clear();
    const { facts, ended } = this.#target;
    facts.endFile();
    ended({
      process: this.#process,
      role: this.#role,
      events: this.#line,
      lastAt: this.#lastAt,
    });
  }

  #sent(number: number, request: Call, sent: Moment): void {
    const fact: CallFact = {
      op: request.op,
      session: "session" in request ? request.session : "",
      sent,
      ended: undefined,
      fate: "maybe",
      reason: "",
    };
    this.#open.set(number, new OpenCall(fact, request, this.#target.facts));
  }

  #answered(number: number, answer: Answer, at: Moment): void {
    const open = this.#opened(number);
    open.answer(answer, at);
    if (open.fact.op !== "watch") this.#open.delete(number);
  }

  #failed(number: number, reason: string, at: Moment): void {
    const open = this.#opened(number);
    this.#open.delete(number);
    open.fail(reason, isRefusal(reason), at);
  }

  #opened(number: number): OpenCall {
    const open = this.#open.get(number);
    if (open !== undefined) return open;
    throw new Error(`${this.#name}:${this.#line}: call ${number} is not open`);
  }
}
