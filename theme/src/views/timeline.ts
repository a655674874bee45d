// 가로가 시간인 그림: 줄마다 구간과 순간.

import { axisBottom } from "d3-axis";
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { installPatterns } from "../chart/shapes";
import { h, liveRegion, onWidth, svg } from "../dom";
import { commanded } from "../keys";
import type { Span, Timeline, TimeLane, Tone } from "../report";
import {
  axisTitle,
  plain,
  selfScaled,
  textWidth,
  tick,
  withUnit,
} from "./format";
import { caption, tableElement } from "./table";
import { addTwin } from "./twin";

const SPAN_LIMIT = 2000;
const HELP = "왼쪽·오른쪽 화살표 키로 구간을, 위·아래 화살표 키로 줄을 옮김";
/** 한 무늬의 이름이 이보다 많으면 풀이가 되지 못함. */
const MOST_NAMES = 6;
/** 줄이 이보다 많으면 낮게 그림. */
const MANY = 24;
const PAGE = 10;
const AXIS = 40;

/** 화면에 놓인 그림. */
interface Layout {
  lanes: TimeLane[];
  x: ScaleLinear<number, number>;
  left: number;
  right: number;
  /** 줄 하나의 높이와 그 안에서 구간이 놓이는 자리. */
  row: number;
  top: number;
  bar: number;
  onTop: boolean;
}

export function renderTimeline(view: Timeline): HTMLElement {
  installPatterns();
  const lanes = firstSpans(view.lanes);
  const spans = lanes.flatMap((lane) => lane.spans);
  const figure = h("figure", { class: "lab-view lab-chart lab-timeline" });
  const head = caption(view.title, view.badge);
  const stage = h("div", { class: "lab-stage", tabindex: 0 });
  // 화살표 키를 그림이 받으므로 응용 프로그램으로 알림
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "시간 그림");
  stage.setAttribute("aria-label", `${view.title}. ${HELP}`);
  const cursor = createCursor(lanes, stage, view.unit);
  const holder = h("div", { class: "lab-plot" });
  stage.append(holder, cursor.tip, cursor.live);
  onWidth(stage, (width) => {
    const at = layout(lanes, width);
    holder.replaceChildren(drawLanes(at, cursor.layer), drawAxis(at, view));
    cursor.attach(at);
  });
  const picture = h("div", {}, ...legend(lanes), stage);
  addTwin(head, picture, () => table(view, lanes));
  figure.append(head, picture);
  const all = view.lanes.reduce((sum, lane) => sum + lane.spans.length, 0);
  if (all > spans.length) {
    const [many, most] = [all, SPAN_LIMIT].map(plain);
    const text = `구간 ${many}개 가운데 앞의 ${most}개만 그림`;
    figure.append(h("p", { class: "lab-hint" }, text));
  }
  return figure;
}

/** 무늬마다 그것으로 그린 구간의 이름. 하나라도 풀지 못하면 보이지 않음. */
function legend(lanes: TimeLane[]): HTMLElement[] {
  let names = byTone(lanes, ({ label }) => label);
  if (names.size < 2) return [];
  if (unclear(names)) {
    names = shapes(lanes);
    if (unclear(names)) return [];
  }
  const items = [...names].map(([tone, labels]) => {
    const attrs = { class: `lab-key lab-tint-${tone}`, "aria-hidden": "true" };
    return h("li", {}, h("span", attrs), [...labels].join(" · "));
  });
  return [h("ul", { class: "lab-legend" }, ...items)];
}

type Names = Map<Tone, Set<string>>;

/** 무늬 하나의 이름이 너무 많거나, 이름 하나가 두 무늬에 있음. */
function unclear(names: Names): boolean {
  const sets = [...names.values()];
  const all = sets.flatMap((labels) => [...labels]);
  return (
    sets.some(({ size }) => size > MOST_NAMES) || new Set(all).size < all.length
  );
}

