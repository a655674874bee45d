// 격리된 쪽과 아닌 쪽.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";

const PATH = "intro/index.html";

async function runOnce(page, base) {
  const card = await Card.open(page, base, PATH, "first_run");
  await card.skip();
  await card.run();
  await card.exact();
  await card.idle();
  return card.text(".lab-bar .lab-status");
}

export async function isolation({ browser, base, plain, check }) {
  const { using } = browser;

  await check("격리된 쪽은 여러 스레드로 돎", () =>
    using({}, async (page) => {
      const status = await runOnce(page, base);
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      const threads = Number(/스레드 (\d+)/.exec(status)?.[1]);
      assert.equal(threads, Math.min(cores, 8), status);
    }),
  );

  if (!plain) return;
  await check("머리글 없는 서버에서도 서비스 워커로 격리됨", () =>
    using({}, async (page) => {
      const loads = [];
      page.on("load", () => loads.push(page.url()));
      await page.goto(`${plain}${PATH}`);
      // 서비스 워커가 늦게 붙은 쪽은 다음에 읽을 때부터 격리됨
      await page.waitForFunction(
        () => crossOriginIsolated || document.querySelector("[data-live]"),
      );
      if (!(await page.evaluate(() => crossOriginIsolated))) {
        await page.evaluate(async () => void await navigator.serviceWorker.ready);
        await page.reload();
      }
      await page.waitForFunction(() => crossOriginIsolated);
      const status = await runOnce(page, plain);
      assert.doesNotMatch(status, /한 스레드/);
      assert.ok(loads.length <= 3, `${loads.length}번 읽음`);
    }),
  );

  const noWorker = () =>
    Object.defineProperty(Navigator.prototype, "serviceWorker", {
      get: () => undefined,
    });
  await check("격리되지 못하면 까닭을 말하고 한 스레드로 돎", () =>
    using({ before: noWorker }, async (page) => {
      const status = await runOnce(page, plain);
      assert.match(status, /스레드 1 .*한 스레드: 격리되지 않은 페이지/);
    }),
  );
}
