// 찾기: 띄어쓰기를 가리지 않고, 첫소리와 다른 이름으로도 찾음.

import assert from "node:assert/strict";

const QUERIES = [
  ["열린주소법", /열린 주소법/],
  ["ㅁㅂ", /묘비/],
  ["dict_probe", /dict_probe|헤매는가/],
  ["딕셔너리", /사전/],
];

const ask = async (page, query) => {
  await page.waitForSelector('input[type="search"]');
  await page.$eval(
    'input[type="search"]',
    (input, text) => {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    query,
  );
};

/** 다른 판의 서버: 서비스 워커의 답. */
const other = () => {
  const plain = window.fetch;
  window.fetch = (what, ...rest) =>
    String(what).includes("search.json")
      ? Promise.resolve(new Response("", { status: 409 }))
      : plain(what, ...rest);
};

export async function search({ browser, base, check, logic }) {
  await logic("찾기: 서버에 새 판이 있으면 쪽을 다시 읽게 함", () =>
    browser.using({ before: other }, async (page) => {
      await page.goto(`${base}dicts/index.html`);
      await page.click("#search-open");
      await page.waitForFunction(() =>
        /새 판이 있음: 쪽을 다시|연결을 확인/.test(
          document.querySelector('.search [role="status"]')?.textContent ?? "",
        ),
      );
      const said = await page.$eval(
        '.search [role="status"]',
        (status) => status.textContent,
      );
      assert.equal(said, "서버에 새 판이 있음: 쪽을 다시 읽으면 됨");
    }),
  );

  await check("찾기: 붙여 쓴 말, 첫소리, 다른 이름", async () => {
    const page = await browser.open();
    try {
      await page.goto(`${base}dicts/index.html`);
      await page.waitForSelector("[data-live]");
      await page.click("#search-open");
      await page.waitForSelector("dialog.search[open]");
      for (const [query, wanted] of QUERIES) {
        await ask(page, query);
        const first = await page.waitForFunction(
          (source) =>
            [...document.querySelectorAll("#search-hits li")]
              .map((hit) => hit.textContent)
              .find((text) => new RegExp(source).test(text)),
          {},
          wanted.source,
        );
        assert.match(first, wanted);
      }
      await ask(page, "사전 ".repeat(400));
      // 낱말 열여섯과 그 사이의 빈칸
      const said = await page.$eval('.search [role="status"]', (status) =>
        status.textContent.includes("앞의 47글자로만 찾음"),
      );
      assert.ok(said, "긴 물음의 앞부분만 보았다고 말해야 함");
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !document.querySelector("dialog[open]"));
    } finally {
      await page.done();
    }
  });
}