/** 무늬마다 그것으로 그린 구간에서 얻은 것. */
function byTone<T>(
  lanes: TimeLane[],
  of: (span: Span, lane: TimeLane) => T,
): Map<Tone, Set<T>> {
  const found = new Map<Tone, Set<T>>();
  for (const lane of lanes) {
    for (const span of lane.spans) {
      const known = found.get(span.tone) ?? new Set();
      found.set(span.tone, known.add(of(span, lane)));
    }
  }
  return found;
}

/** 번호 붙은 구간의 꼴: `n (n번째)`. 무늬와 줄이 짝이면 줄의 이름. */
function shapes(lanes: TimeLane[]): Names {
  const homes = byTone(lanes, (_, lane) => lane);
  const paired = new Set<TimeLane>();
  for (const [tone, [home, another]] of homes) {
    if (!home || another) continue;
    if (home.spans.every((span) => span.tone === tone)) paired.add(home);
  }
  const labels = lanes.flatMap(({ spans }) => spans.map(({ label }) => label));
  // 다른 꼴의 번호가 없으면 n은 무엇의 n인지 알 수 없음
  const bare = labels.every((label) => NUMBER.test(label) || !/\d/.test(label));
  const shapeOf = (label: string): string =>
    bare && NUMBER.test(label) ? "번호" : label.replace(/\d[\d,]*/g, "n");
  return byTone(lanes, ({ label }, lane) =>
    paired.has(lane) ? lane.label : shapeOf(label),
  );
}

const NUMBER = /^[\d,]+$/;

function firstSpans(lanes: TimeLane[]): TimeLane[] {
  let room = SPAN_LIMIT;
  return lanes.map(({ label, spans }) => {
    const shown = spans.slice(0, room);
    room -= shown.length;
    return { label, spans: shown };
  });
}

function layout(lanes: TimeLane[], width: number): Layout {
  const longest = Math.max(0, ...lanes.map(({ label }) => textWidth(label)));
  const onTop = longest > width * 0.34;
  const [room, bar] = lanes.length > MANY ? [19, 14] : [26, 18];
  const top = (onTop ? 15 : 0) + (room - bar) / 2;
  const row = room + (onTop ? 15 : 0);
  const left = onTop ? 8 : longest + 14;
  const right = width - 18;
  const spans = lanes.flatMap((lane) => lane.spans);
  let low = Math.min(...spans.map(({ start }) => start));
  let high = Math.max(...spans.map(({ end }) => end));
  if (spans.length === 0) [low, high] = [0, 1];
  const x = scaleLinear([low, high > low ? high : low + 1], [left, right]);
  return { lanes, x, left, right, row, top, bar, onTop };
}

/** 모두 정수인 시각은 정수에만 눈금을 놓음. */
function ticksOf({ lanes, x, left, right }: Layout): number[] {
  const whole = lanes.every(({ spans }) =>
    spans.every(({ start, end }) => start % 1 === 0 && end % 1 === 0),
  );
  const count = Math.max(2, Math.min(10, Math.floor((right - left) / 60)));
  return x.ticks(count).filter((at) => !whole || at % 1 === 0);
}

function drawLanes(at: Layout, layer: SVGGElement): SVGSVGElement {
  const { lanes, x, left, right, row, onTop } = at;
  const height = lanes.length * row;
  const grid = svg("g", { class: "lab-grid" });
  for (const time of ticksOf(at)) {
    const ends = { x1: x(time), x2: x(time), y1: 0, y2: height };
    grid.append(svg("line", ends));
  }
  const root = svg("svg", {
    width: right + 18,
    height,
    "aria-hidden": "true",
  });
  root.append(grid);
  lanes.forEach((lane, i) => {
    const where = onTop
      ? { x: left, y: i * row + 13 }
      : { x: left - 8, y: i * row + row / 2 + 4, "text-anchor": "end" };
    root.append(svg("text", where, lane.label));
    root.append(...lane.spans.map((span) => drawSpan(at, span, i)));
  });
  root.append(layer);
  return root;
}

