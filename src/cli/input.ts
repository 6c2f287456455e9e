/** The input of a task: JSON from the command line, a file, or stdin. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

import type { Command } from "commander";

import type { EnqueueOptions } from "../client/index.ts";
import type { Given } from "./command.ts";
import { enqueueOptions, type EnqueueFlags } from "./enqueue-options.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** What commander makes of the flags of a task to enqueue. */
export interface EnqueueInput extends EnqueueFlags {
  readonly inputFile?: string;
}

/** A task to enqueue, as the command line says it. */
export interface Enqueue {
  readonly name: string;
  readonly input: unknown;
  readonly options: EnqueueOptions;
}

/** Adds `--input-file`. */
export function addInputOption(command: Command): Command {
  return command.option("--input-file <file>", "read the input from a file");
}

/**
 * The task of a command line; its input is the JSON of the argument, where `-` is stdin, or of
 * `--input-file`, or none. Throws a UsageError for what is no JSON.
 */
export async function readEnqueue(
  { options: flags, terminal }: Given<EnqueueInput>,
  name: string,
  argument: string | undefined,
): Promise<Enqueue> {
  const options = enqueueOptions(flags);
  if (argument !== undefined && flags.inputFile !== undefined)
    throw new UsageError("--input-file can't be given together with an INPUT argument");
  const input = await readInput(terminal, argument, flags.inputFile);
  return { name, input, options };
}

async function readInput(
  terminal: Terminal,
  argument: string | undefined,
  file: string | undefined,
): Promise<unknown> {
  if (file !== undefined) return parseJson("--input-file", await readText(file));
  if (argument === undefined) return undefined;
  if (argument === "-") return parseJson("stdin", await text(terminal.stdin));
  return parseJson("INPUT", argument);
}

/** Parses JSON; the UsageError names where it came from. */
export function parseJson(source: string, json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw new UsageError(`${source} is not JSON: ${(error as Error).message}`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--input-file: ${(error as Error).message}`);
  }
}
