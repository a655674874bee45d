// 나무: 폭이 몫인 플레임 그래프와 들여 쓴 목록.

import { button, h, liveRegion } from "../dom";
import { commanded } from "../keys";
import type { Tree, TreeNode } from "../report";
import { even, plain, selfScaled, withUnit } from "./format";
import { caption, tableElement } from "./table";
import { addTwin } from "./twin";

const NODE_LIMIT = 2000;
const HELP =
  "위·아래 화살표 키로 부모와 자식, 왼쪽·오른쪽 화살표 키로 형제, " +
  "엔터로 넓혀 보고 이스케이프로 되돌아감";
/** 한 층의 높이. */
const ROW = 26;
/** 보이는 폭의 이보다 좁은 마디는 그리지 않음. */
const LEAST = 0.0005;

/** 전체에서 `from`부터 `value`만큼을 차지하는 마디. */
interface Spot {
  node: TreeNode;
  parent: Spot | null;
  children: Spot[];
  depth: number;
  from: number;
  own: number;
}

export function renderTree(tree: Tree): HTMLElement {
  const { spots, all } = flatten(tree.roots);
  const figure = h("figure", { class: "lab-view lab-tree" });
  const head = caption(tree.title, tree.badge);
  figure.append(head);
  if (tree.shape === "flame") {
    const picture = h("div", {}, ...flame(tree, spots));
    addTwin(head, picture, () => table(tree, spots));
    figure.append(picture);
  } else {
    figure.append(outline(tree, spots));
  }
  if (all > spots.length) {
    const [many, most] = [all, NODE_LIMIT].map(plain);
    const text = `마디 ${many}개 가운데 앞의 ${most}개만 그림`;
    figure.append(h("p", { class: "lab-hint" }, text));
  }
  return figure;
}

const sum = (nodes: TreeNode[]): number =>
  nodes.reduce((total, { value }) => total + value, 0);

/** 부모가 자식보다 먼저 오게 폄. */
function flatten(roots: TreeNode[]): { spots: Spot[]; all: number } {
  const spots: Spot[] = [];
  let all = 0;
  function visit(nodes: TreeNode[], parent: Spot | null, start: number): void {
    let from = start;
    for (const node of nodes) {
      all += 1;
      const depth = parent ? parent.depth + 1 : 0;
      const own = Math.max(0, node.value - sum(node.children));
      const spot: Spot = { node, parent, children: [], depth, from, own };
      if (spots.length < NODE_LIMIT) {
        spots.push(spot);
        parent?.children.push(spot);
      }
      visit(node.children, spot, from);
      from += node.value;
    }
  }
  visit(roots, null, 0);
  return { spots, all };
}

const percent = (value: number, total: number): string =>
  total > 0 ? `${((value / total) * 100).toFixed(1)}%` : "–";

