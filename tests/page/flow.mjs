// 예측 → 실행 → 결과, 그리고 그 길에서 어긋나는 일들.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";

const PATH = "dicts/index.html";
const NAME = "dict_probe";

/** 첫 일을 풀의 스레드에서 나는 진짜 사고로 바꿈. 남의 사고도 알림. */
const rehearse = (what) => {
  const post = Worker.prototype.postMessage;
  let first = true;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.type !== "call" || !first) {
      return post.call(this, message, ...rest);
    }
    first = false;
    const channel = new BroadcastChannel("lab-panic");
    channel.postMessage({ run: message.id + 1, text: "남의 것" });
    post.call(this, { ...message, part: "rehearse", name: what }, ...rest);
  };
};

const accident = (what) => ({
  before: rehearse,
  argument: what,
  expected: /unreachable/,
});

const ACCIDENTS = [
  ["패닉", "panic", /실험이 멈춤: 연습/],
  ["메모리 부족", "memory", /메모리가 모자람: 1024\.0 MiB/],
];

/** 첫 작업자가 소식을 보내지 않음. 작업자마다 어떻게 되었는지 적어 둠. */
const muffle = () => {
  const plain = Worker;
  window.fates = [];
  window.Worker = class extends plain {
    constructor(url, options) {
      super(url, options);
      if (options.name !== "lab") return;
      this.at = window.fates.push("뜨는 중") - 1;
      this.addEventListener("message", (event) => {
        if (this.at === 0) event.stopImmediatePropagation();
        else if (event.data.type === "ready") window.fates[this.at] = "뜸";
      });
      // 첫 작업자를 기다리는 2.5초의 뒤
      if (this.at === 0) setTimeout(() => (window.late = true), 2600);
    }
    terminate() {
      if (this.at >= 0) window.fates[this.at] += ", 끝남";
      super.terminate();
    }
  };
};

/** 실행하고, 작업자가 일을 받은 바로 그때 멈춤. */
const stopOnceBusy = (root) => {
  const status = root.querySelector(".lab-bar .lab-status");
  const watch = new MutationObserver(() => {
    if (!/계산하는 중/.test(status.textContent)) return;
    watch.disconnect();
    root.querySelector(".lab-stop").click();
  });
  watch.observe(status, { childList: true, characterData: true, subtree: true });
  root.querySelector(".lab-run").click();
};

/** 실행하자마자 멈춤: 작업자는 아직 뜨는 중임. */
const stopAtOnce = (root) => {
  root.querySelector(".lab-run").click();
  root.querySelector(".lab-stop").click();
};

