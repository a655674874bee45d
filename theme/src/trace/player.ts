// 단계 재생: 장면마다 말과 셈과 그림, 그리고 그때의 원본 줄.

import { h, onWidth } from "../dom";
import type { Frame, Trace } from "../report";
import { createPlayer } from "../views/player";
import { caption } from "../views/table";
import { drawFrame, plan, type Plan } from "./lanes";

const FRAME_MS = 900;

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
  source?.setAttribute("role", "group");
  source?.setAttribute("aria-label", "원본");
  const say = h("p", { class: "lab-say", "aria-live": "polite" });
  const counters = h("dl", { class: "lab-counters" });
  const picture = h("div", { class: "lab-picture" });

  let layout: Plan | null = null;
  // 폭이 바뀌면 그림만 다시 그림: 줄을 보이려면 온 쪽을 배치해야 함
  let lit = -1;

  const player = createPlayer({
    label: "단계",
    count: frames.length,
    frameMs: FRAME_MS,
    draw(index) {
      const frame = frames[index]!;
      say.textContent = frame.say;
      counters.replaceChildren(...counterItems(frame));
      if (layout) picture.replaceChildren(drawFrame(frame, layout));
      if (source && layout && index !== lit) {
        highlight(source, frame.step);
        lit = index;
      }
      return frame.say;
    },
    // 재생하는 동안 낭독기가 밀리지 않게 알림을 끔
    onPlaying: (on) => say.setAttribute("aria-live", on ? "off" : "polite"),
  });
  onWidth(picture, (width) => {
    layout = plan(trace, width);
    player.show();
  });

  // 그림의 키가 바뀌어도 버튼은 제자리에 있어야 잇달아 누를 수 있음
  const visual = h("div", { class: "lab-visual" }, player.root, say);
  visual.append(counters, picture);
  const body = h("div", { class: "lab-trace-body" }, visual);
  if (source) body.append(source);
  figure.append(body);
  player.show();
  return figure;
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
