/** What the plots show, in the language of Vega-Lite. */
import type { TopLevelSpec } from "vega-lite";
import type { Results, Summary } from "../results.ts";
import { WORKS } from "../works/index.ts";
import type { Work } from "../works/work.ts";

/** A plot under the name of its files. */
export interface Chart {
  readonly name: string;
  readonly work: Work;
  readonly title: string;
  readonly spec: TopLevelSpec;
}

const WIDTH = 260;
const ROW_HEIGHT = 24;
const FONT = "DejaVu Sans, Verdana, sans-serif";

/** BullMQ and the echoes stand back, QTasks has colours that differ in lightness too. */
const COLORS: Readonly<Record<string, string>> = {
  bullmq: "#8a8f98",
  "echo-raw": "#c3c7cd",
  "echo-protobuf": "#a9aeb6",
  memory: "#f2a33a",
  sqlite: "#3b8ea5",
  redis: "#b3341f",
  "celery-prefork": "#c5b08a",
  "celery-threads": "#a5946f",
  "qtasks-python": "#7d9a78",
  asynq: "#7f8fb8",
};

const CONFIG = {
  font: FONT,
  background: "white",
  view: { stroke: null },
  axis: { labelFontSize: 11, titleFontSize: 11, labelLimit: 200, grid: true, gridColor: "#eeeeee" },
  legend: { labelFontSize: 11, titleFontSize: 11 },
  title: { fontSize: 12, anchor: "start" as const },
};

/** A plot of bars for each work, lines where something grows. */
export function chartsOf({ summary, measurements, options }: Results): Chart[] {
  return WORKS.flatMap((work): Chart[] => {
    const rows = summary.filter((row) => row.work === work.id);
    if (rows.length === 0) return [];
    const name = work.id.toLowerCase();
    const title = `${work.id}: ${work.title}`;
    if (work.id === "W7") return [{ name, work, title, spec: growthLines(work, rows) }];
    const bars = { name, work, title, spec: panels(work, rows) };
    if (work.id !== "W8") return [bars];
    const laps = measurements.filter((one) => one.work === work.id);
    const spec = memoryLines(laps, options.tasks);
    return [bars, { name: `${name}-rss`, work, title: `${title} over a long run`, spec }];
  });
}

/** A panel for each figure, since each has its own unit. */
function panels(work: Work, rows: readonly Summary[]): TopLevelSpec {
  const figures = Object.entries(work.figures);
  return {
    config: CONFIG,
    hconcat: figures.map(([name, heading], index) => bars(rows, name, heading, index === 0)),
  } as TopLevelSpec;
}

function bars(rows: readonly Summary[], name: string, heading: string, hasNames: boolean) {
  const values = rows.map((row) => ({
    label: [row.subject, row.variant].filter(Boolean).join(", "),
    subject: row.subject,
    value: row.values[name] ?? null,
    least: row.spread[name]?.[0] ?? null,
    most: row.spread[name]?.[1] ?? null,
  }));
  const y = {
    field: "label",
    type: "nominal",
    sort: null,
    title: null,
    axis: hasNames ? { grid: false } : null,
  };
  const x = { type: "quantitative", title: heading, axis: { tickCount: 4, format: "~s" } };
  return {
    width: WIDTH,
    height: ROW_HEIGHT * rows.length,
    data: { values },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.7 } },
        encoding: { y, x: { ...x, field: "value" }, color: colorOf(rows, null) },
      },
      {
        mark: { type: "rule", color: "#222222", strokeWidth: 1.5 },
        encoding: { y, x: { ...x, field: "least" }, x2: { field: "most" } },
      },
    ],
  };
}

function growthLines(work: Work, rows: readonly Summary[]): TopLevelSpec {
  const x = {
    field: "waiting",
    type: "quantitative",
    scale: { type: "log" },
    title: "tasks waiting",
    axis: { format: "~s" },
  };
  return {
    config: CONFIG,
    hconcat: Object.entries(work.figures).map(([name, heading]) => ({
      width: WIDTH,
      height: 180,
      data: {
        values: rows.map(({ subject, variant, values }) => ({
          subject,
          waiting: Number(variant),
          value: values[name],
        })),
      },
      mark: { type: "line", point: true, strokeWidth: 2 },
      encoding: {
        x,
        y: { field: "value", type: "quantitative", title: heading, scale: { zero: true } },
        color: colorOf(rows, {}),
      },
    })),
  } as TopLevelSpec;
}

function memoryLines(laps: Results["measurements"], tasks: number): TopLevelSpec {
  return {
    config: CONFIG,
    width: 2 * WIDTH,
    height: 200,
    data: {
      values: laps.flatMap(({ subject, series }) =>
        (series?.["rssBytes"] ?? []).map((bytes, lap) => ({
          subject,
          tasks: (lap + 1) * tasks,
          mebibytes: bytes / 2 ** 20,
        })),
      ),
    },
    mark: { type: "line", point: true, strokeWidth: 2 },
    encoding: {
      x: { field: "tasks", type: "quantitative", title: "tasks done", axis: { format: "~s" } },
      y: { field: "mebibytes", type: "quantitative", title: "RSS, MiB", scale: { zero: true } },
      color: colorOf(laps, {}),
    },
  } as TopLevelSpec;
}

function colorOf(rows: readonly { readonly subject: string }[], legend: object | null) {
  const domain = [...new Set(rows.map(({ subject }) => subject))];
  const range = domain.map((subject) => COLORS[subject] ?? "#666666");
  return { field: "subject", type: "nominal", title: null, legend, scale: { domain, range } };
}
