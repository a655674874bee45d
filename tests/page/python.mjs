// Pyodide: 같은 답, 고친 답, 끝나지 않는 코드.

import assert from "node:assert/strict";
import { Card } from "./card.mjs";

async function append(page, card, text) {
  await page.focus(card.at(".cm-content"));
  await page.keyboard.down("Control");
  await page.keyboard.press("End");
  await page.keyboard.up("Control");
  await page.keyboard.type(text);
  // 적은 것이 편집기에 있어야 실행이 그것을 돌림
  await card.until(
    (root, wanted) =>
      document.querySelector(`${root} .cm-content`).innerText.includes(wanted),
    text.trim(),
  );
}

/** `selector`의 글이 `pattern`과 맞을 때까지. */
const says = (selector) => (card, pattern) =>
  card.until(
    (root, selector, source) =>
      new RegExp(source).test(
        document.querySelector(`${root} ${selector}`)?.textContent ?? "",
      ),
    selector,
    pattern,
  );

const state = says("[data-panel=python] .lab-status");
const output = says(".lab-output");
const agreement = says(".lab-agree");

const press = (page, card, label) =>
  page.$$eval(
    card.at("[data-panel=python] button"),
    (buttons, label) =>
      buttons.find((button) => button.textContent === label).click(),
    label,
  );

/** 편집기가 열리면 그대로 실행함. */
async function runUnchanged(page, card) {
  await card.tab("Python 고쳐 보기");
  await page.waitForSelector(card.at(".cm-content"));
  await card.click("[data-panel=python] .lab-primary");
}

