// 누구에게나: 스크립트나 저장소 없이, 종이에서. 보조 기술과 좁은 화면은
// pages.mjs, 큰 글자와 고대비와 글쇠는 wcag.mjs에서.

import assert from "node:assert/strict";
import { Card, setTheme } from "./card.mjs";

const PATH = "dicts/index.html";
const EXERCISE = "#path_finder";
const SEARCH = "dialog.search";

/** 책 전체, 그리고 스크립트가 카드와 연습과 노트를 바꿔 놓은 쪽들. */
const PRINTED = [
  "print.html",
  PATH,
  "lessons/index.html",
  "memory/index.html",
  "review/index.html",
  "appendix/glossary.html",
  "labbook.html",
];
/** 이만큼은 두 브라우저에서 봄. */
const BOTH = 2;
/** A4에서 좌우의 여백을 뺀 너비, CSS px. */
const PAPER = Math.floor(((210 - 2 * 16) / 25.4) * 96);

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

export async function access({ browser, base, check, logic }) {
  await check("스크립트가 없어도 글로 읽힘", async () => {
    const page = await browser.openAs("silent");
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

  const using = (work) => browser.using({}, work);

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
      // 견준 것이 없는 카드의 그 칸은 찍을 것이 없음
      const filled =
        '#dict_probe .lab-panel, .lab-panel:not([data-panel="compare"])';
      const panels = await page.$$eval(filled, (nodes) =>
        nodes.filter((node) => !node.checkVisibility()).map((node) => node.id),
      );
      assert.deepEqual(panels, [], "탭 뒤에 있음");
    }),
  );

  for (const [i, path] of PRINTED.entries()) {
    const by = i < BOTH ? check : logic;
    await by(`종이에서 잘리거나 누를 것이 없음: ${path}`, () =>
      using(async (page) => {
        await page.setViewport({ width: PAPER, height: 1000 });
        await page.goto(`${base}${path}`);
        // 어두운 테마로 읽던 사람의 종이도 흼
        await page.$eval("html", (html) => html.classList.add("navy"));
        await ready(page);
        await onPaper(browser, page);
        assert.deepEqual(await page.evaluate(unfit), []);
      }),
    );
  }

  await logic("온 책의 차례는 그 쪽 안을 가리킴", () =>
    using(async (page) => {
      await page.goto(`${base}print.html`);
      const [aims, titles] = await page.evaluate(() => [
        [...document.querySelectorAll(".print-toc a")].map((link) =>
          decodeURIComponent(link.getAttribute("href")),
        ),
        [...document.querySelectorAll("h1:not(#print-title)")].map(
          (title) => `#${title.id}`,
        ),
      ]);
      assert.ok(titles.length > 1);
      assert.deepEqual(aims, titles);
    }),
  );

  await logic("연습의 대답에서 읽을 순서가 나옴", () =>
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

  await check("연습 안에서도 쪽의 글쇠를 쓰고, 장은 넘기지 않음", () =>
    using(async (page) => {
      const { keyboard } = page;
      await page.goto(`${base}index.html`);
      await page.waitForSelector(`${EXERCISE} [type=radio]`);
      await page.waitForSelector(SEARCH);
      await page.evaluate(aimTurn);
      for (const [at, keys, dialog] of [
        ["summary", ["/"], SEARCH],
        ["summary", ["?"], "#settings"],
        ["summary", ["Control", "k"], SEARCH],
        ["[type=radio]", ["/"], SEARCH],
        ["[type=radio]", ["?"], "#settings"],
        ["[type=radio]", ["Control", "k"], SEARCH],
      ]) {
        await page.focus(`${EXERCISE} ${at}`);
        await keyboard.press("ArrowRight");
        for (const key of keys) await keyboard.down(key);
        for (const key of keys.toReversed()) await keyboard.up(key);
        const open = await page.$$eval("dialog[open]", (nodes, dialog) =>
          nodes.map((node) => node.matches(dialog)), dialog);
        assert.deepEqual(open, [true], `${at}에서 ${keys.join("+")}`);
        await closeDialog(page);
      }
      assert.equal(await page.evaluate(() => location.hash), "");
    }),
  );

  await check("저장소가 막혀도 설정은 그 쪽에서 통함", () =>
    browser.using({ before: block }, async (page) => {
      const arrow = async () => {
        await page.keyboard.press("ArrowRight");
        return page.evaluate(() => location.hash);
      };
      /** 설정 창에 보이는 것을 보고, 장 넘기기를 켜거나 끔. */
      const flip = async () => {
        await page.click("#settings-open");
        const seen = await page.$eval("#settings", (settings) => [
          settings.querySelector('[name="theme"]:checked').value,
          settings.querySelector("#turn-keys").checked,
        ]);
        await page.click("#turn-keys");
        await closeDialog(page);
        return seen;
      };
      await page.goto(`${base}${PATH}`);
      await page.evaluate(aimTurn);
      await setTheme(page, "coal");
      const worn = await page.$eval("html", (html) => html.className);
      assert.match(worn, /\bcoal\b/);
      assert.deepEqual(await flip(), ["coal", true]);
      assert.equal(await arrow(), "", "껐는데 장을 넘김");
      assert.deepEqual(await flip(), ["coal", false]);
      assert.equal(await arrow(), "#turned");
    }),
  );
}

