// 독자의 기기: 이 브라우저에만 두고, 언제든 지울 수 있음.

import { button, h } from "./dom";
import type { Level, Machine } from "./report";
import { withUnit } from "./views/format";

const KEY = "lab-machine";
const CHANGED = "lab-machine-changed";

export interface Remembered {
  date: string;
  machine: Machine;
}

/** 기억한 것. 없거나 읽을 수 없으면 `null`. */
export function recall(): Remembered | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as unknown;
    return isRemembered(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isRemembered(kept: unknown): kept is Remembered {
  const { date, machine } = (kept ?? {}) as Partial<Remembered>;
  const levels: unknown = machine?.levels;
  return (
    typeof date === "string" &&
    typeof machine?.env?.threads === "number" &&
    Array.isArray(levels) &&
    levels.every((level: Partial<Level> | null) =>
      typeof level?.name === "string" && typeof level.ns === "number",
    )
  );
}

export function remember(machine: Machine): void {
  const date = new Date().toISOString().slice(0, 10);
  const kept: Remembered = { date, machine };
  store(() => localStorage.setItem(KEY, JSON.stringify(kept)));
}

function forget(): void {
  store(() => localStorage.removeItem(KEY));
}

function store(change: () => void): void {
  try {
    change();
  } catch {
    // 저장소가 막힌 브라우저: 기억하지 못할 뿐 나머지는 그대로임
  }
  dispatchEvent(new Event(CHANGED));
}

/** 기억한 기기와 지우는 버튼. 기억한 것이 없으면 그렇다고 말함. */
export function machinePanel(): HTMLElement {
  const panel = h("div", { class: "lab-machine", role: "status" });
  const draw = (): void => {
    const kept = recall();
    if (!kept) {
      panel.replaceChildren("기억한 기기 없음");
      return;
    }
    const erase = button("지우기", forget, {
      "aria-label": "기억한 기기 지우기",
    });
    panel.replaceChildren(h("span", {}, summary(kept)), " ", erase);
  };
  addEventListener(CHANGED, draw);
  draw();
  return panel;
}

function summary({ date, machine }: Remembered): string {
  const { env, levels } = machine;
  const steps = levels.map(({ name, kib, ns }) => {
    const end = kib === null ? "" : ` ${withUnit(kib, "KiB")}까지`;
    return `${name}${end} ${withUnit(ns, "ns")}`;
  });
  const clock = `시계 ${withUnit(env.clock_step_ns, "ns")}`;
  const parts = [...steps, `스레드 ${env.threads}`, env.simd, clock, date];
  return `기억한 기기: ${parts.join(" · ")}`;
}
