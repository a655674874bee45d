// 오프라인: 받아 두기, 끊긴 뒤 이어 받기, 판을 갈아타기.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { pagesOf } from "./book.mjs";
import { Card } from "./card.mjs";
import { first, Host, second } from "./editions.mjs";

const TEXT = "글은 받아 둠";
const ALL = "모두 받아 둠";
const PART = "다 받지 못함";
/** 그림과 실험은 기다리지 않음. */
const DRAWN = { waitUntil: "domcontentloaded" };
const ENGINE = "pyodide/pyodide.asm.wasm";

/** 설정 창의 오프라인 칸이 이 말을 할 때까지. 창을 열면 바로 채워짐. */
const says = (page, text) =>
  page.waitForFunction(
    (wanted) => {
      const status = document.querySelector("#offline [role=status]");
      if (!status) {
        document.querySelector("#settings-open").click();
        document.querySelector("#settings").close();
      }
      return status?.textContent.includes(wanted);
    },
    {},
    text,
  );

const press = (page, label) =>
  page.evaluate((text) => {
    const buttons = [...document.querySelectorAll("#offline button")];
    buttons.find((each) => each.textContent.startsWith(text)).click();
  }, label);

const editions = (page, count) =>
  page.waitForFunction(
    async (wanted) => (await caches.keys()).length === wanted,
    {},
    count,
  );

/** 다 읽히기 전에 떠나기를 되풀이하면 파이어폭스는 다음 쪽을 열지 않기도 함. */
const whole = (page) =>
  page.waitForFunction(
    () => crossOriginIsolated && document.readyState === "complete",
  );

