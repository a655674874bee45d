// 기록된 수의 출처: 올리거나, 초점을 두거나, 누르면 뜨고 Esc로 닫힘.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Card, centre } from "./card.mjs";
import { audit } from "./looks.mjs";

const PATH = "memory/index.html";
const NAME = "distinct_count";
const PANEL = `#${NAME}-origin`;
const NUMBER = ".lab-recorded td.lab-num";

const record = JSON.parse(
  readFileSync(new URL(`../../data/measured/${NAME}.json`, import.meta.url)),
);

export async function origin({ browser, base, check, logic }) {
  /** 기록을 편 카드. */
  const using = (work, options) =>
    browser.using(options, async (page) => {
      const card = await Card.open(page, base, PATH, NAME);
      await page.waitForSelector(card.at(".lab-age"));
      await page.$eval(card.at(".lab-recorded"), (node) => (node.open = true));
      await centre(await page.$(card.at(NUMBER)));
      await work(page, card);
    });
  const opened = (page) => page.waitForSelector(`${PANEL}:popover-open`);
  const closed = (page) =>
    page.waitForFunction(
      (panel) => !document.querySelector(panel).matches(":popover-open"),
      {},
      PANEL,
    );
  const focused = (page) =>
    page.evaluate(() => document.activeElement.textContent);

  await check("출처: 수에 손을 올리면 뜨고, 창으로 옮겨 가도 남음", () =>
    using(async (page, card) => {
      await page.hover(card.at(NUMBER));
      await opened(page);
      const text = await page.$eval(PANEL, (node) => node.innerText);
      const { runtime, version } = record.python.env;
      for (const part of [
        record.machine,
        record.compiler,
        `${runtime} ${version}`,
        record.date,
        record.command,
      ]) {
        assert.ok(text.includes(part), `${part}: ${text}`);
      }
      const flags = /CPU 명령/.test(text);
      assert.equal(flags, (record.cpu_flags ?? []).length > 0);
      await page.hover(`${PANEL} a`);
      const href = await page.$eval(`${PANEL} a`, (link) => link.href);
      const raw = await (await fetch(href)).json();
      assert.deepEqual(raw, record);
      assert.deepEqual(await audit(page, ["light", "navy"]), []);
      await opened(page);
      await page.mouse.move(1, 1);
      await closed(page);
    }),
  );

  await check("출처: 글쇠로 수를 다니고, 원본까지 가고, Esc로 닫음", () =>
    using(async (page, card) => {
      const stops = await page.$$eval(card.at(NUMBER), (all) =>
        all.map(({ tabIndex }) => tabIndex),
      );
      assert.equal(stops[0], 0, "탭으로 닿는 수가 없음");
      await page.focus(card.at(NUMBER));
      await opened(page);
      const first = await focused(page);
      await page.keyboard.press("ArrowDown");
      const next = await page.$eval(
        card.at(".lab-recorded tbody tr:nth-child(2) td.lab-num"),
        (cell) => cell === document.activeElement,
      );
      assert.ok(next, "아래 줄의 같은 열이 아님");
      await page.keyboard.press("ArrowUp");
      assert.equal(await focused(page), first);
      await opened(page);
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "원본 JSON");
      await opened(page);
      await page.keyboard.press("Escape");
      await closed(page);
      const path = await page.evaluate(() => location.pathname);
      assert.ok(path.endsWith(PATH), path);
    }),
  );

  await check("출처: 버튼과 누르기로도 뜨고, 화면 밖으로 나가지 않음", () =>
    using(async (page, card) => {
      await page.setViewport({ width: 320, height: 700 });
      await page.focus(card.at(".lab-recorded [popovertarget]"));
      await page.keyboard.press("Enter");
      await opened(page);
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "원본 JSON");
      await page.keyboard.press("Escape");
      await closed(page);
      // 손가락으로 누른 것은 클릭으로 옴
      await page.$eval(card.at(NUMBER), (cell) => cell.click());
      await opened(page);
      const inside = await page.$eval(PANEL, (node) => {
        const { left, right, top, bottom } = node.getBoundingClientRect();
        return left >= 0 && right <= innerWidth && top >= 0 && bottom > 0;
      });
      assert.ok(inside, "화면 밖에 있음");
    }),
  );

  await check("출처: 본문에 적힌 수도 제 기록을 엶", () =>
    using(async (page) => {
      // 「왜 그런가」의 수는 실행해야 보임
      const number = await page.evaluateHandle(() =>
        [...document.querySelectorAll(".lab-figure")].find((node) =>
          node.checkVisibility(),
        ),
      );
      const [name, said] = await number.evaluate((node) => [
        node.getAttribute("popovertarget"),
        node.textContent,
      ]);
      const panel = `#${name}:popover-open`;
      await centre(number);
      await number.hover();
      await page.waitForSelector(panel);
      // 올려 두고 누르면 닫히지 않고 남음
      await number.click();
      await page.waitForSelector(panel);
      const found = await page.$(panel);
      const gap = await found.evaluate((box, at) => {
        const [a, b] = [box, at].map((node) => node.getBoundingClientRect());
        return Math.min(Math.abs(a.top - b.bottom), Math.abs(b.top - a.bottom));
      }, number);
      assert.ok(gap < 10, `${said}의 곁이 아님: ${gap}`);
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "원본 JSON");
      await page.keyboard.press("Escape");
      const shut = (panel) => !document.querySelector(panel);
      await page.waitForFunction(shut, {}, panel);
    }),
  );

  const later = {
    before: (time) => {
      Date.now = () => time;
    },
  };
  const DAY = 86_400_000;
  for (const [days, says, look] of [
    [0, "오늘 기록", "lab-measured"],
    [12, "12일 전 기록", "lab-measured"],
    [200, "6달 전 기록", "lab-model"],
  ]) {
    const argument = Date.parse(record.date) + days * DAY;
    await logic(`출처: 기록의 나이: ${says}`, () =>
      using(
        async (page, card) => {
          assert.equal(await card.text(".lab-age"), says);
          const found = await page.$(card.at(`.lab-age.${look}`));
          assert.ok(found, look);
        },
        { ...later, argument },
      ),
    );
  }

  await logic("출처: 스크립트가 없으면 날짜가 보임", async () => {
    const page = await browser.openAs("silent");
    try {
      await page.goto(base + PATH);
      const seen = (selector) =>
        page.$eval(selector, (node) => node.checkVisibility());
      const card = `#${NAME}`;
      const date = await page.$eval(`${card} summary time`, (n) => n.innerText);
      assert.equal(date.trim(), record.date);
      assert.equal(await seen(`${card} [popovertarget]`), true);
      assert.equal(await seen(PANEL), false);
    } finally {
      await page.done();
    }
  });
}
