// 붙여 넣은 --json 출력을 믿을 수 있는 자료로.

import type { Column, Timing, Value } from "./data";
import type { Answer, Chart } from "./report";

export class BadPaste extends Error {}

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === "string";

const SCHEMA = 1;

export function readPaste(text: string, name: string): Column {
  const data = parse(text);
  if (data["name"] !== name) {
    const what = isText(data["name"]) ? data["name"] : "이름 없는 것";
    throw new BadPaste(`${what}의 결과임: 이 카드는 ${name}의 결과만 받음`);
  }
  if ("schema" in data && data["schema"] !== SCHEMA) {
    const seen = String(data["schema"]);
    throw new BadPaste(
      `보고서 판이 ${seen}임: 이 페이지는 ${SCHEMA}판을 읽음. ` +
        "저장소와 페이지를 같은 판으로 맞춰야 함",
    );
  }
  const { params, answers, checksum } = data;
  if (!isObject(params) || !Object.values(params).every(isValue)) {
    throw new BadPaste("params: 매개변수의 이름과 값이어야 함");
  }
  if (!isObject(answers) || !Object.values(answers).every(isAnswer)) {
    throw new BadPaste("answers: 답의 이름과 값이어야 함");
  }
  const sum = checksum ?? null;
  if (sum !== null && !(isText(sum) && /^[0-9a-f]{16}$/.test(sum))) {
    throw new BadPaste("checksum: 16진수 16자리여야 함");
  }
  const views = Array.isArray(data["views"]) ? data["views"] : [];
  const timings = Array.isArray(data["timings"]) ? data["timings"] : [];
  return {
    title: `${runtime(data)} · 내 컴퓨터`,
    outcome: {
      params: params as Record<string, Value>,
      answers: answers as Record<string, Answer>,
      checksum: sum,
      charts: views.filter(isMeasuredChart),
      timings: timings.filter(isTiming),
    },
  };
}

function parse(text: string): Loose {
  const start = text.indexOf("{");
  let data: unknown;
  try {
    data = JSON.parse(text.slice(Math.max(0, start)));
  } catch {
    throw new BadPaste(
      "JSON이 아님: --json을 붙인 명령의 출력을 통째로 붙여야 함",
    );
  }
  if (!isObject(data)) throw new BadPaste("JSON 객체가 아님");
  return data;
}

function runtime(data: Loose): string {
  const env = isObject(data["env"]) ? data["env"] : {};
  const name = isText(env["runtime"]) ? env["runtime"] : "";
  if (name !== "native") return `${name || "Python"} ${env["version"] ?? ""}`.trim();
  return "네이티브";
}

const isValue = (value: unknown): value is Value =>
  isText(value) || isNumber(value) || typeof value === "boolean";

function isAnswer(value: unknown): value is Answer {
  if (isText(value)) return true;
  if (!isObject(value)) return false;
  return isNumber(value["value"]) && isNumber(value["tolerance"]);
}

function isTiming(value: unknown): value is Timing {
  if (!isObject(value) || !isObject(value["ns"])) return false;
  const { median, p10, p90 } = value["ns"];
  return isText(value["name"]) && [median, p10, p90].every(isNumber);
}

function isAxis(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { label, unit, scale, categories } = value;
  const names =
    categories === null ||
    (Array.isArray(categories) && categories.every(isText));
  const scales: unknown[] = ["linear", "log", "category"];
  return isText(label) && isText(unit) && scales.includes(scale) && names;
}

function isPoint(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { x, y, low, high } = value;
  const bands = [low, high].every((edge) => edge === null || isNumber(edge));
  return isNumber(x) && isNumber(y) && bands;
}

function isSeries(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value["points"])) return false;
  return isText(value["name"]) && value["points"].every(isPoint);
}

function isMeasuredChart(view: unknown): view is Chart {
  if (!isObject(view)) return false;
  const { kind, badge, title, x, y, series } = view;
  return (
    kind === "chart" &&
    badge === "measured" &&
    isText(title) &&
    isAxis(x) &&
    isAxis(y) &&
    Array.isArray(series) &&
    series.every(isSeries)
  );
}