/** 쪽이 온전히 한 판의 것인가. */
async function isOf(page, { id, bundle }) {
  await whole(page);
  // 서버의 답이 4초를 넘기면 받아 둔 판이 나옴
  const late = await page.evaluate(
    () => performance.getEntriesByType("navigation")[0].responseStart > 4000,
  );
  if (late) {
    await page.reload();
    await whole(page);
  }
  const seen = await page.evaluate(async () => {
    const loaded = performance.getEntriesByType("resource");
    const bundles = loaded.map(({ name }) => /_assets\/(\w{16})\//.exec(name));
    const styles = [...document.styleSheets].map(({ cssRules }) => cssRules);
    return {
      build: document.documentElement.dataset.build,
      changed: document.querySelector("h1").textContent.includes("둘째 판"),
      bundles: [...new Set(bundles.filter(Boolean).map(([, name]) => name))],
      styled: styles.length > 0 && styles.every((rules) => rules.length > 0),
    };
  });
  assert.deepEqual(seen, {
    build: id,
    changed: id !== FIRST.id,
    bundles: [bundle],
    styled: true,
  });
}

async function runs(page, base, chapter, name) {
  const card = await Card.open(page, base, `${chapter}/index.html`, name);
  await card.skip();
  await card.run();
  await card.exact();
  await card.idle();
  return card;
}

async function searches(page) {
  await page.waitForFunction(() => {
    document.querySelector("#search-open").click();
    return document.querySelector("dialog[open] input[type=search]");
  });
  await page.keyboard.type("해시");
  await page.waitForSelector("#search-hits li");
  await page.keyboard.press("Escape");
}

const FIRST = first();
const SECOND = second(FIRST);

export async function offline({ browser, check, logic }) {
  const using = async (work, before) => {
    const host = new Host(FIRST);
    if (before) host.before = (path) => before(path, host.sent);
    await host.open();
    try {
      await browser.using({}, async (page) => {
        await page.goto(`${host.base}intro/index.html`);
        await work(page, host);
      });
    } finally {
      await host.close();
    }
  };

  // 카드가 부른 것이 가장 나쁜 때에 옴: 연결 코드는 목록보다 먼저, 모듈은
  // 글을 다 받은 뒤에
  const texts = ["parts", "pages"].flatMap((group) =>
    Object.keys(FIRST.list[group]),
  );
  const order = async (path, sent) => {
    // 확인이 먼저 실패해도 프로세스를 붙들지 않음
    const until = async (holds) => {
      while (!holds()) await setTimeout(20, undefined, { ref: false });
    };
    if (path === "_assets/files.json") {
      await until(() => sent.some((each) => each.endsWith("/lab.js")));
    } else if (path.endsWith("/lab_bg.wasm")) {
      await until(() => texts.every((each) => sent.includes(each)));
    }
  };
  await check("받아 둔 글은 서버가 사라져도 모든 쪽이 열림", () =>
    using(async (page, host) => {
      await says(page, TEXT);
      const all = await pagesOf(host.base);
      host.stop();
      for (const path of all.filter((each) => each in FIRST.list.pages)) {
        await page.goto(`${host.base}${path}`, DRAWN);
        await isOf(page, FIRST);
      }
      await searches(page);
      // 들렀던 장의 실험은 전체를 받지 않아도 돎
      await runs(page, host.base, "intro", "first_run");
      host.start();
    }, order),
  );

  await check("답하지 않고 붙들고만 있는 서버면 받아 둔 것을 보임", () =>
    using(async (page, host) => {
      await says(page, TEXT);
      host.before = () => new Promise(() => {});
      await page.goto(`${host.base}dicts/index.html`, DRAWN);
      await isOf(page, FIRST);
    }),
  );

  await check("전체를 받으면 서버 없이 다 돌고, 새 판은 다 받고 바뀜", () =>
    using(async (page, host) => {
      await says(page, TEXT);
      const label = () =>
        page.$eval("#offline button", (each) => each.textContent);
      const size = async () => Number(/([\d.]+) MB/.exec(await label())[1]);
      const whole = await size();
      await press(page, "전체 내려받기");
      await says(page, ALL);
      const bytes = (groups) =>
        groups
          .flatMap((group) => Object.values(FIRST.list[group]))
          .reduce((sum, [, size]) => sum + size, 0);
      assert.ok(whole > bytes(["rest"]) / 2e6 && whole < bytes(["rest"]) / 1e6);
      host.stop();
      const card = await runs(page, host.base, "dicts", "dict_probe");
      await card.tab("Python 고쳐 보기");
      await page.waitForSelector(card.at(".cm-content"));
      await card.click("[data-panel=python] .lab-primary");
      await card.until((root) =>
        /값 일치 ✔.*Pyodide/.test(
          document.querySelector(`${root} .lab-agree`)?.textContent ?? "",
        ),
      );

      host.edition = SECOND;
      host.start();
      await page.goto(`${host.base}lists/index.html`);
      await isOf(page, SECOND);
      await says(page, "앞서 모두 받은 판이 있음");
      assert.ok((await size()) < whole / 2, "같은 파일은 옮겨 옴");
      host.stop();
      await page.goto(`${host.base}lists/index.html`);
      await isOf(page, FIRST);
      host.start();
      await page.goto(`${host.base}lists/index.html`);
      await says(page, "앞서 모두 받은 판이 있음");
      host.sent.length = 0;
      await press(page, "전체 내려받기");
      await says(page, ALL);
      assert.ok(!host.sent.some((path) => path.endsWith(ENGINE)));
      await editions(page, 1);
      host.stop();
      await runs(page, host.base, "lists", "search_cost");
      await isOf(page, SECOND);
      host.start();
    }),
  );

  await logic("덜 받은 책도 온전하고, 이어 받음", () =>
    using(async (page, host) => {
      await says(page, TEXT);
      host.before = async (path) => (path.endsWith(ENGINE) ? 500 : undefined);
      await press(page, "전체 내려받기");
      await says(page, `${PART}: 파일 1개가 오지 않음`);

      // 자리가 모자람
      const session = await page.createCDPSession();
      const { origin } = new URL(host.base);
      const most = "Storage.overrideQuotaForOrigin";
      host.before = async () => undefined;
      await session.send(most, { origin, quotaSize: 1e6 });
      await press(page, "이어서 내려받기");
      await says(page, `${PART}: 이 브라우저에 둘 자리가 모자람`);
      await session.send(most, { origin });

      // 받는 중에 그만둠
      let arrived;
      const asked = new Promise((resolve) => (arrived = resolve));
      let release;
      const gate = new Promise((resolve) => (release = resolve));
      host.before = async (path) => {
        if (!path.endsWith(ENGINE)) return undefined;
        arrived();
        return gate;
      };
      await press(page, "이어서 내려받기");
      await asked;
      await press(page, "그만두기");
      await says(page, `${PART}: 그만둠`);
      release(500);

      // 받는 중에 서버가 사라짐
      host.before = (path) =>
        path.endsWith(ENGINE) ? host.stop() : undefined;
      await press(page, "이어서 내려받기");
      await says(page, `${PART}: 서버에 닿지 않음`);
      await page.goto(`${host.base}dicts/index.html`);
      await isOf(page, FIRST);
      await runs(page, host.base, "dicts", "dict_probe");

      host.before = async () => undefined;
      host.start();
      host.sent.length = 0;
      await page.reload();
      await says(page, TEXT);
      const other = await browser.open({ beside: page });
      await other.goto(`${host.base}lists/index.html`);
      await says(other, TEXT);
      await press(page, "전체 내려받기");
      await says(page, ALL);
      // 다른 탭도 창을 열면 그것을 앎
      await other.click("#settings-open");
      await says(other, ALL);
      await other.done();
      const again = host.sent.filter((path) => FIRST.list.rest[path]);
      assert.deepEqual(again, [`_assets/${FIRST.bundle}/${ENGINE}`]);
    }),
  );

  await check("새 판과 지난 판은 섞이지 않음", () =>
    using(async (page, host) => {
      await says(page, TEXT);
      await page.goto(`${host.base}dicts/index.html`);
      await says(page, TEXT);
      host.edition = SECOND;
      host.before = async (path) =>
        path === "lists/index.html" ? 500 : undefined;
      // 새 판을 다 받지 못하면 지난 판이 남음
      const other = await browser.open({ beside: page });
      await other.goto(host.base);
      await isOf(other, SECOND);
      await says(other, PART);
      host.stop();
      await other.goto(`${host.base}lists/index.html`);
      await isOf(other, FIRST);

      // 다 받아도 지난 판의 탭이 열려 있으면 남음
      host.before = async () => undefined;
      host.start();
      await other.goto(`${host.base}lists/index.html`);
      await isOf(other, SECOND);
      await says(other, TEXT);
      await page.bringToFront();
      await searches(page);
      const old = new Card(page, "dict_probe");
      await old.tab("Python 고쳐 보기");
      await old.until((root) =>
        document
          .querySelector(`${root} [data-panel=python] .lab-status`)
          .textContent.includes("서버에 새 판이 있음"),
      );
      await isOf(page, FIRST);
      await editions(page, 2);

      await page.goto("about:blank");
      await other.reload();
      await editions(other, 1);
      host.stop();
      await other.goto(`${host.base}dicts/index.html`);
      await isOf(other, SECOND);
      host.start();
    }),
  );

  await logic("앱으로 설치할 수 있음", () =>
    using(async (page) => {
      await says(page, TEXT);
      const app = await page.evaluate(async () => {
        const { href } = document.querySelector("link[rel=manifest]");
        const manifest = await (await fetch(href)).json();
        const at = (path) => new URL(path, href).href;
        const icons = manifest.icons.map(({ src }) => at(src));
        const found = await Promise.all(icons.map((each) => fetch(each)));
        return {
          start: at(manifest.start_url),
          display: manifest.display,
          icons: found.map((each) => each.ok),
          root: new URL("./", href).href,
        };
      });
      const { root } = app;
      assert.deepEqual(app, {
        start: root,
        display: "standalone",
        icons: [true],
        root,
      });
      const session = await page.createCDPSession();
      const { installabilityErrors } = await session.send(
        "Page.getInstallabilityErrors",
      );
      // 시험의 브라우저는 새 쪽마다 비밀 창임
      const wrong = installabilityErrors
        .map(({ errorId }) => errorId)
        .filter((error) => error !== "in-incognito");
      assert.deepEqual(wrong, []);
    }),
  );
}