export async function flow({ browser, base, check, logic }) {
  const using = (options, work, query = "") =>
    browser.using(options, async (page) =>
      work(await Card.open(page, base, PATH, NAME, query), page),
    );

  const page = await browser.open();
  const card = await Card.open(page, base, PATH, NAME);
  /** 한 쪽에서 이어 함: 처음으로 되돌리면 새로 연 것과 같음. */
  const shared = (work) =>
    work(card, page).finally(() => card.click(".lab-reset"));

  await check("예측하기 전에는 실행할 수 없음", () =>
    shared(async (card) => {
      const disabled = () =>
        card.page.$eval(card.at(".lab-run"), (node) => node.disabled);
      assert.equal(await disabled(), true);
      await card.click(".lab-predict label:nth-child(2) input");
      assert.equal(await disabled(), false);
      await card.click(".lab-reset");
      assert.equal(await disabled(), true);
      await card.skip();
      assert.equal(await disabled(), false);
    }),
  );

  await check("실행하면 결과와 예측 비교가 나옴", () =>
    shared(async (card) => {
      await card.click(".lab-predict label:nth-child(3) input");
      await card.page.focus(card.at(".lab-run"));
      await card.page.keyboard.press("Enter");
      await card.exact();
      assert.match(await card.text(".lab-verdict"), /4\.02배.*맞음/);
      await card.idle();
      // 꺼진 버튼과 함께 초점을 잃지 않음
      const focused = await card.page.$(card.at(".lab-run:focus"));
      assert.ok(focused, "초점이 실행으로 돌아오지 않음");
      assert.match(await card.text(".lab-bar .lab-status"), /WASM · SIMD/);
      const timed = await card.page.$$(card.at(".lab-timing .lab-view"));
      assert.ok(timed.length > 0, "잰 시간이 없음");
      const open = await card.page.$eval(card.at(".lab-why"), (n) => n.open);
      assert.equal(open, true);
    }),
  );

  /** 상태가 `pattern`이 되거나 첫 그림이 놓인 바로 그때 `act`를 누름. */
  const once = (card, pattern, act) =>
    card.page.$eval(
      card.root,
      (root, pattern, act) => {
        const status = root.querySelector(".lab-bar .lab-status");
        const results = root.querySelector(".lab-results");
        const now = () =>
          pattern
            ? new RegExp(pattern).test(status.textContent)
            : results.childElementCount > 0;
        const watch = new MutationObserver(() => {
          if (!now()) return;
          watch.disconnect();
          for (const [selector, value] of act) {
            const node = root.querySelector(selector);
            if (value === undefined) {
              node.click();
            } else {
              node.value = value;
              node.dispatchEvent(new Event("input", { bubbles: true }));
            }
          }
        });
        const seen = { childList: true, characterData: true, subtree: true };
        watch.observe(root, seen);
      },
      pattern,
      act,
    );

  await check("그리는 동안에도 처음으로와 중지가 들음", () =>
    shared(async (card, page) => {
      const count = (selector) =>
        page.$$eval(card.at(selector), ({ length }) => length);
      await card.skip();
      await once(card, "", [[".lab-stop"]]);
      await card.run();
      await card.status("중지함");
      assert.equal(await count(".lab-timing .lab-view"), 0);
      await card.click(".lab-reset");
      await card.skip();
      await once(card, "", [[".lab-reset"]]);
      await card.run();
      await card.idle();
      // 버린 실행의 나머지가 뒤늦게 놓일 틈을 줌
      await card.click(".lab-predict label:nth-child(2) input");
      await card.run();
      await card.exact();
      assert.match(await card.text(".lab-verdict"), /내 예측 2배/);
      await card.idle();
      assert.equal(await count(".lab-results > *"), 3);
    }),
  );

  await check("놓인 결과는 그 뒤에 고친 폼과 예측을 따라가지 않음", () =>
    shared(async (card, page) => {
      await card.click(".lab-predict label:nth-child(3) input");
      await once(card, "시간을 재는 중", [
        ['[name="n"]', "5000"],
        [".lab-predict label:nth-child(2) input"],
      ]);
      await card.run();
      await card.exact();
      await card.idle();
      const text = await card.text(".lab-verdict");
      assert.match(text, /4\.02배.*내 예측 4배: 맞음/);
      assert.doesNotMatch(text, /바꾼 값/);
      // 답을 본 뒤 다른 매개변수로 돌린 것은 노트에 남지 않음
      assert.match(text, /노트에 남김/);
      await card.click(".lab-predict label:nth-child(3) input");
      await card.run();
      await card.until((root) =>
        /바꾼 값/.test(
          document.querySelector(`${root} .lab-verdict`).textContent,
        ),
      );
      await card.idle();
      await card.set("n", "6000");
      await card.run();
      await card.until((root) => {
        const { textContent } = document.querySelector(`${root} .lab-verdict`);
        return /바꾼 값/.test(textContent) && !/남김/.test(textContent);
      });
      await card.idle();
    }),
  );

  await logic("수를 묻는 예측은 독자가 적는 꼴을 알아들음", () =>
    browser.using({}, async (page) => {
      const path = "appendix/index.html";
      const card = await Card.open(page, base, path, "bench_noise");
      const refused = (text) =>
        page.$eval(
          card.root,
          (root, text) => {
            const field = root.querySelector(".lab-guess input");
            field.value = text;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            const hint = root.querySelector(".lab-predict [role=status]");
            return [root.querySelector(".lab-run").disabled, hint.textContent];
          },
          text,
        );
      for (const text of ["30", "약 1,200", "３０"]) {
        assert.deepEqual(await refused(text), [false, ""], text);
      }
      for (const text of ["1/3", "0x1e", "서른"]) {
        const hint = "수 하나만 적음. 예: 30";
        // 건너뛰려다 적은 것도 적은 것임
        await card.skip();
        assert.deepEqual(await refused(text), [true, hint], text);
      }
    }),
  );

  await check("보이지 않던 비교 그림도 종이에 나감", () =>
    shared(async (card, page) => {
      await card.skip();
      await card.run();
      await card.exact();
      await card.idle();
      const drawn = await page.evaluate((at) => {
        const tab = document.querySelector(`${at} [role=tab]:nth-child(2)`);
        tab.click();
        dispatchEvent(new Event("beforeprint"));
        const plots = document.querySelectorAll(`${at} .lab-compare .lab-plot`);
        return [...plots].map((plot) => plot.childElementCount);
      }, card.root);
      assert.ok(drawn.length > 0 && drawn.every((count) => count > 0), drawn);
    }),
  );

  await check("잘못된 값은 그 칸 아래에서 거절함", () =>
    shared(async (card) => {
      await card.skip();
      await card.set("n", "0");
      await card.run();
      await card.page.waitForSelector(card.at('[name="n"][aria-invalid]'));
      const error = await card.text('[data-name="n"] .lab-error');
      assert.match(error, /키의 수.*0.*1–100,000/);
      const kept = await card.page.$eval(
        card.at('[name="n"]'),
        (node) => node.value,
      );
      assert.equal(kept, "0");
      await card.set("n", "10");
      await card.run();
      await card.exact();
    }),
  );

  await check("가장 큰 실행을 멈추고 다시 실행함", () =>
    shared(async (card) => {
      await card.skip();
      await card.set("n", "100000");
      await card.set("shift", "28");
      await card.page.$eval(card.root, stopOnceBusy);
      await card.status("중지함");
      await card.set("n", "1000");
      await card.run();
      await card.exact();
      await card.idle();
    }),
  );

  await check("카드 안의 화살표 키는 장을 넘기지 않음", () =>
    shared(async (card, page) => {
      await page.focus(card.at(".lab-reset"));
      for (const key of ["ArrowRight", "ArrowLeft"]) {
        await page.keyboard.press(key);
      }
      const path = await page.evaluate(() => location.pathname);
      assert.ok(path.endsWith(PATH), path);
    }),
  );

  await page.done();

  for (const [title, what, says] of ACCIDENTS) {
    await check(`스레드의 ${title}은 문장으로 보이고 다음 실행은 됨`, () =>
      using(accident(what), async (card, page) => {
        await card.skip();
        await card.run();
        await page.waitForSelector(card.at(".lab-problem"));
        assert.match(await card.text(".lab-problem"), says);
        await card.run();
        await card.exact();
        await card.idle();
      }),
    );
  }

  await check("뜨는 중에 멈춘 작업자는 다음 작업자를 끝내지 않음", () =>
    using({ before: muffle }, async (card, page) => {
      await card.skip();
      await page.$eval(card.root, stopAtOnce);
      await page.waitForFunction(
        () => window.late && window.fates.at(-1) === "뜸",
      );
      const fates = await page.evaluate(() => window.fates);
      assert.ok(!fates.includes("뜸, 끝남"), fates.join(" / "));
      await card.run();
      await card.exact();
      await card.idle();
    }),
  );

  await logic("주소가 매개변수를 담고 되살림", () =>
    using(
      {},
      async (card, page) => {
        const value = (name) =>
          page.$eval(card.at(`[name="${name}"]`), (node) => node.value);
        assert.equal(await value("n"), "2,000");
        assert.equal(await value("keys"), "seq");
        const command = await card.text(".lab-foot [data-start] code");
        assert.match(command, /dict_probe -- --n 2000 --keys seq$/);
        await card.set("n", "3000");
        await card.skip();
        await card.run();
        await card.exact();
        const hash = await page.evaluate(() => location.hash);
        assert.equal(hash, "#dict_probe?n=3000&keys=seq");
      },
      "?n=2000&keys=seq",
    ),
  );

  const explored = async (work) =>
    browser.using({}, async (page) => {
      const path = "compiling/index.html";
      const card = await Card.open(page, base, path, "julia", "?n=64");
      await card.skip();
      await card.run();
      await card.exact();
      await card.click(".lab-stop");
      await card.idle();
      await work(card, page);
    });
  const EXPLORE = ".lab-explore";
  /** 그림에서 →를 두 번 누름: 둘째는 첫째가 끝나기를 기다림. */
  const shift = (root, canvas, reset) => {
    const key = { key: "ArrowRight", cancelable: true };
    const at = root.querySelector(canvas);
    for (let i = 0; i < 2; i += 1) {
      at.dispatchEvent(new KeyboardEvent("keydown", key));
    }
    if (reset) root.querySelector(".lab-reset").click();
    // 끊긴 것을 기다리던 일이 모두 제 차례를 가짐
    return new Promise((done) => setTimeout(done));
  };

  await check("그림을 옮겨도 놓인 결과의 것이고, 주소가 막혀도 옮겨짐", () =>
    explored(async (card, page) => {
      await card.set("n", "32");
      await page.evaluate(() => {
        history.replaceState = () => {
          throw new DOMException("너무 잦음", "SecurityError");
        };
      });
      const alt = () =>
        page.$eval(card.at(EXPLORE), (node) => node.ariaLabel);
      const before = await alt();
      await page.$eval(card.root, shift, EXPLORE, false);
      // 반너비 1.8의 1/4을 두 번
      await card.until((root) =>
        /가운데 \(0\.9, 0\)/.test(
          document.querySelector(`${root} .lab-image .lab-sr`).textContent,
        ),
      );
      const after = await alt();
      assert.notEqual(after, before);
      assert.match(after, /점 4,096개 가운데/);
      const form = (name) =>
        page.$eval(card.at(`[name="${name}"]`), (node) => node.value);
      assert.equal(await form("n"), "32");
      assert.equal(await form("cx"), "0.9");
    }),
  );

  await check("그림을 다시 그리는 동안에도 처음으로가 들음", () =>
    explored(async (card, page) => {
      const form = () =>
        page.$eval(card.at('[name="cx"]'), (node) => node.value);
      const before = await form();
      await page.$eval(card.root, shift, EXPLORE, true);
      assert.equal(await card.text(".lab-bar .lab-status"), "");
      assert.equal(await form(), before);
      assert.equal(await page.evaluate(() => location.hash), "#julia");
    }),
  );

  await logic("깨진 주소의 조각은 무시함", () =>
    browser.using({}, async (page) => {
      await page.goto(`${base}${PATH}#%?n=%`);
      await page.waitForSelector(`#${NAME}[data-live]`);
      const n = await page.$eval(`#${NAME} [name="n"]`, (node) => node.value);
      assert.equal(n, "1,000");
    }),
  );
}
