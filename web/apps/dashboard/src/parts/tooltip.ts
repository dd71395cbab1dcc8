import { Child, element } from "../dom";

const box = element("div", { class: "tooltip", role: "tooltip", hidden: true });

/** Shows content beside a point of the window, wherever there is room for it. */
export function showTooltip(x: number, y: number, content: Child[], spoken = false): void {
  if (!box.isConnected) document.body.append(box);
  box.setAttribute("aria-live", spoken ? "polite" : "off");
  box.replaceChildren(...content.filter((each): each is Node => each instanceof Node));
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const right = x + 14 + width < innerWidth - 8;
  const left = right ? x + 14 : Math.max(8, x - 14 - width);
  const top = Math.min(Math.max(8, y - height - 12), innerHeight - height - 8);
  // Through the object model: the page's policy forbids style attributes.
  box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top < 9 ? Math.min(y + 16, innerHeight - height - 8) : top)}px)`;
}

export function hideTooltip(): void {
  box.hidden = true;
}

/** Lines `name value` under a title. */
export function tooltipRows(title: string, rows: readonly [name: string, value: string, mark?: string][]): Child[] {
  return [
    element("p", { class: "tooltip-title" }, title),
    element(
      "dl",
      {},
      ...rows.flatMap(([name, value, mark]) => [
        element("dt", {}, mark !== undefined && element("i", { class: `key ${mark}` }), name),
        element("dd", {}, value),
      ]),
    ),
  ];
}

addEventListener("hashchange", hideTooltip);
addEventListener("scroll", hideTooltip, { passive: true });
