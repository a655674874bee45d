// 그림과 표, 차례를 맞히는 예측: 만들어 둔 보고서로 그려 봄.

import assert from "node:assert/strict";
import { bundle } from "../theme.mjs";
import { THEMES } from "./card.mjs";
import { audit, drawn } from "./looks.mjs";

const ENTRY = `
  export { showViews } from "./views";
  export { createPrediction } from "./predict";
`;

const WIDTHS = [1280, 390];

const span = (start, end, label, tone) => ({ start, end, label, tone });
const stages = (i) => [
  span(i, i + 1, "F", "plain"),
  span(i + 1, i + 2, "D", "seen"),
  span(i + 2, i + 3, "대기", "dead"),
  span(i + 3, i + 5, "실행", "now"),
  span(i + 5, i + 5, "퇴역", "hit"),
];
const TIMELINE = {
  kind: "timeline",
  title: "파이프라인",
  badge: "model",
  axis: "시각",
  unit: "사이클",
  lanes: Array.from({ length: 64 }, (_, i) => ({
    label: `${i + 1} addsd xmm${i % 8}, xmm1`,
    spans: stages(i),
  })),
};

const node = (label, own, children = [], tone = "plain") => {
  const below = children.reduce((sum, { value }) => sum + value, 0);
  return { label, value: own + below, tone, children };
};
const ROOTS = [
  node("main", 10, [
    node("읽기", 10, [node("줄 나누기", 30, [], "seen")]),
    node("정렬", 20, [
      node("비교", 29, [], "now"),
      node("옮기기", 1, [], "hit"),
    ]),
  ]),
];
const tree = (shape, unit) => {
  const title = `나무 ${shape}`;
  return { kind: "tree", title, badge: "model", unit, shape, roots: ROOTS };
};

const MACHINE = {
  kind: "machine",
  title: "이 기기의 계단",
  env: {
    runtime: "wasm",
    version: "0.1.0",
    cpu: "브라우저",
    threads: 4,
    simd: "simd128",
    clock_step_ns: 5000,
    build: "wasm",
  },
  levels: [
    { name: "L1", kib: 32, ns: 1.5 },
    { name: "메모리", kib: null, ns: 90 },
  ],
};
const axis = (label, unit) =>
  ({ label, unit, scale: "log", categories: null });
const point = (x, y) => ({ x, y, low: null, high: null });
const LADDER = {
  kind: "chart",
  title: "크기와 시간",
  badge: "measured",
  x: axis("작업 집합", "KiB"),
  y: axis("읽기 하나", "ns"),
  series: [
    { name: "읽기", shape: "line", points: [point(4, 1), point(4096, 90)] },
  ],
  marks: [],
};

/** 번호 붙은 일: 무늬마다 이름이 많음. */
const jobs = (tone, mark, count) =>
  Array.from({ length: count }, (_, i) =>
    span(i * 2, i * 2 + 1, `${i}${mark}`, tone),
  );
const JOBS = {
  ...TIMELINE,
  unit: "ms(모형)",
  lanes: [
    { label: "일꾼 1", spans: jobs("plain", "", 9) },
    { label: "일꾼 2", spans: jobs("now", " (2번째)", 9) },
    {
      label: "일꾼 3",
      spans: [
        ...jobs("plain", "", 3),
        ...jobs("now", " (3번째)", 2),
        span(9000, 9000.01, "13 ✕", "dead"),
      ],
    },
    { label: "기다림 끝", spans: [span(3, 3, "4", "hit")] },
  ],
};
const UNTOLD = {
  ...JOBS,
  lanes: [
    { label: "일꾼 1", spans: jobs("plain", "", 9) },
    { label: "일꾼 2", spans: jobs("plain", "", 9) },
    { label: "일꾼 3", spans: jobs("now", "", 9) },
    { label: "일꾼 4", spans: [...jobs("plain", "", 1), ...jobs("now", "", 2)] },
  ],
};

const NAMES = ["나무 걷기, 3 + LTO + native", "특수화, 3 + codegen-units 1"];
const category = {
  label: "",
  unit: "",
  scale: "category",
  categories: NAMES,
};
const linear = (label, unit) =>
  ({ label, unit, scale: "linear", categories: null });
