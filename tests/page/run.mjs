// 실제 브라우저에서 책의 쪽을 확인함.
// node run.mjs --base <격리된 서버> --plain <머리글 없는 서버>
//   --browser chromium|firefox [--program <실행 파일>] [--only <글>] [--quick]

import { parseArgs } from "node:util";
import { launch } from "./browser.mjs";
import { daily, suites } from "./suites.mjs";

const { values } = parseArgs({
  options: {
    base: { type: "string" },
    plain: { type: "string" },
    browser: { type: "string", default: "chromium" },
    program: { type: "string" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
  },
});
const slash = (url) => (url?.endsWith("/") ? url : `${url}/`);
const base = slash(values.base);
const plain = values.plain && slash(values.plain);

const browser = await launch(values.browser, values.program);
let [passed, failed] = [0, 0];

async function check(name, work) {
  if (!name.includes(values.only)) return;
  browser.faults.length = 0;
  const start = performance.now();
  const problems = [];
  await work().catch((error) => problems.push(String(error?.message ?? error)));
  // 기다림이 끝나지 않은 까닭은 대개 먼저 난 오류임
  problems.push(...browser.faults);
  if (problems.length > 0) {
    failed += 1;
    console.log(`✘ ${name}: ${problems.join("; ").replaceAll("\n", " ")}`);
    return;
  }
  passed += 1;
  const seconds = (performance.now() - start) / 1000;
  console.log(`✔ ${name}  ${seconds.toFixed(1)} s`);
}

/** 브라우저가 달라도 다를 것이 없는, 우리의 셈과 글: 한 브라우저에서만. */
const logic = browser.chromium ? check : async () => {};

const { quick } = values;
const chosen = quick ? daily : suites;
for (const suite of chosen) {
  await suite({ browser, base, plain, quick, check, logic });
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
