import { HLSPlayer, PlayerState } from "@stoa/hls-player";
import { element } from "../dom";
import { icon, IconName } from "../icons";
import { Menu, MenuItem } from "../menu";
import { clock, levelNames } from "./stage-state";

/** Seconds that a key goes back or forward. */
const STEP = 10;
/** Milliseconds without a movement until the controls go away. */
const REST = 3_000;

/** Where a stream is: with its past, and without but less behind. */
export interface StreamAddresses {
  playback: string;
  live: string | null;
}

/** A video with controls of its own: back to the beginning, back to what happens now, quality. */
export class PlayerView {
  readonly view: HTMLElement;
  readonly video: HTMLVideoElement;
  /** Called when anything changed. */
  onchange: () => void = () => {};
  private player: HLSPlayer | null = null;
  private current: PlayerState | null = null;
  private readonly menu = new Menu();
  private readonly playButton = control("play-button", () => this.toggle());
  private readonly muteButton = control("mute-button", () => this.mute());
  private readonly fullButton = control("fullscreen-button", () => this.fullscreen());
  private readonly pipButton = control("pip-button", () => this.pictureInPicture());
  private readonly qualityButton = control("quality-button", () => this.chooseQuality());
  private readonly volume: HTMLInputElement;
  private readonly bar: HTMLInputElement;
  private readonly time: HTMLElement;
  private readonly live: HTMLButtonElement;
  private readonly bubble: HTMLElement;
  private readonly big: HTMLButtonElement;
  private readonly soundOn: HTMLButtonElement;
  private readonly controls: HTMLElement;
  private addresses: StreamAddresses | null = null;
  private isLowDelay = false;
  private isCovered = false;
  private isDragging = false;
  private isStarvedSince: number | null = null;
  private rest: ReturnType<typeof setTimeout> | null = null;

  /** `over` is drawn over the video, below the controls. */
  constructor(...over: HTMLElement[]) {
    this.video = element("video", { playsinline: true, "data-testid": "stream", "aria-label": "The stream" });
    this.volume = element("input", {
      type: "range",
      class: "volume",
      min: 0,
      max: 1,
      step: 0.05,
      "aria-label": "Volume",
      oninput: () => {
        this.video.volume = Number(this.volume.value);
        this.video.muted = this.video.volume === 0;
      },
    });
    this.bar = element("input", {
      type: "range",
      class: "seek",
      min: 0,
      max: 1,
      step: "any",
      "aria-label": "Position",
      "data-testid": "seek",
      oninput: () => {
        this.isDragging = true;
        this.draw();
      },
      onchange: () => {
        this.isDragging = false;
        this.player?.seek(Number(this.bar.value));
      },
      onpointermove: (event) => this.point(event as PointerEvent),
      onpointerleave: () => (this.bubble.hidden = true),
      // The arrows of the page step by seconds; those of a range would by parts of the whole.
      onkeydown: (event) => {
        const key = (event as KeyboardEvent).key;
        if (/^Arrow|^Home$|^End$/.test(key) && this.key(key)) event.preventDefault();
      },
    });
    this.time = element("span", { class: "player-time" });
    this.live = element(
      "button",
      { type: "button", class: "live-button", "data-testid": "live-button", onclick: () => this.follow() },
      element("span", { class: "on-air-dot", "aria-hidden": "true" }),
      element("span", {}, "Live"),
    );
    this.bubble = element("span", { class: "seek-bubble", hidden: true, "aria-hidden": "true" });
    this.big = element(
      "button",
      { type: "button", class: "big-play", hidden: true, "aria-label": "Play", "data-testid": "big-play", onclick: () => this.start() },
      icon("play"),
    );
    this.soundOn = element(
      "button",
      { type: "button", class: "sound-on", hidden: true, "data-testid": "sound-on", onclick: () => this.mute() },
      icon("volumeOff"),
      "Turn the sound on",
    );
    this.controls = element(
      "div",
      { class: "player-controls", hidden: true },
      element("div", { class: "seek-row" }, this.bar, this.bubble),
      element(
        "div",
        { class: "player-buttons" },
        this.playButton,
        this.muteButton,
        this.volume,
        this.live,
        this.time,
        element("span", { class: "spring" }),
        this.qualityButton,
        this.pipButton,
        this.fullButton,
      ),
    );
    this.qualityButton.setAttribute("aria-haspopup", "menu");
    dress(this.qualityButton, "settings", "Quality");
    dress(this.pipButton, "pictureInPicture", "Picture in picture");
    this.view = element(
      "div",
      { class: "player", "data-testid": "player", tabindex: -1 },
      this.video,
      ...over,
      this.big,
      this.soundOn,
      this.controls,
      this.menu.view,
    );
    for (const event of ["play", "pause", "volumechange", "ended", "waiting", "playing", "seeked"]) {
      this.video.addEventListener(event, () => this.draw());
    }
    this.video.addEventListener("click", () => this.pressed());
    this.video.addEventListener("dblclick", () => this.fullscreen());
    for (const event of ["pointermove", "pointerdown", "focusin", "keydown"]) {
      this.view.addEventListener(event, () => this.stir());
    }
    document.addEventListener("fullscreenchange", this.draw);
    this.draw();
  }