/** 구간이 놓인 네모. 아주 짧아도 보이게 하고, 낮은 멈춤은 조금 더 넓힘. */
function boxOf({ x, row, top, bar }: Layout, span: Span, lane: number) {
  const from = x(span.start);
  const least = span.tone === "dead" ? 3 : 1;
  const width = Math.max(least, x(span.end) - from);
  return { x: from, y: lane * row + top, width, height: bar };
}

function drawSpan(at: Layout, span: Span, lane: number): SVGGElement {
  const group = svg("g", { class: `lab-span lab-tint-${span.tone}` });
  const { x, y, width, height } = boxOf(at, span, lane);
  if (span.start === span.end) {
    const d = `M${x} ${y}l4 4l-4 4l-4 -4zM${x} ${y}v${height}`;
    group.append(svg("path", { d }));
    return group;
  }
  // 멈춤은 낮게: 좁은 칸에서도 모양으로 갈림
  const low = span.tone === "dead" ? height * 0.3 : 0;
  const size = { x, y: y + low, width, height: height - low * 2 };
  group.append(svg("rect", { ...size, rx: width > 8 ? 2 : 0 }));
  if (textWidth(span.label) + 4 <= width) {
    const middle = { x: x + width / 2, y: y + height / 2 + 4 };
    group.append(svg("text", middle, span.label));
  }
  return group;
}

/** 줄이 많아 위아래로 움직여도 늘 보이는 축. */
function drawAxis(at: Layout, view: Timeline): SVGSVGElement {
  const { x, left, right } = at;
  const axis = axisBottom(x)
    .tickValues(ticksOf(at))
    .tickFormat((time) => tick(Number(time), view.unit))
    .tickSizeInner(4)
    .tickSizeOuter(0)
    .tickPadding(6);
  const group = svg("g", { transform: "translate(0,1)" });
  select(group).call(axis).attr("font-family", null).attr("font-size", null);
  const name = axisTitle(view.axis, view.unit);
  const end = { x: right, y: AXIS - 4, "text-anchor": "end" };
  const root = svg("svg", {
    class: "lab-time-axis",
    width: right + 18,
    height: AXIS,
    "aria-hidden": "true",
  });
  const line = { x1: left, x2: right, y1: 1, y2: 1, class: "domain" };
  root.append(svg("line", line), group, svg("text", end, name));
  return root;
}

function rangeText(span: Span, unit: string): string {
  const [start, end] = [span.start, span.end].map((at) => withUnit(at, unit));
  if (span.start === span.end) return start!;
  const from = selfScaled(unit) ? start! : plain(span.start);
  return `${from}–${end} (${withUnit(span.end - span.start, unit)})`;
}

