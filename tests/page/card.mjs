// 카드 하나를 다루는 말. 기다림은 모두 상태를 봄.

import assert from "node:assert/strict";

export const THEMES = ["light", "rust", "coal", "navy", "ayu"];

/** 설정 창에서 테마를 고름. */
export const setTheme = (page, theme) =>
  page.evaluate((value) => {
    document.querySelector("#settings-open").click();
    document.querySelector(`#settings [value="${value}"]`).click();
    document.querySelector("#settings").close();
  }, theme);

/** 찾기 창을 열고 적어, 찾은 것이 나올 때까지. */
export async function searchFor(page, text) {
  const input = 'input[type="search"]';
  await page.click("#search-open");
  await page.waitForSelector(`dialog[open] ${input}`);
  await page.type(input, text);
  await page.waitForSelector("#search-hits li");
}

/** 가운데로 굴려 자리가 멎을 때까지: 늦게 배치되는 카드가 글을 밀어냄. */
export const centre = (handle) =>
  handle.evaluate(
    (node) =>
      new Promise((done) => {
        let [last, still] = [NaN, 0];
        const look = () => {
          node.scrollIntoView({ block: "center" });
          const { top } = node.getBoundingClientRect();
          // 가까워진 카드는 이 프레임이 끝난 뒤에 배치됨
          still = top === last ? still + 1 : 0;
          if (still === 2) return done();
          last = top;
          requestAnimationFrame(look);
        };
        look();
      }),
  );

export class Card {
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.root = `#${name}`;
  }

  static async open(page, base, path, name, query = "") {
    await page.goto(`${base}${path}#${name}${query}`);
    return Card.on(page, name);
  }

  /** 이미 연 쪽의 것. */
  static async on(page, name) {
    await page.waitForSelector(`#${name}[data-live]`);
    return new Card(page, name);
  }

  at(selector) {
    return `${this.root} ${selector}`;
  }

  async click(selector) {
    await this.page.$eval(this.at(selector), (node) => node.click());
  }

  text(selector) {
    return this.page.$eval(this.at(selector), (node) => node.textContent);
  }

  until(work, ...args) {
    return this.page.waitForFunction(work, {}, this.root, ...args);
  }

  skip() {
    return this.click(".lab-predict label:last-child input");
  }

  /** 독자처럼 적음. */
  async set(field, text) {
    await this.page.$eval(
      this.at(`[name="${field}"]`),
      (node, value) => {
        if (node.type === "checkbox") {
          if (String(node.checked) !== value) node.click();
          return;
        }
        node.value = value;
        node.dispatchEvent(new Event("input", { bubbles: true }));
        node.dispatchEvent(new Event("change", { bubbles: true }));
      },
      text,
    );
  }

  /** 값이 다른 칸만 고침. */
  async fill(params) {
    for (const [field, value] of Object.entries(params)) {
      const seen = await this.page.$eval(this.at(`[name="${field}"]`), (node) =>
        node.type === "checkbox" ? String(node.checked) : node.value,
      );
      const text = String(value);
      if (seen.replaceAll(",", "") !== text) await this.set(field, text);
    }
  }

  run() {
    return this.click(".lab-run");
  }

  /**
   * 카드나 버튼이 쉴 때까지, 또는 `limit`ms까지. 쉬면 참. 되풀이해 물으면 재는 스레드와
   * 코어를 다투므로 쪽 안에서 기다림.
   */
  idle(limit, selector = this.root) {
    return this.page.$eval(
      selector,
      (node, limit) =>
        new Promise((done) => {
          const rested = '[aria-busy="false"], button:enabled';
          const look = () => node.matches(rested) && done(true);
          const attributeFilter = ["aria-busy", "disabled"];
          new MutationObserver(look).observe(node, { attributeFilter });
          if (limit) setTimeout(done, limit, false);
          look();
        }),
      limit,
    );
  }

  /** 정확한 답이 비교 표에 나올 때까지. 하지 못하면 카드의 말로 끝남. */
  async exact() {
    const ended = await this.until((root) => {
      const card = document.querySelector(root);
      if (card.querySelector(".lab-answers")) return "answered";
      const problem = card.querySelector(".lab-results .lab-problem");
      const refused = card.querySelector('.lab-params [aria-invalid="true"]');
      const why = problem?.textContent || (refused && `거절한 칸 ${refused.name}`);
      return card.ariaBusy === "false" && why;
    });
    assert.equal(ended, "answered", this.name);
  }

  status(pattern) {
    return this.until(
      (root, source) =>
        new RegExp(source).test(
          document.querySelector(`${root} .lab-bar .lab-status`).textContent,
        ),
      pattern,
    );
  }

  /** 첫 구현의 답: 이름 → 글. 체크섬은 checksum. */
  answers() {
    return this.page.$$eval(this.at(".lab-answers tbody tr"), (rows) =>
      Object.fromEntries(
        rows.map((row) => {
          const name = row.querySelector("th").textContent;
          const key = name === "체크섬" ? "checksum" : name;
          return [key, row.querySelector("td").textContent];
        }),
      ),
    );
  }

  /** '내 컴퓨터' 칸에 글을 붙이고 넣음. */
  async paste(text) {
    await this.page.$eval(
      this.at(".lab-paste textarea"),
      (node, value) => (node.value = value),
      text,
    );
    await this.click(".lab-paste button");
  }

  async tab(title) {
    await this.page.$eval(
      this.root,
      (root, text) =>
        [...root.querySelectorAll("[role=tab]")]
          .find((tab) => tab.textContent === text)
          .click(),
      title,
    );
  }
}
