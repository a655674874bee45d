// 단계 재생기: 장면은 이미 다 있고, 재생기는 번호만 바꿈.

import { button, h, onWidth, svg } from "../dom";
import type { Frame, Trace } from "../report";
import { caption } from "../views/table";
import { drawFrame, plan, type Plan } from "./lanes";

const FRAME_MS = 900;
const SPEEDS = [0.5, 1, 2, 4];

const ICONS = {
  first: "M2 3h2v10H2zM13 3v10L8 8zM8.5 3v10L4 8z",
  back: "M13 3v10L7 8zM3 3h2v10H3z",
  play: "M4 3v10l8-5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M3 3v10l6-5zM11 3h2v10h-2z",
};

export function renderTrace(
  trace: Trace,
  kernel: HTMLElement | null,
): HTMLElement {
  const { frames } = trace;
  const figure = h("figure", { class: "lab-view lab-trace" });
  figure.append(caption(trace.title, trace.badge));
  if (frames.length === 0) return figure;

  const source = kernel?.cloneNode(true) as HTMLElement | undefined;
  source?.setAttribute("tabindex", "0");
  const say = h("p", { class: "lab-say", "aria-live": "polite" });
  const counters = h("dl", { class: "lab-counters" });
  const picture = h("div", { class: "lab-picture" });

  let index = 0;
  let layout: Plan | null = null;
  let timer = 0;

  const slider = h("input", {
    type: "range",
    min: 1,
    max: frames.length,
    value: 1,
    "aria-label": "단계",
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
  const player = h(
    "div",
    { class: "lab-player", role: "group", "aria-label": "단계 재생" },
    first,
    back,
    play,
    ahead,
    slider,
    place,
    speed,
  );

  function go(next: number): void {
    index = Math.max(0, Math.min(frames.length - 1, next));
    show();
  }

  function step(by: number): void {
    pause();
    go(index + by);
  }

  function show(): void {
    const frame = frames[index]!;
    say.textContent = frame.say;
    counters.replaceChildren(...counterItems(frame));
    if (layout) picture.replaceChildren(drawFrame(frame, layout));
    if (source) highlight(source, frame.step);
    const text = `${index + 1} / ${frames.length}`;
    place.textContent = text;
    slider.value = String(index + 1);
    slider.setAttribute("aria-valuetext", `${text}: ${frame.say}`);
    // disabled로 두면 초점을 잃어 화살표 키가 페이지로 새어 나감
    dim(first, index === 0);
    dim(back, index === 0);
    dim(ahead, index === frames.length - 1);
  }

  function toggle(): void {
    if (timer) return pause();
    if (index === frames.length - 1) go(0);
    setPlaying(true);
    tick();
  }

  function tick(): void {
    timer = window.setTimeout(() => {
      if (!figure.isConnected || index === frames.length - 1) return pause();
      go(index + 1);
      tick();
    }, FRAME_MS / Number(speed.value));
  }

  function pause(): void {
    clearTimeout(timer);
    timer = 0;
    setPlaying(false);
  }

  /** 재생하는 동안 낭독기가 밀리지 않게 알림을 끔. */
  function setPlaying(on: boolean): void {
    say.setAttribute("aria-live", on ? "off" : "polite");
    play.setAttribute("aria-label", on ? "멈춤" : "재생");
    play.replaceChildren(glyph(on ? ICONS.pause : ICONS.play));
  }

  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value) - 1);
  });
  player.addEventListener("keydown", (event) => {
    if (event.target === slider || event.target === speed) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "Home") step(-frames.length);
    else if (event.key === "End") step(frames.length);
    else return;
    event.preventDefault();
  });
  onWidth(picture, (width) => {
    layout = plan(trace, width);
    show();
  });

  // 그림의 키가 바뀌어도 버튼은 제자리에 있어야 잇달아 누를 수 있음
  const visual = h("div", { class: "lab-visual" }, player, say);
  visual.append(counters, picture);
  const body = h("div", { class: "lab-trace-body" }, visual);
  if (source) body.append(source);
  figure.append(body);
  show();
  return figure;
}

function dim(node: HTMLElement, off: boolean): void {
  node.setAttribute("aria-disabled", String(off));
}

function counterItems({ counters }: Frame): HTMLElement[] {
  return counters.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value)),
  );
}

/** 이 장면이 나타내는 원본의 줄. */
function highlight(source: HTMLElement, step: string): void {
  for (const line of source.querySelectorAll<HTMLElement>("[data-step]")) {
    const on = line.dataset["step"] === step;
    line.classList.toggle("lab-on", on);
    if (on) line.setAttribute("aria-current", "step");
    else line.removeAttribute("aria-current");
    if (on) reveal(source, line);
  }
}

/** 페이지는 두고 원본 칸 안에서만 굴림. */
function reveal(source: HTMLElement, line: HTMLElement): void {
  const top = line.offsetTop - source.offsetTop;
  const bottom = top + line.offsetHeight;
  if (top < source.scrollTop) source.scrollTop = top - 24;
  const over = bottom - source.scrollTop - source.clientHeight;
  if (over > 0) source.scrollTop += over + 24;
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
