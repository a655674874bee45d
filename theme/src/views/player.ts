// 장면을 넘기는 단추들: 장면은 이미 다 있고, 여기서는 번호만 바꿈.

import { button, h, svg } from "../dom";
import { commanded } from "../keys";

const SPEEDS = [0.5, 1, 2, 4];

const ICONS = {
  first: "M2 3h2v10H2zM13 3v10L8 8zM8.5 3v10L4 8z",
  back: "M13 3v10L7 8zM3 3h2v10H3z",
  play: "M4 3v10l8-5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M3 3v10l6-5zM11 3h2v10h-2z",
};

interface Film {
  /** 무엇을 넘기는지. */
  label: string;
  count: number;
  /** 보통 빠르기에서 장면 하나가 머무는 시간, ms. */
  frameMs: number;
  /** 장면을 그리고, 슬라이더가 읽어 줄 말을 돌려줌. */
  draw: (index: number) => string;
  onPlaying?: (on: boolean) => void;
}

export interface Player {
  root: HTMLElement;
  /** 지금 장면을 다시 그림. */
  show: () => void;
}

export function createPlayer(film: Film): Player {
  const { count } = film;
  let index = 0;
  let timer = 0;

  const slider = h("input", {
    type: "range",
    min: 1,
    max: count,
    value: 1,
    "aria-label": film.label,
  });
  const place = h("span", { class: "lab-place" });
  const speed = h(
    "select",
    { "aria-label": "재생 속도" },
    ...SPEEDS.map((times) =>
      h("option", { value: times, selected: times === 1 }, `${times}×`),
    ),
  );
  const play = icon("재생", ICONS.play, toggle);
  const back = icon("이전 단계", ICONS.back, () => step(-1));
  const ahead = icon("다음 단계", ICONS.next, () => step(1));
  const first = icon("처음 단계", ICONS.first, () => go(0));
  const root = h(
    "div",
    { class: "lab-player", role: "group", "aria-label": `${film.label} 재생` },
    first,
    back,
    play,
    ahead,
    slider,
    place,
    speed,
  );

  function go(next: number): void {
    index = Math.max(0, Math.min(count - 1, next));
    show();
  }

  function step(by: number): void {
    pause();
    go(index + by);
  }

  function show(): void {
    const text = `${index + 1} / ${count}`;
    const said = film.draw(index);
    place.textContent = text;
    slider.value = String(index + 1);
    slider.setAttribute("aria-valuetext", `${text}: ${said}`);
    // disabled로 두면 초점을 잃어 화살표 키가 페이지로 새어 나감
    dim(first, index === 0);
    dim(back, index === 0);
    dim(ahead, index === count - 1);
  }

  function toggle(): void {
    if (timer) return pause();
    if (index === count - 1) go(0);
    setPlaying(true);
    tick();
  }

  function tick(): void {
    timer = window.setTimeout(() => {
      if (!root.isConnected || index === count - 1) return pause();
      go(index + 1);
      tick();
    }, film.frameMs / Number(speed.value));
  }

  function pause(): void {
    clearTimeout(timer);
    timer = 0;
    setPlaying(false);
  }

  function setPlaying(on: boolean): void {
    film.onPlaying?.(on);
    play.setAttribute("aria-label", on ? "멈춤" : "재생");
    play.replaceChildren(glyph(on ? ICONS.pause : ICONS.play));
  }

  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value) - 1);
  });
  root.addEventListener("keydown", (event) => {
    const { target } = event;
    if (target === slider || target === speed || commanded(event)) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "Home") step(-count);
    else if (event.key === "End") step(count);
    else return;
    event.preventDefault();
  });
  return { root, show };
}

function dim(node: HTMLElement, off: boolean): void {
  node.setAttribute("aria-disabled", String(off));
}

function glyph(d: string): SVGSVGElement {
  const size = { viewBox: "0 0 16 16", width: 14, height: 14 };
  const attrs = { ...size, "aria-hidden": "true", fill: "currentColor" };
  return svg("svg", attrs, svg("path", { d }));
}

function icon(label: string, d: string, onClick: () => void) {
  const node = button("", onClick, { "aria-label": label });
  node.append(glyph(d));
  return node;
}
