// 누구에게나: 스크립트 없이, 종이에서. 보조 기술과 좁은 화면은 pages.mjs,
// 큰 글자와 고대비와 글쇠는 wcag.mjs에서.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";

const PATH = "dicts/index.html";

/** 종이의 모양으로 보임. 파이어폭스의 BiDi에는 그 명령이 없음. */
async function onPaper(browser, page) {
  if (browser.chromium) return page.emulateMediaType("print");
  await page.evaluate(() => {
    for (const sheet of document.styleSheets) {
      for (const { media } of [sheet, ...sheet.cssRules]) {
        if (media?.mediaText === "print") media.mediaText = "all";
      }
    }
    dispatchEvent(new Event("beforeprint"));
  });
}

export async function access({ browser, base, check }) {
  await check("스크립트가 없어도 글로 읽힘", async () => {
    const page = await browser.openSilent();
    try {
      await page.goto(`${base}${PATH}`);
      const seen = (selector) =>
        page.$eval(selector, (node) => node.checkVisibility());
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
      // 창을 여는 버튼은 스크립트 없이도 쓸 수 있음
      const scripted = "button:not([popovertarget])";
      const buttons = await page.evaluate(visible, scripted);
      assert.deepEqual(buttons, [], "쓸 수 없는 버튼이 보임");
      assert.equal(await seen("#mdbook-sidebar iframe"), true);
      await page.setViewport({ width: 390, height: 900 });
      assert.equal(await seen("#mdbook-sidebar"), false);
      // 누르고 기다리는 말은 페이지의 스크립트를 쓰므로 여기서는 못 씀
      assert.equal(await seen("a.no-js"), true);
      await page.goto(await page.$eval("a.no-js", (link) => link.href));
      assert.equal(await seen(`.toc-page a[href="${PATH}"]`), true);
    } finally {
      await page.done();
    }
  });

  const using = async (work) => {
    const page = await browser.open();
    try {
      await work(page);
    } finally {
      await page.done();
    }
  };

  await check("종이에서는 접힌 글이 펼쳐지고 버튼이 없음", () =>
    using(async (page) => {
      const card = await Card.open(page, base, PATH, "dict_probe");
      await card.skip();
      await card.run();
      await card.exact();
      await card.idle();
      await page.$eval(card.at(".lab-why"), (node) => (node.open = false));
      await onPaper(browser, page);
      const extra = ".bar-top, .sidebar, .turn, button, dialog";
      assert.deepEqual(await page.evaluate(visible, extra), []);
      const folded = await page.$$eval("details", (nodes) =>
        nodes
          .filter((node) => !node.lastElementChild.checkVisibility())
          .map((node) => node.textContent.trim().slice(0, 40)),
      );
      assert.deepEqual(folded, [], "접혀 있음");
      const panels = await page.$$eval(".lab-panel", (nodes) =>
        nodes.filter((node) => !node.checkVisibility()).map((node) => node.id),
      );
      assert.deepEqual(panels, [], "탭 뒤에 있음");
    }),
  );

  await check("연습의 대답에서 읽을 순서가 나옴", () =>
    using(async (page) => {
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
}

/** 보이는 것들의 이름. */
const visible = (selector) =>
  [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility())
    .map((node) => node.className || node.textContent || node.localName);
