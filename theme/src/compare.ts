// 세 구현의 답과 시간을 나란히 놓음.

import { h } from "./dom";
import type { Column, Outcome, Timing } from "./data";
import type { Answer, Chart, Series } from "./report";
import { renderChart } from "./chart/chart";
import { LOOKS } from "./chart/model";
import { grouped, paramText } from "./views/format";

const CAUTION =
  "서로 다른 실행 환경의 시간이므로 배수는 이 기기에서만 유효함";
const BAND = "띠는 p10–p90, 오래 걸려 표본이 일곱이면 최소–최대";
const ALONE =
  "Python을 실행하거나 내 컴퓨터의 결과를 붙이면 여기에서 나란히 견줌";

/** 첫 열을 기준으로 나머지를 견줌. */
export function compareColumns(columns: Column[]): HTMLElement[] {
  const [first, ...rest] = columns;
  if (!first) return [];
  const same = rest.filter(({ outcome }) => sameParams(first, outcome));
  const other = rest.filter((column) => !same.includes(column));
  const parts: HTMLElement[] = [];
  const alone = h("p", { class: "lab-hint" }, ALONE);
  parts.push(same.length > 0 ? verdict(first, same) : alone);
  parts.push(answerTable(first, same));
  parts.push(...other.map((column) => differs(first, column)));
  parts.push(...timeCharts(columns.filter((c) => !other.includes(c))));
  return parts;
}

/** 하나에라도 있는 이름. */
const keysOf = (...records: object[]): string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];

function sameParams(first: Column, outcome: Outcome): boolean {
  return differentParams(first, outcome).length === 0;
}

function differentParams({ outcome: mine }: Column, other: Outcome): string[] {
  const text = (value: unknown): string => String(value);
  return keysOf(mine.params, other.params).filter(
    (name) => text(mine.params[name]) !== text(other.params[name]),
  );
}

function differs(first: Column, { title, outcome }: Column): HTMLElement {
  const [mine, theirs] = [first.outcome.params, outcome.params];
  const shown = (value: unknown): string => paramText(String(value ?? "없음"));
  const list = differentParams(first, outcome).map(
    (name) => `${name} ${shown(mine[name])} ↔ ${shown(theirs[name])}`,
  );
  const text = `${title}: 매개변수가 달라 견주지 않음 (${list.join(", ")})`;
  return h("p", { class: "lab-note" }, text);
}

export function agrees(a?: Answer, b?: Answer): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a === "string" || typeof b === "string") return a === b;
  return Math.abs(a.value - b.value) <= a.tolerance;
}

function agreement(first: Column, { outcome }: Column): boolean {
  const { answers, checksum } = first.outcome;
  const values = keysOf(answers, outcome.answers).every((key) =>
    agrees(answers[key], outcome.answers[key]),
  );
  return values && (checksum ?? null) === (outcome.checksum ?? null);
}

function verdict(first: Column, rest: Column[]): HTMLElement {
  const wrong = rest.filter((column) => !agreement(first, column));
  const ok = wrong.length === 0;
  const line = h("p", { class: `lab-agree ${ok ? "lab-yes" : "lab-no"}` });
  line.append(h("b", {}, ok ? "값 일치 ✔" : "불일치 ✘"));
  const named = (columns: Column[]) => columns.map(({ title }) => title);
  const right = [first, ...rest].filter((column) => !wrong.includes(column));
  const sides = [named(right).join(" = "), named(wrong).join(", ")];
  line.append(" ", sides.slice(0, ok ? 1 : 2).join(" ≠ "));
  if (first.outcome.checksum) {
    line.append(" · 체크섬 ", h("code", {}, first.outcome.checksum));
  }
  return line;
}

const answerText = (answer?: Answer): string =>
  answer === undefined
    ? "–"
    : typeof answer === "string"
      ? answer.replace(/^\d+$/, grouped)
      : `${answer.value} ± ${answer.tolerance}`;

