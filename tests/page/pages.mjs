// 책의 모든 쪽: 카드를 모두 실행하면 기준 답이 나오고, 보조 기술로 읽히고,
// 좁은 화면에서 옆으로 넘치지 않음.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { agrees, goldenOf } from "./answers.mjs";
import { Card } from "./card.mjs";
import { cardsOf, pagesOf } from "./book.mjs";
import { fromTheme } from "./browser.mjs";

export const AXE = readFileSync(fromTheme.resolve("axe-core/axe.min.js"), "utf8");
const THEMES = ["light", "rust", "coal", "navy", "ayu"];
const WIDTHS = [390, 320];

// print.html은 같은 글을 한 번 더 담은 것이라 뺌
export const ASIDE = ["toc.html", "404.html"];

/**
 * 테마마다 axe를 돌림. 둘째 테마부터는 색에 달린 규칙만, 그것도 글자와
 * 바탕의 모양이 같은 것 가운데 하나씩만 봄.
 */
export const inspect = async (themes) => {
  const html = document.documentElement;
  const options = {
    resultTypes: ["violations"],
    rules: {
      // 두 방향 표의 왼쪽 위 칸은 비어도 됨
      "empty-table-header": { enabled: false },
      "target-size": { enabled: true },
    },
  };
  const color = ["color-contrast", "link-in-text-block"];
  const written = [...document.body.querySelectorAll("*")].filter((node) =>
    [...node.childNodes].some(
      ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim(),
    ),
  );
  const samples = () => {
    const looks = new Map([[html, ""]]);
    const look = (node) => {
      if (!looks.has(node)) {
        const { backgroundColor, opacity } = getComputedStyle(node);
        const own = `${backgroundColor} ${opacity} `;
        looks.set(node, own + look(node.parentElement));
      }
      return looks.get(node);
    };
    const chosen = new Map();
    for (const node of written) {
      const { color, fontSize, fontWeight } = getComputedStyle(node);
      const seen = node.checkVisibility();
      const link = node.localName === "a";
      const key = [color, fontSize, fontWeight, seen, link, look(node)].join();
      chosen.set(key, node);
    }
    return [...chosen.values()];
  };
  const problems = [];
  for (const [i, theme] of themes.entries()) {
    html.classList.remove("light", "rust", "coal", "navy", "ayu");
    html.classList.add(theme);
    const { violations } =
      i === 0
        ? await axe.run(document, options)
        : await axe.run(samples(), { ...options, runOnly: color });
    for (const { id, nodes } of violations) {
      const where = nodes.map((node) => node.target.join(" "));
      problems.push(`${theme}: ${id}: ${where.join(", ")}`);
    }
  }
  return problems;
};

/** 접혔거나 화면 밖이면 axe가 제대로 보지 못하므로 모두 펼쳐 그림. */
export const unfold = () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
  for (const part of document.querySelectorAll(".lab-panel")) {
    part.hidden = false;
  }
  for (const part of document.querySelectorAll(".lab-part")) {
    part.style.contentVisibility = "visible";
  }
  return new Promise((drawn) =>
    requestAnimationFrame(() => requestAnimationFrame(drawn)),
  );
};

/** 쪽을 옆으로 밀게 하는 요소들. */
export const overflow = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (node) => node.getBoundingClientRect().right > clientWidth + 1,
  );
  const names = wide.map((node) => `${node.localName}.${node.className}`);
  return [`${clientWidth}픽셀에서 ${scrollWidth}: ${names.slice(0, 5)}`];
};

export async function pages({ browser, base, quick, check }) {
  const using = (path, work) =>
    browser.using({}, async (page) => {
      await page.goto(`${base}${path}`);
      await work(page);
    });
  const all = await pagesOf(base);
  const themes = browser.chromium && !quick ? THEMES : THEMES.slice(0, 1);
  for (const path of quick ? all.slice(0, 1) : [...all, ...ASIDE]) {
    await check(`${path}: 카드의 답, axe, 좁은 화면`, () =>
      using(path, async (page) => {
        for (const name of await cardsOf(base, path)) {
          const card = await Card.open(page, base, path, name);
          const golden = goldenOf(name);
          await card.fill(golden.params);
          await card.skip();
          await card.run();
          await card.exact();
          await agrees(card, golden);
          await card.idle();
        }
        // 노트는 읽힌 뒤에 그려짐
        if (path === "labbook.html") {
          await page.waitForSelector('[data-labbook="file"] button');
        }
        await page.evaluate(unfold);
        await page.evaluate(AXE);
        const problems = await page.evaluate(inspect, themes);
        for (const width of WIDTHS) {
          await page.setViewport({ width, height: 900 });
          problems.push(...(await page.evaluate(overflow)));
        }
        assert.deepEqual(problems, []);
      }),
    );
  }
  if (quick) return;

  await check("설정과 찾기 창: axe", () =>
    using(all[0], async (page) => {
      await page.evaluate(AXE);
      await page.click("#settings-open");
      const problems = await page.evaluate(inspect, themes);
      await page.keyboard.press("Escape");
      await page.click("#search-open");
      const input = await page.waitForSelector('input[type="search"]');
      await input.type("사전");
      await page.waitForSelector("#search-hits li");
      problems.push(...(await page.evaluate(inspect, themes)));
      assert.deepEqual(problems, []);
    }),
  );
}