const bars = (series, marks = []) => ({
  kind: "chart",
  title: "기준선",
  badge: "measured",
  x: linear("이득 (모형)", "%"),
  y: category,
  series,
  marks,
});
const dots = (name, ...points) => ({
  name,
  shape: "dot",
  points: points.map(([x, y]) => point(x, y)),
});
const RULED = bars(
  [dots("재어 봄", [-17.2, 0], [20.5, 1])],
  [
    { axis: "x", at: 0, label: "같음" },
    { axis: "x", at: 1, label: "찾을 낱말을 읽기만" },
  ],
);
const SAMPLES = bars([dots("표본", [1, 0], [1.01, 0], [1.02, 0], [2, 1])]);
const CROWD = {
  ...bars([]),
  title: "붙은 점",
  x: { ...category, categories: ["가", "나", "다", "라"] },
  y: linear("비", "배"),
  series: [1, 2, 3, 4].map((n) =>
    dots(`묶음 ${n}`, [0, 1234.5], [1, 1234.5], [2, 1234.5], [3, 1234.5]),
  ),
};

const cell = (at, text) => ({ at, text, tone: "plain" });
const WIDE = ["3", "104,529", "523,012", "1,048,571"].map((text, at) =>
  cell(at, text),
);
const TRACE = {
  kind: "trace",
  title: "재생",
  badge: "exact",
  frames: [
    {
      step: "start",
      say: "처음",
      counters: [],
      jumps: [],
      lanes: [
        { label: "값", size: 8, group: 0, cells: WIDE },
        { label: "긴 글", size: 2, group: 0, cells: [cell(0, "0".repeat(20))] },
        {
          label: "표",
          size: 8,
          group: 0,
          cells: ["seen", "now", "hit", "dead"].map((tone, i) => ({
            ...cell(i, "0.883"),
            tone,
          })),
        },
      ],
    },
  ],
};

const text = (value) => ({ text: String(value), value: null });
const LONG = {
  kind: "table",
  title: "긴 표",
  badge: "exact",
  columns: [{ label: "줄", unit: null, numeric: true }],
  rows: Array.from({ length: 17 }, (_, i) => [text(i)]),
};

/** 한 그림 안에서 겹치는 글의 짝. 브라우저마다 다른 줄의 높이는 뺌. */
const meeting = (page) =>
  page.$$eval("#dict_probe .lab-results svg", (pictures) =>
    pictures.flatMap((picture) => {
      const all = [...picture.querySelectorAll("text")];
      const boxes = all.map((each) => {
        const box = each.getBoundingClientRect();
        const half = each.getComputedTextLength() / 2;
        const rise = parseFloat(getComputedStyle(each).fontSize) * 0.45;
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const [left, right] = [x - half, x + half];
        return { left, right, top: y - rise, bottom: y + rise };
      });
      return all.flatMap((each, i) =>
        all.slice(0, i).flatMap((other, j) => {
          const [a, b] = [boxes[i], boxes[j]];
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          const met = across > 1 && down > 1;
          return met ? [`${other.textContent} | ${each.textContent}`] : [];
        }),
      );
    }),
  );

const ORDER = `
  <fieldset class="lab-part lab-predict" data-unit=""><legend>예측</legend>
  <ol class="lab-order"><li data-value="a"><span>가</span></li>
  <li data-value="b"><span>나</span></li><li data-value="c"><span>다</span></li>
  </ol><div class="lab-choices">
  <label><input type="radio" name="p" value="order">이 차례로 예측</label>
  <label><input type="radio" name="p" value="">건너뛰기</label></div></fieldset>
`;

