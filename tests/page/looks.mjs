// 열린 쪽 하나를 살피는 말: axe, 넘침과 잘림, 큰 글자, 움직임.

import { readFileSync } from "node:fs";
import { fromTheme } from "../theme.mjs";

const AXE = readFileSync(fromTheme.resolve("axe-core/axe.min.js"), "utf8");

/**
 * 색에 달리지 않은 규칙으로 한 번, 색에 달린 규칙으로 테마마다 axe를 돌린
 * 문제들. 색은 글자와 바탕의 모양이 같은 것 가운데 하나씩만 봄.
 *
 * `known`: 앞의 쪽에서 색을 본 모양들. 새로 본 것을 더함.
 * `last`: 쪽을 더 쓰지 않음. axe는 글자 하나를 보려고도 온 쪽의 격자를
 * 만드므로, 구조를 보기 전에는 볼 것 없는 조각을, 색을 보기 전에는 나머지
 * 요소를 지움.
 */
export async function audit(page, themes, { known = new Set(), last } = {}) {
  await page.evaluate(AXE);
  const found = await page.evaluate(inspect, themes, [...known], last);
  for (const look of found.looks) known.add(look);
  return found.problems;
}

const inspect = async (themes, known, last) => {
  // 굴린 쪽에서는 위에 붙은 막대가 누를 것을 가려 작아 보임
  if (last) scrollTo(0, 0);
  const html = document.documentElement;
  const wear = (theme) => {
    html.classList.remove("light", "rust", "coal", "navy", "ayu");
    html.classList.add(theme);
  };
  const color = ["color-contrast", "link-in-text-block"];
  const resultTypes = ["violations"];
  const rules = {
    // 두 방향 표의 왼쪽 위 칸은 비어도 됨
    "empty-table-header": { enabled: false },
    "target-size": { enabled: true },
  };
  for (const rule of color) rules[rule] = { enabled: false };

  const written = [...document.body.querySelectorAll("*")].filter((node) =>
    [...node.childNodes].some(
      ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim(),
    ),
  );
  const met = new Set(known);
  const samples = (theme) => {
    const looks = new Map([[html, theme]]);
    const look = (node) => {
      if (!looks.has(node)) {
        const { backgroundColor, opacity } = getComputedStyle(node);
        const own = `${backgroundColor} ${opacity} `;
        looks.set(node, own + look(node.parentElement));
      }
      return looks.get(node);
    };
    const chosen = new Map();
    for (const node of written) {
      const { color, fontSize, fontWeight } = getComputedStyle(node);
      const seen = node.checkVisibility();
      const link = node.localName === "a";
      const key = [color, fontSize, fontWeight, seen, link, look(node)].join();
      if (!met.has(key)) chosen.set(key, node);
    }
    return chosen;
  };
  const withParents = (nodes) => {
    const kept = new Set([html, document.body]);
    for (const node of nodes) {
      for (let up = node; up && !kept.has(up); up = up.parentElement) {
        kept.add(up);
      }
    }
    return kept;
  };
  /** 모양 말고는 볼 것이 없는 요소: 코드와 그림의 조각, 되풀이되는 표의 줄. */
  const dull = (node) => {
    const told = "a, button, title, desc, [id], [role], [tabindex], [aria-label]";
    if (node.matches(told) || node.querySelector(told)) return false;
    return node.matches("pre code *, svg *, tbody tr:nth-child(n + 4)");
  };

  const problems = [];
  const note = (theme, { violations }) => {
    for (const { id, nodes } of violations) {
      const where = nodes.map((node) => node.target.join(" "));
      problems.push(`${theme}: ${id}: ${where.join(", ")}`);
    }
  };
  const chosen = themes.map((theme) => {
    wear(theme);
    return samples(theme);
  });
  const kept = withParents(chosen.flatMap((each) => [...each.values()]));
  const drop = (which) => {
    for (const node of document.body.querySelectorAll("*")) {
      if (!kept.has(node) && which(node)) node.remove();
    }
  };
  if (last) drop(dull);
  note("구조", await axe.run(document, { resultTypes, rules }));
  // 그림의 글은 함께 그린 것 위에 있음
  if (last) drop((node) => !node.matches("svg *"));
  for (const [i, theme] of themes.entries()) {
    const nodes = [...chosen[i].values()];
    if (nodes.length === 0) continue;
    wear(theme);
    note(theme, await axe.run(nodes, { resultTypes, runOnly: color }));
  }
  return { problems, looks: chosen.flatMap((each) => [...each.keys()]) };
};

/** 접혔거나 화면 밖이면 axe가 제대로 보지 못하므로 모두 펼쳐 그림. */
export const unfold = () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
  for (const part of document.querySelectorAll(".lab-panel")) {
    part.hidden = false;
  }
  for (const part of document.querySelectorAll(".lab-part")) {
    part.style.contentVisibility = "visible";
  }
  return new Promise((drawn) =>
    requestAnimationFrame(() => requestAnimationFrame(drawn)),
  );
};

/** 쪽을 옆으로 밀게 하는 요소들. */
const overflow = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (node) => node.getBoundingClientRect().right > clientWidth + 1,
  );
  const names = wide.map((node) => `${node.localName}.${node.className}`);
  return [`${clientWidth}픽셀에서 ${scrollWidth}: ${names.slice(0, 5)}`];
};

