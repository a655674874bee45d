// 페이지에서 스레드 둘의 이득을 잼: 목표를 재는 `cargo book bench`의 일부.
//   node threads.mjs --base <격리된 서버> --program <실행 파일> [--words a,b]
// 표준 출력은 목표마다의 결과를 담은 JSON.

import { parseArgs } from "node:util";
import { launch } from "./browser.mjs";
import { Card } from "./card.mjs";

/**
 * 한 번에 수십 ms가 드는 크기: 이 시험의 가상 기계는 쉬던 코어를 깨우는 데
 * 몇 ms가 들어, 짧은 일은 그 전에 한 코어에서 끝남. 줄리아는 안쪽이 넓은 것.
 */
const SIZES = {
  julia: { n: 600, max_iter: 2000, cr: -0.1, ci: 0.65 },
  prime_search: {},
  monte_carlo_pi: { points: 5_000_000 },
};

/** 카드를 다시 돌려 재는 횟수. 카드는 한 번에 방법들을 번갈아 잼. */
const ROUNDS = 5;

const GOALS = [
  {
    experiment: "julia",
    chapter: "compiling",
    name: "julia_scalar",
    one: /^스칼라$/,
    two: /^스칼라, 스레드 2개/,
    atLeast: 1.7,
  },
  {
    experiment: "julia",
    chapter: "compiling",
    name: "julia_simd",
    one: /^SIMD .*벡터 4개/,
    two: /^SIMD, 스레드 2개/,
    atLeast: 1.5,
  },
  {
    experiment: "prime_search",
    chapter: "multiprocessing",
    name: "primes",
    one: /^한 스레드$/,
    two: /^스레드 2개, \d+개씩/,
    atLeast: 1.7,
  },
  {
    experiment: "monte_carlo_pi",
    chapter: "multiprocessing",
    name: "pi",
    one: /^벡터와 스칼라를 함께$/,
    two: /^스레드\(rayon\) 2개/,
    atLeast: 1.5,
  },
];

const { values } = parseArgs({
  options: {
    base: { type: "string" },
    program: { type: "string" },
    words: { type: "string", default: "" },
  },
});
const words = values.words.split(",").filter(Boolean);
const wanted = GOALS.filter(({ name }) => {
  const id = `threads/${name}`;
  return words.length === 0 || words.some((word) => id.includes(word));
});

const browser = await launch("chromium", values.program);
const results = [];
for (const experiment of new Set(wanted.map((goal) => goal.experiment))) {
  const goals = wanted.filter((goal) => goal.experiment === experiment);
  const page = await browser.open();
  const path = `${goals[0].chapter}/index.html`;
  const card = await Card.open(page, values.base, path, experiment);
  await card.fill(SIZES[experiment]);
  await card.skip();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await card.run();
    await card.idle();
    rounds.push(await rows(page, card));
  }
  for (const { name, one, two, atLeast } of goals) {
    const ratios = rounds.map((times) => find(times, one) / find(times, two));
    const params = SIZES[experiment];
    results.push({ name, experiment, params, at_least: atLeast, ratios });
  }
  await page.done();
}
await browser.close();
process.stdout.write(JSON.stringify(results));

/** 잰 표의 이름과 중앙값. */
function rows(page, card) {
  return page.$$eval(card.at(".lab-timing .lab-view-table tbody tr"), (lines) =>
    lines.map(({ cells }) => [
      cells[0].textContent,
      Number(cells[1].textContent.replaceAll(",", "")),
    ]),
  );
}

function find(times, pattern) {
  const row = times.find(([name]) => pattern.test(name));
  if (!row) {
    const names = times.map(([name]) => name).join(", ");
    throw new Error(`${pattern}: 잰 것에 없음 (${names})`);
  }
  return row[1];
}
