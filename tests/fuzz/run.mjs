// 페이지가 읽는 글: 무엇을 주어도 모양이 맞는 값 아니면 한국어로 된 거절.
// FUZZ_TIMES=100 node tests/fuzz/run.mjs. FUZZ_SEED: 실패가 말한 씨앗부터

import assert from "node:assert/strict";
import { load } from "../theme.mjs";
import { Random, brokenJson, brokenText } from "./random.mjs";

const page = await load(`
  export * from "./url";
  export * from "./paste";
  export { listen } from "./local";
  export { read, write, BadBook } from "./labbook/schema";
`);

const first = Number(process.env.FUZZ_SEED ?? 1);
const times = Number(process.env.FUZZ_TIMES ?? 1);
let [passed, failed] = [0, 0];

/** 망가진 글마다 `work`. */
async function fuzz(name, rounds, broken, corpus, work) {
  let accepted = 0;
  for (let seed = first; seed < first + rounds * times; seed += 1) {
    const random = new Random(seed);
    const text = broken(random, corpus);
    try {
      accepted += Number(await work(text, random));
      assert.deepEqual(Object.keys(Object.prototype), []);
    } catch (error) {
      failed += 1;
      const shown = JSON.stringify(text.slice(0, 2000));
      console.log(`✘ ${name}: FUZZ_SEED=${seed}: ${error.message}: ${shown}`);
      return;
    }
  }
  // 모두 받거나 모두 거절했으면 아무것도 시험하지 않은 것임
  const rest = rounds * times - accepted;
  const mark = accepted > 0 && rest > 0 ? "✔" : "✘";
  if (mark === "✔") passed += 1;
  else failed += 1;
  console.log(`${mark} ${name}: ${accepted}번 받고 ${rest}번 거절함`);
}

const korean = /[가-힣]/;
const isText = (value) => typeof value === "string";

/** 값, 또는 그 종류의 오류로 한 거절(`null`). */
function parsed(kind, parse) {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
    assert.match(error.message, korean);
    return null;
  }
}

const HASHES = [
  "#dict_probe?n=5000&keys=seq",
  "#expr_jit?expr=x*x%2B1&lo=-1.5",
  "#scaling_law?points=2%3A1.9+4%3A3.1",
  "#dict_probe",
  "",
];

await fuzz("주소의 조각", 5000, brokenText, HASHES, (hash, random) => {
  // 브라우저처럼 글을 조각에 넣을 수 있는 꼴로 바꿈
  globalThis.location = new URL("http://127.0.0.1/dicts/index.html");
  location.hash = hash;
  const read = page.readHash();
  if (read === null) return false;
  assert.ok(isText(read.name) && read.name !== "");
  assert.ok(Object.values(read.values).every(isText));
  // 링크로 적으면 같은 것이 읽힘. 조각은 짝 없는 반쪽 글자를 담지 못함
  const text = brokenText(random, HASHES).toWellFormed();
  const values = { ...read.values, text };
  location.href = page.linkTo("dict_probe", values);
  assert.deepEqual(page.readHash(), { name: "dict_probe", values });
  return /^[a-z_]+$/.test(read.name);
});

const POINT = { x: 1, y: 0, low: 1, high: 2 };
const AXIS = { label: "시간", unit: "ns", scale: "log", categories: null };
const RUNGS = { ...AXIS, scale: "category", categories: ["for 문", "map"] };
const chart = (x, y, shape) => ({
  kind: "chart",
  badge: "measured",
  title: "방법마다의 시간",
  x,
  y,
  series: [{ name: "Rust", shape, points: [POINT, { ...POINT, y: 1 }] }],
  marks: [],
});
const REPORT = {
  schema: 1,
  name: "dict_probe",
  params: { n: 5000, keys: "seq", half: 0.5, cached: false },
  answers: { slots: "8192", mean: { value: 1.5, tolerance: 1e-9 } },
  checksum: "0123456789abcdef",
  views: [
    chart(AXIS, RUNGS, "dot"),
    chart(AXIS, { ...AXIS, scale: "linear" }, "line"),
    { kind: "note", text: "말" },
  ],
  timings: [{ name: "map", ns: { median: 2, p10: 1, p90: 3 } }],
  notes: ["말"],
  env: { runtime: "native", version: "0.1.0" },
};

const isPlain = (value) =>
  ["string", "number", "boolean"].includes(typeof value);
const isAnswer = (value) =>
  isText(value) || [value.value, value.tolerance].every(Number.isFinite);
const isName = (key) => korean.test(key) || !(key in {});

function checkChart({ title, x, y, series }) {
  assert.ok(isText(title));
  for (const { label, unit, scale, categories } of [x, y]) {
    assert.ok(isText(label) && isText(unit));
    const names = categories ?? null;
    if (scale === "category") assert.ok(names.every(isText));
    else assert.equal(names, null);
  }
  for (const { name, points } of series) {
    assert.ok(isText(name));
    for (const point of points) {
      for (const [axis, at] of [[x, point.x], [y, point.y]]) {
        assert.ok(Number.isFinite(at));
        if (axis.scale === "log") assert.ok(at > 0);
        if (axis.categories) assert.ok(isText(axis.categories[at]));
      }
    }
  }
}