  get state(): PlayerState | null {
    return this.current;
  }

  /** Whether it would play, and has nothing to. */
  get isStarved(): boolean {
    return this.isStarvedSince !== null && Date.now() - this.isStarvedSince > 700;
  }

  /** Plays a stream from where it is live, or from its beginning. */
  open(addresses: StreamAddresses, lowDelay = false): void {
    this.stop();
    this.addresses = addresses;
    this.isLowDelay = lowDelay && addresses.live !== null;
    this.player = new HLSPlayer(this.video, this.isLowDelay ? addresses.live! : addresses.playback);
    this.player.onchange = (state) => {
      this.current = state;
      const isStarved = state.phase === "ready" && !this.video.paused && !this.video.ended && this.video.readyState < 3;
      this.isStarvedSince = isStarved ? this.isStarvedSince ?? Date.now() : null;
      this.draw();
      this.onchange();
    };
    this.start();
  }

  /** Whether something else is shown in place of the picture: then there is nothing to control. */
  cover(covered: boolean): void {
    this.isCovered = covered;
    this.draw();
  }

  /** Takes the stream away. */
  stop(): void {
    this.player?.close();
    this.player = this.current = null;
    this.isStarvedSince = null;
    this.draw();
  }

  close(): void {
    this.stop();
    document.removeEventListener("fullscreenchange", this.draw);
    this.menu.remove();
    if (this.rest !== null) clearTimeout(this.rest);
  }

  /** Handles a shortcut; true if it was one. */
  key(key: string): boolean {
    if (!this.current) return false;
    const { position, seekable } = this.current;
    switch (key) {
      case " ":
      case "k":
        this.toggle();
        break;
      case "ArrowLeft":
      case "j":
        this.player?.seek(position - STEP);
        break;
      case "ArrowRight":
        this.player?.seek(position + STEP);
        break;
      case "ArrowUp":
      case "ArrowDown":
        this.video.volume = Math.min(1, Math.max(0, this.video.volume + (key === "ArrowUp" ? 0.1 : -0.1)));
        this.video.muted = false;
        break;
      case "Home":
        this.player?.seek(seekable.start);
        break;
      case "End":
      case "l":
        this.follow();
        break;
      case "m":
        this.mute();
        break;
      case "f":
        this.fullscreen();
        break;
      default:
        return false;
    }
    this.stir();
    return true;
  }

  /** With its sound if the browser lets it, else without. */
  private start(): void {
    const { video } = this;
    video.play().catch((error: unknown) => {
      if ((error as { name?: unknown }).name !== "NotAllowedError") return;
      video.muted = true;
      video.play().catch(() => this.draw());
    });
  }

  private follow(): void {
    this.player?.follow();
    if (this.video.paused) this.start();
  }

  private toggle(): void {
    if (this.video.ended) this.player?.seek(this.current?.seekable.start ?? 0);
    if (this.video.paused) this.start();
    else this.video.pause();
  }

  /** A click plays and pauses; a tap shows the controls first. */
  private pressed(): void {
    if (matchMedia("(hover: none)").matches) this.stir();
    else this.toggle();
  }

  private mute(): void {
    const { video } = this;
    video.muted = !video.muted;
    if (!video.muted && video.volume === 0) video.volume = 0.5;
  }

  private fullscreen(): void {
    const video = this.video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (this.view.requestFullscreen) void this.view.requestFullscreen().catch(() => {});
    else video.webkitEnterFullscreen?.();
  }

  private pictureInPicture(): void {
    if (document.pictureInPictureElement) void document.exitPictureInPicture();
    else void this.video.requestPictureInPicture?.().catch(() => {});
  }

  private chooseQuality(): void {
    const { current } = this;
    if (!current) return;
    const names = levelNames(current.levels);
    const item = (level: number | null, label: string): MenuItem => ({
      name: `quality-${level ?? "auto"}`,
      label,
      icon: current.chosenLevel === level ? "check" : "none",
      run: () => this.player?.choose(level),
    });
    const playing = current.chosenLevel === null ? names[current.level] : undefined;
    this.menu.toggle(this.qualityButton, "Quality", [
      ...current.levels.map((_, index) => item(index, names[index]!)).reverse(),
      item(null, playing ? `Automatic (${playing})` : "Automatic"),
      ...this.delayItem(current),
    ]);
  }

