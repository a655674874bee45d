// 빠르기. 시간은 기계마다 달라 적기만 하고, 느려지는 구조만 틀렸다고 함.

import assert from "node:assert/strict";
import { cardsOf } from "./book.mjs";
import { Card } from "./card.mjs";

const PATH = "dicts/index.html";
const NAME = "dict_probe";
const SAMPLES = 3;
const TRACED = ["toplevel", "devtools.timeline", "v8", "blink.user_timing"];
/** 스크립트가 도는 동안. 스크립트가 시킨 배치도 이 안에 듦. */
const SCRIPT = ["FunctionCall", "EvaluateScript", "RunMicrotasks"];

/** 작업자가 떴는지, 카드와 그림이 언제 놓이는지 적어 둠. */
const watch = () => {
  const Plain = Worker;
  globalThis.Worker = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        if (data.type === "ready") document.documentElement.dataset.ready = "";
      });
    }
  };
  const note = (records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") performance.mark("lab-card");
      if (!target.matches?.(".lab-results, .lab-replay, .lab-timing")) continue;
      for (const _ of addedNodes) performance.mark("lab-view");
    }
  };
  new MutationObserver(note).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-live"],
  });
};

/** 누른 때부터 첫 결과가 화면에 그려질 때까지, ms. */
const untilShown = async (root) => {
  const results = root.querySelector(".lab-results");
  const start = performance.now();
  const fresh = new Promise((resolve) => {
    const seen = new MutationObserver((records) => {
      const added = records.flatMap((record) => [...record.addedNodes]);
      if (!added.some((node) => node.matches?.(".lab-view"))) return;
      seen.disconnect();
      resolve();
    });
    seen.observe(results, { childList: true });
  });
  root.querySelector(".lab-predict label:last-child input").click();
  root.querySelector(".lab-run").click();
  await fresh;
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  return performance.now() - start;
};

const listed = (values) =>
  `${values.map(Math.round).toSorted((a, b) => a - b).join(" · ")} ms`;

/** 쪽의 큰 스레드가 한 일: 일마다 스크립트의 CPU 시간과 그 안의 표식. */
function tasksOf(trace) {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace));
  const { pid, tid } = traceEvents.find(({ name }) => name === "lab-card");
  const ours = traceEvents
    .filter((event) => event.pid === pid && event.tid === tid)
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const tasks = ours.filter(({ name }) => name.endsWith("::RunTask"));
  return tasks.map((task) => {
    const inside = ours.filter(
      ({ ts }) => ts >= task.ts && ts < task.ts + task.dur,
    );
    let end = 0;
    let script = 0;
    for (const { name, ts, dur, tdur = 0 } of inside) {
      if (!SCRIPT.includes(name) || ts < end) continue;
      end = ts + dur;
      script += tdur / 1000;
    }
    const marks = (wanted) =>
      inside.filter(({ name }) => name === wanted).length;
    return { script, cards: marks("lab-card"), views: marks("lab-view") };
  });
}

/** 모든 카드가 놓였는가. */
const live = () => !document.querySelector(".lab-card:not([data-live])");

export async function speed({ browser, base, check, logic }) {
  const using = (work) => browser.using({ before: watch }, work);

  await check("누르기 전에 작업자가 이미 떠 있음", () =>
    using(async (page) => {
      await page.goto(`${base}${PATH}`);
      await page.waitForSelector("html[data-ready]");
    }),
  );

  await check("화면 밖에 있는 카드의 무거운 곳은 배치하지 않음", () =>
    using(async (page) => {
      await Card.open(page, base, PATH, NAME);
      // 뒤의 카드가 놓이며 접히면 굴린 곳이 달라짐
      await page.waitForFunction(live);
      const cards = await cardsOf(base, PATH);
      const last = `#${cards.at(-1)}`;
      const heavy = `${last} .lab-implementations`;
      const drawn = (selector) =>
        document
          .querySelector(selector)
          .firstElementChild.checkVisibility({ contentVisibilityAuto: true });
      assert.equal(await page.evaluate(drawn, heavy), false);
      await page.$eval(last, (node) => node.scrollIntoView());
      await page.waitForFunction(drawn, {}, heavy);
    }),
  );

  // 파이어폭스는 무슨 일이 큰 스레드를 잡았는지 알려 주지 않음
  if (browser.chromium) {
    await check("카드도 그림도 한 번에 하나씩 놓임", () =>
      using(async (page) => {
        await page.tracing.start({ categories: TRACED });
        const card = await Card.open(page, base, PATH, NAME);
        await page.waitForFunction(live);
        await card.skip();
        await card.run();
        await card.exact();
        await card.idle();
        const tasks = tasksOf(await page.tracing.stop());
        const most = (key) => Math.max(...tasks.map((task) => task[key]));
        console.log(`  가장 긴 스크립트: CPU ${most("script").toFixed(1)} ms`);
        assert.equal(most("cards"), 1, "한 일에서 깨운 카드");
        assert.equal(most("views"), 1, "한 일에서 놓은 그림");
      }),
    );
  }

  await logic("누름에서 첫 결과까지", async () => {
    const [cold, warm] = [[], []];
    for (let i = 0; i < SAMPLES; i += 1) {
      await using(async (page) => {
        const card = await Card.open(page, base, PATH, NAME);
        for (const times of [cold, warm]) {
          times.push(await page.$eval(card.root, untilShown));
          await card.exact();
          await card.idle();
        }
      });
    }
    console.log(`  처음: ${listed(cold)} / 다시: ${listed(warm)}`);
  });
}
