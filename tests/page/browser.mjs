// 브라우저 하나와 새 쪽: 모든 쪽에서 정책 위반과 바깥 요청을 셈.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromTheme } from "../theme.mjs";

const puppeteer = fromTheme("puppeteer-core");

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** 쪽마다 새 프로세스가 뜸: 쓸지 모를 것을 미리 띄우지 않고, 갈라서 띄움. */
const SPARE = {
  "dom.ipc.processPrelaunch.enabled": false,
  "dom.ipc.forkserver.enable": true,
};

/**
 * 파이어폭스는 받은 것을 펼쳐 보여 글쇠를 가져가고, 돌리는 이의 폴더에 둠:
 * 펼치지 않고, 함께 지울 곳에 둠.
 */
const downloads = (place) => ({
  "browser.download.alwaysOpenPanel": false,
  "browser.download.folderList": 2,
  "browser.download.dir": place,
});

const PROGRAMS = {
  chromium: "/usr/bin/chromium",
  firefox: "/usr/bin/firefox-esr",
};

/** 정해진 색만 쓰는 고대비. 색은 윈도의 두 고대비 테마와 같음. */
const contrast = (scheme, { paper, ink, chosen }) => ({
  media: { "forced-colors": "active", "prefers-color-scheme": scheme },
  prefs: {
    "browser.display.document_color_use": 2,
    "browser.display.background_color": paper,
    "browser.display.foreground_color": ink,
    "ui.buttonborder": ink,
    "ui.highlight": chosen,
    "ui.highlighttext": paper,
  },
});

/** 독자가 브라우저에 해 둔 설정. 파이어폭스는 따로 띄워야 바뀜. */
const SETTINGS = {
  silent: { prefs: { "javascript.enabled": false } },
  still: {
    media: { "prefers-reduced-motion": "reduce" },
    prefs: { "ui.prefersReducedMotion": 1 },
  },
  contrastDark: contrast("dark", {
    paper: "#000000",
    ink: "#ffffff",
    chosen: "#1aebff",
  }),
  contrastLight: contrast("light", {
    paper: "#ffffff",
    ink: "#000000",
    chosen: "#37006e",
  }),
};

/** 끝까지 받지 못했다는 브라우저의 말. */
const CUT = /Failed to load|dynamically imported module/;
/** 떠난 쪽이 부르던 것: 파이어폭스는 주소 없이, 다음 쪽이 뜬 뒤에도 말함. */
const ORPHAN = /Failed to load ‘’/;

export const TIMEOUT = 300_000;
/** 다시 물을 때까지, ms. */
const POLL = 50;

export async function launch(kind, program = PROGRAMS[kind]) {
  const profile = mkdtempSync(join(tmpdir(), "lab-page-"));
  const chromium = kind === "chromium";
  const options = chromium
    ? { userDataDir: profile, args: QUIET }
    : { browser: "firefox", protocol: "webDriverBiDi", headless: true };
  const start = async (prefs) => {
    const all = {
      ...options,
      executablePath: program,
      protocolTimeout: TIMEOUT,
      extraPrefsFirefox: { ...SPARE, ...downloads(profile), ...prefs },
    };
    return puppeteer.launch(all).catch((error) => {
      console.error(`${kind}가 뜨지 않아 한 번 더 띄움: ${error.message}`);
      return puppeteer.launch(all);
    });
  };
  const browser = await start();
  const faults = [];
  const openOne = (options) => open(browser, faults, options);
  /** 설정마다 한 번 띄워, 쪽만 새로 엶. */
  const presets = new Map();
  const openPreset = async (setting) => {
    if (!presets.has(setting)) {
      presets.set(setting, await start(SETTINGS[setting].prefs));
    }
    return open(presets.get(setting), faults);
  };
  return {
    kind,
    faults,
    chromium,
    open: openOne,
    /** 새 쪽에서 하고, 어떻게 끝나든 닫음. */
    async using(options, work) {
      const page = await openOne(options);
      try {
        return await work(page);
      } finally {
        await page.done();
      }
    },
    /** 독자가 `setting`을 해 둔 브라우저의 쪽. */
    openAs: (setting) =>
      chromium
        ? openEmulated(browser, faults, setting)
        : openPreset(setting),
    async close() {
      for (const each of [browser, ...presets.values()]) await each.close();
      // 끝나 가는 브라우저가 그사이 파일을 더 적기도 함
      const again = { maxRetries: 10, retryDelay: 100 };
      rmSync(profile, { recursive: true, force: true, ...again });
    },
  };
}