const REPORTS = [JSON.stringify(REPORT)];
await fuzz("붙인 JSON", 6000, brokenJson, REPORTS, (text) => {
  const read = () => page.readPaste(text, "dict_probe");
  const pasted = parsed(page.BadPaste, read);
  if (pasted === null) return false;
  const { params, answers, checksum, charts, timings } = pasted.outcome;
  assert.ok(isText(pasted.title) && pasted.notes.every(isText));
  assert.ok(Object.values(params).every(isPlain));
  assert.ok(Object.values(answers).every(isAnswer));
  assert.ok([params, answers].flatMap(Object.keys).every(isName));
  assert.ok(checksum === null || /^[0-9a-f]{16}$/.test(checksum));
  charts.forEach(checkChart);
  for (const { name, ns } of timings) {
    assert.ok(isText(name));
    assert.ok([ns.median, ns.p10, ns.p90].every((each) => each > 0));
  }
  return true;
});

const DATE = "2026-11-28T09:00:00.000Z";
const MACHINE = {
  title: "이 기기",
  env: {
    runtime: "wasm",
    version: "0.1.0",
    cpu: "x",
    threads: 2,
    simd: "SIMD",
    clock_step_ns: 5000,
    build: "wasm",
  },
  levels: [
    { name: "L1", kib: 32, ns: 1.2 },
    { name: "메모리", kib: null, ns: 90 },
  ],
};
const item = (value) => ({ value, label: `${value}개쯤` });
const ENTRY = {
  id: "a-1",
  date: DATE,
  chapter: "dicts",
  name: "dict_probe",
  question: "왜 그런가?",
  params: { n: "5000" },
  guess: { kind: "choice", ...item("10") },
  answer: { kind: "order", items: [item("1"), item("2")] },
  headline: "10개쯤",
  sentence: "그러함.",
  place: "WASM",
};
const DICTS = { page: "dicts/index.html", id: "해시", title: "해시" };
const PLACE = { ...DICTS, date: DATE };
const BOOK = {
  entry: [ENTRY, { ...ENTRY, id: "a-2", guess: null, answer: null }],
  read: [{ ...PLACE, total: 3 }],
  last: [PLACE],
  machine: [{ date: DATE, machine: MACHINE }],
};
const NUMBER = { kind: "number", value: 3, unit: "번" };
BOOK.entry.push({ ...ENTRY, id: "a-3", guess: NUMBER, answer: NUMBER });

const BOOKS = [page.write(BOOK, DATE)];
await fuzz("가져온 실험 노트", 6000, brokenJson, BOOKS, (text) => {
  const book = parsed(page.BadBook, () => page.read(text));
  if (book === null) return false;
  // 받은 것은 다시 적어도 같음: 모르는 것이 섞여 들지 않음
  assert.deepEqual(page.read(page.write(book, DATE)), book);
  return true;
});

const LINES = [
  { kind: "state", text: "컴파일하는 중" },
  { kind: "detail", text: "Compiling dicts" },
  { kind: "progress", done: 0.5, label: "표 채우기" },
  { kind: "failed", message: "실패함" },
  { kind: "result", json: "{}" },
];
const STREAMS = [LINES.toSpliced(3, 1), LINES.slice(0, 4)].map((lines) =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
);

/** 바이트를 아무 데서나 끊어 보냄. */
function stream(bytes, random) {
  return new ReadableStream({
    start(to) {
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + random.below(bytes.length);
        to.enqueue(bytes.subarray(at, end));
        at = end;
      }
      to.close();
    },
  });
}

/** 줄 하나만 모양을 망가뜨리거나, 글 전체를 망가뜨림. */
function brokenStream(random, corpus) {
  if (random.often(5)) return brokenText(random, corpus);
  const lines = random.pick(corpus).trimEnd().split("\n");
  const at = random.below(lines.length);
  lines[at] = brokenJson(random, [lines[at]]);
  return lines.join("\n") + "\n";
}

await fuzz("서버의 줄", 3000, brokenStream, STREAMS, async (text, random) => {
  const bytes = new TextEncoder().encode(text);
  const listen = async () => {
    const heard = [];
    const hear = (event) => heard.push(event);
    const end = await page
      .listen(stream(bytes, random), hear)
      .catch((error) => error);
    return { heard, end };
  };
  const { heard, end } = await listen();
  for (const { kind, text, done, label } of heard) {
    if (kind === "progress") assert.ok(Number.isFinite(done) && isText(label));
    else assert.ok(["state", "detail"].includes(kind) && isText(text));
  }
  assert.deepEqual(await listen(), { heard, end });
  if (isText(end)) return true;
  assert.equal(end.name, "Error", end.message);
  // 서버가 말한 까닭은 그대로 옮김
  const told = text.includes(JSON.stringify(end.message).slice(1, -1));
  assert.ok(told || korean.test(end.message), end.message);
  return false;
});

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