function createCursor(lanes: TimeLane[], stage: HTMLElement, unit: string) {
  const tip = h("div", { class: "lab-tip", "aria-hidden": "true" });
  tip.hidden = true;
  const live = liveRegion();
  const layer = svg("g");
  let at: Layout | null = null;
  let [lane, index] = [0, -1];

  function clear(): void {
    layer.replaceChildren();
    tip.hidden = true;
  }

  function show(): void {
    const row = lanes[lane];
    const span = row?.spans[index];
    if (!at || !row || !span) return clear();
    const box = boxOf(at, span, lane);
    const line = { x1: box.x, x2: box.x, y1: 0, y2: lanes.length * at.row };
    layer.replaceChildren(
      svg("line", { ...line, class: "lab-guide" }),
      svg("rect", {
        x: box.x - 2,
        y: box.y - 2,
        width: box.width + 4,
        height: box.height + 4,
        rx: 3,
        class: "lab-ring",
      }),
    );
    const parts = [span.label, rangeText(span, unit)].filter(Boolean);
    tip.replaceChildren(
      h("span", { class: "lab-tip-head" }, row.label),
      ...parts.map((text) => h("b", {}, text)),
    );
    tip.hidden = false;
    const room = stage.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, box.x + 12))}px`;
    // 아래에 자리가 없으면 위에 놓음
    const below = box.y + box.height + 8;
    const bottom = stage.scrollTop + stage.clientHeight - AXIS;
    const above = Math.max(0, box.y - tip.offsetHeight - 8);
    const fits = below + tip.offsetHeight <= bottom;
    tip.style.top = `${fits ? below : above}px`;
  }

  /** 옮겨 간 줄에서 같은 때의 구간. */
  function nearest(time: number): number {
    let [best, least] = [-1, Infinity];
    lanes[lane]?.spans.forEach(({ start, end }, i) => {
      const away = Math.max(start - time, time - end, 0);
      if (away < least) [best, least] = [i, away];
    });
    return best;
  }

  function toLane(next: number): void {
    const here = lanes[lane]?.spans[index];
    lane = Math.max(0, Math.min(lanes.length - 1, next));
    index = here ? nearest((here.start + here.end) / 2) : 0;
  }

  function move(key: string): boolean {
    const last = (lanes[lane]?.spans.length ?? 0) - 1;
    if (key === "ArrowRight") index = Math.min(last, index + 1);
    else if (key === "ArrowLeft") index = Math.max(0, index - 1);
    else if (key === "Home") index = 0;
    else if (key === "End") index = last;
    else if (key === "ArrowDown") toLane(lane + 1);
    else if (key === "ArrowUp") toLane(lane - 1);
    else if (key === "PageDown") toLane(lane + PAGE);
    else if (key === "PageUp") toLane(lane - PAGE);
    else return false;
    return true;
  }

  function reveal(): void {
    if (!at) return;
    const [top, bottom] = [lane * at.row, (lane + 1) * at.row];
    const room = stage.clientHeight - AXIS;
    if (top < stage.scrollTop) stage.scrollTop = top;
    if (bottom > stage.scrollTop + room) stage.scrollTop = bottom - room;
  }

  function point(event: PointerEvent): void {
    if (!at || lanes.length === 0) return;
    const bounds = stage.getBoundingClientRect();
    const down = event.clientY - bounds.top + stage.scrollTop;
    const under = Math.floor(down / at.row);
    if (under >= lanes.length) return;
    lane = Math.max(0, under);
    index = nearest(at.x.invert(event.clientX - bounds.left));
    show();
  }

  stage.addEventListener("keydown", (event) => {
    if (commanded(event)) return;
    if (event.key === "Escape") return clear();
    if (!move(event.key)) return;
    event.preventDefault();
    reveal();
    show();
    const row = lanes[lane];
    const span = row?.spans[index];
    const text = span
      ? `${span.label} ${rangeText(span, unit)}`
      : "구간이 없음";
    live.textContent = `${row?.label ?? ""}: ${text}`;
  });
  stage.addEventListener("pointermove", point);
  stage.addEventListener("pointerdown", point);
  stage.addEventListener("pointerleave", clear);
  stage.addEventListener("blur", clear);

  return {
    tip,
    live,
    layer,
    attach(next: Layout): void {
      at = next;
      clear();
    },
  };
}

function table(view: Timeline, lanes: TimeLane[]): HTMLElement {
  const unit = selfScaled(view.unit) || view.unit === "" ? null : view.unit;
  const numeric = (label: string) => ({ label, unit, numeric: true });
  const columns = [
    { label: "줄", unit: null, numeric: false },
    { label: "구간", unit: null, numeric: false },
    ...["시작", "끝", "길이"].map(numeric),
  ];
  const cell = (value: number) => ({
    text: withUnit(value, unit ? "" : view.unit),
    value,
  });
  const rows = lanes.flatMap(({ label, spans }) =>
    spans.map((span) => [
      { text: label, value: null },
      { text: span.label, value: null },
      ...[span.start, span.end, span.end - span.start].map(cell),
    ]),
  );
  return tableElement(columns, rows, `${view.title} 표`);
}
