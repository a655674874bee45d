// axe가 보지 못하는 WCAG 2.2 AA: 열린 창도 좁은 화면과 큰 글자에서 잘리지
// 않고, 고대비와 줄인 움직임을 따르고, 글쇠만으로 쓸 수 있음.

import assert from "node:assert/strict";
import { Card, searchFor, setTheme } from "./card.mjs";
import { fit, unfold } from "./looks.mjs";

const PATH = "dicts/index.html";
const NAME = "dict_probe";

/** 지금 움직이는 것들. */
const lively = () =>
  [...document.querySelectorAll("*")]
    .filter((node) =>
      ["", "::before", "::after"].some((part) => {
        const style = getComputedStyle(node, part);
        const { animationName, transitionDuration } = style;
        const long = transitionDuration
          .split(", ")
          .some((text) => parseFloat(text) > 0.001);
        return animationName !== "none" || long;
      }),
    )
    .map((node) => `${node.localName}.${node.className}`);

/** 초점이 있는 곳의 이름, 보이는지, 테두리가 있는지. */
const focused = async () => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  // 건너뛰기 링크는 미끄러져 들어옴
  const moves = node.getAnimations().map(({ finished }) => finished);
  await Promise.allSettled(moves);
  const ringed = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const x = [Math.max(left, 0), Math.min(right, innerWidth)];
  const y = [Math.max(top, 0), Math.min(bottom, innerHeight)];
  const at = ([a, b], part) => a + (b - a) * part;
  const parts = [0.1, 0.5, 0.9];
  const seen = parts.some((down) =>
    parts.some((across) => {
      const hit = document.elementFromPoint(at(x, across), at(y, down));
      const near = node.closest("label") ?? node;
      return hit !== null && (near.contains(hit) || hit.contains(node));
    }),
  );
  const label = node.ariaLabel || node.textContent.trim().slice(0, 20);
  return {
    name: `${node.localName}#${node.id}.${node.className} ${label}`,
    in: node.closest("dialog, .sidebar, .bar-top, .content, .skip")?.className,
    seen,
    ringed: [node, node.closest("label") ?? node].some(ringed),
  };
};

