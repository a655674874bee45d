// 그릴 수 있는 모양으로 고친 그래프: 위치 축과 값 축.

import { recall } from "../machine";
import type { Axis, Chart, Column, Cell, Shape } from "../report";
import { even, plain, selfScaled, withUnit } from "../views/format";

/** 위치 `p`에 놓인 값 `v`. */
export interface Dot {
  p: number;
  v: number;
  low: number | null;
  high: number | null;
}

export interface Line {
  name: string;
  shape: Shape;
  /** 색과 모양의 번호: 0–5. */
  look: number;
  dots: Dot[];
}

export interface Rule {
  along: "pos" | "val";
  at: number;
  label: string;
}

export interface Plot {
  title: string;
  pos: Axis;
  val: Axis;
  /** 위치 축이 세로로 서 있음: 막대와 점이 옆으로 뻗음. */
  sideways: boolean;
  lines: Line[];
  rules: Rule[];
  /** 값을 글로: 모두 정수면 그대로, 아니면 유효 숫자 셋. */
  show: (value: number) => string;
  /** 점이 하나라도 있는 위치, 순서대로. */
  stops: number[];
}

export const LOOKS = 6;

export function toPlot(chart: Chart): Plot {
  const sideways = chart.y.scale === "category";
  const [pos, val] = sideways ? [chart.y, chart.x] : [chart.x, chart.y];
  const lines = chart.series.map((series, i) => ({
    name: series.name,
    shape: drawable(series.shape, val),
    look: i % LOOKS,
    dots: series.points
      .map(({ x, y, low, high }) =>
        sideways ? { p: y, v: x, low, high } : { p: x, v: y, low, high },
      )
      .filter(({ p, v }) => Number.isFinite(p) && Number.isFinite(v)),
  }));
  const rules = chart.marks.map(({ axis, at, label }) => {
    const along = (axis === "y") === sideways ? "pos" : "val";
    return { along, at, label } as Rule;
  });
  if (chart.badge === "measured" && pos.unit === "KiB") {
    rules.push(...cacheEnds(lines));
  }
  const stops = [
    ...new Set(lines.flatMap(({ dots }) => dots.map(({ p }) => p))),
  ].sort((a, b) => a - b);
  const values = lines.flatMap(({ dots }) => dots.map(({ v }) => v));
  const show = values.every(Number.isInteger) ? plain : even;
  const title = chart.title;
  return { title, pos, val, sideways, lines, rules, stops, show };
}

/** 기억한 기기의 각 단이 끝나는 크기. 그려진 범위 안의 것만. */
function cacheEnds(lines: Line[]): Rule[] {
  const drawn = lines.flatMap(({ dots }) => dots.map(({ p }) => p));
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  return (recall()?.machine.levels ?? []).flatMap(({ name, kib }) =>
    kib !== null && kib >= low && kib <= high
      ? [{ along: "pos", at: kib, label: `내 ${name}` }]
      : [],
  );
}

/** 로그 축에서는 막대의 길이에 뜻이 없음: 점으로 그림. */
function drawable(shape: Shape, val: Axis): Shape {
  const bar = shape === "bar" || shape === "stack";
  return bar && val.scale === "log" ? "dot" : shape;
}

export const isBar = ({ shape }: Line): boolean =>
  shape === "bar" || shape === "stack";

export function posText(plot: Plot, p: number): string {
  return plot.pos.categories?.[p] ?? withUnit(p, plot.pos.unit);
}

export function dotText(plot: Plot, dot: Dot): string {
  const write = (v: number) => withUnit(v, plot.val.unit, plot.show);
  const text = write(dot.v);
  if (dot.low === null || dot.high === null) return text;
  const [low, high] = [dot.low, dot.high].map(write);
  return `${text} (${low} – ${high})`;
}

/** 이 위치에 점이 있는 묶음들. */
export function dotsAt(plot: Plot, p: number): { line: Line; dot: Dot }[] {
  return plot.lines.flatMap((line) => {
    const dot = line.dots.find((each) => each.p === p);
    return dot ? [{ line, dot }] : [];
  });
}

/** 같은 내용의 표. */
export function toTable(plot: Plot): { columns: Column[]; rows: Cell[][] } {
  const { pos, val, lines } = plot;
  const unit = selfScaled(val.unit) || val.unit === "" ? null : val.unit;
  const posUnit = pos.categories || pos.unit === "" ? null : pos.unit;
  const columns = [
    {
      label: pos.label || "항목",
      unit: posUnit && selfScaled(posUnit) ? null : posUnit,
      numeric: !pos.categories,
    },
    ...lines.map(({ name }) => ({
      label: name || val.label,
      unit,
      numeric: true,
    })),
  ];
  const cellUnit = unit ? "" : val.unit;
  const spread = (dot: Dot): string =>
    dotText({ ...plot, val: { ...val, unit: cellUnit } }, dot);
  const byStop = lines.map(
    ({ dots }) => new Map(dots.map((dot) => [dot.p, dot])),
  );
  const rows = plot.stops.map((p) => {
    const name = pos.categories?.[p];
    const keep = posUnit && !selfScaled(posUnit) ? "" : pos.unit;
    const first = { text: name ?? withUnit(p, keep), value: p };
    const cells = byStop.map((dots) => {
      const dot = dots.get(p);
      return { text: dot ? spread(dot) : "–", value: dot?.v ?? null };
    });
    return [first, ...cells];
  });
  return { columns, rows };
}
