// 축·격자·기준선.

import { axisBottom, axisLeft } from "d3-axis";
import { scaleIdentity } from "d3-scale";
import { select } from "d3-selection";
import { svg } from "../dom";
import { axisTitle, textWidth } from "../views/format";
import type { Plot } from "./model";
import type { Frame } from "./shapes";
import type { Ruler } from "./scales";

/** 그림과 오른쪽 끝 사이. */
export const MARGIN = 14;

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** 이름이 길면 줄 위에 얹음: 좁은 화면에서 그림이 눌리지 않게. */
export function labelsOnTop(plot: Plot, width: number): boolean {
  return plot.sideways && longestName(plot) > width * 0.34;
}

export const longestName = (plot: Plot): number =>
  Math.max(0, ...(plot.pos.categories ?? []).map(textWidth));

export function drawAxes(frame: Frame, box: Box, onTop: boolean): SVGGElement {
  const { plot, pos, val } = frame;
  const [across, up] = plot.sideways ? [val, pos] : [pos, val];
  const group = svg("g", { class: "lab-axes", "aria-hidden": "true" });
  group.append(grid(frame, box));
  group.append(bottomAxis(across, box));
  if (!onTop) group.append(leftAxis(up, box, plot.sideways));
  const [bottomName, leftName] = plot.sideways
    ? [plot.val, plot.pos]
    : [plot.pos, plot.val];
  const name = axisTitle(bottomName.label, bottomName.unit);
  const end = { x: box.right, y: box.bottom + 36, "text-anchor": "end" };
  group.append(svg("text", end, name));
  const leftTitle = axisTitle(leftName.label, leftName.unit);
  if (!plot.sideways) group.append(svg("text", { x: 0, y: 11 }, leftTitle));
  return group;
}

function grid({ plot, val }: Frame, box: Box): SVGGElement {
  const group = svg("g", { class: "lab-grid" });
  for (const tick of val.ticks) {
    const at = val.at(tick);
    const ends = plot.sideways
      ? { x1: at, x2: at, y1: box.top, y2: box.bottom }
      : { x1: box.left, x2: box.right, y1: at, y2: at };
    group.append(svg("line", ends));
  }
  return group;
}

/** d3의 축은 눈금의 자리만 정함: 좌표는 이미 화면의 것임. */
function bottomAxis(ruler: Ruler, box: Box): SVGGElement {
  const ticks = spaced(ruler);
  const scale = scaleIdentity([box.left, box.right]);
  const axis = axisBottom(scale)
    .tickValues(ticks.map(ruler.at))
    .tickFormat((_, i) => ruler.label(ticks[i]!))
    .tickSizeInner(ruler.band ? 0 : 4)
    .tickSizeOuter(0)
    .tickPadding(6);
  const group = svg("g", { transform: `translate(0,${box.bottom})` });
  select(group).call(axis).attr("font-family", null).attr("font-size", null);
  // 끝 눈금의 긴 글이 그림 밖에서 잘리지 않게 안으로 밂
  group.querySelectorAll(".tick text").forEach((text, i) => {
    const at = ruler.at(ticks[i]!);
    const half = textWidth(ruler.label(ticks[i]!)) / 2;
    const inside = Math.min(Math.max(at, half), box.right + MARGIN - half);
    if (inside !== at) text.setAttribute("dx", String(inside - at));
  });
  return group;
}

/** 글이 겹치는 눈금은 건너뜀. */
function spaced(ruler: Ruler): number[] {
  const kept: number[] = [];
  let edge = -Infinity;
  for (const tick of ruler.ticks) {
    const half = textWidth(ruler.label(tick)) / 2;
    if (ruler.at(tick) - half < edge + 6) continue;
    kept.push(tick);
    edge = ruler.at(tick) + half;
  }
  return kept;
}

function leftAxis(ruler: Ruler, box: Box, names: boolean): SVGGElement {
  const axis = axisLeft(scaleIdentity([box.top, box.bottom]))
    .tickValues(ruler.ticks.map(ruler.at))
    .tickFormat((_, i) => ruler.label(ruler.ticks[i]!))
    .tickSize(0)
    .tickPadding(8);
  const group = svg("g", { transform: `translate(${box.left},0)` });
  if (names) group.setAttribute("class", "lab-names");
  select(group).call(axis).attr("font-family", null).attr("font-size", null);
  group.querySelector(".domain")?.remove();
  return group;
}

/** 줄 위에 얹은 이름. 기준선이 글을 지나가지 않게 그 위에 바탕을 깖. */
export function namesOnTop({ pos }: Frame, box: Box): SVGGElement {
  const group = svg("g", { "aria-hidden": "true" });
  for (const tick of pos.ticks) {
    const y = pos.at(tick) - pos.band / 2 - 2;
    const name = pos.label(tick);
    const size = { width: textWidth(name) + 2, height: 14 };
    const under = { x: box.left, y: y - 12, ...size, class: "lab-under" };
    const at = { x: box.left, y, class: "lab-name" };
    group.append(svg("rect", under), svg("text", at, name));
  }
  return group;
}

const RULE_ROW = 16;

/** 누운 그림에서 기준선의 글이 놓일 위쪽 자리: 안에 적으면 줄과 겹침. */
export function ruleRoom({ sideways, rules }: Plot): number {
  if (!sideways) return 0;
  return rules.filter(({ along }) => along === "val").length * RULE_ROW;
}

export function drawRules(frame: Frame, box: Box): SVGGElement {
  const { plot, pos, val } = frame;
  const group = svg("g", { class: "lab-rules", "aria-hidden": "true" });
  let upright = 0;
  const above = ruleRoom(plot);
  for (const rule of plot.rules) {
    const at = (rule.along === "pos" ? pos : val).at(rule.at);
    if ((rule.along === "pos") === plot.sideways) {
      const ends = { x1: box.left, x2: box.right, y1: at, y2: at };
      group.append(svg("line", ends));
      const where = { x: box.right, y: at - 5, "text-anchor": "end" };
      group.append(svg("text", where, rule.label));
    } else if (plot.sideways) {
      const y = box.top - above + upright * RULE_ROW + 10;
      const ends = { x1: at, x2: at, y1: y + 4, y2: box.bottom };
      group.append(svg("line", ends));
      const half = textWidth(rule.label) / 2;
      const x = Math.max(half, Math.min(box.right + MARGIN - half, at));
      const where = { x, y, "text-anchor": "middle" };
      group.append(svg("text", where, rule.label));
      upright += 1;
    } else {
      const ends = { x1: at, x2: at, y1: box.top - 2, y2: box.bottom };
      group.append(svg("line", ends));
      // 오른쪽 반에서는 왼쪽으로: 그림은 대개 끝으로 갈수록 높아짐
      const late = at > (box.left + box.right) / 2;
      const flip = late || at + textWidth(rule.label) + 8 > box.right;
      const anchor = { "text-anchor": flip ? "end" : "start" };
      const where = { x: at + (flip ? -6 : 6), y: box.top + 8 + upright * 16 };
      group.append(svg("text", { ...where, ...anchor }, rule.label));
      upright += 1;
    }
  }
  return group;
}
