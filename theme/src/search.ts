// 찾기 창. 색인과 글은 처음 열 때 받음.

import { fromEdition } from "./data";
import { h } from "./dom";
import { typing } from "./keys";
import { NEW_EDITION, OTHER_EDITION } from "./protocol";
import type { Hit, Index, Marked } from "./search-index";

const NOT_RECEIVED =
  "찾기 자료를 받지 못함: 연결을 확인하고 창을 다시 열면 됨";

/** 단추와 `/`, Ctrl+K에 찾기 창을 닮. 이미 눌렀으면 곧 엶. */
export function initSearch(button: HTMLElement, pressed: boolean): void {
  const panel = new Panel();
  const open = () => panel.open();
  button.addEventListener("click", open);
  if (pressed) open();
  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    const shortcut = command
      ? event.key.toLowerCase() === "k"
      : event.key === "/" && !event.altKey && !typing(event.target);
    if (!shortcut || event.defaultPrevented) return;
    event.preventDefault();
    open();
  });
}

class Panel {
  private readonly input = h("input", {
    type: "search",
    role: "combobox",
    placeholder: "책에서 찾기 — 캐시미스, ㅋㅅㅁㅅ, dict",
    "aria-label": "찾을 말",
    "aria-controls": "search-hits",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  private readonly status = h("div", { role: "status" });
  private readonly list = h("ul", {
    id: "search-hits",
    role: "listbox",
    "aria-label": "찾은 곳",
  });
  private readonly dialog = h(
    "dialog",
    { class: "sheet search", "aria-label": "찾기" },
    this.input,
    this.status,
    this.list,
  );
  private index: Index | undefined;
  private hits: Hit[] = [];
  private chosen = 0;

  constructor() {
    document.body.append(this.dialog);
    this.input.addEventListener("input", () => this.search());
    this.list.addEventListener("click", (event) => {
      const row = (event.target as Element).closest("li");
      if (row) this.go([...this.list.children].indexOf(row));
    });
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  open(): void {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    if (!this.index) void this.load();
  }

  private async load(): Promise<void> {
    this.status.textContent = "찾기를 준비하는 중…";
    try {
      const { Index } = await import("./search-index");
      const root = document.documentElement.dataset["pathToRoot"] ?? "";
      const data = fromEdition("_assets/search.json", root);
      this.index = await Index.load(root, data);
      this.search();
    } catch (error) {
      const stale = (error as Error).cause === OTHER_EDITION;
      this.status.textContent = stale ? NEW_EDITION : NOT_RECEIVED;
    }
  }

  private search(): void {
    if (!this.index) return;
    const query = this.input.value;
    this.hits = this.index.find(query);
    this.list.replaceChildren(...this.hits.map(option));
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", String(this.hits.length > 0));
    this.choose(0);
    const count = this.hits.length;
    const cut = this.index.cut(query);
    const part = cut > 0 ? `앞의 ${cut}글자로만 찾음 · ` : "";
    if (query.trim() === "") {
      this.status.textContent = "띄어쓰기는 없어도 되고 초성만 적어도 됨";
    } else if (count === 0) {
      this.status.textContent = `${part}찾은 곳이 없음`;
    } else {
      this.status.textContent = `${part}${count}곳 · ↑↓ 고르기 · Enter 가기`;
    }
  }

  private choose(index: number): void {
    const rows = this.list.children;
    rows[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = index;
    const row = rows[index];
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  private go(index: number): void {
    const hit = this.hits[index];
    if (!hit) return;
    // 같은 쪽의 절로 갈 때는 쪽이 바뀌지 않으므로 창을 닫아 주어야 함
    this.dialog.close();
    location.href = hit.url;
  }

  private key(event: KeyboardEvent): void {
    // 글자를 조합하는 중의 Enter는 글자를 마치는 것임
    if (event.isComposing) return;
    const last = this.hits.length - 1;
    const { chosen } = this;
    if (event.key === "ArrowDown" && last >= 0) {
      this.choose(chosen === last ? 0 : chosen + 1);
    } else if (event.key === "ArrowUp" && last >= 0) {
      this.choose(chosen === 0 ? last : chosen - 1);
    } else if (event.key === "Escape") {
      // 찾기 칸은 첫 Esc를 글 지우기에 씀
      this.dialog.close();
    } else if (event.key === "Enter" && this.hits[chosen]) {
      this.go(chosen);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

function option(hit: Hit, index: number): HTMLElement {
  return h(
    "li",
    { role: "option", id: `search-hit-${index}` },
    h("small", {}, hit.chapter),
    h("b", {}, ...marks(hit.heading)),
    h("p", {}, ...marks(hit.snippet)),
  );
}

const marks = (parts: Marked): (Node | string)[] =>
  parts.map((part, at) => (at % 2 === 1 ? h("mark", {}, part) : part));