/** 고대비에서 바탕색을 빼면 구별되지 않는 것들. */
const alike = (root) => {
  const problems = [];
  const card = document.querySelector(root);
  const probe = document.createElement("i");
  document.body.append(probe);
  const rgba = (color) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const system = (name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  };
  const luminance = (color) =>
    rgba(color)
      .map((byte) => byte / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = luminance(system("Canvas"));
  const clear = (color) => {
    const ink = luminance(color);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    return ratio >= 3;
  };
  const style = (node) => getComputedStyle(node);
  const need = (what, holds) => holds || problems.push(what);
  const lined = (node) =>
    ["Top", "Bottom"].some((side) => {
      const width = parseFloat(style(node)[`border${side}Width`]);
      return width > 0 && clear(style(node)[`border${side}Color`]);
    });

  for (const node of document.querySelectorAll("button")) {
    if (!node.checkVisibility() || node.matches(".shade, [role=tab]")) continue;
    const underlined = style(node).textDecorationLine === "underline";
    const name = `단추 ${node.className} ${node.textContent}`;
    need(name, node.disabled || underlined || lined(node));
  }
  const tabs = [...card.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    const on = tab.ariaSelected === "true";
    need(`탭 ${tab.textContent}`, lined(tab) === on);
  }
  need("탭이 없음", tabs.length > 1);

  const ring = (node) =>
    style(node).outlineStyle === "solid" && clear(style(node).outlineColor);
  for (const input of card.querySelectorAll(".lab-choices input[type=radio]")) {
    need("고른 예측", ring(input.closest("label")) === input.checked);
  }
  for (const hit of document.querySelectorAll("#search-hits [role=option]")) {
    need("고른 곳", ring(hit) === (hit.ariaSelected === "true"));
  }
  const line = (node) => clear(style(node).borderLeftColor);
  for (const node of card.querySelectorAll(".lab-trace .lab-line")) {
    need("지금 줄", line(node) === node.matches(".lab-on"));
  }
  const marks = card.querySelectorAll(
    ".lab-lanes :is(.lab-tone-now, .lab-tone-hit) :is(rect, circle)",
  );
  need("단계의 표시가 없음", marks.length > 0);
  for (const mark of marks) {
    const { fill, stroke } = style(mark);
    const inks = [fill, stroke].filter((color) => color !== "none");
    need("단계의 표시", inks.some(clear));
  }
  for (const legend of card.querySelectorAll(".lab-chart .lab-legend")) {
    const looks = [...legend.querySelectorAll("svg > *")].map((shape) => {
      const { fill, stroke } = style(shape);
      const inks = [fill, stroke].filter((ink) => ink.startsWith("rgb"));
      need(`그래프의 색 ${inks}`, inks.length === 0 || inks.some(clear));
      const pattern = fill.startsWith("url") ? fill : "";
      return `${shape.localName} ${shape.getAttribute("d")} ${pattern}`;
    });
    need("그래프의 모양", new Set(looks).size === looks.length);
  }
  probe.remove();
  return problems;
};

/** 24픽셀보다 작은 버튼들. 글줄 속의 것은 줄의 높이를 따름. */
const small = () =>
  [
    ...document.querySelectorAll(
      "button:not(.lab-figure), select, summary, [role=tab]",
    ),
  ]
    .filter((node) => {
      const { width, height } = node.getBoundingClientRect();
      const seen = node.checkVisibility() && !node.matches(".shade");
      return seen && Math.min(width, height) < 24;
    })
    .map((node) => `작음 ${node.className} ${node.textContent.slice(0, 20)}`);

export async function wcag({ browser, base, check, logic }) {
  let page;
  const ready = async (path) => {
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(`${base}${path}`);
    await page.waitForFunction(
      () => !document.querySelector(".lab-card:not([data-live])"),
    );
  };

  const results = async () => {
    const card = await Card.open(page, base, PATH, NAME);
    await card.skip();
    await card.run();
    await card.exact();
    await card.idle();
    return card;
  };

  const narrow = async () => {
    await results();
    await page.evaluate(unfold);
    const problems = await fit(page);
    await page.setViewport({ width: 390, height: 900 });
    problems.push(...(await page.evaluate(small)));
    await page.click("#settings-open");
    problems.push(...(await fit(page)), ...(await page.evaluate(small)));
    await page.keyboard.press("Escape");
    await searchFor(page, "사전");
    problems.push(...(await fit(page)));
    assert.deepEqual(problems, []);
  };

  /** 새로 연 쪽에서. `setting`은 독자가 브라우저에 해 둔 것. */
  const alone = (name, work, setting, by = check) =>
    by(name, async () => {
      page = await (setting ? browser.openAs(setting) : browser.open());
      try {
        await ready(PATH);
        await work();
      } finally {
        await page.done();
      }
    });

  const size = "결과 카드와 창: 320픽셀, 두 배 글자, 24픽셀";
  await alone(size, narrow, undefined, logic);

  const matches = (query) =>
    page.evaluate((text) => matchMedia(text).matches, query);

  const still = async () => {
    assert.ok(await matches("(prefers-reduced-motion: reduce)"));
    const card = await results();
    assert.deepEqual(await page.evaluate(lively), []);
    const players = await page.$$eval(card.at(".lab-player"), (nodes) =>
      nodes.map((node) => [
        node.querySelector(".lab-place").textContent.split(" ")[0],
        node.querySelectorAll('[aria-label="재생"]').length,
      ]),
    );
    assert.ok(players.length > 0);
    for (const player of players) assert.deepEqual(player, ["1", 1]);
  };
  await alone("움직임을 줄이면 아무것도 스스로 움직이지 않음", still, "still");

  // 테마를 고른 독자도 고대비의 밝기를 따름
  const contrasts = [
    ["dark", "contrastDark", "light"],
    ["light", "contrastLight", "coal"],
  ];
  // 파이어폭스는 설정마다 새로 뜸: 어두운 쪽 하나만
  for (const [scheme, setting, theme] of browser.chromium
    ? contrasts
    : contrasts.slice(0, 1)) {
    const told = async () => {
      assert.ok(await matches("(forced-colors: active)"));
      assert.ok(await matches(`(prefers-color-scheme: ${scheme})`));
      await setTheme(page, theme);
      const card = await results();
      await card.click('.lab-trace [aria-label="다음 단계"]');
      await page.evaluate(unfold);
      await searchFor(page, "사전");
      await page.waitForSelector("#search-hits li + li");
      await page.keyboard.press("ArrowDown");
      await page.waitForSelector('#search-hits [aria-selected="true"]');
      assert.deepEqual(await page.evaluate(alike, card.root), []);
    };
    await alone(`고대비 ${scheme}: 바탕색 없이도 구별됨`, told, setting);
  }

  // 끝을 지난 초점은 브라우저의 것으로 나가므로 그때마다 새로 엶
  await alone("설정 창은 초점을 가두고 돌려줌", async () => {
    await page.focus("#settings-open");
    await page.keyboard.press("Enter");
    let now = await page.evaluate(focused);
    for (let i = 0; now && i < 20; i++) {
      assert.equal(now.in, "sheet", now.name);
      await page.keyboard.press("Tab");
      now = await page.evaluate(focused);
    }
    if (!now) {
      await page.keyboard.down("Shift");
      await page.keyboard.press("Tab");
      await page.keyboard.up("Shift");
      assert.equal((await page.evaluate(focused))?.in, "sheet");
    }
    await page.keyboard.press("Escape");
    const back = await page.evaluate(() => document.activeElement.id);
    assert.equal(back, "settings-open");
  });

  await alone("좁은 화면의 차례는 Esc와 Tab으로 닫힘", async () => {
    await page.setViewport({ width: 390, height: 900 });
    const open = () =>
      page.$eval("#sidebar-toggle", (node) => node.ariaExpanded === "true");
    const enter = async () => {
      await page.focus("#sidebar-toggle");
      await page.keyboard.press("Enter");
      assert.equal(await open(), true);
      assert.equal((await page.evaluate(focused)).in, "sidebar");
    };
    await page.reload();
    await enter();
    await page.keyboard.press("Escape");
    assert.equal(await open(), false);
    const back = await page.evaluate(() => document.activeElement.id);
    assert.equal(back, "sidebar-toggle");
    await enter();
    await page.$$eval("#mdbook-sidebar a", (links) => links.at(-1).focus());
    await page.keyboard.press("Tab");
    assert.equal(await open(), false);
    const next = await page.evaluate(focused);
    assert.deepEqual([next.in, next.seen], ["bar-top", true]);
  });

  await alone("글쇠만으로 처음부터 끝까지 감", async () => {
    const { keyboard } = page;
    const tab = async () => {
      await keyboard.press("Tab");
      return page.evaluate(focused);
    };
    const id = () => page.evaluate(() => document.activeElement.id);

    const skip = await tab();
    assert.match(skip.name, /본문으로 건너뛰기/);
    await keyboard.press("Enter");
    assert.equal(await id(), "content");
    assert.equal((await tab()).in, "content");

    await page.goto(`${base}${PATH}`);
    const hidden = [];
    const places = new Set();
    let last = "";
    for (let now = await tab(); now; now = await tab()) {
      places.add(now.in);
      last = now.name;
      if (!now.seen) hidden.push(`가려짐 ${now.name}`);
      if (!now.ringed) hidden.push(`테두리 없음 ${now.name}`);
      if (hidden.length > 9) break;
    }
    assert.deepEqual(hidden, []);
    assert.deepEqual([...places], ["skip", "sidebar", "bar-top", "content"]);
    assert.match(last, /다음/);
  });
}
