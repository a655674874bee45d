// 카드의 정적 HTML에 실려 온 자료.

import { need } from "./dom";
import type { Answer, Chart } from "./report";

/** 매개변수의 값. */
export type Value = number | string | boolean;

export interface CardData {
  name: string;
  chapter: string;
  /** 시간을 재는 부분이 있는가. */
  measures: boolean;
  python: PythonShape;
  /** `data/params/<이름>.json`의 글. 큰 정수를 잃지 않도록 글자로 둠. */
  table: string;
  /** Python이 함께 쓰는 파일: `lab/rng.py` … */
  library: string[];
  /** NumPy 판이 있으면, 이 책의 파이썬에 NumPy가 담겼는가. */
  numpy: boolean | null;
  recorded: Recorded | null;
}

export type PythonShape =
  | { kind: "same" }
  | { kind: "up_to"; limits: Record<string, number> }
  | { kind: "none"; reason: string };

/** 한 실행 환경이 낸 것. */
export interface Outcome {
  params: Record<string, Value>;
  answers: Record<string, Answer>;
  checksum: string | null;
  /** 시간을 잰 그래프. */
  charts: Chart[];
  timings: Timing[];
}

/** 견주는 표의 한 열. */
export interface Column {
  title: string;
  outcome: Outcome;
}

export interface Recorded {
  machine: string;
  date: string;
  columns: Column[];
}

/** Python이 잰 시간: 항목 하나에 걸린 ns. */
export interface Timing {
  name: string;
  ns: { median: number; p10: number; p90: number };
}

export function cardData(root: HTMLElement): CardData {
  const text = need(root, "script.lab-data").textContent ?? "";
  return JSON.parse(text) as CardData;
}

/** 쪽에서 책의 뿌리로 가는 길: `../`. 종이에 찍힐 링크는 이것으로 적음. */
export const toRoot = (): string =>
  document.documentElement.dataset["pathToRoot"] ?? "";

/** 쪽에 놓인 카드의 장. 한 쪽의 카드는 모두 그 장의 것임. */
export const chapter = (): string | undefined =>
  document.querySelector<HTMLElement>(".lab-card")?.dataset["chapter"];

/** 쪽을 만든 판의 이름. */
export const build = (): string =>
  document.documentElement.dataset["build"] ?? "";

/** 이 판의 파일의 주소. 이름이 같아도 판마다 내용이 다를 수 있음. */
export const fromEdition = (path: string, root = bookRoot()): string =>
  `${root}${path}?b=${build()}`;

/** 책의 뿌리. 카드가 있는 쪽에서 본 절대 주소. */
export const bookRoot = (): string =>
  new URL(toRoot() || "./", location.href).href;
