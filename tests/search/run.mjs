// 찾기의 물음 목록: 저마다 바라는 절이 앞의 셋에 있어야 함.
// node run.mjs [search.json의 자리]

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { load } from "../theme.mjs";

const TOP = 3;
const GZIP_KIB = 350;

const from = (path) => fileURLToPath(new URL(path, import.meta.url));
const path = process.argv[2] ?? from("../../src/_assets/search.json");
const data = readFileSync(path);
const queries = JSON.parse(readFileSync(from("queries.json"), "utf8"));
const { Index } = await load('export * from "./search-index";');
globalThis.fetch = async () => new Response(data);
const index = await Index.load("", "search.json");

let [passed, failed] = [0, 0];
function check(name, work) {
  try {
    work();
    passed += 1;
    console.log(`✔ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✘ ${name}: ${error.message}`);
  }
}

const suits = (wanted, { url, heading }) =>
  typeof wanted === "string"
    ? decodeURIComponent(url) === wanted
    : url.startsWith(wanted.page) &&
      new RegExp(wanted.heading).test(heading.join(""));

const times = [];
for (const { kind, query, finds } of queries) {
  // 다른 일을 기다린 시간은 셈에 넣지 않음
  const start = process.cpuUsage();
  const hits = index.find(query).slice(0, TOP);
  times.push(process.cpuUsage(start).user / 1000);
  check(`${kind}: ${query}`, () => {
    const found = hits.map(({ url }) => decodeURIComponent(url)).join(" · ");
    if (finds === null) return assert.equal(found, "", `찾음 ${found}`);
    const met = [finds].flat().some((w) => hits.some((hit) => suits(w, hit)));
    assert.ok(met, `찾은 것 ${found || "없음"}`);
    const marked = hits.every(({ heading, snippet }) =>
      [heading, snippet].some(({ length }) => length > 1),
    );
    assert.ok(marked, "표시한 글이 없음");
  });
}

const cards = JSON.parse(data).flatMap(({ u, s }) =>
  s.flatMap(([anchor, question, text]) => {
    const name = /^(?:실험|연습) [\d-]+ (\w+) /.exec(text)?.[1];
    return name ? [{ url: `${u}#${anchor}`, name, question }] : [];
  }),
);
for (const by of ["name", "question"]) {
  check(`카드 ${cards.length}개 모두: ${by}`, () => {
    const missed = cards.filter(
      (card) =>
        !index
          .find(card[by])
          .slice(0, TOP)
          .some((hit) => suits(card.url, hit)),
    );
    assert.deepEqual(missed.map((card) => card[by]), []);
  });
}

const kib = gzipSync(data).length / 1024;
check(`자료: gzip ${GZIP_KIB} KiB 안`, () =>
  assert.ok(kib <= GZIP_KIB, `${kib.toFixed(0)} KiB`),
);

times.sort((a, b) => a - b);
const at = (part) => times[Math.floor((times.length - 1) * part)];
const [p50, p95, longest] = [0.5, 0.95, 1].map((part) => at(part).toFixed(1));
console.log(
  `물음 ${times.length}개: p50 ${p50} ms, p95 ${p95} ms, ` +
    `가장 긴 것 ${longest} ms · 자료 gzip ${kib.toFixed(0)} KiB`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
