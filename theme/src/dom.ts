// DOM을 만드는 가장 작은 도구.

type Attrs = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string;

function fill(node: Element, attrs: Attrs, children: Child[]): void {
  for (const [key, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children);
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attrs: Attrs = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  fill(node, attrs, children);
  return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attrs: Attrs = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(node, attrs, children);
  return node;
}

/** 카드의 정적 HTML에 반드시 있는 요소. 없으면 카드가 잘못 만들어진 것임. */
export function need<T extends Element = HTMLElement>(
  root: ParentNode,
  selector: string,
): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`카드에 ${selector} 요소가 없음`);
  return found;
}

let ids = 0;
/** 페이지 안에서 겹치지 않는 id. */
export function uid(prefix: string): string {
  ids += 1;
  return `lab-${prefix}-${ids}`;
}

export function button(
  label: string,
  onClick: () => void,
  attrs: Attrs = {},
): HTMLButtonElement {
  const node = h("button", { type: "button", class: "lab-button", ...attrs });
  node.append(label);
  node.addEventListener("click", onClick);
  return node;
}

/** `from`을 끄고 `to`를 켬. 꺼진 버튼에 남은 초점은 사라지므로 넘김. */
export function handOver(
  from: HTMLElement,
  to: HTMLElement,
  change: () => void,
): void {
  const held = document.activeElement === from;
  change();
  if (held) to.focus();
}

/** 화면에는 보이지 않고 화면 낭독기만 읽는 칸. */
export function liveRegion(): HTMLElement {
  return h("span", { class: "lab-sr", "aria-live": "polite" });
}

/** 누르면 `text()`를 복사하고 버튼의 글로 결과를 알림. */
export function copyButton(
  node: HTMLButtonElement,
  text: () => string,
): void {
  const label = node.textContent ?? "";
  node.setAttribute("aria-live", "polite");
  node.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      node.textContent = "복사함 ✔";
    } catch {
      node.textContent = "복사하지 못함: 글을 골라 직접 복사";
    }
    setTimeout(() => (node.textContent = label), 2000);
  });
}

/** 쌓인 입력과 그리기에 차례를 넘김. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve));

const SETTLE_MS = 1000;

/** 놓은 것이 다 그려져 한가해질 때까지. 보이지 않는 쪽은 그려지지 않음. */
export function settle(): Promise<void> {
  const { requestIdleCallback: idle = (work: () => void) => setTimeout(work) } =
    window;
  return new Promise((resolve) => {
    setTimeout(resolve, SETTLE_MS);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => idle(() => resolve())),
    );
  });
}

const redraws = new WeakMap<Element, () => void>();

/** 폭이 바뀔 때마다 다시 그림. 같은 폭이면 부르지 않음. */
export function onWidth(
  node: HTMLElement,
  draw: (width: number) => void,
): void {
  let last = 0;
  function fit(room: number): void {
    const width = Math.floor(room);
    if (width === 0 || width === last) return;
    last = width;
    draw(width);
  }
  new ResizeObserver((entries) => {
    fit(entries[0]?.contentRect.width ?? 0);
  }).observe(node);
  // 종이에는 아직 보이지 않던 그림도 나감
  redraws.set(node, () => last > 0 || fit(roomOf(node)));
  node.dataset["fit"] = "";
}

/** 안쪽 폭. 접힌 것은 펴면 놓일 자리의 폭. */
function roomOf(node: HTMLElement): number {
  let place: HTMLElement | null = node;
  while (place && place.clientWidth === 0) place = place.parentElement;
  if (!place) return 0;
  const { paddingLeft, paddingRight } = getComputedStyle(place);
  return place.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}

/** 아직 그리지 않은 그림까지 종이에 나가게 함. */
export function drawForPrint(): void {
  const { dataset } = document.documentElement;
  addEventListener("beforeprint", () => {
    dataset["printing"] = "";
    for (const node of document.querySelectorAll("[data-fit]")) {
      redraws.get(node)?.();
    }
  });
  addEventListener("afterprint", () => delete dataset["printing"]);
}

/** 저절로 다시 그려도, 글쇠로 짚고 있던 것은 그대로 짚음. */
export function redraw(root: HTMLElement, nodes: readonly Child[]): void {
  const held = document.activeElement;
  const mine = held && root.contains(held);
  root.replaceChildren(...nodes);
  if (!mine) return;
  const same = [...root.querySelectorAll<HTMLElement>(held.localName)].find(
    (node) => node.isEqualNode(held),
  );
  same?.focus({ preventScroll: true });
}
