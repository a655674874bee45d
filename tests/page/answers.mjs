// 모든 카드의 기본 실행이 기준 답과 같음.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Card } from "./card.mjs";
import { cardsOf, pagesOf } from "./book.mjs";

const DATA = new URL("../../data/golden/", import.meta.url);

export async function answers({ browser, base, check }) {
  for (const path of await pagesOf(base)) {
    for (const name of await cardsOf(base, path)) {
      const file = new URL(`${name}.json`, DATA);
      await check(`${name}: 실행한 답이 기준 답과 같음`, async () => {
        const cases = existsSync(file)
          ? JSON.parse(readFileSync(file, "utf8"))
          : [{ params: {} }];
        const page = await browser.open();
        try {
          await compare(page, base, path, name, cases[0]);
        } finally {
          await page.done();
        }
      });
    }
  }
}

async function compare(page, base, path, name, { params, ...golden }) {
  const query = new URLSearchParams(
    Object.entries(params).map(([key, value]) => [key, String(value)]),
  );
  const card = await Card.open(page, base, path, name, `?${query}`);
  await card.skip();
  await card.run();
  await page.waitForSelector(
    `${card.at(".lab-answers")}, ${card.at(".lab-error:not([hidden])")}, ` +
      card.at(".lab-problem"),
  );
  const problem = await page.$$eval(
    `${card.at(".lab-error:not([hidden])")}, ${card.at(".lab-problem")}`,
    (nodes) => nodes.map((node) => node.textContent),
  );
  assert.deepEqual(problem, []);
  if (!golden.answers) return;
  const { checksum, ...seen } = await card.answers();
  const bare = (text) => text.replaceAll(",", "");
  for (const [key, want] of Object.entries(golden.answers)) {
    const got = seen[key] ?? "없음";
    if (typeof want === "string") assert.equal(bare(got), bare(want), key);
    else {
      const near = Math.abs(parseFloat(got) - want.value) <= want.tolerance;
      assert.ok(near, `${key}: ${got} ≠ ${want.value}`);
    }
  }
  if (golden.checksum) assert.equal(checksum, golden.checksum);
}