async function openEmulated(browser, faults, setting) {
  const page = await open(browser, faults);
  const { media } = SETTINGS[setting];
  if (!media) {
    await page.setJavaScriptEnabled(false);
    return page;
  }
  const features = Object.entries(media).map(([name, value]) => ({
    name,
    value,
  }));
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features });
  return page;
}

async function open(browser, faults, options = {}) {
  // expected: 이 쪽에서는 일부러 내는 오류. beside: 함께 열려 있을 다른 탭
  const { before, argument, expected, beside } = options;
  // 크로미엄은 드물게 이 요청 하나만 잃음
  const fresh = () => browser.createBrowserContext();
  const context = beside?.browserContext() ?? await fresh().catch((error) => {
    console.error(`쪽을 담을 곳을 한 번 더 만듦: ${error.message}`);
    return fresh();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT);
  await page.setViewport({ width: 1280, height: 900 });
  await page.evaluateOnNewDocument(() => {
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  if (before) await page.evaluateOnNewDocument(before, argument);
  // 떠나는 쪽이 부르던 것은 끊김: 그것만은 잘못이 아님. 담은 곳을 닫으면
  // 함께 열린 탭도 모두 떠남
  let leaving = false;
  const closing = beside?.closing ?? { now: false };
  page.closing = closing;
  page.on("pageerror", ({ message }) => {
    if (ORPHAN.test(message)) return;
    if ((leaving || closing.now) && CUT.test(message)) return;
    if (!expected?.test(message)) faults.push(`오류 ${message}`);
  });
  for (const name of ["goto", "reload", "goBack", "goForward"]) {
    const go = page[name].bind(page);
    page[name] = async (...args) => {
      leaving = true;
      return go(...args).finally(() => {
        leaving = false;
      });
    };
  }
  page.on("console", (message) => {
    const text = message.text();
    if (/^CSP |Content.Security.Policy/.test(text)) faults.push(text);
  });
  const pending = new Set();
  page.on("request", (request) => {
    pending.add(request);
    const url = new URL(request.url());
    const local = ["127.0.0.1", "localhost", ""].includes(url.hostname);
    if (!local) faults.push(`바깥 요청 ${url}`);
  });
  for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, (request) => pending.delete(request));
  }
  page.done = () => {
    leaving = true;
    closing.now ||= !beside;
    return beside ? page.close() : context.close();
  };
  return brief(page, pending);
}

/** 쪽 안에서 `how`가 `work`를 부르는 식. */
const within = (how, work, args, selector = "") => {
  const given = args.map((each) => JSON.stringify(each) ?? "undefined");
  return `(${how})(${work}, [${given}], ${JSON.stringify(selector)})`;
};
const one = (work, args, selector) => {
  const node = document.querySelector(selector);
  if (!node) throw new Error(`없음: ${selector}`);
  return work(node, ...args);
};
const every = (work, args, selector) =>
  work([...document.querySelectorAll(selector)], ...args);
/** 요소는 밖으로 나오지 못함: 있다고만 말함. */
const plainly = async (work, args) => {
  const found = await work(...args);
  return found instanceof Node || found;
};

/**
 * 쪽에 묻는 일을 한 번의 오감으로 바꿈. puppeteer의 `$eval`은 요소마다
 * 손잡이를 만들어 파이어폭스에서 마흔 배가 들고, 기다림은 쪽 안에서
 * Function()을 부르는데 파이어폭스는 쪽의 정책대로 그것을 막음.
 */
function brief(page, pending) {
  page.$eval = (selector, work, ...args) =>
    page.evaluate(within(one, work, args, selector));
  page.$$eval = (selector, work, ...args) =>
    page.evaluate(within(every, work, args, selector));
  const until = async (what, ask) => {
    const end = Date.now() + TIMEOUT;
    let last = "";
    while (Date.now() < end) {
      // 쪽이 다시 읽히는 동안의 물음은 오류로 끝남
      const found = await ask().catch((error) => {
        if (page.isClosed()) throw error;
        last = error.message;
      });
      if (found) return found;
      await new Promise((again) => setTimeout(again, POLL));
    }
    const state = await page
      .evaluate(() => [document.readyState, document.visibilityState].join())
      .catch(({ message }) => message);
    const asked = [...pending].map((request) => request.url());
    throw new Error(
      `${TIMEOUT / 1000}초 동안 되지 않음: ${what} ${last} ` +
        `(쪽은 ${state}, 답을 기다리는 요청 [${asked.join(", ")}])`,
    );
  };
  page.waitForFunction = (work, _, ...args) =>
    until(work, () => page.evaluate(within(plainly, work, args)));
  page.waitForSelector = (selector) => {
    const found = page.$$eval.bind(page, selector, ({ length }) => length);
    return until(selector, found);
  };
  return page;
}
