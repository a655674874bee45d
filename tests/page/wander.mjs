// 정한 시간 동안 책의 모든 쪽을 무작위로 걷고, 나온 답을 파일에 적음.
// node wander.mjs --base <격리된 서버> --browser chromium|firefox
//   --program <실행 파일> --minutes 10 --seed 1 --out <파일>

import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cardsOf, pagesOf } from "./book.mjs";
import { launch } from "./browser.mjs";
import { wander } from "./walk.mjs";

/** 한 쪽을 열어 걷는 걸음. */
const STEPS = 40;

const { values } = parseArgs({
  options: {
    base: { type: "string" },
    browser: { type: "string" },
    program: { type: "string" },
    minutes: { type: "string" },
    seed: { type: "string" },
    out: { type: "string" },
  },
});
const { base, out } = values;
const end = Date.now() + Number(values.minutes) * 60_000;

const paths = [];
for (const path of await pagesOf(base)) {
  if ((await cardsOf(base, path)).length > 0) paths.push(path);
}
const browser = await launch(values.browser, values.program);
let failed = 0;
for (let seed = Number(values.seed); Date.now() < end; seed += 1) {
  browser.faults.length = 0;
  const options = { browser, base, seed, paths, steps: STEPS };
  try {
    const lines = await wander(options);
    for (const line of lines) appendFileSync(out, JSON.stringify(line) + "\n");
    console.log(`✔ 씨앗 ${seed}: ${STEPS}걸음, 답과 거절 ${lines.length}개`);
  } catch (error) {
    failed += 1;
    const text = error.message.replaceAll("\n", " ");
    console.log(`✘ 씨앗 ${seed}: ${text}`);
  }
}
await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
