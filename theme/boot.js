// 첫 칠하기 전에 테마와 차례의 열림을 정함: 화면이 번쩍이지 않게 함.
// `path_to_root`는 mdBook의 toc.js가 읽는 전역임.
var path_to_root = document.documentElement.dataset.pathToRoot;

// 독자가 고른 것. 저장소가 막혀 있으면 이번 쪽에서만 통함. book.js도 씀.
var choices = (() => {
  const here = new Map();
  return {
    get(key) {
      if (here.has(key)) return here.get(key);
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      here.set(key, value);
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
        // 남았으면 다른 탭에서 고친 것도 따름
        here.delete(key);
      } catch {}
    },
  };
})();

(() => {
  const html = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themes = ["light", "rust", "coal", "navy", "ayu"];
  const paint = () => {
    const saved = choices.get("mdbook-theme");
    const { light, dark: night } = html.dataset;
    const auto = dark.matches ? night : light;
    html.classList.remove(...themes);
    html.classList.add(themes.includes(saved) ? saved : auto);
    const meta = document.querySelector('meta[name="theme-color"]');
    meta.content = getComputedStyle(html).getPropertyValue("--lab-bg").trim();
  };
  const wide = matchMedia("(min-width: 70rem)").matches;
  const open = wide && choices.get("mdbook-sidebar") !== "hidden";
  html.classList.add("js");
  html.classList.toggle("sidebar-visible", open);
  paint();
  dark.addEventListener("change", paint);
  addEventListener("lab:theme", paint);

  // 접힌 글을 종이에 펼침. ::details-content를 모르는 브라우저는 CSS로 못 함
  const unfolded = new Set();
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) {
      part.open = true;
      unfolded.add(part);
    }
  });
  addEventListener("afterprint", () => {
    for (const part of unfolded) part.open = false;
    unfolded.clear();
  });
})();
