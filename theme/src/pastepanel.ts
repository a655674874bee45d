// 내 컴퓨터 결과 붙이기.

import type { Column } from "./data";
import { button, h, liveRegion, uid } from "./dom";
import { readPaste } from "./paste";

export function createPastePanel(
  panel: HTMLElement,
  name: string,
  onPaste: (pasted: Column) => void,
): void {
  const id = uid("paste");
  const area = h("textarea", {
    id,
    rows: 5,
    spellcheck: "false",
    autocomplete: "off",
    placeholder: '{"schema":1,"name":"…"}',
  });
  const label = h("label", { for: id }, "--json 출력");
  const problem = h("p", { class: "lab-error", role: "alert" });
  problem.hidden = true;
  const live = liveRegion();
  const take = button("비교에 넣기", () => {
    try {
      onPaste(readPaste(area.value, name));
      problem.hidden = true;
      area.removeAttribute("aria-invalid");
      live.textContent = "비교에 넣음";
    } catch (error) {
      problem.textContent = (error as Error).message;
      problem.hidden = false;
      area.setAttribute("aria-invalid", "true");
    }
  });
  const bar = h("div", { class: "lab-actions" }, take, live);
  panel.append(h("div", { class: "lab-paste" }, label, area, problem, bar));
}