function answerTable(first: Column, rest: Column[]): HTMLElement {
  const all = [first, ...rest];
  const head = all.map(({ title }) =>
    h("th", { scope: "col", class: "lab-num" }, title),
  );
  // 한쪽에만 있는 답도 어긋난 것이므로 보임
  const keys = keysOf(...all.map(({ outcome }) => outcome.answers));
  const rows = keys.map((key) => {
    const mine = first.outcome.answers[key];
    const cells = all.map(({ outcome }) => {
      const theirs = outcome.answers[key];
      const bad = !agrees(mine, theirs);
      const text = answerText(theirs) + (bad ? " ✘" : "");
      return h("td", { class: `lab-num${bad ? " lab-no" : ""}` }, text);
    });
    return h("tr", {}, h("th", { scope: "row" }, h("code", {}, key)), ...cells);
  });
  const table = h("table", { class: "lab-table lab-answers" });
  const corner = h("th", { scope: "col" }, "답");
  table.append(h("thead", {}, h("tr", {}, corner, ...head)));
  table.append(h("tbody", {}, ...rows, checksumRow(all)));
  const attrs = { class: "lab-scroll", tabindex: 0, role: "group" };
  return h("div", { ...attrs, "aria-label": "구현별 답" }, table);
}

function checksumRow(columns: Column[]): HTMLElement {
  const [first] = columns;
  const cells = columns.map(({ outcome }) => {
    const bad = outcome.checksum !== first?.outcome.checksum;
    const text = (outcome.checksum ?? "없음") + (bad ? " ✘" : "");
    const name = `lab-num lab-sum${bad ? " lab-no" : ""}`;
    return h("td", { class: name }, text);
  });
  return h("tr", {}, h("th", { scope: "row" }, "체크섬"), ...cells);
}

/** 같은 제목의 측정 그래프를 환경마다 한 묶음으로 겹침. */
function timeCharts(columns: Column[]): HTMLElement[] {
  const titles = [
    ...new Set(columns.flatMap(({ outcome }) => outcome.charts.map(titleOf))),
  ];
  const charts = titles.flatMap((title, i) => merge(title, columns, i === 0));
  const shown = charts.filter((chart) => chart.series.length > 1);
  if (shown.length === 0) return [];
  const caution = h("p", { class: "lab-hint" }, `${CAUTION} · ${BAND}`);
  return [...shown.map((chart) => renderChart(chart)), caution];
}

const titleOf = ({ title }: Chart): string => title;

function merge(title: string, columns: Column[], first: boolean): Chart[] {
  const found = columns.flatMap((column) => {
    const chart = column.outcome.charts.find((c) => c.title === title);
    return chart ? [{ column, chart }] : [];
  });
  const base = found[0]!.chart;
  const names = [...(base.y.categories ?? [])];
  const series = found.flatMap(({ column, chart }) =>
    chart.series.map((each) => rename(each, column, chart, names)),
  );
  if (first && base.y.categories && base.x.unit === "ns") {
    // 사다리에는 파이썬의 단이 이미 있음
    const drawn = new Set(series.flatMap(({ points }) => points.map(spot)));
    for (const { title: env, outcome } of columns) {
      const dots = outcome.timings.map((timing) => dotOf(timing, names));
      const points = dots.filter((dot) => !drawn.has(spot(dot)));
      if (points.length > 0) series.push({ name: env, shape: "dot", points });
    }
  }
  const y = { ...base.y, categories: base.y.categories ? names : null };
  const whole = { ...base, y, series, marks: [] };
  if (series.length <= LOOKS || base.y.categories) return [whole];
  return apart(found, whole);
}

const spot = ({ x, y }: { x: number; y: number }): string => `${x} ${y}`;

/** 한 그래프에 담기 어려우면 방법마다 하나: 선은 환경임. */
function apart(found: { column: Column; chart: Chart }[], whole: Chart): Chart[] {
  const names = new Set(
    found.flatMap(({ chart }) => chart.series.map(({ name }) => name)),
  );
  return [...names].map((name) => {
    const series = found.flatMap(({ column, chart }) =>
      chart.series
        .filter((each) => each.name === name)
        .map((each) => ({ ...each, name: column.title })),
    );
    return { ...whole, title: `${whole.title}: ${name}`, series };
  });
}

/** 범주의 번호는 그래프마다 다르므로 이름으로 다시 맞춤. */
function rename(
  series: Series,
  { title }: Column,
  { y, series: all }: Chart,
  names: string[],
): Series {
  const name = all.length > 1 ? `${series.name} · ${title}` : title;
  if (!y.categories) return { ...series, name };
  const points = series.points.map((point) => ({
    ...point,
    y: indexIn(names, y.categories?.[point.y] ?? ""),
  }));
  return { ...series, name, points };
}

function dotOf({ name, ns }: Timing, names: string[]) {
  const { median, p10, p90 } = ns;
  return { x: median, y: indexIn(names, name), low: p10, high: p90 };
}

function indexIn(names: string[], name: string): number {
  const at = names.indexOf(name);
  return at >= 0 ? at : names.push(name) - 1;
}
