// 그래프 하나: 제목, 범례, 그림, 표.

import { h, onWidth, svg } from "../dom";
import type { Chart } from "../report";
import { selfScaled, textWidth, withUnit } from "../views/format";
import { caption, tableElement } from "../views/table";
import { addTwin } from "../views/twin";
import {
  drawAxes,
  drawRules,
  labelsOnTop,
  longestName,
  MARGIN,
  namesOnTop,
  ruleRoom,
  type Box,
} from "./axes";
import { createCursor, type Cursor } from "./cursor";
import { dotsAt, isBar, toPlot, toTable, type Line, type Plot } from "./model";
import { posRuler, valRuler } from "./scales";
import {
  barFill,
  color,
  drawLine,
  installPatterns,
  place,
  posOf,
  symbolPath,
  type Frame,
} from "./shapes";

/** `head`는 배지가 붙지 않는 그림의 제목. */
export function renderChart(
  chart: Chart,
  head = caption(chart.title, chart.badge),
): HTMLElement {
  installPatterns();
  const plot = toPlot(chart);
  const figure = h("figure", { class: "lab-view lab-chart" });
  const stage = h("div", { class: "lab-stage", tabindex: 0 });
  // 화살표 키를 그림이 받으므로 응용 프로그램으로 알림
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "그래프");
  stage.setAttribute("aria-label", `${chart.title}. ${HELP}`);
  const cursor = createCursor(plot, stage);
  const holder = h("div", { class: "lab-plot" });
  stage.append(holder, cursor.tip, cursor.live);
  onWidth(stage, (width) => {
    holder.replaceChildren(draw(fit(plot, width), width, cursor));
  });

  const table = (): HTMLElement => {
    const { columns, rows } = toTable(plot);
    return tableElement(columns, rows, `${chart.title} 표`);
  };
  const picture = h("div", {}, ...legend(plot), stage);
  addTwin(head, picture, table);
  figure.append(head, picture);
  return figure;
}

const HELP = "왼쪽·오른쪽 화살표 키로 값을 읽음";

/** 범주의 이름이 칸에 들어가지 않으면 그림을 눕힘. */
function fit(plot: Plot, width: number): Plot {
  const { categories } = plot.pos;
  if (!categories || plot.sideways) return plot;
  const room = (width - 60) / categories.length;
  return longestName(plot) + 8 > room ? { ...plot, sideways: true } : plot;
}

function legend(plot: Plot): HTMLElement[] {
  if (plot.lines.length < 2) return [];
  const items = plot.lines.map((line) =>
    h("li", {}, swatch(line), ` ${line.name}`),
  );
  return [h("ul", { class: "lab-legend" }, ...items)];
}

function swatch(line: Line): SVGSVGElement {
  const size = { viewBox: "-8 -8 16 16", width: 14, height: 14 };
  const ink = color(line.look);
  const mark = isBar(line)
    ? svg("rect", { x: -6, y: -6, width: 12, height: 12, stroke: ink })
    : svg("path", { d: symbolPath(line.look, 76) });
  mark.setAttribute("fill", isBar(line) ? barFill(line.look) : ink);
  return svg("svg", { ...size, "aria-hidden": "true" }, mark);
}

interface Layout {
  box: Box;
  height: number;
  /** 범주와 범주 사이: 한 칸에 대한 비율. */
  gap: number;
}

const GAP = 0.2;

function layout(plot: Plot, width: number): Layout {
  const right = width - MARGIN;
  if (!plot.sideways) {
    const height = Math.round(Math.max(230, Math.min(320, width * 0.46)));
    const left = Math.max(26, 10 + widestTick(plot));
    const box = { left, right, top: 26, bottom: height - 44 };
    return { box, height, gap: GAP };
  }
  const rows = plot.pos.categories?.length ?? 1;
  const stacked = plot.lines.some(({ shape }) => shape === "stack");
  const most = Math.max(...plot.stops.map((p) => dotsAt(plot, p).length), 1);
  const lanes = stacked ? 1 : most;
  const onTop = labelsOnTop(plot, width);
  const row = 18 + lanes * 18 + (onTop ? 14 : 0);
  const top = 6 + ruleRoom(plot);
  const bottom = top + rows * row;
  const left = onTop ? 6 : longestName(plot) + 14;
  // 줄 위에 얹은 이름은 범주 사이에 놓임
  const gap = onTop ? 1 - (lanes * 18) / row : GAP;
  return { box: { left, right, top, bottom }, height: bottom + 44, gap };
}

