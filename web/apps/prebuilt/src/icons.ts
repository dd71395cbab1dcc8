/** Outlines on a 24×24 grid, drawn with a 1.75 stroke. */
const PATHS = {
  mic: ["M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Z", "M5.5 11a6.5 6.5 0 0 0 13 0", "M12 17.5V21"],
  micOff: [
    "M9 7V6a3 3 0 0 1 6 0v5c0 .3 0 .6-.1.9",
    "M9 9v2a3 3 0 0 0 4.5 2.6",
    "M5.5 11a6.5 6.5 0 0 0 10.3 5.3M18.5 11a6.4 6.4 0 0 1-.9 3.3",
    "M12 17.5V21",
    "M4 4l16 16",
  ],
  camera: ["M4.5 6.5h8a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2Z", "m14.5 10.5 5.2-3a.9.9 0 0 1 1.3.8v7.4a.9.9 0 0 1-1.3.8l-5.2-3"],
  cameraOff: [
    "M8.5 6.5h4a2 2 0 0 1 2 2v2l5.2-3a.9.9 0 0 1 1.3.8v7.4c0 .5-.4.8-.8.9",
    "M14.5 14.5v1a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.6-2",
    "M4 4l16 16",
  ],
  share: ["M4 5h16a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 20 17H4a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 4 5Z", "M9 20.5h6", "M12 14V8.5", "m9.5 10.8 2.5-2.5 2.5 2.5"],
  chat: ["M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9.5A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 5 4.5Z", "M8 9h8M8 12.5h5"],
  link: ["M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L11.6 6.7", "M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.5-1.5"],
  check: ["m5 12.5 4.5 4.5L19 7.5"],
  leave: ["M3 14.5c-.6-2.9.3-4.4 2-5.4 4-2.3 10-2.3 14 0 1.7 1 2.6 2.5 2 5.4-.1.6-.7.9-1.3.8l-3.2-.7a1.2 1.2 0 0 1-.9-1.1l-.1-1.7c-2.3-.8-4.7-.8-7 0l-.1 1.7c0 .5-.4 1-.9 1.1l-3.2.7c-.6.1-1.2-.2-1.3-.8Z"],
  settings: ["M4 7h9M18 7h2M4 17h2M11 17h9", "M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"],
  send: ["M4.5 12 3.5 4.5 21 12 3.5 19.5 4.5 12Zm0 0H12"],
  close: ["M6 6l12 12M18 6 6 18"],
  people: ["M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M2.5 19.5c.4-3.4 3.1-5.5 6.5-5.5s6.1 2.1 6.5 5.5", "M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.7c2 .8 3.3 2.5 3.5 4.8"],
  more: ["M12 5.5v.01M12 12v.01M12 18.5v.01"],
  pin: ["M9 3.5h6l-.8 6.5 3.3 3v1.5h-11V13l3.3-3L9 3.5Z", "M12 14.5v6"],
  unpin: ["M9.5 3.5H15l-.8 6.5 3.3 3v1.5h-3M9.3 9.7 6.5 13v1.5h7", "M12 14.5v6", "M4 4l16 16"],
  viewer: ["M2.5 12c2.2-4 5.4-6 9.5-6s7.3 2 9.5 6c-2.2 4-5.4 6-9.5 6s-7.3-2-9.5-6Z", "M12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4Z"],
  stage: ["M12 15.5V4.5", "m7.5 8.5 4.5-4.5 4.5 4.5", "M4 15.5v4h16v-4"],
  remove: ["M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M3 19.5c.5-3.4 3.3-5.5 7-5.5 1.3 0 2.5.3 3.5.7", "m16 15.5 5 5M21 15.5l-5 5"],
  lobby: ["M5 20.5v-15A1.5 1.5 0 0 1 6.5 4h8A1.5 1.5 0 0 1 16 5.5v15", "M3 20.5h18M12.5 12v1"],
  alert: ["M12 8v5M12 16.5v.1", "M12 3.5 2.5 20h19L12 3.5Z"],
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const path of PATHS[name]) {
    const drawn = document.createElementNS(SVG, "path");
    drawn.setAttribute("d", path);
    svg.append(drawn);
  }
  return svg;
}

/** The sign of Stoa: a pediment on three columns. */
export function logo(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "logo");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", "M4 11 16 4l12 7v3H4zM7 16h4v8H7zm7 0h4v8h-4zm7 0h4v8h-4zM4 26h24v3H4z");
  svg.append(drawn);
  return svg;
}
