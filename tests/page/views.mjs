// 그래프와 단계 재생: 키보드, 표, 원본의 줄, 테마.

import assert from "node:assert/strict";
import { Card, THEMES, setTheme } from "./card.mjs";
import { pictures } from "./pictures.mjs";

export async function views({ browser, base, check, logic }) {
  const page = await browser.open();
  const path = "dicts/index.html";
  const card = await Card.open(page, base, path, "dict_probe");
  await card.skip();
  await card.run();
  await card.exact();
  await card.idle();

  await check("단계를 넘기면 장면과 원본의 줄이 바뀜", async () => {
    const state = () =>
      page.$eval(card.at(".lab-trace"), (trace) => ({
        place: trace.querySelector(".lab-place").textContent,
        say: trace.querySelector(".lab-say").textContent,
        lines: [...trace.querySelectorAll(".lab-on")].map(
          (line) => line.dataset.step,
        ),
      }));
    const first = await state();
    assert.match(first.place, /^1 \/ \d+$/);
    assert.deepEqual(first.lines, ["start"]);
    await card.click('.lab-trace [aria-label="다음 단계"]');
    const second = await state();
    assert.match(second.place, /^2 \//);
    assert.equal(second.lines.length, 1);
    assert.notEqual(second.say, first.say);
    await page.focus(card.at('.lab-trace [aria-label="다음 단계"]'));
    await page.keyboard.press("ArrowRight");
    assert.match((await state()).place, /^3 \//);
    await page.keyboard.press("End");
    const last = await state();
    const [now, all] = last.place.split(" / ");
    assert.equal(now, all);
    await page.keyboard.press("Home");
    assert.match((await state()).place, /^1 \//);
  });

  await check("재생은 끝까지 가고 멈출 수 있음", async () => {
    await page.select(card.at(".lab-trace select"), "4");
    await card.click('.lab-trace [aria-label="재생"]');
    // 보자마자 누름: 늦으면 끝까지 가서 스스로 멈춤
    await card.until((root) => {
      const trace = document.querySelector(`${root} .lab-trace`);
      const at = parseInt(trace.querySelector(".lab-place").textContent);
      if (at >= 3) trace.querySelector('[aria-label="멈춤"]').click();
      return at >= 3;
    });
    await page.waitForSelector(card.at('.lab-trace [aria-label="재생"]'));
  });

  await check("그래프의 값을 화살표 키로 읽음", async () => {
    await page.focus(card.at(".lab-chart .lab-stage"));
    const live = () => card.text(".lab-chart .lab-stage .lab-sr");
    await page.keyboard.press("ArrowRight");
    const first = await live();
    assert.match(first, /탐사 횟수 1번: 있는 키 \d+/);
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await live(), first);
    await page.keyboard.press("End");
    assert.match(await live(), /탐사 횟수 15번/);
    await page.keyboard.press("Home");
    assert.equal(await live(), first);
    const where = await page.evaluate(() => location.pathname);
    assert.ok(where.endsWith(path));
  });

  await logic("앞 쪽으로 돌아가는 Alt+←는 브라우저의 것임", async () => {
    const widgets = [
      ".lab-chart .lab-stage",
      ".lab-trace .lab-player button",
      "[role=tab]",
      ".lab-recorded .lab-num[tabindex]",
    ];
    const taken = await page.$eval(
      card.root,
      (root, widgets) =>
        widgets.filter((widget) => {
          const node = root.querySelector(widget);
          const how = { altKey: true, bubbles: true, cancelable: true };
          return ["ArrowLeft", "ArrowRight"].some((key) => {
            const event = new KeyboardEvent("keydown", { ...how, key });
            return !node.dispatchEvent(event);
          });
        }),
      widgets,
    );
    assert.deepEqual(taken, []);
  });

  await check("그래프와 같은 값의 표를 보임", async () => {
    await card.click(".lab-chart .lab-link");
    const rows = await page.$$eval(
      card.at(".lab-chart .lab-table tbody tr"),
      (nodes) => nodes.map((node) => node.textContent),
    );
    assert.equal(rows[2].startsWith("3"), true, rows[2]);
    const shown = await page.$eval(card.at(".lab-chart .lab-stage"), (node) =>
      node.checkVisibility(),
    );
    assert.equal(shown, false);
    await card.click(".lab-chart .lab-link");
  });

  await check("테마를 바꾸면 그림의 색도 바뀜", async () => {
    const colors = () =>
      page.$eval(card.at(".lab-chart rect"), (node) => [
        getComputedStyle(node).stroke,
        getComputedStyle(node.closest(".lab-card")).backgroundColor,
      ]);
    const seen = new Set();
    for (const theme of THEMES) {
      await setTheme(page, theme);
      seen.add(String(await colors()));
    }
    assert.equal(seen.size, 5, [...seen].join(" | "));
  });

  await check("--json 출력을 붙이면 셋째 열이 됨", async () => {
    await card.tab("내 컴퓨터");
    await card.paste("글");
    assert.match(await card.text(".lab-paste .lab-error"), /JSON이 아님/);
    await card.paste('{"name":"set_probe"}');
    assert.match(await card.text(".lab-paste .lab-error"), /set_probe/);
    const answers = await card.answers();
    const { checksum, ...rest } = answers;
    const clean = Object.fromEntries(
      Object.entries(rest).map(([k, v]) => [k, v.replaceAll(",", "")]),
    );
    const params = {
      n: 1000,
      keys: "shift",
      shift: 12,
      probe: "cpython",
      perturb_shift: 5,
      load_num: 2,
      load_den: 3,
      seed: 42,
      watch_key: 777,
    };
    const report = {
      schema: 1,
      name: "dict_probe",
      params,
      answers: clean,
      checksum,
      views: [],
      env: { runtime: "native" },
    };
    await card.paste(JSON.stringify(report));
    await card.until((root) =>
      /값 일치.*붙인 결과/.test(
        document.querySelector(`${root} .lab-agree`)?.textContent ?? "",
      ),
    );
    const wrong = { ...report, answers: { ...clean, slots: "7" } };
    await card.tab("내 컴퓨터");
    await card.paste(JSON.stringify(wrong));
    await card.until((root) =>
      /불일치/.test(
        document.querySelector(`${root} .lab-agree`)?.textContent ?? "",
      ),
    );
  });

  await page.done();
  await pictures({ browser, base, check, logic });
}
