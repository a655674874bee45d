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
const { Index, terms } = await load(
  'export * from "./search-index"; export * from "./tokenize";',
);
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

const pages = JSON.parse(data);
const cards = pages.flatMap(({ u, s }) =>
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

for (const [typed, split] of [
  ["ㄳ", "ㄱㅅ"],
  ["ㄵ", "ㄴㅈ"],
  ["ㅄ", "ㅂㅅ"],
  ["ㅋㅄ", "ㅋㅂㅅ"],
  ["핛", "학ㅅ"],
]) {
  check(`자판이 합친 닿소리: ${typed} = ${split}`, () => {
    assert.notDeepEqual(index.find(split), []);
    assert.deepEqual(index.find(typed), index.find(split));
  });
}

// 긴 물음은 앞부분만 보고, 하는 일이 물음의 길이를 따라 늘지 않음
const WORDS = 16;
const LOOKUPS = 200;
const prose = pages.flatMap(({ s }) => s.map(([, , text]) => text)).join(" ");
const letters = [...new Set(prose.match(/[가-힣]/g))].slice(0, 500);
let lookups = 0;
const look = index.mini.search.bind(index.mini);
index.mini.search = (query, options) => {
  lookups += query.queries.length;
  return look(query, options);
};
for (const [kind, long] of [
  ["글 2,000자", prose.slice(0, 2000)],
  ["낱말 400개", prose.split(" ").slice(0, 400).join(" ")],
  ["붙여 쓴 한글", prose.replace(/[^가-힣]/g, "").slice(0, 2000)],
  ["한 글자씩", letters.join(" ")],
  ["쉼표로 나눈 글자", letters.join()],
  ["한글과 수를 번갈아", letters.join("1")],
  ["a 2,000개", "a".repeat(2000)],
  ["ab 1,000번", "ab".repeat(1000)],
  ["오타 400개", "qzxv ".repeat(400)],
  ["초성", "ㄱㅅ ".repeat(700)],
]) {
  check(`긴 물음: ${kind}`, () => {
    const cut = index.cut(long);
    assert.ok(cut > 0 && cut < long.length, `앞의 ${cut}글자`);
    const start = long.trim().slice(0, cut);
    assert.equal(index.cut(start), 0);
    assert.ok(terms(start).length <= WORDS, `낱말 ${terms(start).length}개`);
    lookups = 0;
    const hits = index.find(long);
    assert.ok(lookups <= LOOKUPS, `색인을 ${lookups}번 봄`);
    assert.deepEqual(hits, index.find(start));
  });
}

check("긴 물음: 여느 물음과 제목은 다 봄", () => {
  const titles = pages.flatMap(({ s }) => s.map(([, title]) => title));
  const asked = [...queries.map(({ query }) => query), ...titles];
  assert.deepEqual(asked.filter((query) => index.cut(query) > 0), []);
});

check("긴 물음: 붙여 넣은 문장", () => {
  const sentences = pages.flatMap(({ u, s }) =>
    s.flatMap(([anchor, , text]) =>
      (text.match(/[^.?!]+[.?!]/g) ?? [])
        .map((sentence) => sentence.trim())
        .filter(({ length }) => length > 90 && length < 120)
        .map((sentence) => ({ url: anchor ? `${u}#${anchor}` : u, sentence })),
    ),
  );
  const some = sentences.filter((_, at) => at % 5 === 0);
  const missed = some.filter(({ url, sentence }) => {
    const hits = index.find(sentence).slice(0, TOP);
    return !hits.some((hit) => suits(url, hit));
  });
  const least = `${missed.length}/${some.length}을 못 찾음`;
  assert.ok(some.length > 0 && missed.length * 20 <= some.length, least);
});

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
