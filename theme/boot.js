// 첫 칠하기 전에 테마와 차례의 열림을 정함: 화면이 번쩍이지 않게 함.
// `path_to_root`는 mdBook의 toc.js가 읽는 전역임.
var path_to_root = document.documentElement.dataset.pathToRoot;

(() => {
  const html = document.documentElement;
  // 저장소를 막은 브라우저에서도 책은 읽혀야 함
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themes = ["light", "rust", "coal", "navy", "ayu"];
  const paint = () => {
    const saved = stored("mdbook-theme");
    const { light, dark: night } = html.dataset;
    const auto = dark.matches ? night : light;
    html.classList.remove(...themes);
    html.classList.add(themes.includes(saved) ? saved : auto);
    const meta = document.querySelector('meta[name="theme-color"]');
    meta.content = getComputedStyle(html).getPropertyValue("--lab-bg").trim();
  };
  const wide = matchMedia("(min-width: 70rem)").matches;
  const open = wide && stored("mdbook-sidebar") !== "hidden";
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
