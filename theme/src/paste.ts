// 붙여 넣은 --json 출력을 믿을 수 있는 자료로.

import type { Column, Outcome, Timing, Value } from "./data";
import type { Answer, Axis, Chart, Point, Series } from "./report";

export class BadPaste extends Error {}

/** 견줄 열과, 실험이 덧붙인 말. */
export interface Pasted extends Column {
  notes: string[];
}

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
// 눈금은 차례로 세므로 끝이 있어야 함
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Math.abs(value) <= 1e18;
const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 1000;
const all = <T>(
  values: unknown,
  most: number,
  is: (value: unknown) => value is T,
): values is T[] =>
  Array.isArray(values) && values.length <= most && values.every(is);

const SCHEMA = 1;
/** 받는 글의 길이. 가장 큰 보고서도 이 안에 듦. */
export const LARGEST = 16 << 20;
const MOST_FIELDS = 100;
const MOST_CHARTS = 100;
const MOST_SERIES = 20;
const MOST_POINTS = 5000;

/** 파일의 글. 윈도우의 PowerShell은 `>`로 보낸 것을 UTF-16으로 적음. */
export async function fileText(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(wide ? "utf-16le" : "utf-8").decode(bytes);
}

export function readPaste(text: string, name: string): Pasted {
  const data = parse(text);
  if (data["name"] !== name) {
    const what = isText(data["name"]) ? data["name"] : "이름 없는 것";
    throw new BadPaste(`${what}의 결과임: 이 카드는 ${name}의 결과만 받음`);
  }
  if ("schema" in data && data["schema"] !== SCHEMA) {
    const seen = isNumber(data["schema"]) ? data["schema"] : "모르는 것";
    throw new BadPaste(
      `보고서 판이 ${seen}임: 이 페이지는 ${SCHEMA}판을 읽음. ` +
        "저장소와 페이지를 같은 판으로 맞춰야 함",
    );
  }
  const { params, views = [] } = data;
  if (!isRecord(params, isValue)) {
    throw new BadPaste("params: 매개변수의 이름과 값이어야 함");
  }
  if (!all(views, MOST_CHARTS, isObject)) {
    throw new BadPaste("views: 볼 것의 목록이어야 함");
  }
  const charts = views.filter(isMeasured);
  if (!all(charts, MOST_CHARTS, isChart)) {
    throw new BadPaste("views: 측정 그래프의 모양이 다름");
  }
  const { timings, notes } = readTimings(data);
  return {
    title: `${runtime(data)} · 붙인 결과`,
    notes,
    outcome: { params, ...readAnswers(data), charts, timings },
  };
}

/** 정확한 답. `where`는 오류가 가리킬 곳. */
export function readAnswers(
  data: unknown,
  where = "",
): Pick<Outcome, "answers" | "checksum"> {
  const { answers, checksum } = isObject(data) ? data : {};
  if (!isRecord(answers, isAnswer)) throw bad(where, ANSWERS);
  const sum = checksum ?? null;
  if (sum === null) return { answers, checksum: null };
  if (isText(sum) && /^[0-9a-f]{16}$/.test(sum)) {
    return { answers, checksum: sum };
  }
  throw bad(where, "checksum: 16진수 16자리여야 함");
}

/** 잰 시간과 덧붙인 말. */
export function readTimings(
  data: unknown,
  where = "",
): Pick<Outcome, "timings"> & Pick<Pasted, "notes"> {
  if (!isObject(data)) throw bad(where, "객체(dict)여야 함");
  const { timings = [], notes = [] } = data;
  if (!all(timings, MOST_FIELDS, isTiming)) {
    throw bad(where, "timings: 이름과 ns의 목록이어야 함");
  }
  if (!all(notes, MOST_FIELDS, isText)) {
    throw bad(where, "notes: 글의 목록이어야 함");
  }
  return { timings, notes };
}

const ANSWERS = "answers: 답의 이름과 값이어야 함";

const bad = (where: string, what: string): BadPaste =>
  new BadPaste(where === "" ? what : `${where}: ${what}`);

function parse(text: string): Loose {
  if (text.length > LARGEST) throw new BadPaste("글이 너무 긺");
  for (const part of candidates(text)) {
    try {
      const data: unknown = JSON.parse(part);
      if (isObject(data)) return data;
    } catch {
      // 다음 것을 봄
    }
  }
  throw new BadPaste(
    "JSON이 아님: --json을 붙인 명령의 출력을 통째로 붙여야 함",
  );
}