function widestTick(plot: Plot): number {
  const ruler = valRuler(plot, [200, 0]);
  return Math.max(...ruler.ticks.map((tick) => textWidth(ruler.label(tick))));
}

function draw(plot: Plot, width: number, cursor: Cursor): SVGSVGElement {
  const { box, height, gap } = layout(plot, width);
  const across: [number, number] = [box.left, box.right - valueRoom(plot)];
  const upward: [number, number] = [box.bottom, box.top];
  const downward: [number, number] = [box.top, box.bottom];
  const pos = posRuler(
    plot,
    plot.sideways ? downward : inset(plot, across),
    gap,
  );
  const val = valRuler(plot, plot.sideways ? across : upward);
  const frame: Frame = { plot, pos, val };
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const root = svg("svg", { ...size, "aria-hidden": "true" });
  const onTop = labelsOnTop(plot, width);
  const layer = svg("g");
  const bases = new Map<number, number>();
  root.append(
    drawAxes(frame, box, onTop),
    ...plot.lines.map((line) => drawLine(frame, line, bases)),
    drawRules(frame, box),
    ...(onTop ? [namesOnTop(frame, box)] : []),
    ...valueLabels(frame),
    layer,
  );
  cursor.attach(layer, frame, box);
  return root;
}

/** 점과 선이 축에 붙지 않게 양 끝을 조금 비움. */
function inset(plot: Plot, [from, to]: [number, number]): [number, number] {
  if (plot.pos.categories || plot.lines.some(isBar)) return [from, to];
  return [from + 10, to - 6];
}

/** 범주마다 값이 하나씩일 때만: 흩은 표본에는 글을 붙이지 않음. */
const labelled = (plot: Plot): boolean =>
  plot.pos.categories !== null &&
  plot.lines.every(
    ({ shape, dots }) =>
      (shape === "dot" || shape === "bar") &&
      new Set(dots.map(({ p }) => p)).size === dots.length,
  ) &&
  plot.lines.flatMap(({ dots }) => dots).length <= 24;

/** 옆으로 누운 그림에서 값의 글이 놓일 자리. */
function valueRoom(plot: Plot): number {
  if (!plot.sideways || !labelled(plot)) return 0;
  const texts = plot.lines.flatMap(({ dots }) =>
    dots.map(({ v }) => textWidth(valueText(plot, v))),
  );
  return Math.max(0, ...texts) + 6;
}

const valueText = (plot: Plot, v: number): string =>
  withUnit(v, selfScaled(plot.val.unit) ? plot.val.unit : "", plot.show);

const VALUE_HEIGHT = 14;

/** 점 옆의 값. 이미 놓은 글과 겹치는 것은 뺌: 표와 커서에는 있음. */
function valueLabels(frame: Frame): SVGTextElement[] {
  const { plot, val } = frame;
  if (!labelled(plot)) return [];
  const taken: { x: number; y: number; half: number }[] = [];
  return plot.lines.flatMap((line) =>
    line.dots.flatMap((dot) => {
      const end = val.at(Math.max(dot.v, dot.high ?? dot.v));
      const [x, y] = place(frame, posOf(frame, line, dot), end);
      const text = valueText(plot, dot.v);
      const half = textWidth(text) / 2;
      const where = plot.sideways
        ? { x: x + 10, y: y + 4 }
        : { x, y: y - 9, "text-anchor": "middle" };
      const middle = plot.sideways ? where.x + half : x;
      const meets = taken.some(
        (each) =>
          Math.abs(each.x - middle) < each.half + half + 3 &&
          Math.abs(each.y - where.y) < VALUE_HEIGHT,
      );
      if (meets) return [];
      taken.push({ x: middle, y: where.y, half });
      const attrs = { class: "lab-value", "aria-hidden": "true" };
      return svg("text", { ...where, ...attrs }, text);
    }),
  );
}
