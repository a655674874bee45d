// 볼 것 하나를 요소 하나로. 글과 표가 아니면 처음 쓸 때 내려받음.

import { breathe, h } from "../dom";
import type { Text, View } from "../report";
import { grouped } from "./format";
import type { Explorer } from "./image";
import { caption, renderTable } from "./table";

export interface Scene {
  /** 단계 재생 옆에 보일 원본. 카드의 정적 HTML에서 옴. */
  kernel: HTMLElement | null;
  /** 그림을 옮겨 다니게 하는 길. */
  explorer: Explorer | null;
}

const POINT_LIMIT = 5000;
const FRAME_LIMIT = 2000;

/** 판이 바뀐 서버에는 이 쪽이 부르는 코드가 없음. */
const received = <T>(code: Promise<T>): Promise<T> =>
  code.catch(() => {
    throw new Error("그림의 코드를 받지 못함: 쪽을 다시 읽으면 됨");
  });

async function renderView(
  view: View,
  scene: Scene,
): Promise<HTMLElement> {
  switch (view.kind) {
    case "table":
      return renderTable(view);
    case "chart": {
      const { renderChart } = await received(import("../chart/chart"));
      return withLimit(
        renderChart(view),
        view.series.some((series) => series.points.length >= POINT_LIMIT),
        `묶음마다 점 ${grouped(POINT_LIMIT)}개까지만 그림`,
      );
    }
    case "trace": {
      const { renderTrace } = await received(import("../trace/player"));
      return withLimit(
        renderTrace(view, scene.kernel),
        view.frames.length >= FRAME_LIMIT,
        `앞의 ${grouped(FRAME_LIMIT)}장면만 담음`,
      );
    }
    case "timeline": {
      const { renderTimeline } = await received(import("./timeline"));
      return renderTimeline(view);
    }
    case "tree": {
      const { renderTree } = await received(import("./tree"));
      return renderTree(view);
    }
    case "image": {
      const { renderImage } = await received(import("./image"));
      return renderImage(view, scene.explorer);
    }
    case "machine": {
      const { renderMachine } = await received(import("./machine"));
      return renderMachine(view);
    }
    case "text":
      return renderText(view);
    case "note":
      return h("p", { class: "lab-note" }, view.text);
  }
}

function withLimit(
  figure: HTMLElement,
  reached: boolean,
  text: string,
): HTMLElement {
  if (reached) figure.append(h("p", { class: "lab-hint" }, text));
  return figure;
}

function renderText(view: Text): HTMLElement {
  const named = { role: "group", "aria-label": view.title };
  const attrs = { class: "lab-pre", tabindex: 0, ...named };
  return h(
    "figure",
    { class: "lab-view" },
    caption(view.title, view.badge),
    h("pre", attrs, h("code", {}, view.lines.join("\n"))),
  );
}

/**
 * 하나씩 그려 놓음: 첫째 것이 먼저 보이고, 입력이 사이에 끼어들 수 있음.
 * 끼어든 것이 이 그림을 버렸으면 그만둠.
 */
export async function showViews(
  place: HTMLElement,
  views: View[],
  scene: Scene,
  current: () => boolean = () => true,
): Promise<void> {
  for (const [i, view] of views.entries()) {
    const node = await renderView(view, scene);
    if (!current()) return;
    if (besides(view, views[i + 1])) node.classList.add("lab-wide");
    if (besides(views[i - 1], view)) node.classList.add("lab-narrow");
    // 다시 실행할 때 쪽의 키가 줄었다 늘지 않게 제자리에서 바꿈
    if (place.children[i]) place.children[i].replaceWith(node);
    else place.append(node);
    place.hidden = false;
    await breathe();
  }
  if (!current()) return;
  while (place.children.length > views.length) place.lastElementChild?.remove();
  place.hidden = views.length === 0;
}

/** 그래프 바로 뒤의 작은 표는 옆에 놓음. */
function besides(view?: View, next?: View): boolean {
  if (view?.kind !== "chart" || next?.kind !== "table") return false;
  const { columns, rows } = next;
  return columns.length <= 3 && rows.length <= 10;
}

/** 나누어 받는 그림을 미리 내려받음. */
export function preloadViews(): void {
  void import("../chart/chart");
  void import("../trace/player");
  void import("./timeline");
  void import("./tree");
  void import("./image");
}