export async function python({ browser, base, check, logic }) {
  const page = await browser.open();
  const card = await Card.open(page, base, "dicts/index.html", "dict_probe");

  await check("Python의 답이 Rust와 같음", async () => {
    await runUnchanged(page, card);
    await agreement(card, "값 일치 ✔.*Pyodide.*41e1e7adab356f1b");
    await state(card, "끝남");
    const chart = await page.$$(card.at(".lab-compare .lab-table"));
    assert.ok(chart.length > 0);
    // 예측하기 전이므로 정답을 말하지도 남기지도 않음
    assert.ok(await page.$eval(card.at(".lab-verdict"), (node) => node.hidden));
  });

  await check("Python의 한도를 넘으면 그 값에서 견줌", async () => {
    const big = new Card(page, "hash_quality");
    await big.set("n", "20000");
    await big.skip();
    await big.run();
    await big.exact();
    await big.idle();
    const verdict = await big.text(".lab-verdict");
    await runUnchanged(page, big);
    await agreement(big, "값 일치 ✔.*Pyodide");
    // 작은 값의 답이 카드에 놓인 답을 덮지 않음
    assert.equal(await big.text(".lab-verdict"), verdict);
  });

  // 옆 카드가 아직 시간을 잼: 그것을 멈추고 시작한 것도 멈출 수 있어야 함
  await check("끝나지 않는 Python을 멈춤", async () => {
    await card.tab("Python 고쳐 보기");
    await append(page, card, "while True: print('x' * 50)\n");
    await card.click("[data-panel=python] .lab-primary");
    await state(card, "계산하는 중");
    // 쏟아 내도 쪽에는 한도까지만 쌓이고, 그렇다고 말함
    await output(card, "\n이후의 출력은 버림\n$");
    await press(page, card, "중지");
    await state(card, "중지함");
    const { length } = await card.text(".lab-output");
    assert.ok(length > 99_000 && length < 101_000, `${length}자`);
  });

  await check("고친 Python의 답이 다르면 알림", async () => {
    await press(page, card, "원래대로");
    await append(page, card, 'run = lambda p: {"answers": {}, "checksum": None}');
    await card.click("[data-panel=python] .lab-primary");
    await agreement(card, "불일치 ✘.*Pyodide");
    await state(card, "끝남");
    // 글을 적고 있던 독자를 비교 칸으로 끌어내지 않음
    const writing = card.at("[data-panel=python] .cm-focused");
    assert.equal(await page.$$eval(writing, ({ length }) => length), 1);
  });

  await check("Python의 오류는 줄 번호와 함께 보임", async () => {
    await card.tab("Python 고쳐 보기");
    await append(page, card, "\n1 / 0");
    await card.click("[data-panel=python] .lab-primary");
    await state(card, "오류");
    const output = await card.text(".lab-output");
    assert.match(output, /line \d+[\s\S]*ZeroDivisionError/);
  });

  /** 원래의 것에 덧붙여 돌리고, 출력이 `pattern`과 맞을 때까지. */
  const prints = async (text, pattern) => {
    await press(page, card, "원래대로");
    await append(page, card, text);
    await card.click("[data-panel=python] .lab-primary");
    await output(card, pattern);
  };

  await check("대응물이 아니게 된 Python은 무엇이 다른지 말함", async () => {
    const nan = '{"answers": {"x": float("nan")}}';
    for (const [text, pattern] of [
      ["def main(): pass", "cli\\.main을 부르지 않음"],
      ["run = lambda p: None", "run의 결과: answers"],
      [`run = lambda p: ${nan}`, "ValueError.*JSON"],
      ["timings = lambda p: 5", "measure의 결과"],
    ]) {
      await prints(`\n${text}`, pattern);
      await state(card, "^오류$");
    }
  });

  await check("앞의 코드가 고쳐 놓은 것은 다음 실행에 남지 않음", async () => {
    await prints(
      "\nimport sys, io, lab.rng\nprint('앞')\nsys.stdout = io.StringIO()" +
        "\ndel lab.rng.mix64",
      "^앞\n",
    );
    await state(card, "끝남|오류");
    await prints("\nprint('뒤')", "^뒤\n");
    await state(card, "끝남");
  });

  await check("중지는 이 카드의 Python만, 준비하는 중에도 멈춤", async () => {
    // 줄을 바꾸지 않은 출력도 곧바로 보임
    await prints("\nprint('가', end='', flush=True)\nwhile True: pass", "^가$");
    const other = new Card(page, "hash_quality");
    await other.tab("Python 고쳐 보기");
    await page.waitForSelector(other.at(".cm-content"));
    await page.$$eval(other.at("[data-panel=python] button"), (buttons) => {
      for (const label of ["Python 실행", "중지"]) {
        buttons.find(({ textContent }) => textContent === label).click();
      }
    });
    await state(other, "중지함");
    assert.match(
      await card.text("[data-panel=python] .lab-status"),
      /계산하는 중/,
    );
    await press(page, card, "중지");
    await state(card, "중지함");
  });

  await check("넘어진 Python은 다음에 새로 시작함", async () => {
    await press(page, card, "원래대로");
    await append(page, card, "\nimport os; os._exit(1)");
    await card.click("[data-panel=python] .lab-primary");
    await state(card, "오류");
    assert.match(await card.text(".lab-output"), /exit\(1\)/);
    await press(page, card, "원래대로");
    await card.click("[data-panel=python] .lab-primary");
    await state(card, "끝남");
  });

  await check("처음으로는 도는 Python도 멈춤", async () => {
    await card.tab("Python 고쳐 보기");
    await append(page, card, "\nprint(1)\nprint(2)\nwhile True: pass");
    await card.click("[data-panel=python] .lab-primary");
    // 멈추지 못하는 코드가 찍은 줄도 모두 보임
    await output(card, "^1\n2\n$");
    await card.click(".lab-reset");
    await state(card, "중지함");
  });

  await page.done();

  const cut = {
    before: () => {
      const plain = window.fetch;
      window.fetch = (what, ...rest) =>
        new URL(what, location.href).pathname.endsWith(".py")
          ? Promise.reject(new TypeError("끊김"))
          : plain(what, ...rest);
    },
  };
  await logic("코드를 받지 못한 Python은 돌았다고 하지 않음", () =>
    browser.using(cut, async (page) => {
      const path = "dicts/index.html";
      const card = await Card.open(page, base, path, "dict_probe");
      await card.tab("Python 고쳐 보기");
      await state(card, "^코드를 받지 못함: 끊김$");
      await card.click("[data-panel=python] .lab-primary");
      await state(card, "^(오류|끝남)$");
      const said = await card.text("[data-panel=python] .lab-status");
      assert.equal(said, "오류");
      assert.equal(await card.text(".lab-output"), "코드를 받지 못함: 끊김\n");
    }),
  );

  await logic("다른 장을 들여오는 Python도 돎", async () => {
    const page = await browser.open();
    const path = "lists/index.html";
    const card = await Card.open(page, base, path, "search_cost");
    await runUnchanged(page, card);
    await agreement(card, "값 일치 ✔.*Pyodide");
    await page.done();
  });

  await logic("시간을 묻는 예측은 두 시간을 잰 뒤에 정답이 나옴", async () => {
    const page = await browser.open();
    const first = await Card.open(page, base, "intro/index.html", "first_run");
    await first.click(".lab-predict label:nth-child(1) input");
    await first.run();
    await first.exact();
    await first.idle();
    assert.match(await first.text(".lab-verdict"), /아직 모름/);
    // 그사이 다른 카드를 돌려도 잰 것을 잃지 않음
    const other = new Card(page, "three_walls");
    await other.skip();
    await other.run();
    await other.exact();
    await other.idle();
    await runUnchanged(page, first);
    await first.until((root) =>
      /\d배/.test(
        document.querySelector(`${root} .lab-verdict b`).textContent,
      ),
    );
    await page.done();
  });
}