  /** A live stream has a second address: without its past, and less behind. */
  private delayItem({ isLive }: PlayerState): MenuItem[] {
    const { addresses, isLowDelay } = this;
    if (!isLive || !addresses?.live) return [];
    return [
      {
        name: "low-delay",
        label: "Less delay, no going back",
        icon: isLowDelay ? "check" : "none",
        run: () => this.open(addresses, !isLowDelay),
      },
    ];
  }

  private point(event: PointerEvent): void {
    const { current, bar } = this;
    if (!current) return;
    const { left, width } = bar.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
    const { start, end } = current.seekable;
    const time = start + part * (end - start);
    this.bubble.textContent = current.isLive ? (end - time < 1 ? "Live" : clock(time - end)) : clock(time - start);
    this.bubble.style.left = `${part * 100}%`;
    this.bubble.hidden = false;
  }

  /** Shows the controls, for a while if it plays. */
  private stir(): void {
    this.view.classList.remove("resting");
    if (this.rest !== null) clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      const isUsed = !this.menu.view.hidden || this.isDragging || this.video.paused;
      const isByKey = this.controls.contains(document.activeElement) && document.activeElement?.matches(":focus-visible");
      if (!isUsed && !isByKey) this.view.classList.add("resting");
    }, REST);
  }

  private readonly draw = (): void => {
    const { video, current } = this;
    const isThere = current !== null && current.phase === "ready" && !this.isCovered;
    this.controls.hidden = !isThere;
    this.video.hidden = current === null;
    const isBlocked = isThere && video.paused && !video.ended && video.currentTime > 0;
    this.big.hidden = !isBlocked;
    this.soundOn.hidden = !isThere || !video.muted || video.paused;
    dress(this.playButton, video.ended ? "again" : video.paused ? "play" : "pause", video.ended ? "Play again" : video.paused ? "Play" : "Pause", "k");
    const isSilent = video.muted || video.volume === 0;
    dress(this.muteButton, isSilent ? "volumeOff" : "volume", isSilent ? "Turn the sound on" : "Mute", "m");
    this.volume.value = String(video.muted ? 0 : video.volume);
    this.volume.style.setProperty("--played", `${(video.muted ? 0 : video.volume) * 100}%`);
    const isFull = document.fullscreenElement === this.view;
    dress(this.fullButton, isFull ? "shrink" : "fullscreen", isFull ? "Leave full screen" : "Full screen", "f");
    this.pipButton.hidden = document.pictureInPictureEnabled !== true;
    if (!current) return;
    this.qualityButton.hidden = current.levels.length < 2 && this.delayItem(current).length === 0;
    this.drawTime(current);
  };

  private drawTime({ isLive, isAtEdge, seekable: { start, end }, position, buffered }: PlayerState): void {
    const { bar } = this;
    const at = this.isDragging ? Number(bar.value) : Math.min(Math.max(position, start), end);
    const length = Math.max(0.001, end - start);
    bar.min = String(start);
    bar.max = String(end);
    if (!this.isDragging) bar.value = String(isLive && isAtEdge ? end : at);
    const played = isLive && isAtEdge && !this.isDragging ? 100 : ((at - start) / length) * 100;
    const loaded = buffered.find((range) => range.start <= at + 0.2 && range.end >= at);
    const stored = loaded ? Math.min(100, ((loaded.end - start) / length) * 100) : played;
    bar.style.setProperty("--played", `${played}%`);
    bar.style.setProperty("--stored", `${Math.max(played, stored)}%`);
    const behind = at - end;
    const text = isLive ? (isAtEdge && !this.isDragging ? "" : clock(behind)) : `${clock(at - start)} / ${clock(end - start)}`;
    if (this.time.textContent !== text) this.time.textContent = text;
    bar.setAttribute("aria-valuetext", isLive ? (isAtEdge ? "Live" : `${clock(-behind)} behind live`) : text);
    this.live.hidden = !isLive;
    this.live.classList.toggle("at-edge", isAtEdge);
    const label = isAtEdge ? "Live" : "Go to live";
    this.live.lastElementChild!.textContent = label;
    this.live.title = isAtEdge ? "You see what happens now" : "Go to what happens now (l)";
  }
}

function control(test: string, action: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: "player-button", "data-testid": test, onclick: action });
}

function dress(button: HTMLButtonElement, name: IconName, label: string, key?: string): void {
  if (button.getAttribute("aria-label") === label) return;
  button.replaceChildren(icon(name));
  button.setAttribute("aria-label", label);
  button.title = key ? `${label} (${key})` : label;
}
