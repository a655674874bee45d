// 축: 자료의 범위에서 눈금과 화면 좌표를 정함.

import { scaleBand, scaleLinear, scaleLog } from "d3-scale";
import type { Axis } from "../report";
import { selfScaled, tick } from "../views/format";
import { isBar, type Plot } from "./model";

export interface Ruler {
  /** 값 → 화면 좌표. */
  at: (value: number) => number;
  /** 범주 하나의 폭. 이어진 축이면 0. */
  band: number;
  ticks: number[];
  label: (value: number) => string;
}

function extent(values: number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

export function posRuler(
  plot: Plot,
  range: [number, number],
  space: number,
): Ruler {
  const { pos, stops } = plot;
  if (pos.categories) {
    const names = pos.categories;
    const domain = names.map((_, i) => i);
    const scale = scaleBand<number>(domain, range).paddingInner(space);
    scale.paddingOuter(space / 2);
    const band = scale.bandwidth();
    return {
      at: (value) => (scale(value) ?? 0) + band / 2,
      band,
      ticks: domain,
      label: (value) => names[value] ?? "",
    };
  }
  const marks = plot.rules.filter(({ along }) => along === "pos");
  const reach = extent([...stops, ...marks.map(({ at }) => at)]);
  if (plot.lines.some(isBar)) {
    const half = gap(stops) / 2;
    reach[0] -= half;
    reach[1] += half;
  }
  const whole = stops.every(Number.isInteger);
  return continuous(pos, reach, range, whole, false);
}

export function valRuler(plot: Plot, range: [number, number]): Ruler {
  const dots = plot.lines.flatMap((line) => line.dots);
  const marks = plot.rules.filter(({ along }) => along === "val");
  const reach = extent([
    ...dots.flatMap(({ v, low, high }) => [v, low ?? v, high ?? v]),
    ...stackTops(plot),
    ...marks.map(({ at }) => at),
  ]);
  const [low, high] = reach;
  const zero = plot.lines.some(isBar) || low < high / 2;
  if (zero && plot.val.scale === "linear") reach[0] = Math.min(0, low);
  const whole = dots.every(({ v }) => Number.isInteger(v));
  return continuous(plot.val, reach, range, whole, true);
}

export function stackTops(plot: Plot): number[] {
  const tops = new Map<number, number>();
  for (const { shape, dots } of plot.lines) {
    if (shape !== "stack") continue;
    for (const { p, v } of dots) tops.set(p, (tops.get(p) ?? 0) + v);
  }
  return [...tops.values()];
}

/** 가장 가까운 두 위치 사이. 막대의 폭이 됨. */
export function gap(stops: number[]): number {
  let least = Infinity;
  for (let i = 1; i < stops.length; i += 1) {
    least = Math.min(least, stops[i]! - stops[i - 1]!);
  }
  return Number.isFinite(least) ? least : 1;
}

function continuous(
  axis: Axis,
  reach: [number, number],
  range: [number, number],
  whole: boolean,
  nice: boolean,
): Ruler {
  const label = (value: number) => tick(value, axis.unit);
  const room = Math.abs(range[1] - range[0]);
  const most = Math.max(2, Math.floor(room / (upright(range) ? 30 : 60)));
  if (axis.scale === "log") {
    const scale = scaleLog(logReach(reach, nice), range);
    const [from, to] = scale.domain() as [number, number];
    const ticks = thin(logTicks(from, to, axis.unit), most);
    return { at: (value) => scale(value), band: 0, ticks, label };
  }
  if (reach[0] === reach[1]) reach[1] = reach[0] + 1;
  const scale = scaleLinear(reach, range);
  const count = upright(range) ? Math.floor(room / 46) : Math.min(7, most);
  if (inBytes(axis.unit)) {
    const step = byteStep(reach[1] - reach[0], Math.min(5, most));
    const top = nice ? Math.ceil(reach[1] / step) * step : reach[1];
    scale.domain([reach[0], top]);
    const first = Math.ceil(reach[0] / step);
    const length = Math.floor(top / step) - first + 1;
    const ticks = Array.from({ length }, (_, i) => (first + i) * step);
    return { at: (value) => scale(value), band: 0, ticks, label };
  }
  if (nice) scale.nice(count);
  const ticks = scale.ticks(count).filter((v) => !whole || v % 1 === 0);
  return { at: (value) => scale(value), band: 0, ticks, label };
}

/** 위아래로 선 축인가. 눈금의 글이 낮으므로 더 촘촘해도 됨. */
const upright = ([from, to]: [number, number]): boolean => from > to;

const inBytes = (unit: string): boolean => selfScaled(unit) && unit !== "ns";

/** 2의 거듭제곱인 간격. */
const byteStep = (reach: number, count: number): number =>
  2 ** Math.max(0, Math.ceil(Math.log2(reach / count)));

const thin = (ticks: number[], most: number): number[] => {
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, i) => i % step === 0);
};

function logReach([low, high]: [number, number], pad: boolean) {
  const from = low > 0 ? low : 1e-3;
  const to = Math.max(high, from * 2);
  if (!pad) return [from, to] as const;
  const [first, last] = [Math.log10(from), Math.log10(to)];
  const edge = (last - first) * 0.06;
  // 수의 끝을 넘는 축은 눈금을 세다 멈추지 못함
  const clamp = (power: number) => 10 ** Math.max(-300, Math.min(300, power));
  return [clamp(first - edge), clamp(last + edge)] as const;
}

/** 10의 거듭제곱. 크기의 축은 2의 거듭제곱. 너무 적으면 사이를 채움. */
function logTicks(from: number, to: number, unit: string): number[] {
  const binary = inBytes(unit);
  const base = binary ? 2 : 10;
  const first = Math.floor(Math.log(from) / Math.log(base));
  const last = Math.ceil(Math.log(to) / Math.log(base));
  const between = !binary && last - first <= 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += 1) {
    for (const digit of between) ticks.push(digit * base ** power);
  }
  const shown = ticks.filter((value) => value >= from && value <= to);
  // 한 자릿수도 벌어지지 않은 축: 고른 눈금이 더 잘 읽힘
  return shown.length > 2 ? shown : scaleLinear([from, to], [0, 1]).ticks(4);
}
