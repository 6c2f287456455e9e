/** Plots as SVG, and as PNG for where no SVG is shown. */
import { Resvg } from "@resvg/resvg-js";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** Pixels of the PNG for each of the SVG. */
const PNG_SCALE = 2;

/** A plot in both forms. */
export interface Drawing {
  readonly svg: string;
  readonly png: Buffer;
}

export async function draw(spec: TopLevelSpec): Promise<Drawing> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: PNG_SCALE },
    font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
  });
  return { svg, png: image.render().asPng() };
}