/** 다음 장 대신 그 쪽의 조각으로 가게 함: 넘기면 주소에서 바로 보임. */
const aimTurn = () => {
  document.querySelector('.turn a[rel="next"]').href = "#turned";
};

/** 저장소를 막음. */
const block = () =>
  Object.defineProperty(window, "localStorage", {
    get() {
      throw new DOMException("막힘", "SecurityError");
    },
  });

/** Esc로 창을 닫음. */
async function closeDialog(page) {
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
}

/** 스크립트가 바꿀 것을 다 바꿈. 온 책에는 스크립트가 없음. */
const ready = (page) =>
  page.waitForFunction(() => {
    if (document.documentElement.hasAttribute("data-print")) return true;
    const all = (selector) => [...document.querySelectorAll(selector)];
    return (
      all(".lab-card").every((card) => card.querySelector("[role=tab]")) &&
      all(".lab-stage .lab-options").every((list) =>
        list.querySelector(".lab-pick"),
      ) &&
      all(".lab-checklist").every((list) => list.querySelector("fieldset")) &&
      all('[data-labbook="file"]').every((part) => part.querySelector("button"))
    );
  });

/** 종이에 찍지 못할 것들. */
const unfit = () => {
  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter((node) =>
      node.checkVisibility(),
    );
  const found = [];
  const fault = (why, node) => {
    const name = node.id || node.getAttribute("class") || node.textContent;
    found.push(`${why}: ${node.localName} ${name.trim().slice(0, 40)}`);
  };
  const wide = document.documentElement.clientWidth;
  for (const node of all("main, main *")) {
    const { left, right, width } = node.getBoundingClientRect();
    // 그림의 선은 모서리의 뾰족한 끝까지 셈
    const out = width > 1 && (left < -3 || right > wide + 3);
    if (out) fault(`${Math.round(left)}–${Math.round(right)}px`, node);
    const { overflowX, overflowY } = getComputedStyle(node);
    const more =
      (overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1) ||
      (overflowY !== "visible" && node.scrollHeight > node.clientHeight + 1);
    if (more && width > 1) fault("잘림", node);
  }
  const framed = (node) => getComputedStyle(node).borderTopStyle !== "none";
  const boxes = all("main :is(button, input, select, textarea)");
  for (const node of boxes.filter(framed)) fault("칸으로 보임", node);
  const live =
    "dialog, progress, textarea, .lab-tabs, [popover], " +
    "button:not(.lab-pick, .lab-figure), input:not([type=text])";
  for (const node of all(live)) fault("누를 것", node);
  for (const node of all("details")) {
    if (!node.lastElementChild.checkVisibility()) fault("접혀 있음", node);
  }
  for (const card of all(".lab-card")) {
    const table = card.querySelector(".lab-recorded table");
    if (!table?.checkVisibility()) fault("기록된 결과가 없음", card);
  }
  const { backgroundColor, color } = getComputedStyle(document.documentElement);
  if (`${backgroundColor} ${color}` !== "rgb(255, 255, 255) rgb(0, 0, 0)") {
    found.push(`${backgroundColor}에 ${color}`);
  }
  return found;
};

/** 보이는 것들의 이름. */
const visible = (selector) =>
  [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility())
    .map((node) => node.className || node.textContent || node.localName);
