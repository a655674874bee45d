// 로컬 실험실: 내 컴퓨터에서 실행하고, 결과를 붙이고 끌어다 놓음.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";
import { audit, unfold } from "./looks.mjs";

const PATH = "dicts/index.html";
const NAME = "dict_probe";
/** 메모리는 적게, 시간은 끝없이: 모든 키가 한 칸에서 부딪침. */
const LONG = "?n=100000&shift=28&probe=linear";

const LOCAL = "[data-panel=native] .lab-local";
const RUST = `${LOCAL} button:nth-of-type(1)`;
const PYTHON = `${LOCAL} button:nth-of-type(2)`;
const HALT = `${LOCAL} button:nth-of-type(3)`;
const STATUS = `${LOCAL} .lab-status`;
const PROBLEM = `${LOCAL} .lab-problem`;
const REFUSED = ".lab-paste .lab-error";

/** 이 요소의 글이 맞을 때까지. */
const until = (card, selector, pattern) =>
  card.until(
    (root, selector, source) =>
      new RegExp(source).test(
        document.querySelector(`${root} ${selector}`)?.textContent ?? "",
      ),
    selector,
    pattern,
  );

const agreement = (card, pattern) => until(card, ".lab-agree", pattern);

async function openPanel(card) {
  await card.tab("내 컴퓨터");
  await card.page.waitForSelector(card.at(".lab-local"));
}

/** 예제를 짓는 동안: cargo의 잠금을 다른 확인과 다투므로 따로 기다림. */
const built = (card) => until(card, STATUS, "^(실행하는 중|끝남|실행하지 못함)$");

/** 누르고 끝날 때까지. 앞의 프로세스가 자리를 비우는 중이면 다시 누름. */
async function finish(card, which) {
  for (;;) {
    await card.click(which);
    if (which === RUST) await built(card);
    await until(card, STATUS, "^(끝남|실행하지 못함)$");
    if ((await card.text(STATUS)) === "끝남") return;
    assert.match(await card.text(PROBLEM), /다른 실행이 아직/);
  }
}

/** 파이썬이 도는 것을 본 바로 그때 `then`을 함. */
const oncePython = (card, then) =>
  card.page.$eval(
    card.root,
    (root, [status, python, then]) => {
      const watch = new MutationObserver(() => {
        if (!/python3로/.test(root.querySelector(status).textContent)) return;
        watch.disconnect();
        root.dataset["seen"] = "";
        if (then) root.querySelector(then).click();
      });
      watch.observe(root, { childList: true, subtree: true });
      root.querySelector(python).click();
    },
    [STATUS, PYTHON, then],
  );

const MARKUP = '<img src="x" onerror="window.pwned=1"><script>pwned=1</script>';

const POINT = { x: 1, y: 0, low: 1, high: 2 };
const AXIS = { label: MARKUP, unit: "ns", scale: "log", categories: null };
const CHART = {
  kind: "chart",
  badge: "measured",
  title: MARKUP,
  x: AXIS,
  y: { ...AXIS, scale: "category", categories: [MARKUP] },
  series: [
    { name: MARKUP, shape: "dot", points: [POINT] },
    { name: `javascript:${MARKUP}`, shape: "dot", points: [POINT] },
  ],
  marks: [],
};
const REPORT = {
  schema: 1,
  name: NAME,
  params: { n: MARKUP },
  answers: { slots: MARKUP },
  checksum: null,
  views: [CHART],
  timings: [{ name: MARKUP, ns: { median: 1, p10: 1, p90: 1 } }],
  env: { runtime: MARKUP, version: MARKUP },
};

const points = (points) => ({
  views: [{ ...CHART, series: [{ name: "", shape: "dot", points }] }],
});

/** 보고서의 한 곳을 망친 것과, 거절하는 말. */
const BROKEN = [
  [{ name: MARKUP }, /의 결과임/],
  [{ name: { toString: 1 } }, /이름 없는 것/],
  [{ schema: MARKUP }, /보고서 판/],
  [{ params: [1] }, /params/],
  [{ params: { n: {} } }, /params/],
  [{ params: { [MARKUP]: 1 } }, /params/],
  [{ answers: { [MARKUP]: "1" } }, /answers/],
  [{ answers: { slots: { value: "1", tolerance: 1 } } }, /answers/],
  [{ answers: { slots: "가".repeat(1001) } }, /answers/],
  [{ checksum: MARKUP }, /checksum/],
  [{ views: { length: 1e9 } }, /views/],
  [{ views: [null] }, /views/],
  [points([{ ...POINT, x: 0 }]), /그래프/],
  [points([{ ...POINT, x: 1e300 }]), /그래프/],
  [points([{ ...POINT, low: -1 }]), /그래프/],
  [points([{ ...POINT, y: 7 }]), /그래프/],
  [points([{ ...POINT, y: "__proto__" }]), /그래프/],
  [points(Array(5001).fill(POINT)), /그래프/],
  [{ views: [{ ...CHART, title: {} }] }, /그래프/],
  [{ views: [{ ...CHART, x: { ...AXIS, scale: "constructor" } }] }, /그래프/],
  [{ timings: [{ name: "", ns: { median: MARKUP } }] }, /timings/],
  [{ timings: MARKUP }, /timings/],
];

