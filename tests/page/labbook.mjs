// 내 실험 노트: 예측이 남고, 읽은 절이 남고, 옮길 수 있고, 지울 수 있음.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";
import { audit, unfold } from "./looks.mjs";

const PAGE = "labbook.html";
const CHAPTER = "dicts/index.html";

/** 지금 쪽의 노트에 남은 것: 키 → 글. */
const kept = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      Object.keys(localStorage)
        .filter((key) => key.startsWith("lab-book/"))
        .map((key) => [key, localStorage.getItem(key)]),
    ),
  );

const restore = (page, records) =>
  page.evaluate((all) => {
    for (const [key, text] of Object.entries(all)) {
      localStorage.setItem(key, text);
    }
  }, records);

/** 성적표의 첫 줄. */
const TALLY = '[aria-label="장마다의 성적"] tbody tr';

const textOf = (page, part) =>
  page.$eval(`[data-labbook="${part}"]`, (node) => node.textContent);

/** 노트를 열고, 그려질 때까지 기다림. */
async function openBook(page, base) {
  await page.goto(base + PAGE);
  await page.waitForSelector('[data-labbook="file"] button');
}

const press = (page, part, label) =>
  page.$eval(
    `[data-labbook="${part}"]`,
    (root, text) =>
      [...root.querySelectorAll("button")]
        .find((button) => button.textContent === text)
        .click(),
    label,
  );

/** 물음 창에서 고름. 빈 글이면 그만둠. */
async function choose(page, value) {
  await page.waitForSelector("dialog.sheet[open] [autofocus]");
  await page.$eval(`dialog.sheet[open] [value="${value}"]`, (node) =>
    node.click(),
  );
  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
}

/** 노트가 한 일을 말할 때까지. */
const said = (page, text) =>
  page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll("main > .lab-sr")].some(
        (node) => node.textContent === wanted,
      ),
    {},
    text,
  );

const give = (page, json) =>
  page.$eval(
    '[data-labbook="file"] input',
    (input, text) => {
      const files = new DataTransfer();
      files.items.add(new File([text], "note.json"));
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    },
    json,
  );

/** 내보낸 파일의 글: 내려받게 하는 링크의 속을 읽음. */
async function exported(page) {
  await page.evaluate(() => {
    window.saved = null;
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      void blob.text().then((text) => (window.saved = text));
      return make(blob);
    };
  });
  await press(page, "file", "파일로 내보내기");
  return page.waitForFunction(() => window.saved);
}

