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
  leave: ["M3 14.5c-.6-2.9.3-4.4 2-5.4 4-2.3 10-2.3 14 0 1.700 1 2.600 2.500 2 5.400-.1.600-.7.900-1.300.8l-3.200-.7a1.200 1.200 0 0 1-.9-1.100l-.1-1.700c-2.300-.8-4.700-.8-7 0l-.1 1.700c0 .5-.4 1-.9 1.100l-3.200.7c-.6.100-1.200-.2-1.300-.8Z"],
  settings: ["M4 7h9M18 7h2M4 17h2M11 17h9", "M15.500 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM8.500 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z"],
  send: ["M4.500 12 3.500 4.500 21 12 3.500 19.500 4.500 12Zm0 0H12"],
  close: ["M6 6l12 12M18 6 6 18"],
  alert: ["M12 8v5M12 16.500v.1", "M12 3.500 2.500 20h19L12 3.500Z"],
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