export async function pictures({ browser, base, check, logic }) {
  const named = { format: "iife", globalName: "pictures" };
  const code = `${await bundle(ENTRY, named)};window.pictures = pictures`;

  async function enter(page) {
    await page.goto(`${base}dicts/index.html`);
    await page.waitForSelector("#dict_probe[data-live]");
    await page.evaluate(code);
  }
  /** 카드 하나의 결과 자리에, 다시 실행한 것처럼 앞의 것을 지우고 그림. */
  const draw = async (page, views) => {
    await page.evaluate(async (list) => {
      const place = document.querySelector("#dict_probe .lab-results");
      place.replaceChildren();
      await window.pictures.showViews(place, list, { kernel: null });
      place.hidden = false;
      place.scrollIntoView();
    }, views);
    // 그림은 제 폭을 안 다음 프레임에 그려짐
    await drawn(page);
  };
  // 그리기만 하므로 작업자를 미리 띄우지 않음
  const before = () =>
    Object.defineProperty(navigator, "connection", {
      value: { saveData: true },
    });
  const page = await browser.open({ before });
  await enter(page);
  const using = async (views, work, width = 1280) => {
    await page.setViewport({ width, height: 900 });
    await page.waitForFunction((wide) => innerWidth === wide, {}, width);
    await draw(page, views);
    await work(page);
  };
  const reader = (page, stage) => async (...keys) => {
    await page.focus(stage);
    for (const key of keys) await page.keyboard.press(key);
    return page.$eval(`${stage} .lab-sr`, (live) => live.textContent);
  };

  await check("시간 그림: 구간과 줄을 화살표 키로 읽음", () =>
    using([TIMELINE], async (page) => {
      await page.waitForSelector(".lab-span");
      const read = reader(page, ".lab-timeline .lab-stage");
      const first = "1 addsd xmm0, xmm1: F 0–1사이클 (1사이클)";
      assert.equal(await read("ArrowRight"), first);
      assert.match(await read("ArrowRight"), /: D 1–2사이클/);
      assert.match(await read("End"), /^1 addsd.*: 퇴역 5사이클$/);
      assert.match(await read("ArrowDown"), /^2 addsd.*: 실행 4–6사이클/);
      for (let i = 0; i < 7; i += 1) await read("PageDown");
      assert.match(await read("Home"), /^64 addsd.*: F 63–64사이클/);
      const scrolled = await page.$eval(
        ".lab-timeline .lab-stage",
        (stage) => [stage.scrollTop > 0, stage.clientHeight],
      );
      assert.equal(scrolled[0], true, "고른 줄이 보이지 않음");
      assert.ok(scrolled[1] < 600, `칸의 높이 ${scrolled[1]}`);
    }),
  );

  await logic("기억한 기기: 그래프에 표시하고, 보이고, 지움", () =>
    using([MACHINE], async (page) => {
      const ladder = async () => {
        await enter(page);
        await draw(page, [MACHINE, LADDER]);
        await page.waitForSelector("#dict_probe .lab-chart svg text");
        return page.$eval("#dict_probe .lab-chart", (all) => all.textContent);
      };
      const panel = "#dict_probe .lab-machine";
      const text = () => page.$eval(panel, (all) => all.textContent);
      assert.equal(await text(), "기억한 기기 없음");
      assert.doesNotMatch(await ladder(), /내 L1/);
      await page.click("#dict_probe .lab-view-table .lab-hint button");
      assert.match(await text(), /L1 32 KiB까지 1\.5.*ns.*메모리.*스레드 4/);
      assert.match(await ladder(), /내 L1/);
      // 설정의 칸은 늦게 채워짐
      await page.waitForFunction(() =>
        document.querySelector("#machine").textContent.includes("L1 32"),
      );
      await page.click(`${panel} button`);
      assert.equal(await text(), "기억한 기기 없음");
      assert.ok(await page.$eval(panel, (all) => all.matches(":focus")));
      assert.doesNotMatch(await ladder(), /내 L1/);
      await page.evaluate(() => {
        localStorage.setItem("lab-book/machine/", '{"machine":{"levels":[null]}}');
      });
      assert.doesNotMatch(await ladder(), /내 L1/);
    }),
  );

  await logic("시간 그림: 많으면 줄이고 그렇다고 말함", () => {
    const spans = Array.from({ length: 2100 }, (_, i) =>
      span(i, i + 1, "", "plain"),
    );
    const lanes = [{ label: "줄", spans }, { label: "빈 줄", spans: [] }];
    return using([{ ...TIMELINE, lanes }], async (page) => {
      await page.waitForSelector(".lab-span");
      const count = await page.$$eval(".lab-span", (all) => all.length);
      assert.equal(count, 2000);
      const text = await page.$eval(".lab-timeline", (all) => all.textContent);
      assert.match(text, /구간 2,100개 가운데 앞의 2,000개만 그림/);
      const read = reader(page, ".lab-timeline .lab-stage");
      assert.equal(await read("ArrowDown"), "빈 줄: 구간이 없음");
    });
  });

  await check("시간 그림: 번호 붙은 일도 무늬를 풀고, 짧은 죽음이 보임", () =>
    using([JOBS, UNTOLD], async (page) => {
      await page.waitForSelector(".lab-span");
      const [told, untold] = await page.$$eval(".lab-timeline", (all) =>
        all.map((each) =>
          [...each.querySelectorAll(".lab-legend li")].map(
            (item) => item.textContent,
          ),
        ),
      );
      assert.deepEqual(told, ["n", "n (n번째)", "n ✕", "기다림 끝"]);
      assert.deepEqual(untold, []);
      const wide = await page.$eval(".lab-span.lab-tint-dead rect", (each) =>
        Number(each.getAttribute("width")),
      );
      assert.ok(wide >= 3, `${wide}`);
      const axis = await page.$eval(".lab-time-axis > text", (each) =>
        each.textContent,
      );
      assert.equal(axis, "시각, ms(모형)");
    }),
  );

  await logic("그래프: 큰 바이트의 눈금도 몇이고, 점이 없으면 말도 없음", () => {
    const huge = [1e12, 1e12 + 1, 1e17, 1e17 + 64].map((low, i, all) => ({
      ...LADDER,
      x: linear("작업 집합", "KiB"),
      y: linear("메모리", "B"),
      series: [dots("크기", [1, low], [2, all[i + 1 - (i % 2) * 2]])],
    }));
    const empty = { ...LADDER, series: [{ ...LADDER.series[0], points: [] }] };
    return using([...huge, empty], async (page) => {
      const counts = await page.$$eval(".lab-chart .lab-plot", (all) =>
        all.map((plot) => plot.querySelectorAll(".tick").length),
      );
      assert.ok(counts.every((count) => count < 40), counts.join());
      const last = ".lab-results > :last-child .lab-stage";
      assert.equal(await reader(page, last)("ArrowRight"), "");
    });
  });

  for (const width of WIDTHS) {
    await check(`그래프의 글은 겹치지 않음: ${width}픽셀`, () =>
      using(
        [RULED, SAMPLES, CROWD],
        async (page) => {
          await page.waitForSelector(".lab-chart svg text");
          assert.deepEqual(await meeting(page), []);
          const [ruled, samples, crowd] = await page.$$eval(
            "#dict_probe .lab-results .lab-chart",
            (all) =>
              all.map((each) =>
                [...each.querySelectorAll(".lab-value")].map(
                  (value) => value.textContent,
                ),
              ),
          );
          assert.deepEqual(ruled, ["−17.2", "20.5"]);
          assert.deepEqual(samples, []);
          assert.ok(crowd.length > 0);
          const box = (selector) =>
            page.$eval(`#dict_probe .lab-results ${selector}`, (each) => {
              const { top, bottom } = each.getBoundingClientRect();
              return { top, bottom };
            });
          const [label, line] = [
            await box(".lab-rules text"),
            await box(".lab-rules line"),
          ];
          assert.ok(label.bottom <= line.top + 4, "선이 제 글을 지나감");
        },
        width,
      ),
    );

    await check(`재생의 글은 칸 안에 있음: ${width}픽셀`, () =>
      using(
        [TRACE],
        async (page) => {
          await page.waitForSelector(".lab-cell text");
          const over = await page.$$eval(".lab-cell", (cells) =>
            cells
              .filter((each) => each.querySelector("text"))
              .map((each) => ["text", "rect"].map((name) => {
                const { width } = each.querySelector(name).getBBox();
                return width;
              }))
              .filter(([inner, outer]) => inner > outer),
          );
          assert.deepEqual(over, []);
          assert.deepEqual(await meeting(page), []);
        },
        width,
      ),
    );

    await check(`보고서의 표는 모든 줄이 보임: ${width}픽셀`, () =>
      using(
        [LONG],
        async (page) => {
          const hidden = await page.$eval(
            "#dict_probe .lab-results .lab-scroll",
            (each) => each.scrollHeight - each.clientHeight,
          );
          assert.ok(hidden <= 0, `${hidden}`);
        },
        width,
      ),
    );
  }

  await check("가장 큰 수도 칸에서 잘리지 않음", () =>
    browser.using({ before }, async (page) => {
      await page.goto(`${base}clusters/index.html`);
      await page.waitForSelector("#scale_out[data-live]");
      for (const width of WIDTHS) {
        await page.setViewport({ width, height: 900 });
        const cut = await page.$$eval(".lab-field[data-high]", (fields) =>
          fields.flatMap((field) => {
            const input = field.querySelector("input[type=text]");
            input.value = field.dataset.high;
            input.dispatchEvent(new Event("change", { bubbles: true }));
            const name = field.querySelector("label").getBoundingClientRect();
            const next = field.querySelector("input[type=range], p");
            const under = next.getBoundingClientRect().top;
            const fits = input.scrollWidth <= input.clientWidth;
            return fits && name.bottom <= under ? [] : [input.id];
          }),
        );
        assert.deepEqual(cut, [], `${width}픽셀`);
      }
    }),
  );

  await check("플레임 그래프: 가족을 오가고, 넓히고, 되돌림", () =>
    using([tree("flame", "ms")], async (page) => {
      const read = reader(page, ".lab-flame");
      const shown = () =>
        page.$$eval(".lab-flame > .lab-node", (boxes) =>
          boxes.filter((box) => !box.hidden).map((box) => box.textContent),
        );
      const all = await shown();
      assert.equal(all.length, 6);
      assert.equal(
        await read("ArrowDown"),
        "main: 전체 100 ms (100.0%), 자체 10 ms, 자식 2개",
      );
      assert.match(await read("ArrowDown"), /^읽기: 전체 40 ms \(40\.0%\)/);
      assert.match(await read("ArrowRight"), /^정렬: .*자체 20 ms, 자식 2개$/);
      await read("Enter");
      assert.deepEqual(await shown(), ["main", "정렬", "비교", "옮기기"]);
      assert.match(await read("ArrowDown"), /^비교: .*자식 0개$/);
      assert.match(await read("ArrowUp"), /^정렬/);
      await read("Escape");
      assert.deepEqual(await shown(), all);
      await page.$$eval(".lab-flame > .lab-node", (boxes) => boxes[1].click());
      assert.deepEqual(await shown(), ["main", "읽기", "줄 나누기"]);
      await page.click(".lab-flame-foot button");
      assert.deepEqual(await shown(), all);
      await page.click(".lab-tree .lab-link");
      const row = await page.$$eval(".lab-tree tbody tr", (rows) =>
        [...rows[3].cells].map((cell) => cell.textContent.trim()),
      );
      assert.deepEqual(row, ["정렬", "20", "50", "50.0%"]);
    }),
  );

  await logic("목록: 단위가 있을 때만 값을 보임", () =>
    using([tree("outline", ""), tree("outline", "번")], async (page) => {
      const texts = await page.$$eval(".lab-outline", (lists) =>
        lists.map((list) => list.querySelector("li li").innerText),
      );
      assert.doesNotMatch(texts[0], /\d/);
      assert.match(texts[1], /40번/);
      const deep = ".lab-outline > li > ul > li > ul > li";
      assert.ok(await page.$(deep), "세 겹이 아님");
    }),
  );

  await check("차례 예측: 옮기면 대답이고, 몇 곳이 맞았는지 말함", () =>
    using([], async (page) => {
      const state = (order) =>
        page.evaluate((right) => {
          const { prediction } = window;
          const verdict = { choice: null, number: null, order: right };
          const guess = prediction.guess();
          return [prediction.answered(), prediction.compare(guess, verdict)];
        }, order);
      const press = (name) =>
        page.$eval(`.lab-order [aria-label="${name}"]`, (each) => each.click());
      await page.evaluate((html) => {
        const place = document.querySelector("#dict_probe .lab-results");
        place.innerHTML = html;
        window.prediction = window.pictures.createPrediction(
          place.firstElementChild,
          () => {},
        );
      }, ORDER);
      assert.deepEqual(await state(["c", "a", "b"]), [false, ""]);
      await press("가 위로");
      assert.deepEqual(await state(["c", "a", "b"]), [false, ""]);
      await press("다 위로");
      assert.deepEqual(await state(["c", "a", "b"]), [
        true,
        "내 예측 가 → 다 → 나: 자리 3곳 가운데 1곳, " +
          "앞뒤 3쌍 가운데 2쌍이 맞음.",
      ]);
      await press("가 아래로");
      const right = "내 예측 다 → 가 → 나: 맞음 ✔.";
      assert.deepEqual(await state(["c", "a", "b"]), [true, right]);
      const pending = "내 예측 다 → 가 → 나.";
      assert.deepEqual(await state(null), [true, pending]);
      const focused = await page.evaluate(() =>
        document.activeElement.getAttribute("aria-label"),
      );
      assert.equal(focused, "가 아래로");
      await page.evaluate(() => window.prediction.reset());
      const labels = await page.$$eval(".lab-order span", (all) =>
        all.map((each) => each.textContent),
      );
      assert.deepEqual(labels, ["가", "나", "다"]);
      assert.deepEqual(await state(["c", "a", "b"]), [false, ""]);
    }),
  );

  const all = [TIMELINE, tree("flame", "ms"), tree("outline", "")];
  await check("그림은 390픽셀에서 옆으로 넘치지 않음", () =>
    using(
      all,
      async (page) => {
        await page.waitForSelector(".lab-span");
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth,
        );
        assert.ok(wide <= 390, `${wide}`);
      },
      390,
    ),
  );

  await logic("axe: 다섯 테마의 그림", () =>
    using(all, async (page) => {
      await page.waitForSelector(".lab-span");
      await page.evaluate((html) => {
        const place = document.querySelector("#dict_probe .lab-results");
        place.insertAdjacentHTML("beforeend", html);
        window.pictures.createPrediction(place.lastElementChild, () => {});
      }, ORDER);
      await reader(page, ".lab-flame")("ArrowDown", "ArrowDown", "Enter");
      const problems = await audit(page, THEMES, { last: true });
      assert.deepEqual(problems, []);
    }),
  );

  await page.done();
}
