// 누구에게나: 스크립트 없이, 종이에서, 좁은 화면에서, 보조 기술로.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Card, setTheme } from "./card.mjs";
import { cardsOf, pagesOf } from "./book.mjs";
import { fromTheme } from "./browser.mjs";

const AXE = readFileSync(fromTheme.resolve("axe-core/axe.min.js"), "utf8");
const PATH = "dicts/index.html";

export async function access({ browser, base, check }) {
  const using = async (options, work) => {
    const page = await browser.open(options);
    try {
      await work(page);
    } finally {
      await page.done();
    }
  };

  // 파이어폭스의 BiDi에는 스크립트를 끄고 매체를 바꾸는 명령이 없음
  if (browser.chromium) {
    await check("스크립트가 없어도 글로 읽힘", () =>
      using({ script: false }, async (page) => {
        await page.goto(`${base}${PATH}`);
        const text = await page.$eval("#dict_probe", (node) => node.innerText);
        for (const part of [
          "왜 어떤 키는 한 번에 찾고",
          "평균 탐사는 연속 키의 몇 배일까?",
          "1–100,000개",
          "왜 그런가",
          "perturb >>= self.rule.perturb_shift",
          "cargo run --release --example dict_probe",
          "dict_probe.py",
        ]) {
          assert.ok(text.includes(part), `'${part}'이 보이지 않음`);
        }
        const bar = await page.$eval("#dict_probe .lab-bar", (node) =>
          node.checkVisibility(),
        );
        assert.equal(bar, false, "쓸 수 없는 버튼이 보임");
      }),
    );

    await check("종이에서는 접힌 글이 펼쳐지고 버튼이 없음", () =>
      using({}, async (page) => {
        const card = await Card.open(page, base, PATH, "dict_probe");
        await page.emulateMediaType("print");
        const seen = (selector) =>
          page.$eval(card.at(selector), (node) => node.checkVisibility());
        assert.equal(await seen(".lab-bar"), false);
        assert.equal(await seen("[data-panel=code] pre"), true);
        const why = await page.$eval(
          card.at(".lab-why"),
          (node) => node.querySelector("p").getBoundingClientRect().height,
        );
        assert.ok(why > 0, "「왜 그런가」가 접혀 있음");
      }),
    );
  }

  await check("연습의 대답에서 읽을 순서가 나옴", () =>
    using({}, async (page) => {
      await page.goto(`${base}review/index.html`);
      await page.waitForSelector(".lab-checks");
      await page.$$eval(".lab-checks fieldset", (sets) =>
        sets.forEach((set, i) => {
          set.querySelectorAll("input")[i === 3 ? 1 : 0].click();
        }),
      );
      const chapters = await page.$$eval(".lab-advice > ol > li > b", (nodes) =>
        nodes.map((node) => node.textContent),
      );
      assert.deepEqual(chapters, ["사전과 셋", "리스트와 튜플"]);
    }),
  );

  await check("390픽셀에서 옆으로 넘치지 않음", () =>
    using({ width: 390 }, async (page) => {
      const wide = async (where) => {
        const [scroll, inner] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          innerWidth,
        ]);
        assert.ok(scroll <= inner, `${where}: ${scroll} > ${inner}`);
      };
      for (const path of await pagesOf(base)) {
        await page.goto(`${base}${path}`);
        await wide(path);
        for (const name of await cardsOf(base, path)) {
          const card = await Card.open(page, base, path, name);
          await card.skip();
          await card.run();
          await card.exact();
          await card.idle();
          await wide(name);
        }
      }
    }),
  );

  await check("axe: 다섯 테마의 실행한 카드", () =>
    using({}, async (page) => {
      const card = await Card.open(page, base, PATH, "dict_probe");
      await card.skip();
      await card.run();
      await card.exact();
      await card.idle();
      await page.evaluate(AXE);
      for (const theme of ["light", "rust", "coal", "navy", "ayu"]) {
        await setTheme(page, theme);
        const problems = await page.evaluate(async () => {
          // 두 방향 표의 왼쪽 위 칸은 비어도 됨
          const rules = { "empty-table-header": { enabled: false } };
          const { violations } = await axe.run(".content", { rules });
          return violations.flatMap(({ id, nodes }) =>
            nodes.map((node) => `${id} ${node.target.join(" ")}`),
          );
        });
        assert.deepEqual(problems, [], theme);
      }
    }),
  );
}
