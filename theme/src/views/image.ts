// 칸마다 값이 하나인 그림: 움직임, 끌기와 확대.

import { button, h, liveRegion, onWidth } from "../dom";
import { commanded } from "../keys";
import type { Explore, Image, Palette, Raster } from "../report";
import { plain } from "./format";
import { createPlayer } from "./player";
import { caption } from "./table";

/** 매개변수 몇을 바꾸어 그림만 다시 계산함. 할 수 없으면 그 까닭. */
export type Redraw = (
  changes: Record<string, number>,
) => Promise<Image | string>;

/** 놓인 결과의 매개변수의 값과 그 범위. */
export interface Knob {
  value: number;
  low: number;
  high: number;
}

export interface Explorer {
  knob: (name: string) => Knob;
  redraw: Redraw;
}

const FRAME_MS = 80;
/** 그림이 화면에서 차지하는 가장 큰 폭. card.css의 30rem. */
const MOST_PX = 480;
const HELP =
  "화살표 키로 옮기고 + - 키로 확대·축소, 0 키로 처음 자리. 마우스로 끌거나 " +
  "초점을 준 뒤 바퀴를 굴려도 됨";
/** 화살표 한 번에 옮기는 폭, 그림의 반너비에 대한 비. */
const STEP = 0.25;
const ZOOM = 1.5;

export function renderImage(
  view: Image,
  explorer: Explorer | null,
): HTMLElement {
  const figure = h("figure", { class: "lab-view lab-image" });
  const canvas = h("canvas", {
    width: view.width,
    height: view.height,
    role: "img",
    "aria-label": view.alt,
  });
  canvas.dataset["palette"] = view.palette;
  const pen = canvas.getContext("2d")!;
  const colors = colorTable(view.palette);
  const draw = (frame: Raster): void =>
    pen.putImageData(painted(view, frame, colors), 0, 0);
  figure.append(caption(view.title, view.badge));
  const stage = h("div", { class: "lab-canvas" }, canvas);
  // 줄여 보일 때까지 칸을 고집하면 가는 선이 끊김
  onWidth(stage, (width) => {
    const shrunk = Math.min(width, MOST_PX) < view.width;
    canvas.style.imageRendering = shrunk ? "auto" : "pixelated";
  });
  figure.append(stage, legend(view));
  const [only] = view.frames;
  if (view.frames.length > 1) {
    const label = h("p", { class: "lab-say" });
    const player = createPlayer({
      label: "장면",
      count: view.frames.length,
      frameMs: FRAME_MS,
      draw(index) {
        const frame = view.frames[index]!;
        draw(frame);
        label.textContent = frame.label;
        return frame.label;
      },
    });
    figure.insertBefore(player.root, stage);
    stage.before(label);
    player.show();
  } else if (only) {
    draw(only);
  }
  if (view.explore && explorer) {
    figure.append(explore(canvas, view.explore, explorer, (next) => {
      const [frame] = next.frames;
      if (frame) draw(frame);
      canvas.setAttribute("aria-label", next.alt);
    }));
  }
  return figure;
}