async function predict(card, selector, value) {
  await card.page.$eval(
    card.at(selector),
    (input, text) => {
      if (text === undefined) return input.click();
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    value,
  );
  await card.run();
  await card.exact();
  await card.idle();
}

const entry = (id, more = {}) => ({
  id,
  date: "2026-11-01T00:00:00.000Z",
  chapter: "dicts",
  name: "dict_probe",
  question: `물음 ${id}`,
  params: { n: "10" },
  guess: { kind: "number", value: 1, unit: "배" },
  answer: { kind: "number", value: 4, unit: "배" },
  headline: "4배",
  sentence: "문장",
  place: "WASM",
  ...more,
});

const file = (entries, more = {}) => ({
  kind: "rust-lab-notebook",
  schema: 1,
  date: "2026-11-28T00:00:00.000Z",
  entry: entries,
  read: [],
  last: [],
  machine: [],
  ...more,
});

const BAD = [
  ["{", /JSON이 아님/],
  ["[]", /객체여야 함/],
  ['{"kind":"x"}', /실험 노트가 아님/],
  [file([], { schema: 2 }), /판이 다름.*1판/],
  [file([entry("a"), entry("b", { answer: { kind: "number" } })]),
    /entry\[1\]\.answer\.value: 수여야 함/],
  [file([entry("a", { chapter: "../x" })]), /entry\[0\]\.chapter: /],
  [file([entry("a", { name: "javascript:x" })]), /entry\[0\]\.name: /],
  [file([entry("a", { evil: 1 })]), /entry\[0\]\.evil: 모르는 항목임/],
  [file([entry("a", { question: "<".repeat(401) })]), /question: 400자/],
  [file([entry("a", { date: "어제" })]), /entry\[0\]\.date: .*시각/],
  [file([], { read: [{ page: "http://x/", id: "" }] }), /read\[0\]\.page: /],
  [file([], { machine: [{ date: entry("a").date, machine: null }] }),
    /machine\[0\]\.machine: 객체여야 함/],
];

export async function labbook({ browser, base, check, logic }) {
  const { using } = browser;

  await check("노트: 고르기 예측이 남고, 다시 읽어도, 옮겨도 같음", () =>
    using({}, async (page) => {
      const card = await Card.open(page, base, CHAPTER, "dict_probe");
      await predict(card, ".lab-predict label:nth-child(2) input");
      const guess = await card.text(".lab-predict label:nth-child(2)");
      assert.match(await card.text(".lab-verdict"), /내 실험 노트에 남김/);
      // 답을 본 뒤에 값만 바꾼 실행은 새 예측이 아님
      await card.set("n", "500");
      await card.run();
      await card.idle();
      await openBook(page, base);
      const shown = async () =>
        page.$$eval(".labbook-list > li", (all) =>
          all.map((node) => node.innerText),
        );
      const [only, ...others] = await shown();
      assert.deepEqual(others, []);
      assert.match(only, /평균 탐사는 연속 키의 몇 배일까\?/);
      assert.ok(only.includes(`내 예측 ${guess.trim()} · 답 4배`), only);
      assert.match(only, /다름/);
      assert.match(only, /n 1,000/);
      const tally = await page.$eval(TALLY, (row) =>
        [...row.cells].slice(1).map((cell) => cell.textContent),
      );
      assert.deepEqual(tally, ["0", "–", "0 / 1", "–"]);
      const link = await page.$eval(".labbook-list a", (node) => node.href);
      assert.match(link, /dicts\/index\.html#dict_probe\?n=1000&/);
      assert.match(await textOf(page, "resume"), /마지막 실험: /);

      await page.reload();
      await page.waitForSelector(".labbook-list > li");
      assert.deepEqual(await shown(), [only]);

      const before = await kept(page);
      const json = await exported(page);
      await press(page, "file", "모두 지우기");
      await choose(page, "모두 지우기");
      await said(page, "모두 지움");
      assert.deepEqual(await kept(page), {});
      assert.match(await textOf(page, "entries"), /아직 없음/);
      await give(page, json);
      await choose(page, "합치기");
      await page.waitForSelector(".labbook-list > li");
      assert.deepEqual(await shown(), [only]);
      assert.deepEqual(await kept(page), before);
    }),
  );

  await logic("노트: 수와 차례의 예측, 그리고 장마다의 성적", () =>
    using({}, async (page) => {
      const path = "memory/index.html";
      const number = await Card.open(page, base, path, "sparse_matrix");
      await predict(number, ".lab-guess input", "1,000");
      const order = new Card(page, "compact_types");
      await page.waitForSelector("#compact_types[data-live]");
      await predict(order, ".lab-predict .lab-choices input");
      const told = await order.text(".lab-verdict");
      await openBook(page, base);
      await page.waitForSelector(".lab-chart svg");
      const entries = Object.entries(await kept(page))
        .filter(([key]) => key.startsWith("lab-book/entry/"))
        .map(([, text]) => JSON.parse(text));
      const { guess, answer } = entries.find(
        ({ name }) => name === "sparse_matrix",
      );
      assert.equal(guess.value, 1000);
      const ratio = guess.value / answer.value;
      const off = Math.exp(Math.abs(Math.log(ratio)));
      const cells = await page.$$eval(TALLY, (rows) =>
        rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
      );
      assert.equal(cells.length, 2);
      assert.match(cells[0][0], /메모리 아껴 쓰기/);
      assert.equal(cells[0][1], "1");
      const shown = Number(cells[0][2].replaceAll(",", ""));
      assert.ok(Math.abs(shown / off - 1) < 0.01, `${shown} ${off}`);
      await page.evaluate(unfold);
      assert.deepEqual(await audit(page, ["light", "navy"]), []);
      const [agreed, pairs] = cells[0][4].split(" / ").map(Number);
      const [, count] = /앞뒤 \d+쌍 가운데 (\d+)쌍/.exec(told) ?? [];
      assert.equal(agreed, count === undefined ? pairs : Number(count));
      await press(page, "calibration", "표로 보기");
      const twin = await page.$eval(".lab-chart table", (t) => t.textContent);
      assert.match(twin, /메모리 아껴 쓰기/);
    }),
  );

  await logic("노트: 어긋난 파일은 거절하고 아무것도 바꾸지 않음", () =>
    using({}, async (page) => {
      await openBook(page, base);
      const mine = entry("mine");
      await restore(page, { "lab-book/entry/mine": JSON.stringify(mine) });
      const before = await kept(page);
      for (const [bad, says] of BAD) {
        const json = typeof bad === "string" ? bad : JSON.stringify(bad);
        await give(page, json);
        const seen = await page.waitForFunction(
          (source) => {
            const { textContent } = document.querySelector(
              '[data-labbook="file"] [role="alert"]',
            );
            return new RegExp(source).test(textContent) && textContent;
          },
          {},
          says.source,
        );
        assert.match(seen, says);
        assert.deepEqual(await kept(page), before, json);
      }
      // 이름이 물려받은 것과 같아도 자료일 뿐이고, 글은 글로만 보임
      const markup = "<img src=x onerror=alert(1)><b id=evil>굵게</b>";
      const hostile = entry("evil", { question: markup, headline: markup });
      await give(page, JSON.stringify(file([hostile])));
      await choose(page, "합치기");
      await page.waitForFunction(() =>
        document.querySelector(".labbook-list")?.textContent.includes("<img"),
      );
      assert.equal(await page.$("#evil"), null);
      assert.equal(await page.$("main img"), null);
    }),
  );

  await logic("노트: 합치면 둘 다 남고, 바꾸면 가져온 것만 남음", () =>
    using({}, async (page) => {
      await openBook(page, base);
      const asked = { answer: null };
      const mine = [entry("a", { question: "내 것" }), entry("b", asked)];
      for (const each of mine) {
        const key = `lab-book/entry/${each.id}`;
        await restore(page, { [key]: JSON.stringify(each) });
      }
      const clash = entry("a", { question: "남의 것" });
      const theirs = [clash, entry("b"), entry("c")];
      const json = JSON.stringify(file(theirs));
      const stored = async () => {
        const all = await kept(page);
        return Object.values(all).map((text) => JSON.parse(text));
      };
      await give(page, json);
      await choose(page, "");
      await said(page, "가져오지 않음");
      assert.equal((await stored()).length, 2);
      await give(page, json);
      await choose(page, "합치기");
      await said(page, "예측 3개와 읽은 절 0개를 가져옴");
      const merged = await stored();
      const of = (id) => merged.find((each) => each.id === id);
      assert.equal(merged.length, 3);
      assert.equal(of("a").question, "내 것");
      assert.deepEqual(of("b").answer, entry("b").answer);
      const last = [entry("c")];
      await give(page, JSON.stringify(file(last)));
      await choose(page, "바꾸기");
      await said(page, "예측 1개와 읽은 절 0개를 가져옴");
      assert.deepEqual(await stored(), last);
    }),
  );

  await check("노트: 글쇠만으로 하나를 지우고, 물리기도 함", () =>
    using({}, async (page) => {
      await openBook(page, base);
      const day = (date) => ({ date: `2026-11-0${date}T00:00:00.000Z` });
      const three = [entry("a", day(3)), entry("b", day(2)), entry("c", day(1))];
      for (const each of three) {
        const key = `lab-book/entry/${each.id}`;
        await restore(page, { [key]: JSON.stringify(each) });
      }
      await page.reload();
      await page.waitForSelector(".labbook-list button");
      await page.focus(".labbook-list li:nth-child(2) button");
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog.sheet[open]");
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !document.querySelector("dialog[open]"));
      assert.equal(Object.keys(await kept(page)).length, 3);
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog.sheet[open]");
      const focused = () =>
        page.evaluate(() => document.activeElement.textContent);
      assert.equal(await focused(), "그만두기");
      await page.keyboard.down("Shift");
      await page.keyboard.press("Tab");
      await page.keyboard.up("Shift");
      assert.equal(await focused(), "지우기");
      await page.keyboard.press("Enter");
      await page.waitForFunction(
        () => document.querySelectorAll(".labbook-list > li").length === 2,
      );
      assert.equal(Object.keys(await kept(page)).length, 2);
      assert.equal(await focused(), "지우기");
      // 지운 자리에 온 것임
      const label = () => document.activeElement.ariaLabel;
      assert.equal(await page.evaluate(label), "지우기: 물음 c");
    }),
  );

  await logic("노트: 0을 0으로 맞힌 것도 셈하고, 같은 성적은 그대로 둠", () =>
    using({}, async (page) => {
      await openBook(page, base);
      const zero = { kind: "number", value: 0, unit: "개" };
      const known = entry("zero", { guess: zero, answer: zero });
      await restore(page, { "lab-book/entry/zero": JSON.stringify(known) });
      await page.reload();
      await page.waitForSelector(TALLY);
      const [item] = await page.$$eval(".labbook-list > li", (all) =>
        all.map((node) => node.innerText),
      );
      assert.match(item, /답의 1배 ✔/);
      const tally = await page.$eval(TALLY, (row) =>
        [...row.cells].slice(1, 3).map((cell) => cell.textContent),
      );
      assert.deepEqual(tally, ["1", "1"]);
      const [stays, held] = await page.evaluate((selector) => {
        const row = document.querySelector(selector);
        let leaked = false;
        document.addEventListener("keydown", () => (leaked = true));
        const left = { key: "ArrowLeft", bubbles: true };
        row.dispatchEvent(new KeyboardEvent("keydown", left));
        dispatchEvent(new StorageEvent("storage", { key: null }));
        return [row.isConnected, !leaked];
      }, TALLY);
      assert.ok(stays, "같은 성적을 다시 그림");
      assert.ok(held, "표를 미는 화살표가 쪽으로 새어 나감");
    }),
  );

  await check("노트: 다른 탭이 적은 것도 나오고, 서로 지우지 않음", () =>
    using({}, async (page) => {
      await openBook(page, base);
      // 같은 저장소를 쓰는 다른 탭
      const other = await browser.open({ beside: page });
      // 열면서 저장소를 시험하는 것도 여기서는 다른 탭이 적는 것임
      await openBook(other, base);
      const write = (tab, id) =>
        restore(tab, { [`lab-book/entry/${id}`]: JSON.stringify(entry(id)) });
      const listed = (count) =>
        page.waitForFunction(
          (wanted) =>
            document.querySelectorAll(".labbook-list > li").length === wanted,
          {},
          count,
        );
      await write(other, "a");
      await listed(1);
      await page.focus(".labbook-list button");
      await write(page, "b");
      await write(other, "c");
      await listed(3);
      assert.equal(Object.keys(await kept(page)).length, 3);
      // 짚고 있던 버튼은 다시 그려도 짚은 채임
      const focused = await page.evaluate(
        () => document.activeElement.closest(".labbook-list > li")?.innerText,
      );
      assert.match(focused ?? "", new RegExp(entry("a").question));
      await other.done();
    }),
  );

  /** 굴리고, 쪽이 그것을 볼 때까지. */
  const scrolling = {
    before: () => {
      window.scrolledTo = (top) =>
        new Promise((done) => {
          addEventListener("scroll", () => requestAnimationFrame(done), {
            once: true,
          });
          scrollTo(0, top);
        });
    },
  };
  await check("노트: 지나간 절만 읽은 것이 되고, 이어서 읽을 수 있음", () =>
    using(scrolling, async (page) => {
      await page.goto(base + CHAPTER);
      await page.waitForSelector("[data-live]");
      const titles = () =>
        kept(page).then((all) =>
          Object.entries(all)
            .filter(([key]) => key.startsWith("lab-book/read/"))
            .map(([, text]) => JSON.parse(text).title),
        );
      const ids = await page.$$eval("main > h2", (all) =>
        all.map(({ id }) => id),
      );
      const first = await page.$eval("main > h2", (node) => node.innerText);
      // 읽은 절을 세는 스크립트가 언제 오든, 온 뒤의 한 번은 셈
      await page.waitForFunction(
        async (until, title) => {
          const end = () =>
            document.getElementById(until).getBoundingClientRect().bottom;
          if (scrollY > 0) await scrolledTo(0);
          while (end() > innerHeight) {
            await scrolledTo(scrollY + innerHeight / 2);
          }
          return Object.entries(localStorage).some(
            ([key, text]) =>
              key.startsWith("lab-book/read/") && text.includes(title),
          );
        },
        {},
        ids[3],
        first,
      );
      // 끝으로 뛰면 가운데는 읽은 것이 아님
      const before = (await titles()).length;
      await page.evaluate(() =>
        scrolledTo(document.documentElement.scrollHeight),
      );
      assert.ok((await titles()).length < before + 3, String(await titles()));
      const sign = "#mdbook-sidebar a.active[data-read]";
      await page.waitForSelector(sign);
      const total = ids.length;
      const count = await page.$eval(sign, (node) => node.dataset.read);
      assert.match(count, new RegExp(`^\\d+/${total}$`));
      await openBook(page, base);
      const reads = await textOf(page, "reads");
      assert.match(reads, /사전과 셋: \d+절 가운데 \d+절/);
      // 펴 둔 장은, 펴자마자 다른 탭이 적어 다시 그려도 펴져 있음
      const stays = await page.evaluate(() => {
        const fold = () =>
          document.querySelector('[data-labbook="reads"] details');
        const before = fold();
        before.querySelector("summary").click();
        dispatchEvent(new StorageEvent("storage", { key: null }));
        return fold() !== before && fold().open;
      });
      assert.ok(stays, "펴 둔 장이 접힘");
      assert.match(await textOf(page, "resume"), /이어서 읽기: .*사전과 셋/);
      await page.goto(`${base}review/index.html`);
      const resume = "main > .resume";
      await page.waitForSelector(resume);
      assert.match(await page.$eval(resume, ({ href }) => href), /dicts\/.*#/);
    }),
  );

  const blocked = {
    before: () =>
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("막힘", "SecurityError");
        },
      }),
  };
  await check("노트: 저장소가 막혀도 실험은 되고, 그렇다고 말함", () =>
    using(blocked, async (page) => {
      const card = await Card.open(page, base, CHAPTER, "dict_probe");
      await predict(card, ".lab-predict label:nth-child(2) input");
      const verdict = await card.text(".lab-verdict");
      assert.match(verdict, /실험 노트에 남기지 못함/);
      await openBook(page, base);
      assert.match(await textOf(page, "state"), /저장을 막아/);
      assert.match(await textOf(page, "entries"), /아직 없음/);
      await give(page, JSON.stringify(file([entry("a")])));
      await choose(page, "합치기");
      await page.waitForFunction(() =>
        /바꾸지 않음/.test(
          document.querySelector('[data-labbook="file"] [role="alert"]')
            .textContent,
        ),
      );
    }),
  );

  const full = {
    before: () => {
      const keep = Storage.prototype.setItem;
      let left = 2;
      Storage.prototype.setItem = function (key, text) {
        if (key.startsWith("lab-book/entry/") && text.includes("물음")) {
          if (left === 0) throw new DOMException("", "QuotaExceededError");
          left -= 1;
        }
        return keep.call(this, key, text);
      };
    },
  };
  await logic("노트: 가져오다 가득 차면 처음으로 되돌림", () =>
    using(full, async (page) => {
      await openBook(page, base);
      const mine = entry("mine", { question: "내 것" });
      await restore(page, { "lab-book/entry/mine": JSON.stringify(mine) });
      const before = await kept(page);
      const theirs = ["mine", "b", "c"].map((id) => entry(id));
      await give(page, JSON.stringify(file(theirs)));
      await choose(page, "바꾸기");
      await page.waitForFunction(() =>
        /바꾸지 않음/.test(
          document.querySelector('[data-labbook="file"] [role="alert"]')
            .textContent,
        ),
      );
      assert.deepEqual(await kept(page), before);
    }),
  );

  await logic("노트: 스크립트가 없으면 무엇이 필요한지 말함", async () => {
    const page = await browser.openAs("silent");
    try {
      await page.goto(base + PAGE);
      const text = await page.$eval("main", (node) => node.innerText);
      assert.match(text, /이 브라우저에만 남고/);
      assert.match(text, /스크립트가 있어야 채워짐/);
    } finally {
      await page.done();
    }
  });
}