/** 셸의 글에 중괄호가 있을 때 맞춰 볼 끝의 수. */
const MOST_ENDS = 8;

/** 앞뒤에 딸려 온 셸의 글을 뗀 것들. 그 글에도 중괄호가 있을 수 있음. */
function* candidates(text: string): Generator<string> {
  const whole = text.slice(Math.max(0, text.search(/\{\s*"/)));
  yield whole.slice(0, whole.lastIndexOf("}") + 1);
  // 보고서는 이 둘 가운데 하나로 시작하고, 줄의 끝에서 끝남
  const from = text.search(/\{\s*"(?:schema|name)"/);
  const rest = from < 0 ? whole : text.slice(from);
  const ends = [...rest.matchAll(/\}\s*$/gm)].slice(-MOST_ENDS).reverse();
  for (const { index } of ends) yield rest.slice(0, index + 1);
}

function runtime(data: Loose): string {
  const env = isObject(data["env"]) ? data["env"] : {};
  const { runtime, version } = env;
  if (runtime === "native") return "네이티브";
  const parts = [isText(runtime) ? runtime : "Python", version];
  return parts.filter(isText).join(" ");
}

/** 이름이 식별자인 값들. 모든 객체가 물려받는 이름은 다른 열에도 있어 보임. */
function isRecord<T>(
  value: unknown,
  is: (value: unknown) => value is T,
): value is Record<string, T> {
  if (!isObject(value)) return false;
  const named = Object.keys(value).every(
    (key) => /^[a-z]\w{0,63}$/i.test(key) && !(key in Object.prototype),
  );
  return named && all(Object.values(value), MOST_FIELDS, is);
}

const isValue = (value: unknown): value is Value =>
  isText(value) || isNumber(value) || typeof value === "boolean";

function isAnswer(value: unknown): value is Answer {
  if (isText(value)) return true;
  if (!isObject(value)) return false;
  return isNumber(value["value"]) && isNumber(value["tolerance"]);
}

/** 시간은 로그 눈금에 놓이므로 0보다 커야 함. */
const isTime = (value: unknown): value is number =>
  isNumber(value) && value > 0;

function isTiming(value: unknown): value is Timing {
  if (!isObject(value) || !isObject(value["ns"])) return false;
  const { median, p10, p90 } = value["ns"];
  return isText(value["name"]) && [median, p10, p90].every(isTime);
}

function isAxis(value: unknown): value is Axis {
  if (!isObject(value)) return false;
  const { label, unit, scale, categories } = value;
  const named = scale === "category";
  const names = named
    ? all(categories, MOST_POINTS, isText)
    : (categories ?? null) === null;
  const known = named || scale === "linear" || scale === "log";
  return isText(label) && isText(unit) && known && names;
}

/** 축에 놓을 수 있는 값. */
function fits({ scale, categories }: Axis, value: unknown): boolean {
  if (!isNumber(value)) return false;
  if (!categories) return scale !== "log" || value > 0;
  return Number.isInteger(value) && categories[value] !== undefined;
}

function isChart(view: unknown): view is Chart {
  if (!isObject(view)) return false;
  const { title, x, y, series } = view;
  if (!isText(title) || !isAxis(x) || !isAxis(y)) return false;
  // 값의 축은 하나뿐이고, 띠는 그 축에 놓임
  const across = y.scale === "category" ? x : y;
  const isPoint = (value: unknown): value is Point => {
    if (!isObject(value)) return false;
    const { x: left, y: up, low, high } = value;
    const band = [low, high].every((v) => v === null || fits(across, v));
    return fits(x, left) && fits(y, up) && band;
  };
  const isSeries = (value: unknown): value is Series => {
    if (!isObject(value) || !isText(value["name"])) return false;
    const shapes: unknown[] = ["line", "step", "bar", "stack", "dot"];
    const { shape, points } = value;
    return shapes.includes(shape) && all(points, MOST_POINTS, isPoint);
  };
  return all(series, MOST_SERIES, isSeries);
}

const isMeasured = ({ kind, badge }: Loose): boolean =>
  kind === "chart" && badge === "measured";