/** 끌기·바퀴·글쇠·단추를 매개변수로 바꿈. 늦게 온 그림은 버림. */
function explore(
  canvas: HTMLCanvasElement,
  names: Explore,
  { knob, redraw }: Explorer,
  show: (view: Image) => void,
): HTMLElement {
  const home = read();
  let at = home;
  let wanted: typeof home | null = null;
  let running = false;
  const live = liveRegion();
  const hint = h("p", { class: "lab-hint" }, HELP);

  function read() {
    const value = (name: string): number => knob(name).value;
    return {
      x: value(names.x),
      y: value(names.y),
      half: value(names.half),
    };
  }

  function go(next: typeof home): void {
    const within = (name: string, value: number): number => {
      const { low, high } = knob(name);
      // 폼과 주소에 남는 글이 길지 않게 함
      return Number(Math.min(high, Math.max(low, value)).toPrecision(10));
    };
    at = {
      x: within(names.x, next.x),
      y: within(names.y, next.y),
      half: within(names.half, next.half),
    };
    wanted = at;
    void run();
  }

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    try {
      while (wanted) {
        const { x, y, half } = wanted;
        wanted = null;
        const changes = { [names.x]: x, [names.y]: y, [names.half]: half };
        const next = await redraw(changes);
        if (typeof next === "string") {
          live.textContent = next;
          continue;
        }
        show(next);
        const centre = `(${plain(x)}, ${plain(y)})`;
        live.textContent = `가운데 ${centre}, 너비 ${plain(2 * half)}`;
      }
    } finally {
      running = false;
    }
    hint.textContent =
      "그림만 다시 계산함: 표와 그래프, 시간과 예측은 실행을 눌렀을 때의 " +
      `것임. ${HELP}`;
  }

  const move = (dx: number, dy: number): void =>
    go({ ...at, x: at.x + dx * at.half, y: at.y + dy * at.half });
  /** `(u, v)`는 그림 안의 자리, -1부터 1까지. 그 자리는 움직이지 않음. */
  const zoom = (by: number, u = 0, v = 0): void => {
    const half = at.half / by;
    const kept = at.half - half;
    go({ x: at.x + u * kept, y: at.y + v * kept, half });
  };
  const place = (event: MouseEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * 2 - 1,
      ((event.clientY - box.top) / box.height) * 2 - 1,
    ];
  };

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "움직일 수 있는 그림");
  canvas.classList.add("lab-explore");
  canvas.addEventListener("pointerdown", (event) => {
    // 손가락으로 끄는 것은 쪽을 굴리는 일임
    if (event.pointerType === "touch" || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const [fromX, fromY] = place(event);
    const start = at;
    const drag = (moved: PointerEvent): void => {
      const [x, y] = place(moved);
      const { half } = start;
      go({
        half,
        x: start.x - (x - fromX) * half,
        y: start.y - (y - fromY) * half,
      });
    };
    const drop = (): void => canvas.removeEventListener("pointermove", drag);
    canvas.addEventListener("pointermove", drag);
    canvas.addEventListener("pointerup", drop, { once: true });
    canvas.addEventListener("pointercancel", drop, { once: true });
  });
  canvas.addEventListener("dblclick", (event) => zoom(2, ...place(event)));
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== canvas) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, ...place(event));
    },
    { passive: false },
  );
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-STEP, 0),
    ArrowRight: () => move(STEP, 0),
    ArrowUp: () => move(0, -STEP),
    ArrowDown: () => move(0, STEP),
    "+": () => zoom(ZOOM),
    "=": () => zoom(ZOOM),
    "-": () => zoom(1 / ZOOM),
    "0": () => go(home),
  };
  canvas.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || commanded(event)) return;
    event.preventDefault();
    act();
  });
  const buttons = h(
    "div",
    { class: "lab-explore-bar", role: "group", "aria-label": "그림 옮기기" },
    button("+", () => zoom(ZOOM), { "aria-label": "확대" }),
    button("−", () => zoom(1 / ZOOM), { "aria-label": "축소" }),
    button("←", () => move(-STEP, 0), { "aria-label": "왼쪽" }),
    button("→", () => move(STEP, 0), { "aria-label": "오른쪽" }),
    button("↑", () => move(0, -STEP), { "aria-label": "위" }),
    button("↓", () => move(0, STEP), { "aria-label": "아래" }),
    button("처음 자리", () => go(home)),
  );
  return h("div", {}, buttons, hint, live);
}

function painted(
  { width, height }: Image,
  { pixels }: Raster,
  colors: Uint32Array,
): ImageData {
  const bytes = atob(pixels);
  const data = new ImageData(width, height);
  const cells = new Uint32Array(data.data.buffer);
  for (let i = 0; i < cells.length; i += 1) {
    cells[i] = colors[bytes.charCodeAt(i)] ?? 0;
  }
  return data;
}

type Color = [number, number, number];

// 어두운 데서 밝은 데로 고르게: 흑백으로 보아도 차례가 남음
const STOPS: Record<Palette, Color[]> = {
  heat: [
    [13, 8, 50],
    [84, 15, 109],
    [187, 55, 84],
    [249, 142, 9],
    [252, 255, 164],
  ],
  escape: [
    [8, 16, 48],
    [22, 72, 134],
    [54, 148, 184],
    [152, 214, 196],
    [246, 247, 214],
    [240, 176, 92],
    [168, 66, 50],
  ],
};

/** 색 번호 → 리틀엔디언 RGBA. */
function colorTable(palette: Palette): Uint32Array {
  const stops = STOPS[palette];
  const table = Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    const mix = (channel: 0 | 1 | 2): number => {
      const [a, b] = [stops[low]![channel], stops[low + 1]![channel]];
      return Math.round(a + (b - a) * (at - low));
    };
    return ((255 << 24) | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  });
  if (palette === "escape") table[255] = 0xff000000;
  return table;
}

/** 색이 뜻하는 값. */
function legend({ palette, low, high, unit }: Image): HTMLElement {
  const colors = STOPS[palette].map((color) => `rgb(${color.join(" ")})`);
  const bar = h("i", {
    style: `background: linear-gradient(90deg, ${colors.join(", ")})`,
  });
  const gap = /^[a-zA-Z]/.test(unit) ? " " : "";
  const text = (value: number): string => `${plain(value)}${gap}${unit}`;
  const ends = [h("span", {}, text(low)), bar, h("span", {}, text(high))];
  if (palette === "escape") {
    ends.push(h("i", { class: "lab-inside" }), h("span", {}, "벗어나지 않음"));
  }
  return h("p", { class: "lab-scale" }, ...ends);
}
