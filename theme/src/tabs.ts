// 나란히 놓인 글을 탭으로. 스크립트가 없으면 차례로 다 보임.

import { h, uid } from "./dom";
import { commanded } from "./keys";

export interface Tabs {
  open(index: number): void;
}

export function createTabs(
  root: HTMLElement,
  label: string,
  onOpen: (panel: HTMLElement) => void,
): Tabs {
  const panels = [...root.querySelectorAll<HTMLElement>(".lab-panel")];
  const list = h("div", { role: "tablist", "aria-label": label });
  list.className = "lab-tabs";
  const tabs = panels.map((panel, i) => {
    panel.id ||= uid("panel");
    panel.setAttribute("role", "tabpanel");
    panel.tabIndex = 0;
    const title = panel.querySelector<HTMLElement>(".lab-panel-title");
    const tab = h("button", {
      type: "button",
      role: "tab",
      id: uid("tab"),
      "aria-controls": panel.id,
    });
    tab.append(title?.textContent ?? "");
    if (title) title.hidden = true;
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => open(i));
    list.append(tab);
    return tab;
  });

  function open(index: number): void {
    const focused = document.activeElement;
    tabs.forEach((tab, i) => {
      const on = i === index;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      panels[i]!.hidden = !on;
      // 숨은 것에 남은 초점은 쪽의 처음으로 돌아감
      if (!on && panels[i]!.contains(focused)) tabs[index]!.focus();
    });
    onOpen(panels[index]!);
  }

  list.addEventListener("keydown", (event) => {
    if (commanded(event)) return;
    const now = tabs.findIndex((tab) => tab.tabIndex === 0);
    const last = tabs.length - 1;
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    open(next);
    tabs[next]!.focus();
  });
  panels[0]?.before(list);
  open(0);
  return { open };
}
