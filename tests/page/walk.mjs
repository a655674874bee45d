// 씨앗이 정하는 무작위 걸음: 카드를 어떻게 다루어도 한도 안에 쉬고, 다음
// 실행이 되고, 작업자가 낸 답이나 거절이 그대로 보임.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Random, brokenJson, brokenText } from "../fuzz/random.mjs";
import { agrees } from "./answers.mjs";
import { cardsOf } from "./book.mjs";
import { Card, THEMES, setTheme } from "./card.mjs";

/** 시간까지 재는 실행 하나가 끝나야 하는 때. */
const LIMIT_MS = 120_000;
/** 끝난 실행의 답이 표에 놓일 때까지. */
const SHOWN_MS = 5000;
/** 뒤로 가는 것을 기다리는 때. */
const BACK_MS = 15_000;
const WRONG = [
  ..."가٣ ", "", "-1", "1.5", "0x10", "NaN", "1e99", "1,2,3", "9".repeat(30),
];

/** 걸음의 이름과 잦기. */
const HERE = [
  ["run", 6],
  ["look", 3],
  ["invalid", 2],
  ["halt", 2],
  ["both", 2],
  ["tab", 2],
  ["python", 1],
  ["theme", 1],
  ["reload", 1],
  ["history", 1],
  ["resize", 1],
  ["address", 1],
  ["reset", 1],
  ["slide", 1],
  ["paste", 1],
].flatMap(([name, times]) => Array(times).fill(name));
/** 쪽이 여럿이면 옮겨 다니기도 함. */
const ANYWHERE = [...HERE, ...Array(3).fill("leave")];

/** 작업자들이 받은 실행과 그 답을 모음. */
const overhear = () => {
  window.walked = [];
  const calls = new Map();
  // 파이썬은 매개변수를 Rust의 답으로 받음: 그 답을 낸 실행
  const sources = new Map();
  const tell = ({ name, input }, outcome) =>
    window.walked.push({ name, params: JSON.parse(input), outcome });
  const exact = ({ answers, checksum }) => ({ ok: { answers, checksum } });
  const hear = (data, job) => {
    if (data.type !== "result") return;
    if (job && data.part === "run") {
      tell(sources.get(job), exact(JSON.parse(data.json)));
    }
    const call = calls.get(data.id);
    if (call?.part !== "run") return;
    sources.set(data.json, call);
    const { ok, error } = JSON.parse(data.json);
    tell(call, ok ? exact(ok) : { error });
  };
  window.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => hear(data, this.job));
    }

    postMessage(message, ...rest) {
      if (message?.type === "call") calls.set(message.id, message);
      if (message?.engine) this.job = message.params;
      super.postMessage(message, ...rest);
    }
  };
};

/** 카드에 지금 보이는 것. */
const seen = (root) => {
  const text = (selector) => root.querySelector(selector)?.textContent ?? "";
  const parts = ["results", "verdict", "replay", "timing", "compare"];
  return {
    status: text(".lab-bar .lab-status"),
    problem: text(".lab-results .lab-problem"),
    refused: Object.fromEntries(
      [...root.querySelectorAll(".lab-field:has([aria-invalid])")].map(
        (field) => [
          field.dataset.name,
          field.querySelector(".lab-error").textContent,
        ],
      ),
    ),
    odd: parts
      .map((part) => text(`.lab-${part}`))
      .flatMap((shown) => shown.match(/.{0,40}(undefined|\[object)/) ?? []),
  };
};

const TABLES = new URL("../../data/params/", import.meta.url);
const fieldsOf = (name) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, TABLES), "utf8")).fields;

/** 큰 수는 드물게: 실행이 거의 모두 짧음. */
function draw(random, field) {
  const { kind, browser, span, choices, examples } = field;
  const [low, high] = browser ?? span ?? [];
  switch (kind) {
    case "int": {
      const wide = Math.exp(random.unit() * Math.log(high - low + 1));
      return String(low + Math.floor(wide) - 1);
    }
    case "real":
      return (low + (high - low) * random.unit()).toFixed(4);
    case "bool":
      return String(random.often(5));
    case "choice":
      return random.pick(choices).value;
    default:
      return random.pick([field.default, ...examples]);
  }
}

/** 범위의 끝. 끝이 없으면 아무 값. */
const edge = (random, field) =>
  field.browser || field.span
    ? String(random.pick(field.browser ?? field.span))
    : draw(random, field);

/** 쪽 하나에서 `seed`가 정하는 걸음. */
class Walk {
  /** 걸은 길. */
  trail = [];
  /** 작업자가 낸 것: 이름, 매개변수, 답이나 거절. */
  lines = [];

