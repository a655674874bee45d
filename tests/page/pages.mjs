// 책의 모든 쪽: 카드를 모두 실행하면 기준 답이 나오고, 보조 기술로 읽히고,
// 좁은 화면과 큰 글자에서 넘치거나 잘리지 않음.

import assert from "node:assert/strict";
import { agrees, goldenOf } from "./answers.mjs";
import { Card, searchFor, THEMES } from "./card.mjs";
import { cardsOf, pagesOf } from "./book.mjs";
import { audit, fit, fitBar, moving, unfold } from "./looks.mjs";

// print.html은 같은 글을 한 번 더 담은 것이라 뺌
const ASIDE = ["toc.html", "404.html"];
/** axe가 보는 문서는 두 브라우저에서 같음: 파이어폭스는 장 하나만 함께 봄. */
const BOTH = "dicts";

export async function pages({ browser, base, quick, check, logic }) {
  const using = (path, work) =>
    browser.using({}, async (page) => {
      await page.goto(`${base}${path}`);
      await work(page);
    });
  const all = await pagesOf(base);
  const themes = browser.chromium && !quick ? THEMES : THEMES.slice(0, 1);
  const known = new Set();
  for (const path of quick ? all.slice(0, 1) : [...all, ...ASIDE]) {
    const cards = await cardsOf(base, path);
    const audited =
      browser.chromium || cards.length === 0 || path.startsWith(BOTH);
    const what = audited ? "카드의 답, axe" : "카드의 답";
    await check(`${path}: ${what}, 320픽셀, 두 배 글자`, () =>
      using(path, async (page) => {
        for (const [i, name] of cards.entries()) {
          const card = await Card.on(page, name);
          const golden = goldenOf(name);
          await card.fill(golden.params);
          await card.skip();
          await card.run();
          await card.exact();
          await agrees(card, golden);
          // 재는 것까지 끝내는 것은 나누어 맡음: 파이어폭스는 장마다 첫 카드
          if (browser.chromium === (i === 0)) await card.click(".lab-stop");
          await card.idle();
        }
        // 노트는 읽힌 뒤에 그려짐
        if (path === "labbook.html") {
          await page.waitForSelector('[data-labbook="file"] button');
        }
        await page.evaluate(unfold);
        const problems = await page.evaluate(moving);
        // 사이의 폭은 한 브라우저에서
        problems.push(...(await fit(page, !browser.chromium)));
        if (audited) {
          problems.push(...(await audit(page, themes, { known, last: true })));
        }
        assert.deepEqual(problems, []);
      }),
    );
  }
  if (quick) return;

  await check("큰 글자에서 위쪽 띠가 쪽을 덮지 않음", () =>
    using(all[0], async (page) => {
      assert.deepEqual(await fitBar(page), []);
    }),
  );

  await logic("설정과 찾기 창: axe", () =>
    using(all[0], async (page) => {
      await page.click("#settings-open");
      const problems = await audit(page, themes, { known });
      await page.keyboard.press("Escape");
      await searchFor(page, "사전");
      problems.push(...(await audit(page, themes, { known })));
      assert.deepEqual(problems, []);
    }),
  );
}
