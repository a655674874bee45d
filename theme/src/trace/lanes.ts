// 장면 하나의 줄들: 칸이 적으면 상자, 많으면 축 위의 점.

import { svg } from "../dom";
import type { Frame, Lane, LaneCell, Tone, Trace } from "../report";
import { grouped, textWidth } from "../views/format";

const BOX_LIMIT = 64;
const BOX_HEIGHT = 28;
const ROW = BOX_HEIGHT + 18;
const STRIP = 46;
const LABEL = 22;
const GAP = 10;
const ARC_ROOM = 46;
const EDGE = 8;
/** 칸이 이보다 좁으면 번호와 표를 줄임. */
const DENSE = 26;

/** 줄마다 한 행의 칸 수와 폭. 장면이 바뀌어도 흔들리지 않음. */
export interface Plan {
  width: number;
  jumps: boolean;
  lanes: Grid[];
}

interface Grid {
  boxes: boolean;
  perRow: number;
  cell: number;
}

/** 한 장면에서 줄이 놓인 자리. */
interface Place extends Grid {
  top: number;
}

export function plan(trace: Trace, width: number): Plan {
  const count = Math.max(...trace.frames.map(({ lanes }) => lanes.length), 0);
  const jumps = trace.frames.some((frame) => frame.jumps.length > 0);
  const lanes = Array.from({ length: count }, (_, i) => {
    const all = trace.frames.flatMap(({ lanes }) => lanes[i] ?? []);
    const size = Math.max(...all.map((lane) => lane.size));
    return gridOf(all, size, width);
  });
  return { width, jumps, lanes };
}

function gridOf(lanes: Lane[], size: number, width: number): Grid {
  const room = width - EDGE * 2;
  if (size > BOX_LIMIT) return { boxes: false, perRow: size, cell: 0 };
  const texts = lanes.flatMap(({ cells }) => cells.map(({ text }) => text));
  const widest = Math.max(0, ...texts.map(textWidth));
  const least = Math.min(72, Math.max(20, widest + 6));
  const most = Math.max(1, Math.floor(room / least));
  const group = lanes[0]?.group ?? 0;
  const perRow = Math.min(size, rowLength(most, group));
  const cell = Math.min(Math.max(48, least), room / perRow);
  return { boxes: true, perRow, cell };
}

/** 줄을 바꿔야 하면 묶음이나 2의 거듭제곱에서 바꿈. */
function rowLength(most: number, group: number): number {
  if (most >= BOX_LIMIT) return most;
  if (group > 0 && most >= group) return most - (most % group);
  return 2 ** Math.floor(Math.log2(most));
}

