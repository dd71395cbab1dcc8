type Child = Node | string | null | undefined;

/** Attributes and listeners of `element`: `on…` are listeners, `true` is an empty attribute. */
export type Attributes = Record<string, string | number | boolean | EventListener | undefined>;

/** Makes an element. Text is always text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child != null) made.append(child);
  return made;
}

/** Plays without asking whether it may; browsers that refuse are told of by `blocked`. */
export function play(media: HTMLMediaElement, blocked: () => void = () => {}): void {
  media.play().catch((error: unknown) => {
    if ((error as { name?: unknown }).name === "NotAllowedError") blocked();
  });
}

/** Shows a track in a media element; the same track again changes nothing. */
export function show(media: HTMLMediaElement, track: MediaStreamTrack | null): void {
  const shown = media.srcObject instanceof MediaStream ? media.srcObject.getTracks()[0] : null;
  if ((shown ?? null) === track) return;
  media.srcObject = track ? new MediaStream([track]) : null;
}
