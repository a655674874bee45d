// 이 기기의 기억 장치: 표, 그리고 기억하기와 지우기.

import { button, h } from "../dom";
import { machinePanel, remember } from "../machine";
import type { Machine } from "../report";
import { caption, tableElement } from "./table";

const KEPT =
  "이 브라우저에만 남음. 크기가 축인 측정 그래프에 각 단의 끝이 표시됨";
const NOT_KEPT = "브라우저의 저장소가 막혔거나 가득 차 기억하지 못함";

export function renderMachine(machine: Machine): HTMLElement {
  const figure = h("figure", { class: "lab-view lab-view-table" });
  const columns = [
    { label: "단", unit: null, numeric: false },
    { label: "여기까지", unit: "KiB", numeric: true },
    { label: "읽기 하나", unit: "ns", numeric: true },
  ];
  const rows = machine.levels.map(({ name, kib, ns }) => [
    { text: name, value: null },
    { text: kib?.toLocaleString("en") ?? "–", value: kib },
    { text: ns.toFixed(1), value: ns },
  ]);
  const what = h("span", { "aria-live": "polite" }, KEPT);
  const keep = button("이 기기로 기억하기", () => {
    what.textContent = remember(machine) ? KEPT : NOT_KEPT;
  });
  figure.append(
    caption(machine.title, "measured"),
    tableElement(columns, rows, machine.title),
    h("p", { class: "lab-hint" }, keep, " ", what),
    machinePanel(),
  );
  return figure;
}
