// 장마다, 예측이 얼마나 어긋났는가: 그림과 표.

import { renderChart } from "../chart/chart";
import { h } from "../dom";
import type { Cell, Chart } from "../report";
import { plain } from "../views/format";
import { tableElement } from "../views/table";
import { byChapter, chapterName } from "./chapters";
import type { Entry } from "./schema";
import { scoreOf } from "./score";

/** 한 장의 성적. */
interface Tally {
  name: string;
  /** 예측 ÷ 정답, 작은 것부터. */
  ratios: number[];
  right: number;
  choices: number;
  agreed: number;
  pairs: number;
}

export function showCalibration(first: Set<Entry>): HTMLElement[] {
  const groups = byChapter(first, ({ chapter }) => chapter);
  const tallies = groups.map(([folder, entries]) =>
    tally(chapterName(folder), entries),
  );
  if (tallies.length === 0) return [];
  const drawn = tallies.filter(({ ratios }) => ratios.length > 0);
  const title = h("figcaption", { class: "lab-caption" });
  title.append(h("b", {}, TITLE));
  return [
    ...(drawn.length > 0 ? [renderChart(chartOf(drawn), title)] : []),
    tableOf([...tallies, tally("모두", [...first])]),
  ];
}

function tally(name: string, entries: Entry[]): Tally {
  const sum: Tally = {
    name,
    ratios: [],
    right: 0,
    choices: 0,
    agreed: 0,
    pairs: 0,
  };
  for (const score of entries.map(scoreOf)) {
    if (score?.kind === "number" && score.ratio !== null) {
      sum.ratios.push(score.ratio);
    } else if (score?.kind === "choice") {
      sum.choices += 1;
      sum.right += Number(score.right);
    } else if (score?.kind === "order") {
      sum.agreed += score.agreed;
      sum.pairs += score.pairs;
    }
  }
  sum.ratios.sort((a, b) => a - b);
  return sum;
}

const TITLE = "수 예측 ÷ 정답: 점은 장의 중앙값, 띠는 가장 작은 것과 큰 것";

function chartOf(tallies: Tally[]): Chart {
  const names = tallies.map(({ name }) => name);
  const points = tallies.map(({ ratios }, y) => {
    const [low, high] = [ratios[0]!, ratios.at(-1)!];
    const alone = ratios.length === 1;
    const ends = alone ? { low: null, high: null } : { low, high };
    return { x: median(ratios), y, ...ends };
  });
  return {
    title: TITLE,
    badge: "measured",
    x: { label: "예측 ÷ 정답", unit: "배", scale: "log", categories: null },
    y: { label: "장", unit: "", scale: "category", categories: names },
    series: [{ name: "예측 ÷ 정답", shape: "dot", points }],
    marks: [{ axis: "x", at: 1, label: "정답" }],
  };
}

/** 로그 축의 가운데: 짝수 개면 둘의 기하 평균. */
function median(sorted: number[]): number {
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1]!, sorted[Math.floor(half)]!];
  return Math.sqrt(low * high);
}

/** 어느 쪽으로든 몇 배 어긋났는가. */
function misfit(ratios: number[]): number {
  const logs = ratios.map((ratio) => Math.abs(Math.log(ratio)));
  return Math.exp(logs.reduce((a, b) => a + b) / logs.length);
}

function tableOf(tallies: Tally[]): HTMLElement {
  const columns = [
    { label: "장", unit: null, numeric: false },
    { label: "수 예측", unit: "개", numeric: true },
    { label: "어긋난 배수", unit: "배", numeric: true },
    { label: "맞힌 고르기", unit: null, numeric: true },
    { label: "맞은 쌍", unit: null, numeric: true },
  ];
  const cell = (text: string): Cell => ({ text, value: null });
  const of = (part: number, all: number): Cell =>
    cell(all === 0 ? "–" : `${part} / ${all}`);
  const rows = tallies.map(({ name, ratios, ...counts }) => [
    cell(name),
    cell(String(ratios.length)),
    cell(ratios.length === 0 ? "–" : plain(misfit(ratios))),
    of(counts.right, counts.choices),
    of(counts.agreed, counts.pairs),
  ]);
  return tableElement(columns, rows, "장마다의 성적");
}
