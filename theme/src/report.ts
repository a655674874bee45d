export type Value = number | string | boolean;
export type Answer = string | { value: number; tolerance: number };

export interface Report {
  schema: number;
  name: string;
  params: Record<string, Value>;
  answers: Record<string, Answer>;
  checksum: string | null;
  verdict: Verdict | null;
  views: View[];
  env: Env;
  notes: string[];
}

export interface Verdict {
  headline: string;
  sentence: string;
  choice: string | null;
  number: number | null;
}

export type View =
  | ({ kind: "table" } & Table)
  | ({ kind: "chart" } & Chart)
  | ({ kind: "trace" } & Trace)
  | ({ kind: "text" } & Text)
  | ({ kind: "note" } & Note);

export type Badge = "exact" | "model" | "measured";
export interface Table {
  title: string;
  badge: Badge;
  columns: Column[];
  rows: Cell[][];
}
export interface Column {
  label: string;
  unit: string | null;
  numeric: boolean;
}
export interface Cell {
  text: string;
  value: number | null;
}
export interface Chart {
  title: string;
  badge: Badge;
  x: Axis;
  y: Axis;
  series: Series[];
  marks: Mark[];
}
export interface Axis {
  label: string;
  unit: string;
  scale: Scale;
  categories: string[] | null;
}
export type Scale = "linear" | "log" | "category";
export interface Series {
  name: string;
  shape: Shape;
  points: Point[];
}
export type Shape = "line" | "step" | "bar" | "stack" | "dot";
export interface Point {
  x: number;
  y: number;
  low: number | null;
  high: number | null;
}
export interface Mark {
  axis: AxisName;
  at: number;
  label: string;
}
export type AxisName = "x" | "y";
export interface Trace {
  title: string;
  badge: Badge;
  frames: Frame[];
}
export interface Frame {
  step: string;
  say: string;
  counters: [string, string][];
  lanes: Lane[];
  jumps: [number, number][];
}
export interface Lane {
  label: string;
  size: number;
  cells: LaneCell[];
  group: number;
}
export interface LaneCell {
  at: number;
  text: string;
  tone: Tone;
}
export type Tone = "plain" | "seen" | "now" | "hit" | "dead";
export interface Text {
  title: string;
  badge: Badge;
  lines: string[];
}
export interface Note {
  text: string;
}
export interface Env {
  runtime: string;
  version: string;
  cpu: string;
  threads: number;
  simd: string;
  clock_step_ns: number;
  build: string;
}
