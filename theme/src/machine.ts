// 독자의 기기: 이 브라우저에만 두고, 언제든 지울 수 있음.

import { button, h, redraw } from "./dom";
import type { Remembered } from "./labbook/schema";
import { onChange, one, put, remove } from "./labbook/store";
import type { Machine } from "./report";
import { withUnit } from "./views/format";

/** 기억한 것. 없거나 읽을 수 없으면 `null`. */
export const recall = (): Remembered | null => one("machine");

/** 적지 못했으면 `false`. */
export function remember({ title, env, levels }: Machine): boolean {
  const date = new Date().toISOString();
  return put("machine", { date, machine: { title, env, levels } });
}

/** 기억한 기기와 지우는 버튼. 기억한 것이 없으면 그렇다고 말함. */
export function machinePanel(): HTMLElement {
  const attrs = { class: "lab-machine", role: "status", tabindex: -1 };
  const panel = h("div", attrs);
  draw(panel);
  return panel;
}

// 칸마다 들으면, 다시 실행해 버려진 칸도 끝없이 들음
onChange(() =>
  document.querySelectorAll<HTMLElement>(".lab-machine").forEach(draw),
);

function draw(panel: HTMLElement): void {
  const kept = recall();
  if (!kept) {
    redraw(panel, ["기억한 기기 없음"]);
    return;
  }
  // 누른 단추가 사라져도 초점은 이 칸에 남음
  const forget = (): void => {
    if (remove("machine", kept)) panel.focus();
  };
  const erase = button("지우기", forget, {
    "aria-label": "기억한 기기 지우기",
  });
  redraw(panel, [h("span", {}, summary(kept)), " ", erase]);
}

function summary({ date, machine }: Remembered): string {
  const { env, levels } = machine;
  const steps = levels.map(({ name, kib, ns }) => {
    const end = kib === null ? "" : ` ${withUnit(kib, "KiB")}까지`;
    return `${name}${end} ${withUnit(ns, "ns")}`;
  });
  const clock = `시계 ${withUnit(env.clock_step_ns, "ns")}`;
  const day = date.slice(0, 10);
  const parts = [...steps, `스레드 ${env.threads}`, env.simd, clock, day];
  return `기억한 기기: ${parts.join(" · ")}`;
}