/** 글부터 틀린 것. */
const NOISE = [
  "",
  "글",
  "{",
  "null",
  "[]",
  MARKUP,
  `{"name":"${NAME}",}`,
  '{"a":'.repeat(100_000),
  `{"__proto__":{"name":"${NAME}"}}`,
];

export async function local({ browser, base, plain, check, logic }) {
  const using = (url, work, query = "") =>
    browser.using({}, async (page) =>
      work(await Card.open(page, url, PATH, NAME, query), page),
    );

  await check("내 컴퓨터의 Rust와 python3가 브라우저·기록과 나란히 놓임", () =>
    using(base, async (card, page) => {
      await card.skip();
      await card.run();
      await card.exact();
      await card.idle();
      await openPanel(card);
      await page.$eval(card.at(`${LOCAL} progress`), (meter) => {
        const attributeFilter = ["value"];
        const seen = () => (meter.dataset["seen"] = "");
        new MutationObserver(seen).observe(meter, { attributeFilter });
      });
      // 키보드로 시작하면 초점은 중지로, 끝나면 결과의 탭으로 감
      await page.focus(card.at(RUST));
      await page.keyboard.press("Enter");
      await built(card);
      await agreement(card, "값 일치 ✔.*WASM.*네이티브 · 내 컴퓨터");
      await card.until(() => document.activeElement.role === "tab");
      const focused = () => document.activeElement.textContent;
      assert.equal(await page.evaluate(focused), "세 구현");
      assert.match(
        await card.text(".lab-implementations > .lab-sr"),
        /네이티브 · 내 컴퓨터: 비교에 넣음/,
      );
      await openPanel(card);
      assert.equal(await card.text(STATUS), "끝남");
      assert.ok(await page.$(card.at(`${LOCAL} progress[data-seen]`)));
      await card.click(PYTHON);
      await agreement(card, "값 일치 ✔.*네이티브 · 내 컴퓨터.*python3 · 내");
      const legend = await card.text(".lab-compare .lab-legend");
      for (const name of [
        "WASM · 이 브라우저",
        "python3 · 내 컴퓨터",
        "네이티브 · 기록",
      ]) {
        assert.ok(legend.includes(name), `${name}: ${legend}`);
      }
      await page.evaluate(unfold);
      assert.deepEqual(await audit(page, ["light"]), []);
    }),
  );

  await logic("틀린 값은 이름과 범위를 말하고, 큰 값은 받음", () =>
    using(base, async (card) => {
      await openPanel(card);
      await card.set("n", "0");
      await card.click(RUST);
      const why = "키의 수\\(n\\)의 값 '0': 1–100,000,000개 범위를 벗어남";
      await until(card, PROBLEM, why);
      const role = await card.page.$eval(card.at(PROBLEM), (node) => node.role);
      assert.equal(role, "alert");
      await card.set("n", "200000");
      await finish(card, RUST);
      await card.exact();
      assert.equal((await card.answers()).slots, "524,288");
      assert.equal(await card.text(PROBLEM), why.replaceAll("\\", ""));
      const shown = await card.page.$eval(card.at(PROBLEM), (n) => n.hidden);
      assert.equal(shown, true);
    }),
  );

  await logic("중지하면 프로세스가 끝나고 다음 실행이 됨", () =>
    using(
      base,
      async (card) => {
        await openPanel(card);
        await oncePython(card, HALT);
        await until(card, STATUS, "^중지함$");
        await card.set("n", "1000");
        await finish(card, PYTHON);
        await card.exact();
      },
      LONG,
    ),
  );

  await logic("처음으로는 내 컴퓨터의 실행도 멈춤", () =>
    using(base, async (card) => {
      await openPanel(card);
      const before = await card.text(".lab-compare");
      await oncePython(card, ".lab-reset");
      await until(card, STATUS, "^(중지함|끝남|실행하지 못함)$");
      assert.equal(await card.text(STATUS), "중지함");
      assert.equal(await card.text(".lab-compare"), before);
      await finish(card, PYTHON);
      await card.exact();
    }),
  );

  await logic("실험이 덧붙인 말도 보임", () =>
    browser.using({}, async (page) => {
      const path = "compiling/index.html";
      const card = await Card.open(page, base, path, "call_boundary");
      await openPanel(card);
      await card.click(PYTHON);
      await card.exact();
      assert.match(await card.text(`${LOCAL} .lab-output`), /ctypes/);
    }),
  );

  await logic("한 번에 하나만 돌고, 사라진 쪽의 실행은 끝남", () =>
    using(base, async (card) => {
      await openPanel(card);
      await using(
        base,
        async (other) => {
          await openPanel(other);
          await oncePython(other, null);
          await other.page.waitForSelector(`${other.root}[data-seen]`);
          await card.click(RUST);
          await until(card, PROBLEM, "다른 실행이 아직 돌고 있음");
        },
        LONG,
      );
      await finish(card, RUST);
      await card.exact();
    }),
  );

  await check("정적 호스트에는 실행 버튼도 그 요청도 없음", () =>
    using(plain, async (card, page) => {
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await card.tab("내 컴퓨터");
      await card.tab("코드");
      assert.equal(await page.$(card.at(".lab-local")), null);
      assert.deepEqual(asked.filter((url) => url.includes("_lab")), []);
    }),
  );

  await check("깨졌거나 나쁜 JSON은 거절하고, 글은 글로만 보임", () =>
    using(plain, async (card, page) => {
      await card.tab("내 컴퓨터");
      const before = await card.text(".lab-compare");
      for (const text of NOISE) {
        await card.paste("{}");
        await until(card, REFUSED, "이름 없는 것");
        await card.paste(text);
        await until(card, REFUSED, /__proto__/.test(text) ? "이름" : "JSON");
      }
      for (const [change, says] of BROKEN) {
        await card.paste("글");
        await until(card, REFUSED, "JSON이 아님");
        await card.paste(JSON.stringify({ ...REPORT, ...change }));
        await until(card, REFUSED, says.source);
        assert.equal(await card.text(".lab-compare"), before);
      }
      await card.paste(JSON.stringify(REPORT));
      await page.waitForSelector(card.at(".lab-compare .lab-legend"));
      const drawn = await page.$eval(card.at(".lab-compare"), (node) => ({
        text: node.textContent,
        markup: node.querySelectorAll("img, script, a").length,
        handlers: node.querySelectorAll("[onerror], [src], [href]").length,
        pwned: "pwned" in window,
      }));
      assert.ok(drawn.text.split(MARKUP).length > 4, drawn.text);
      assert.deepEqual(
        { ...drawn, text: "" },
        { text: "", markup: 0, handlers: 0, pwned: false },
      );
    }),
  );

  await logic("붙인 결과에 없는 매개변수는 없다고 말함", () =>
    using(plain, async (card) => {
      await card.skip();
      await card.run();
      await card.exact();
      await card.tab("내 컴퓨터");
      await card.paste(JSON.stringify({ ...REPORT, params: {}, views: [] }));
      await until(card, ".lab-compare", "n 1,000 ↔ 없음");
    }),
  );

  await check("파일은 끌어다 놓거나 골라서 붙임", () =>
    using(plain, async (card, page) => {
      await card.tab("내 컴퓨터");
      const give = (how, texts) =>
        page.$eval(
          card.at(".lab-paste"),
          (box, how, texts) => {
            const held = new DataTransfer();
            // PowerShell이 적은 파일: 바이트 순서 표시와 UTF-16
            const wide = (text) =>
              Uint16Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0));
            for (const text of texts) {
              const parts = [how === "pick" ? wide(text) : text];
              held.items.add(new File(parts, "x.json"));
            }
            if (how === "pick") {
              const picker = box.querySelector("input[type=file]");
              picker.files = held.files;
              picker.dispatchEvent(new Event("change"));
              return true;
            }
            const area = box.querySelector("textarea");
            const whole = { bubbles: true, cancelable: true };
            const detail = { ...whole, dataTransfer: held };
            area.dispatchEvent(new DragEvent("dragover", detail));
            const shown = box.classList.contains("lab-drop");
            const drop = new DragEvent("drop", detail);
            area.dispatchEvent(drop);
            const left = box.classList.contains("lab-drop");
            return shown && !left && drop.defaultPrevented;
          },
          how,
          texts,
        );
      const ours = (version) =>
        JSON.stringify({
          ...REPORT,
          views: [],
          env: { runtime: "CPython", version },
        });
      for (const how of ["drop", "pick"]) {
        await card.tab("내 컴퓨터");
        assert.ok(await give(how, ["글"]));
        await until(card, REFUSED, "JSON이 아님");
        await give(how, [ours("1"), ours("2")]);
        await until(card, REFUSED, "파일 하나만 받음");
        await give(how, [ours(how)]);
        await until(card, ".lab-answers", `CPython ${how} · 붙인 결과`);
        await give(how, [" ".repeat((16 << 20) + 1)]);
        await until(card, REFUSED, "너무 큼");
      }
    }),
  );
}
