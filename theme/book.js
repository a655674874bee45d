// 책 껍데기의 동작: 차례, 설정, 장 넘기기, 코드 복사.
// mdBook의 book.js를 대신함. 원본은 영어 화면 글과 원격 실행 서버를 담음.
"use strict";

{
  const html = document.documentElement;
  const find = (id) => document.getElementById(id);

  // 차례
  const sidebar = find("mdbook-sidebar");
  const toggle = find("sidebar-toggle");
  const narrow = matchMedia("(max-width: 69.99rem)");
  const setSidebar = (open) => {
    html.classList.toggle("sidebar-visible", open);
    toggle.setAttribute("aria-expanded", String(open));
    if (!narrow.matches) choices.set("mdbook-sidebar", open ? null : "hidden");
  };
  const isOpen = () => html.classList.contains("sidebar-visible");
  toggle.setAttribute("aria-expanded", String(isOpen()));
  toggle.addEventListener("click", () => {
    setSidebar(!isOpen());
    if (isOpen() && narrow.matches) {
      sidebar.querySelector("a.active, a")?.focus();
    }
  });
  find("sidebar-shade").addEventListener("click", () => setSidebar(false));
  sidebar.addEventListener("click", (event) => {
    if (narrow.matches && event.target.closest("a")) setSidebar(false);
  });
  // 초점이 덮인 본문으로 나가면 가리던 것을 치움
  sidebar.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (narrow.matches && next && !sidebar.contains(next)) setSidebar(false);
  });
  // 차례를 굴린 곳에서 Tab이 시작되어 건너뛰기 링크를 지나치지 않게 함
  if (!location.hash) {
    const { body } = document;
    body.tabIndex = -1;
    body.focus({ preventScroll: true });
    body.blur();
    body.removeAttribute("tabindex");
  }
  for (const link of sidebar.querySelectorAll("a.active")) {
    link.setAttribute("aria-current", "page");
  }

  // 설정
  const settings = find("settings");
  const keys = find("turn-keys");
  const openSettings = () => {
    const theme = choices.get("mdbook-theme") ?? "";
    for (const radio of settings.querySelectorAll('[name="theme"]')) {
      radio.checked = radio.value === theme;
    }
    keys.checked = choices.get("lab-turn-keys") !== "off";
    settings.showModal();
  };
  find("settings-open").addEventListener("click", openSettings);
  settings.addEventListener("change", (event) => {
    if (event.target.name === "theme") {
      choices.set("mdbook-theme", event.target.value || null);
      dispatchEvent(new Event("lab:theme"));
    } else {
      choices.set("lab-turn-keys", keys.checked ? null : "off");
    }
  });
  settings.addEventListener("click", (event) => {
    if (event.target === settings) settings.close();
  });

  // 글쇠. 카드와 그림은 제 글쇠를 여기까지 올려 보내지 않음
  const fields =
    "input:not([type=radio], [type=checkbox]), select, textarea, dialog, " +
    "[contenteditable]";
  const typing = (target) =>
    target instanceof Element && target.closest(fields);
  const turn = (rel) => {
    if (choices.get("lab-turn-keys") === "off") return;
    const link = document.querySelector(`.turn a[rel="${rel}"]`);
    if (link) location.href = link.href;
  };
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && isOpen() && narrow.matches) {
      setSidebar(false);
      toggle.focus();
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.defaultPrevented || typing(event.target)) return;
    if (key === "?") openSettings();
    if (event.shiftKey) return;
    if (key === "ArrowLeft") turn("prev");
    if (key === "ArrowRight") turn("next");
  });

  // 코드 복사. HTTPS나 localhost가 아니면 클립보드가 없음
  if (navigator.clipboard) {
    for (const pre of document.querySelectorAll("main pre.code")) {
      // 카드는 제 복사 단추를 가짐
      if (pre.closest(".card")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "복사";
      button.addEventListener("click", async () => {
        const copied = navigator.clipboard.writeText(pre.textContent);
        button.textContent = await copied.then(
          () => "복사함",
          () => "복사하지 못함",
        );
        setTimeout(() => (button.textContent = "복사"), 1500);
      });
      const frame = document.createElement("div");
      frame.className = "code-frame";
      pre.replaceWith(frame);
      frame.append(pre, button);
    }
  }

  // 넘치는 표와 코드는 글쇠로도 밀 수 있어야 함. 배치된 뒤에 재므로 화면
  // 밖이나 닫힌 탭의 것까지 배치하게 만들지 않음
  const boxes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = box;
      if (scrollWidth <= clientWidth && scrollHeight <= clientHeight) continue;
      boxes.unobserve(box);
      box.tabIndex = 0;
      box.role ??= "group";
      box.ariaLabel ??= box.localName === "pre" ? "코드" : "표";
      box.addEventListener("keydown", (event) => {
        if (event.key.startsWith("Arrow")) event.stopPropagation();
      });
    }
  });
  for (const box of document.querySelectorAll(".table-wrapper, pre")) {
    boxes.observe(box);
  }
}
