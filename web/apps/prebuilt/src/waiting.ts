import { element, play, show } from "./dom";
import { logo } from "./icons";
import { hue, initials } from "./identity";

/** The screen of a guest whom somebody inside has to let in. */
export class Waiting {
  readonly view: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly button: HTMLButtonElement;

  constructor(name: string, camera: MediaStreamTrack | null, cancel: () => void) {
    this.video = element("video", { class: "mirrored", autoplay: true, playsinline: true });
    this.video.muted = true;
    this.video.hidden = camera === null;
    show(this.video, camera);
    if (camera) play(this.video);
    this.button = element(
      "button",
      { class: "quiet", "data-testid": "waiting-cancel", onclick: cancel },
      "Cancel",
    );
    const cover = element(
      "div",
      { class: "cover", hidden: camera !== null },
      element("span", { class: `avatar hue-${hue(name)}` }, initials(name)),
    );
    this.view = element(
      "main",
      { class: "left", "data-testid": "waiting-screen" },
      element("header", { class: "brand" }, logo(), element("span", {}, "Stoa")),
      element(
        "section",
        { class: "left-card waiting" },
        element("div", { class: "stage", "aria-hidden": "true" }, this.video, cover),
        element(
          "div",
          { role: "status", "aria-live": "polite" },
          element("h1", {}, element("span", { class: "spinner" }), "Waiting to be let in…"),
          element(
            "p",
            { class: "lead" },
            `Somebody inside has to let you in. They see your name, ${name}, but neither hear nor see you yet.`,
          ),
        ),
        element("div", { class: "left-buttons" }, this.button),
      ),
    );
  }

  focus(): void {
    this.button.focus();
  }

  close(): void {
    show(this.video, null);
  }

  /** Escape gives up waiting. */
  key(key: string): boolean {
    if (key !== "Escape") return false;
    this.button.click();
    return true;
  }
}
