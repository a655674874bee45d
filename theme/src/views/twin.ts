// 그림과 같은 값의 표: 제목 옆의 버튼으로 서로 바꿈.

import { button, uid } from "../dom";

/** 제목에 버튼을 달고, 그림 뒤에 놓을 표를 숨겨 둠. */
export function addTwin(
  head: HTMLElement,
  picture: HTMLElement,
  twin: HTMLElement,
): void {
  twin.id = uid("twin");
  twin.hidden = true;
  const toggle = button("표로 보기", () => {
    twin.hidden = !twin.hidden;
    picture.hidden = !twin.hidden;
    toggle.textContent = twin.hidden ? "표로 보기" : "그림으로 보기";
    toggle.setAttribute("aria-expanded", String(!twin.hidden));
  });
  toggle.className = "lab-link";
  toggle.setAttribute("aria-expanded", "false");
  toggle.setAttribute("aria-controls", twin.id);
  head.append(toggle);
}
