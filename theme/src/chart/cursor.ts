// 자료 커서: 키보드와 포인터가 같은 자리를 가리킴.

import { h, liveRegion, svg } from "../dom";
import { commanded } from "../keys";
import { dotText, dotsAt, posText, type Plot } from "./model";
import type { Box } from "./axes";
import { color, place, posOf, symbolPath, type Frame } from "./shapes";
import { stackTops } from "./scales";

export interface Cursor {
  tip: HTMLElement;
  live: HTMLElement;
  /** 새로 그린 그림에 커서를 다시 붙임. */
  attach(layer: SVGGElement, frame: Frame, box: Box): void;
}

const PAGE = 10;

export function createCursor(plot: Plot, stage: HTMLElement): Cursor {
  const tip = h("div", { class: "lab-tip", "aria-hidden": "true" });
  tip.hidden = true;
  const live = liveRegion();
  const stacked = stackTops(plot).length > 0;
  let index = -1;
  let at: { layer: SVGGElement; frame: Frame; box: Box } | null = null;

  function clear(): void {
    at?.layer.replaceChildren();
    tip.hidden = true;
  }

  function show(next: number): void {
    if (!at || plot.stops.length === 0) return;
    index = Math.max(0, Math.min(plot.stops.length - 1, next));
    const { layer, frame, box } = at;
    const p = plot.stops[index]!;
    layer.replaceChildren(guide(frame, box, p));
    if (!stacked) layer.append(...rings(frame, p));
    fillTip(plot, tip, p);
    tip.hidden = false;
    const [x, y] = place(frame, frame.pos.at(p), box.top);
    const { sideways } = frame.plot;
    const left = sideways ? box.left : x;
    const room = stage.clientWidth - tip.offsetWidth;
    const side = left + 12 > room ? left - tip.offsetWidth - 12 : left + 12;
    tip.style.left = `${Math.max(0, Math.min(room, side))}px`;
    tip.style.top = `${sideways ? y + 14 : box.top}px`;
  }

  function nearest(event: PointerEvent): number {
    const { frame } = at!;
    const bounds = stage.getBoundingClientRect();
    const here = frame.plot.sideways
      ? event.clientY - bounds.top
      : event.clientX - bounds.left;
    let [best, least] = [0, Infinity];
    plot.stops.forEach((p, i) => {
      const distance = Math.abs(frame.pos.at(p) - here);
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  stage.addEventListener("keydown", (event) => {
    if (commanded(event)) return;
    const next = target(event.key, index, plot.stops.length);
    if (next !== null && plot.stops.length > 0) {
      event.preventDefault();
      show(next);
      live.textContent = sentence(plot, plot.stops[index]!);
    } else if (event.key === "Escape") {
      clear();
    }
  });
  stage.addEventListener("pointermove", (event) => {
    if (at) show(nearest(event));
  });
  stage.addEventListener("pointerleave", clear);
  stage.addEventListener("blur", clear);

  return {
    tip,
    live,
    attach(layer, frame, box) {
      at = { layer, frame, box };
      tip.hidden = true;
    },
  };
}

function target(key: string, index: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return index + 1;
    case "ArrowLeft":
    case "ArrowUp":
      return index - 1;
    case "PageDown":
      return index + PAGE;
    case "PageUp":
      return index - PAGE;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

function guide(frame: Frame, box: Box, p: number): SVGLineElement {
  const at = frame.pos.at(p);
  const ends = frame.plot.sideways
    ? { x1: box.left, x2: box.right, y1: at, y2: at }
    : { x1: at, x2: at, y1: box.top, y2: box.bottom };
  return svg("line", { ...ends, class: "lab-guide" });
}

function rings(frame: Frame, p: number): SVGCircleElement[] {
  return dotsAt(frame.plot, p).map(({ line, dot }) => {
    const along = posOf(frame, line, dot);
    const [cx, cy] = place(frame, along, frame.val.at(dot.v));
    const stroke = color(line.look);
    return svg("circle", { cx, cy, r: 7, class: "lab-ring", stroke });
  });
}

function fillTip(plot: Plot, tip: HTMLElement, p: number): void {
  const rows = dotsAt(plot, p).map(({ line, dot }) => {
    const d = symbolPath(line.look, 60);
    const box = { viewBox: "-7 -7 14 14", width: 11, height: 11 };
    const mark = svg("svg", box, svg("path", { d, fill: color(line.look) }));
    const name = plot.lines.length > 1 ? `${line.name} ` : "";
    return h("span", {}, mark, ` ${name}`, h("b", {}, dotText(plot, dot)));
  });
  const head = `${plot.pos.label} ${posText(plot, p)}`.trim();
  tip.replaceChildren(h("span", { class: "lab-tip-head" }, head), ...rows);
}

function sentence(plot: Plot, p: number): string {
  const values = dotsAt(plot, p).map(
    ({ line, dot }) => `${line.name} ${dotText(plot, dot)}`.trim(),
  );
  return `${plot.pos.label} ${posText(plot, p)}: ${values.join(", ")}`;
}
