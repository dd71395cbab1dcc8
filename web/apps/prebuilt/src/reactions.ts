import type { Meeting } from "@stoa/js-sdk";
import { element } from "./dom";

/** Topic and messages as other applications of the SDK have them. */
const TOPIC = "REACTION";
export const REACTIONS = {
  clap: "Clap",
  heart: "Heart",
  laugh: "Laugh",
  thumbsup: "Thumbs up",
  confetti: "Celebrate",
} as const;
export type Reaction = keyof typeof REACTIONS;

/** Fill and outline of each shape, on a grid of 32×32: not every system has pictures among its letters. */
const SKIN = "#f7c948";
const DRAWINGS: Record<Reaction, readonly (readonly [path: string, fill: string, stroke?: string])[]> = {
  clap: [
    ["M7 17 14.500 9.500a1.900 1.900 0 0 1 2.700 2.700l1.300-1.300a1.900 1.900 0 0 1 2.700 2.700l.6-.6a1.900 1.900 0 0 1 2.700 2.700l-1 1a1.800 1.800 0 0 1 1.700 3L20 25.500c-3.500 3.500-8.500 3.500-11.500.5s-4-6-1.500-9Z", SKIN, "#a97c10"],
    ["m13.500 16.500 4-4M15.500 19l5.500-5.500M18 21l4.500-4.500", "none", "#a97c10"],
    ["M20 3.500v3M25.500 5.500l-1.800 2.300M28.500 10.500l-2.900.9", "none", "#7b9dff"],
  ],
  heart: [["M16 27S4.500 20 4.500 12.200A6.200 6.200 0 0 1 16 9a6.200 6.200 0 0 1 11.500 3.200C27.500 20 16 27 16 27Z", "#ee3e56"]],
  laugh: [
    ["M16 28a12 12 0 1 0 0-24 12 12 0 0 0 0 24Z", SKIN],
    ["M8.500 17h15c0 4.500-3.300 7.500-7.500 7.500s-7.500-3-7.500-7.500Z", "#6b3a10"],
    ["M9.500 17h13v2.200h-13Z", "#fff"],
    ["m8.500 10.200 4 1.800-4 1.800M23.500 10.200l-4 1.800 4 1.800", "none", "#6b3a10"],
  ],
  thumbsup: [
    ["M11.500 14.500 16 5.500a2.700 2.700 0 0 1 3.700 2.900L18.800 13h5.700a2.500 2.500 0 0 1 2.400 3l-1.700 8a3 3 0 0 1-3 2.500h-8.700l-2-1Z", SKIN, "#a97c10"],
    ["M5 14h6.500v12.500H5a1 1 0 0 1-1-1V15a1 1 0 0 1 1-1Z", "#4c78e6"],
  ],
  confetti: [
    ["M5 28 11 11.500 20.500 21 5 28Z", "#7b9dff"],
    ["m9 18 6.500 6.500M7.200 23l4 4", "none", "#fff"],
    ["M15 11c.5-3 2.500-4.500 2-7M21 17c3-.5 4.500-2.500 7-2M18.500 13.500c2-3.500 5-3 6-7", "none", "#ee3e56"],
    ["M12 5.500h2.200v2.200H12ZM22.500 10.500h2.200v2.200h-2.200ZM26.500 20.500h2.200v2.200h-2.200ZM27 3.500h2.200v2.200H27Z", SKIN],
  ],
};

const SVG = "http://www.w3.org/2000/svg";

export function reactionSign(reaction: Reaction): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "reaction-sign");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, fill, stroke] of DRAWINGS[reaction]) {
    const path = document.createElementNS(SVG, "path");
    const looks = { d, fill, ...(stroke ? { stroke, "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round" } : {}) };
    for (const [name, value] of Object.entries(looks)) path.setAttribute(name, value);
    svg.append(path);
  }
  return svg;
}

/** Signs in the air at once; more are left out. */
const MOST = 24;
/** Milliseconds that one flies. */
const FLIGHT = 2_600;

/** Signs that rise over a picture when somebody sends them. */
export class Reactions {
  readonly view = element("div", { class: "reactions", "aria-hidden": "true", "data-testid": "reactions" });

  constructor(private readonly meeting: Meeting) {}

  /** Begins to listen. */
  async open(): Promise<void> {
    await this.meeting.pubSub.subscribe(TOPIC, ({ message }) => this.show(String(message)));
  }

  send(reaction: Reaction): Promise<void> {
    return this.meeting.pubSub.publish(TOPIC, reaction).then(() => {});
  }

  private show(message: string): void {
    const known = Object.prototype.hasOwnProperty.call(REACTIONS, message);
    if (!known || this.view.childElementCount >= MOST || document.hidden) return;
    const sign = element("span", { class: "reaction" }, reactionSign(message as Reaction));
    sign.style.left = `${8 + Math.random() * 84}%`;
    sign.style.setProperty("--drift", `${Math.random() * 60 - 30}px`);
    this.view.append(sign);
    setTimeout(() => sign.remove(), FLIGHT);
  }
}