/** 넘치지만 글쇠가 닿지 않거나, 닿아도 무엇인지 말하지 않는 상자들. */
const unreachable = () => {
  const scrolls = /auto|scroll/;
  const stops = "a[href], button, input, select, summary, [tabindex='0']";
  return [...document.body.querySelectorAll("*")]
    .filter((node) => {
      const { overflowX, overflowY } = getComputedStyle(node);
      const across =
        scrolls.test(overflowX) && node.scrollWidth > node.clientWidth + 1;
      const down =
        scrolls.test(overflowY) && node.scrollHeight > node.clientHeight + 1;
      if (!(across || down) || !node.checkVisibility()) return false;
      // 찾은 곳은 칸에 초점을 둔 채 화살표로 고름
      if (node.role === "listbox") return false;
      if (node.tabIndex < 0) return !node.querySelector(stops);
      const named = node.ariaLabel || node.getAttribute("aria-labelledby");
      return !(named && node.role);
    })
    .map((node) => `밀 수 없음 ${node.localName}.${node.className}`);
};

/** 가려진 글이 있는 요소들. */
const cut = () => {
  const hides = /hidden|clip/;
  return [...document.body.querySelectorAll("*")]
    .filter((node) => {
      // 나무의 좁은 칸은 글을 줄이고 아래에 온 이름을 적음
      if (node.matches(".lab-sr, .lab-flame *, svg *")) return false;
      const { overflowX, overflowY, clipPath } = getComputedStyle(node);
      const across =
        hides.test(overflowX) && node.scrollWidth > node.clientWidth + 1;
      const down =
        hides.test(overflowY) && node.scrollHeight > node.clientHeight + 1;
      return (
        (across || down) && node.textContent.trim() && node.checkVisibility()
      );
    })
    .map((node) => `잘림 ${node.localName}.${node.className}`);
};

/** 위쪽 띠가 두 줄보다 높아 쪽을 덮거나, 띠의 것이 띠 밖으로 나감. */
const barTop = () => {
  const html = document.documentElement;
  const bar = document.querySelector(".bar-top");
  const { height } = bar.getBoundingClientRect();
  const rem = parseFloat(getComputedStyle(html).fontSize);
  const out = [...bar.querySelectorAll("a, button")].filter((node) => {
    const { left, right } = node.getBoundingClientRect();
    return node.checkVisibility() && (left < 0 || right > html.clientWidth);
  });
  const found = out.map((node) => `나감 ${node.title || node.className}`);
  if (height > 4 * rem) found.push(`띠의 높이 ${height / rem}rem`);
  return found;
};

const enlarge = (size) => {
  document.documentElement.style.fontSize = size;
};

/** 폭이 바뀐 그림까지 다시 그려질 때까지. */
export const drawn = (page) =>
  page.evaluate(
    () =>
      new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(done)),
      ),
  );

/**
 * 좁은 화면과 두 배 글자에서의 문제들. 창을 열어 둔 채로도 부름. `ends`면 가장
 * 좁은 것과 가장 넓은 것만 봄.
 */
export async function fit(page, ends = false) {
  const problems = [];
  const see = async (name, ...looks) => {
    await drawn(page);
    for (const look of looks) {
      const found = new Set(await page.evaluate(look));
      for (const each of found) problems.push(`${name}: ${each}`);
    }
  };
  const wide = async (width) => page.setViewport({ width, height: 900 });
  if (!ends) {
    await wide(390);
    await see("390픽셀", overflow);
  }
  await wide(320);
  await see("320픽셀", overflow, unreachable, cut);
  await page.evaluate(enlarge, "200%");
  for (const width of ends ? [1280] : [640, 1280]) {
    await wide(width);
    await see(`두 배 글자 ${width}픽셀`, overflow, unreachable, cut);
  }
  await page.evaluate(enlarge, "");
  await drawn(page);
  return problems;
}

/** 전화기와 큰 글자에서 위쪽 띠의 문제들. */
export async function fitBar(page) {
  const problems = [];
  for (const size of ["100%", "150%", "200%"]) {
    await page.evaluate(enlarge, size);
    for (const width of [320, 360, 390, 640]) {
      await page.setViewport({ width, height: 800 });
      await drawn(page);
      for (const each of await page.evaluate(barTop)) {
        problems.push(`글자 ${size} ${width}픽셀: ${each}`);
      }
    }
  }
  return problems;
}

/** 줄인 움직임을 따르지 않는 규칙들. 막대 안처럼 셈할 수 없는 곳도 봄. */
export const moving = () => {
  const found = [];
  const walk = (rules) => {
    for (const rule of rules) {
      if (/reduced-motion: no-preference/.test(rule.conditionText)) continue;
      const { animationName, transitionDuration } = rule.style ?? {};
      if (animationName || transitionDuration) found.push(rule.selectorText);
      if (rule.cssRules && !(rule instanceof CSSKeyframesRule)) {
        walk(rule.cssRules);
      }
    }
  };
  for (const sheet of document.styleSheets) walk(sheet.cssRules);
  return found;
};
