// 묶음 하나를 그리는 법. 색과 함께 모양·무늬·점선도 달라짐.

import {
  area,
  curveStepAfter,
  line as d3line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";
import { svg } from "../dom";
import type { Dot, Line, Plot } from "./model";
import { isBar } from "./model";
import { gap, type Ruler } from "./scales";

export interface Frame {
  plot: Plot;
  pos: Ruler;
  val: Ruler;
}

const SYMBOLS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
];
const DASHES = [null, "7 3", "2 3", "9 3 2 3", "5 2 1 2", "1 3"];
const MARKERS = 24;

export const color = (look: number): string => `var(--lab-s${look + 1})`;

/** 위치·값의 화면 좌표를 가로·세로로. */
export function place(frame: Frame, p: number, v: number): [number, number] {
  return frame.plot.sideways ? [v, p] : [p, v];
}

export function symbolPath(look: number, size: number): string {
  return symbol(SYMBOLS[look], size)() ?? "";
}

/** 위치 하나가 차지하는 폭. */
const roomOf = ({ plot, pos }: Frame): number =>
  pos.band * 0.9 || Math.abs(pos.at(gap(plot.stops)) - pos.at(0)) * 0.84;

/** 같은 위치의 막대, 같은 범주의 점이 겹치지 않게 비켜 놓음. */
export function posOf(frame: Frame, line: Line, dot: Dot): number {
  const { plot, pos } = frame;
  const center = pos.at(dot.p);
  const dodges = line.shape === "bar" || (line.shape === "dot" && pos.band);
  if (!dodges) return center;
  const peers = plot.lines.filter(
    ({ shape, dots }) =>
      shape === line.shape && (!pos.band || dots.some(({ p }) => p === dot.p)),
  );
  const slot = roomOf(frame) / peers.length;
  return center + (peers.indexOf(line) - (peers.length - 1) / 2) * slot;
}

export function drawLine(frame: Frame, line: Line, bases: Map<number, number>) {
  const group = svg("g", { class: "lab-series" });
  if (isBar(line)) drawBars(frame, line, bases, group);
  else if (line.shape === "dot") drawDots(frame, line, group);
  else drawPath(frame, line, group);
  return group;
}

function drawPath(frame: Frame, line: Line, group: SVGGElement): void {
  const { pos, val } = frame;
  const ink = color(line.look);
  const banded = line.dots.filter(({ low, high }) => low !== null && high);
  if (banded.length > 1) {
    const band = area<Dot>(
      (dot) => pos.at(dot.p),
      (dot) => val.at(dot.low ?? dot.v),
      (dot) => val.at(dot.high ?? dot.v),
    );
    const d = band(banded);
    group.append(svg("path", { d, fill: ink, opacity: 0.16 }));
  }
  const draw = d3line<Dot>(
    (dot) => place(frame, pos.at(dot.p), val.at(dot.v))[0],
    (dot) => place(frame, pos.at(dot.p), val.at(dot.v))[1],
  );
  if (line.shape === "step") draw.curve(curveStepAfter);
  const stroke = { fill: "none", stroke: ink, "stroke-width": 1.8 };
  const dash = { "stroke-dasharray": DASHES[line.look] };
  group.append(svg("path", { d: draw(line.dots), ...stroke, ...dash }));
  // 점이 많으면 모양은 드문드문 찍어 선을 구별하게만 함
  const every = Math.max(1, Math.ceil(line.dots.length / MARKERS));
  for (let i = 0; i < line.dots.length; i += every) {
    group.append(marker(frame, line, line.dots[i]!, every > 1 ? 26 : 40));
  }
}

function drawDots(frame: Frame, line: Line, group: SVGGElement): void {
  for (const dot of line.dots) {
    if (dot.low !== null && dot.high !== null) {
      const p = posOf(frame, line, dot);
      const [x1, y1] = place(frame, p, frame.val.at(dot.low));
      const [x2, y2] = place(frame, p, frame.val.at(dot.high));
      group.append(svg("line", { x1, y1, x2, y2, class: "lab-band" }));
    }
    group.append(marker(frame, line, dot, 76));
  }
}

function marker(frame: Frame, line: Line, dot: Dot, size: number) {
  const p = posOf(frame, line, dot);
  const [x, y] = place(frame, p, frame.val.at(dot.v));
  return svg("path", {
    d: symbolPath(line.look, size),
    transform: `translate(${x},${y})`,
    fill: color(line.look),
    class: "lab-dot",
  });
}

function drawBars(
  frame: Frame,
  line: Line,
  bases: Map<number, number>,
  group: SVGGElement,
): void {
  const { plot, val } = frame;
  const peers = plot.lines.filter(({ shape }) => shape === "bar");
  const share = line.shape === "bar" ? peers.length : 1;
  const room = roomOf(frame) / share - (share > 1 ? 2 : 0);
  const wide = Math.max(1, Math.min(46, room));
  for (const dot of line.dots) {
    const base = line.shape === "stack" ? (bases.get(dot.p) ?? 0) : 0;
    const [from, to] = [val.at(base), val.at(base + dot.v)];
    bases.set(dot.p, base + dot.v);
    const p = posOf(frame, line, dot);
    const [x, y] = place(frame, p - wide / 2, Math.min(from, to));
    const long = Math.max(Math.abs(to - from), dot.v === 0 ? 0 : 1);
    const [width, height] = plot.sideways ? [long, wide] : [wide, long];
    const size = { x, y, width, height, rx: wide > 6 ? 2 : 0 };
    const fill = barFill(line.look);
    group.append(svg("rect", { ...size, fill, stroke: color(line.look) }));
  }
}

export const barFill = (look: number): string =>
  look === 0 ? color(0) : `url(#lab-fill-${look})`;

/** 막대의 무늬: 색을 구별하지 못해도 다르게 보임. 페이지에 한 번만 넣음. */
export function installPatterns(): void {
  if (document.getElementById("lab-fills")) return;
  const lines = [
    "",
    "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "M0 3H6",
    "M3 0V6",
    "M-1 -1L7 7M-1 7L7 -1",
    "M3 1V5M1 3H5",
  ];
  const defs = svg("defs");
  for (let look = 1; look < lines.length; look += 1) {
    const size = { width: 6, height: 6, patternUnits: "userSpaceOnUse" };
    const ink = color(look);
    defs.append(
      svg(
        "pattern",
        { id: `lab-fill-${look}`, ...size },
        svg("rect", { width: 6, height: 6, fill: ink, opacity: 0.22 }),
        svg("path", { d: lines[look], stroke: ink, "stroke-width": 1.6 }),
      ),
    );
  }
  const attrs = { id: "lab-fills", width: 0, height: 0, "aria-hidden": "true" };
  const holder = svg("svg", attrs, defs);
  holder.style.position = "absolute";
  document.body.append(holder);
}