  constructor({ browser, page, base, seed, paths }) {
    Object.assign(this, { browser, page, base, paths });
    this.random = new Random(seed);
  }

  async step() {
    const { random } = this;
    if (this.trail.length === 0) await this.leave();
    const card = new Card(this.page, random.pick(this.names));
    const what = random.pick(this.paths.length > 1 ? ANYWHERE : HERE);
    this.trail.push(`${card.name} ${what}`);
    const note = await this[what](card);
    if (note) this.trail.push(note);
    assert.deepEqual(this.browser.faults, []);
  }

  on({ root }, work, ...args) {
    return this.page.$eval(root, work, ...args);
  }

  // ── 쪽

  async leave() {
    this.path = this.random.pick(this.paths);
    await this.page.goto(this.base + this.path);
    await this.arrived();
    return this.path;
  }

  async reload(card) {
    if (this.random.often(3)) await this.begin(card);
    await this.page.reload();
    await this.arrived();
  }

  async history() {
    const [back, forward] = ["goBack", "goForward"];
    const to = this.random.often(7) ? back : forward;
    // 파이어폭스는 같은 쪽 안에서 돌아간 것을 알리지 않음
    await this.page[to]({ timeout: BACK_MS }).catch(() => {});
    const url = await this.page.waitForFunction(() => location.href);
    const path = url.replace(/[#?].*/, "").slice(this.base.length);
    // 처음보다 뒤로 가면 빈 쪽임
    if (!this.paths.includes(path)) return this.leave();
    this.path = path;
    await this.arrived();
    return path;
  }

  async arrived() {
    this.names = await cardsOf(this.base, this.path);
    await this.page.waitForSelector(`#${this.names.at(-1)}[data-live]`);
  }

  resize() {
    const width = 320 + this.random.below(1100);
    return this.page.setViewport({ width, height: 800 });
  }

  theme() {
    return setTheme(this.page, this.random.pick(THEMES));
  }

  async address(card) {
    const query = new URLSearchParams(this.values(card)).toString();
    const hash = `#${card.name}?${query}`;
    const broken = this.random.often(5);
    const text = broken ? brokenText(this.random, [hash]).toWellFormed() : hash;
    await this.page.evaluate((text) => (location.hash = text), text);
    return text;
  }

  // ── 카드를 보기

  /** 재생과 그래프의 버튼을 아무거나. */
  look(card) {
    const picks = Array.from({ length: 5 }, () => this.random.unit());
    return this.on(
      card,
      (root, picks) => {
        for (const pick of picks) {
          const all = [".lab-results", ".lab-replay", ".lab-timing"].flatMap(
            (part) => [
              ...root.querySelectorAll(`${part} button:not(:disabled)`),
            ],
          );
          all[Math.floor(pick * all.length)]?.click();
        }
      },
      picks,
    );
  }

  tab(card) {
    return this.on(
      card,
      (root, pick) => {
        const tabs = [...root.querySelectorAll("[role=tab]")];
        tabs[Math.floor(pick * tabs.length)].click();
      },
      this.random.unit(),
    );
  }

  /** 지금의 값으로 파이썬도. 답은 나중에 네이티브와 견줌. */
  async python(card) {
    const start = card.at("[data-panel=python] .lab-primary");
    if (!(await this.page.$(start))) return "대응물이 없음";
    await card.tab("Python 고쳐 보기");
    await this.page.$eval(start, (button) => button.click());
    const rested = await card.idle(LIMIT_MS, start);
    assert.ok(rested, `${card.name}: 파이썬이 ${LIMIT_MS / 1000}초 넘게 돎`);
    await this.ended(card);
    const ended = await card.text("[data-panel=python] .lab-status");
    if (ended === "끝남") {
      assert.match(await card.text(".lab-agree"), /Pyodide/, card.name);
      return ended;
    }
    const said = await card.text(".lab-output");
    assert.match(`${ended} ${said}`, /^오류 .*[가-힣]/, card.name);
    return said.slice(0, 80);
  }

  async paste(card) {
    const report = { name: card.name, params: {}, answers: {}, views: [] };
    const corpus = [JSON.stringify(report)];
    const text = brokenJson(this.random, corpus).toWellFormed();
    await card.paste(text);
    const said = await card.text(".lab-paste .lab-error");
    assert.ok(said === "" || /[가-힣]/.test(said), said);
    return text.slice(0, 80);
  }

  // ── 칸

  /** 몇 칸은 아무 값, 또는 한 칸만 범위의 끝. */
  values({ name }) {
    const { random } = this;
    const all = fieldsOf(name);
    const [chosen, value] = random.often(2)
      ? [[random.pick(all)], edge]
      : [all.filter(() => random.often(5)), draw];
    return Object.fromEntries(chosen.map((f) => [f.name, value(random, f)]));
  }

  slide(card) {
    return this.on(
      card,
      (root, pick, part) => {
        const all = [...root.querySelectorAll(".lab-params [type=range]")];
        const slider = all[Math.floor(pick * all.length)];
        if (!slider) return;
        const { min, max } = slider;
        slider.value = Number(min) + (max - min) * part;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      },
      this.random.unit(),
      this.random.unit(),
    );
  }

  async reset(card) {
    await card.click(".lab-reset");
    await this.ended(card);
  }

  // ── 실행

  async begin(card, values = this.values(card)) {
    for (const [field, text] of Object.entries(values)) {
      await card.set(field, text);
    }
    await this.on(
      card,
      (root, pick) => {
        const all = [...root.querySelectorAll(".lab-predict [type=radio]")];
        if (all.some((radio) => radio.checked)) return;
        all[Math.floor(pick * all.length)].click();
      },
      this.random.unit(),
    );
    await card.run();
    return JSON.stringify(values);
  }

  async run(card) {
    const values = await this.begin(card);
    this.trail.push(values);
    await this.ended(card, true);
  }

  async invalid(card) {
    const free = fieldsOf(card.name).filter(({ kind }) =>
      ["int", "real", "text"].includes(kind),
    );
    if (free.length === 0) return;
    const wrong = { [this.random.pick(free).name]: this.random.pick(WRONG) };
    this.trail.push(await this.begin(card, wrong));
    await this.ended(card, true);
    await card.click(".lab-reset");
  }

  /** 아무 때나 멈춤. */
  async halt(card) {
    this.trail.push(await this.begin(card));
    const wait = this.random.below(400);
    await new Promise((go) => setTimeout(go, wait));
    await card.click(".lab-stop");
    await this.ended(card);
    return `${wait} ms`;
  }

  /** 둘을 잇달아 시킴. */
  async both(card) {
    const other = new Card(this.page, this.random.pick(this.names));
    this.trail.push(await this.begin(card));
    if (other.name !== card.name) this.trail.push(await this.begin(other));
    await this.ended(card, true);
    if (other.name !== card.name) await this.ended(other);
  }

  /** 쉬기를 기다려, 낸 것과 보이는 것을 견줌. */
  async ended(card, whole = false) {
    const { name } = card;
    const rested = await card.idle(LIMIT_MS);
    assert.ok(rested, `${name}: ${LIMIT_MS / 1000}초 안에 쉬지 않음`);
    const fresh = await this.page.evaluate(() => window.walked.splice(0));
    this.lines.push(...fresh);
    const { status, problem, refused, odd } = await this.on(card, seen);
    assert.deepEqual(odd, [], name);
    const mine = fresh.filter((line) => line.name === name).at(-1);
    if (!whole) return;
    assert.ok(mine, `${name}: 답이 없음: ${status} ${problem}`);
    const { ok, error } = mine.outcome;
    if (error) {
      const { field, message } = error;
      const shown = field === null ? problem : refused[field];
      assert.equal(shown, message, name);
      assert.match(message, /[가-힣]/, name);
      return;
    }
    assert.match(status, /^WASM/, `${name}: ${problem}`);
    const end = Date.now() + SHOWN_MS;
    while (await agrees(card, ok).catch((error) => error)) {
      if (Date.now() > end) return agrees(card, ok);
      await new Promise((again) => setTimeout(again, 50));
    }
  }
}

/** 새 쪽에서 `steps`걸음. 넘어지면 걸어온 길도 말함. */
export async function wander({ browser, steps, ...options }) {
  return browser.using({ before: overhear }, async (page) => {
    const walk = new Walk({ browser, page, ...options });
    try {
      for (let left = steps; left > 0; left -= 1) await walk.step();
    } catch (error) {
      const trail = walk.trail.slice(-12).join(" → ");
      error.message = `${error.message} (걸은 길: ${trail})`;
      throw error;
    }
    return walk.lines;
  });
}

/** 걷는 법이 녹슬지 않게, 한 쪽에서 몇 걸음만. 긴 것은 `cargo book walk`. */
export async function walk({ browser, base, check }) {
  await check("무작위 걸음: 늘 쉬고, 낸 답이 그대로 보임", async () => {
    const paths = ["dicts/index.html"];
    const lines = await wander({ browser, base, seed: 1, paths, steps: 8 });
    assert.ok(lines.length > 0, "실행한 것이 없음");
  });
}