function flame(tree: Tree, spots: Spot[]): HTMLElement[] {
  const total = sum(tree.roots);
  const write = (value: number) => withUnit(value, tree.unit);
  const layers = Math.max(0, ...spots.map(({ depth }) => depth)) + 1;
  const stage = h("div", { class: "lab-flame", tabindex: 0 });
  // 화살표 키를 그림이 받으므로 응용 프로그램으로 알림
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-roledescription", "플레임 그래프");
  stage.setAttribute("aria-label", `${tree.title}. ${HELP}`);
  stage.style.height = `${layers * ROW}px`;
  const live = liveRegion();
  const about = h("p", { class: "lab-about" });
  const back = button("전체 보기", () => {
    zoom(null);
    stage.focus();
  });
  const boxes = new Map(spots.map((spot) => [spot, box(spot)]));
  let zoomed: Spot | null = null;
  let here: Spot | null = null;

  function box(spot: Spot): HTMLElement {
    const { node, depth } = spot;
    const title = sentence(spot);
    const name = `lab-node lab-tint-${node.tone}`;
    const attrs = { class: name, title, "aria-hidden": "true" };
    const element = h("div", attrs, node.label);
    element.style.top = `${depth * ROW}px`;
    element.addEventListener("click", () => {
      point(spot);
      zoom(spot === zoomed ? spot.parent : spot);
    });
    element.addEventListener("pointerenter", () => tell(spot));
    return element;
  }

  function sentence({ node, own }: Spot): string {
    const whole = `${write(node.value)} (${percent(node.value, total)})`;
    return `${node.label}: 전체 ${whole}, 자체 ${write(own)}`;
  }

  function tell(spot: Spot | null): void {
    about.textContent = spot
      ? sentence(spot)
      : `전체 ${write(total)}. 마디를 누르면 넓혀 봄.`;
  }

  function point(spot: Spot | null): void {
    if (here) boxes.get(here)?.classList.remove("lab-here");
    here = spot;
    if (here) boxes.get(here)?.classList.add("lab-here");
    tell(here);
  }

  /** `spot`이 폭을 다 차지하게. 그 조상은 위에 온 폭으로 남음. */
  function zoom(spot: Spot | null): void {
    zoomed = spot;
    const [from, wide] = spot ? [spot.from, spot.node.value] : [0, total];
    for (const [{ node, from: start }, element] of boxes) {
      const left = Math.max(0, (start - from) / wide);
      const right = Math.min(1, (start + node.value - from) / wide);
      element.hidden = !(right - left > LEAST);
      element.style.left = `${left * 100}%`;
      element.style.width = `${(right - left) * 100}%`;
      element.classList.toggle("lab-around", node.value > wide);
    }
    back.hidden = spot === null;
  }

  function beside(spot: Spot, step: number): Spot | undefined {
    const peers = spot.parent?.children ?? spots.filter((s) => !s.parent);
    return peers[peers.indexOf(spot) + step];
  }

  function target(key: string): Spot | null | undefined {
    if (!here) return spots[0];
    if (key === "ArrowDown") return here.children[0];
    if (key === "ArrowUp") return here.parent;
    return beside(here, key === "ArrowRight" ? 1 : -1);
  }

  stage.addEventListener("keydown", (event) => {
    const { key } = event;
    if (commanded(event)) return;
    if (/^Arrow/.test(key)) {
      const next = target(key);
      if (next) {
        point(next);
        if (boxes.get(next)?.hidden) zoom(next.parent);
      }
    } else if (key === "Home") {
      point(spots[0] ?? null);
      zoom(null);
    } else if (key === "Enter" || key === " ") {
      zoom(here);
    } else if (key === "Escape" || key === "Backspace") {
      zoom(zoomed?.parent ?? null);
    } else {
      return;
    }
    event.preventDefault();
    if (!here) return;
    const below = here.children.length;
    live.textContent = `${sentence(here)}, 자식 ${below}개`;
  });
  stage.addEventListener("pointerleave", () => tell(here));

  stage.append(...boxes.values(), live);
  zoom(null);
  tell(null);
  return [stage, h("div", { class: "lab-flame-foot" }, about, back)];
}

function table(tree: Tree, spots: Spot[]): HTMLElement {
  const total = sum(tree.roots);
  const scaled = selfScaled(tree.unit) || tree.unit === "";
  const unit = scaled ? null : tree.unit;
  const show = spots.every(({ node }) => node.value % 1 === 0) ? plain : even;
  const write = (value: number) => ({
    text: withUnit(value, scaled ? tree.unit : "", show),
    value,
  });
  const columns = [
    { label: "이름", unit: null, numeric: false },
    { label: "자체", unit, numeric: true },
    { label: "전체", unit, numeric: true },
    { label: "비율", unit: null, numeric: true },
  ];
  const rows = spots.map(({ node, own }) => [
    { text: node.label, value: null },
    write(own),
    write(node.value),
    { text: percent(node.value, total), value: node.value / total },
  ]);
  const element = tableElement(columns, rows, `${tree.title} 표`);
  // 줄이 바뀌어도 제 깊이에서 이어짐
  const names = element.querySelectorAll<HTMLElement>("[scope=row]");
  for (const [i, { depth }] of spots.entries()) {
    if (depth > 0) names[i]!.style.paddingInlineStart = `${depth}em`;
  }
  return element;
}

/** 단위가 있을 때만 값을 보임. */
function outline(tree: Tree, spots: Spot[]): HTMLElement {
  function item({ node, children }: Spot): HTMLElement {
    const name = `lab-node lab-tint-${node.tone}`;
    const line = h("li", {}, h("span", { class: name }, node.label));
    if (tree.unit !== "") {
      const text = withUnit(node.value, tree.unit);
      line.append(" ", h("span", { class: "lab-unit" }, text));
    }
    if (children.length > 0) line.append(h("ul", {}, ...children.map(item)));
    return line;
  }
  const roots = spots.filter(({ parent }) => parent === null);
  const list = h("ul", { class: "lab-outline" }, ...roots.map(item));
  // 넓은 나무는 이 칸 안에서만 움직임: 키보드로도 닿아야 함
  const attrs = { class: "lab-scroll", tabindex: 0, role: "group" };
  return h("div", { ...attrs, "aria-label": tree.title }, list);
}