export function drawFrame(frame: Frame, plan: Plan): SVGSVGElement {
  const { width, jumps } = plan;
  const root = svg("svg", { class: "lab-lanes", "aria-hidden": "true" });
  let y = 0;
  frame.lanes.forEach((lane, i) => {
    const grid = plan.lanes[i]!;
    const room = i === 0 && jumps ? ARC_ROOM : 0;
    root.append(svg("text", { x: EDGE, y: y + 15 }, lane.label));
    const where = { ...grid, top: y + LABEL + room };
    root.append(where.boxes ? boxes(lane, where) : strip(lane, where, width));
    if (room > 0) root.append(jumpArcs(frame, lane, where, width));
    const rows = grid.boxes ? Math.ceil(lane.size / grid.perRow) * ROW : STRIP;
    y = where.top + rows + GAP;
  });
  root.setAttribute("viewBox", `0 0 ${width} ${y}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(y));
  return root;
}

function center(lane: Lane, plan: Place, at: number, width: number) {
  if (!plan.boxes) {
    const x = EDGE + ((at + 0.5) / lane.size) * (width - EDGE * 2);
    return { x, y: plan.top + 6 };
  }
  const x = EDGE + ((at % plan.perRow) + 0.5) * plan.cell;
  return { x, y: plan.top + Math.floor(at / plan.perRow) * ROW };
}

function boxes(lane: Lane, plan: Place): SVGGElement {
  const group = svg("g");
  const byPlace = new Map(lane.cells.map((cell) => [cell.at, cell]));
  for (let at = 0; at < lane.size; at += 1) {
    const { x, y } = center(lane, plan, at, 0);
    const cell = byPlace.get(at);
    group.append(box(x, y, plan.cell, cell));
    const dense = plan.cell < DENSE && at % 4 !== 0 && cell?.tone !== "now";
    if (!dense) {
      const where = { x, y: y + BOX_HEIGHT + 13, class: "lab-index" };
      group.append(svg("text", where, String(at)));
    }
    if (lane.group > 0 && at % lane.group === 0 && at > 0) {
      const left = x - plan.cell / 2;
      const ends = { x1: left, x2: left, y1: y - 4, y2: y + BOX_HEIGHT + 4 };
      group.append(svg("line", { ...ends, class: "lab-group" }));
    }
  }
  return group;
}

function box(x: number, y: number, wide: number, cell?: LaneCell) {
  const tone = cell?.tone ?? "empty";
  const size = { x: x - wide / 2 + 1, y, width: wide - 2, height: BOX_HEIGHT };
  const group = svg("g", { class: `lab-cell lab-tone-${tone}` });
  group.append(svg("rect", { ...size, rx: tone === "hit" ? 10 : 3 }));
  if (!cell) return group;
  const fit = Math.min(12, (12 * (wide - 5)) / Math.max(1, textWidth(cell.text)));
  const sign = wide >= DENSE ? SIGNS[cell.tone] : "";
  // 모서리의 표에 닿는 긴 글은 조금 내려 적음
  const low = sign && textWidth(cell.text) > wide - 24 ? 3 : 0;
  // 속성 font-size는 스타일시트의 font에 눌림
  const style = `font-size: ${fit}px`;
  const where = { x, y: y + BOX_HEIGHT / 2 + 4 + low, style };
  group.append(svg("text", where, cell.text));
  if (sign) {
    const corner = { x: x + wide / 2 - 7, y: y + 9, class: "lab-sign" };
    group.append(svg("text", corner, sign));
  }
  return group;
}

/** 색을 구별하지 못해도 보이는 표. */
const SIGNS: Record<Tone, string> = {
  plain: "",
  seen: "·",
  now: "▾",
  hit: "✔",
  dead: "×",
};

/** 칸이 많은 줄: 자리만 점으로. */
function strip(lane: Lane, plan: Place, width: number): SVGGElement {
  const group = svg("g");
  const y = plan.top + 14;
  const ends = { x1: EDGE, x2: width - EDGE, y1: y, y2: y };
  group.append(svg("line", { ...ends, class: "lab-strip" }));
  const last = lane.size - 1;
  const labels = [
    [EDGE, "start", "0"],
    [width - EDGE, "end", grouped(last)],
  ] as const;
  for (const [x, anchor, text] of labels) {
    const where = { x, y: y + 24, "text-anchor": anchor };
    group.append(svg("text", where, text));
  }
  for (const cell of lane.cells) {
    const { x } = center(lane, plan, cell.at, width);
    const now = cell.tone === "now" || cell.tone === "hit";
    const r = now ? 6 : 3.5;
    const tone = `lab-cell lab-tone-${cell.tone}`;
    const dot = svg("circle", { cx: x, cy: y, r });
    const mark = svg("g", { class: tone }, dot);
    if (now && x > 40 && x < width - 60) {
      const text = cell.text || grouped(cell.at);
      mark.append(svg("text", { x, y: y + 24 }, text));
    }
    group.append(mark);
  }
  return group;
}

function jumpArcs(
  frame: Frame,
  lane: Lane,
  plan: Place,
  width: number,
): SVGGElement {
  const group = svg("g");
  frame.jumps.forEach(([from, to], i) => {
    const a = center(lane, plan, from, width);
    const b = center(lane, plan, to, width);
    const last = i === frame.jumps.length - 1;
    const span = Math.hypot(b.x - a.x, b.y - a.y);
    const rise = Math.min(ARC_ROOM - 8, 14 + span * 0.12) * 1.3;
    const top = Math.min(a.y, b.y) - rise;
    const d = `M${a.x} ${a.y - 3}C${a.x} ${top} ${b.x} ${top} ${b.x} ${b.y - 4}`;
    const name = `lab-jump${last ? " lab-jump-now" : ""}`;
    group.append(svg("path", { d, class: name }));
    if (last) {
      const tip = `M${b.x - 4} ${b.y - 9}L${b.x} ${b.y - 2}L${b.x + 4} ${b.y - 9}z`;
      group.append(svg("path", { d: tip, class: "lab-arrow" }));
    }
  });
  return group;
}
