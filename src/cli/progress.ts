/** A progress bar on stderr, where a person looks on; nothing otherwise. */
import { SingleBar } from "cli-progress";

import type { Terminal } from "./terminal.ts";

/** How far something has come; `total` 0 means unknown. */
export interface Bar {
  update(completed: number, total: number, message?: string): void;
  /** Takes the bar away. Harmless when repeated. */
  stop(): void;
}

/** Shows a bar with a heading until it is stopped; lines printed meanwhile scroll above it. */
export function showProgress(terminal: Terminal, heading: string): Bar {
  if (!terminal.isInteractive) return { update: () => {}, stop: () => {} };
  const bar = newBar(terminal, heading);
  let state = { completed: 0, total: 0, message: "" };
  const draw = (): void => bar.start(state.total, state.completed, { message: state.message });
  draw();
  terminal.drawAround((write) => {
    bar.stop();
    write();
    draw();
  });
  return {
    update: (completed, total, message = "") => {
      state = { completed, total, message };
      bar.setTotal(total);
      bar.update(completed, { message });
    },
    stop: () => {
      terminal.drawAround(undefined);
      bar.stop();
    },
  };
}

function newBar(terminal: Terminal, heading: string): SingleBar {
  return new SingleBar({
    stream: terminal.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
    format: (options, { value, total, progress }, payload: { message: string }) => {
      const full = Math.round((Number.isFinite(progress) ? Math.min(1, progress) : 0) * 30);
      const bar = "█".repeat(full) + "░".repeat((options.barsize ?? 30) - full);
      const count = total > 0 ? `${bar} ${value}/${total}` : `${value}`;
      return `${heading} ${count} ${payload.message}`.trimEnd();
    },
  });
}
