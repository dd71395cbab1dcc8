import type { Participant } from "@stoa/js-sdk";
import { element, play, show } from "./dom";
import { bestColumns } from "./layout";
import { shownName, Tile } from "./tile";

const GAP = 12;
/** Pixels; smaller tiles show nothing useful, so the grid scrolls instead. */
const SMALLEST_TILE = 140;
/** Width below which tiles go under a shared screen, not beside it, if there is height for it. */
const NARROW = 720;

/** The tiles of all participants, and a shared screen with the tiles at its side. */
export class Stage {
  readonly view: HTMLElement;
  private readonly tiles = new Map<string, Tile>();
  private readonly grid: HTMLElement;
  private readonly screen: HTMLElement;
  private readonly screenVideo: HTMLVideoElement;
  private readonly screenName: HTMLElement;
  private readonly alone: HTMLElement;
  private readonly watcher: ResizeObserver;

  constructor(private readonly copyInvitation: () => void) {
    this.grid = element("div", { class: "grid", "data-testid": "grid" });
    this.screenVideo = element("video", { autoplay: true, playsinline: true });
    this.screenVideo.muted = true;
    this.screenName = element("span", { class: "tile-name" });
    this.screen = element(
      "section",
      { class: "screen", hidden: true, "data-testid": "screen-share", "aria-label": "Shared screen" },
      this.screenVideo,
      element("div", { class: "tile-label" }, this.screenName),
    );
    this.alone = element(
      "div",
      { class: "alone", hidden: true },
      element("p", {}, "Nobody else is here yet."),
      element("button", { class: "quiet", onclick: () => this.copyInvitation() }, "Copy the invitation link"),
    );
    this.view = element("div", { class: "stage-area" }, this.screen, this.grid, this.alone);
    this.watcher = new ResizeObserver(() => this.layOut());
    this.watcher.observe(this.view);
  }

  add(participant: Participant): void {
    if (this.tiles.has(participant.id)) return;
    const tile = new Tile(participant);
    this.tiles.set(participant.id, tile);
    this.grid.append(tile.view);
    this.layOut();
  }

  remove(participantId: string): void {
    this.tiles.get(participantId)?.close();
    this.tiles.delete(participantId);
    this.layOut();
  }

  refresh(participantId: string): void {
    this.tiles.get(participantId)?.refresh();
  }

  speaking(participantId: string | null): void {
    for (const [id, tile] of this.tiles) tile.speaking = id === participantId;
  }

  /** Shows who shares, or nobody's screen. */
  present(presenter: Participant | null): void {
    const track = presenter?.streamOf("share")?.track ?? null;
    show(this.screenVideo, track);
    if (track) play(this.screenVideo);
    this.screen.hidden = track === null;
    if (presenter) {
      this.screenName.textContent = presenter.local
        ? "You are sharing your screen"
        : `${shownName(presenter)} shares a screen`;
    }
    this.layOut();
  }

  close(): void {
    this.watcher.disconnect();
    for (const tile of this.tiles.values()) tile.close();
    show(this.screenVideo, null);
  }

  private layOut(): void {
    const sharing = !this.screen.hidden;
    const count = this.tiles.size;
    const { clientWidth, clientHeight } = this.view;
    const narrow = clientWidth < NARROW && clientHeight > clientWidth / 1.5;
    this.alone.hidden = sharing || count !== 1;
    this.view.classList.toggle("sharing", sharing);
    this.view.classList.toggle("narrow", narrow);
    if (sharing || count === 0 || clientWidth === 0) return this.tileSize(null);
    const best = bestColumns(count, clientWidth, clientHeight, GAP);
    if (best.tileWidth >= SMALLEST_TILE) return this.tileSize(best);
    const columns = Math.max(2, Math.floor(clientWidth / (SMALLEST_TILE + GAP)));
    const tileWidth = Math.floor((clientWidth - GAP * (columns - 1)) / columns);
    this.tileSize({ columns, tileWidth, tileHeight: tileWidth });
  }

  private tileSize(size: { columns: number; tileWidth: number; tileHeight: number } | null): void {
    const { style } = this.grid;
    if (size) {
      style.setProperty("--tile-width", `${size.tileWidth}px`);
      style.setProperty("--tile-height", `${size.tileHeight}px`);
      style.maxWidth = `${size.columns * size.tileWidth + (size.columns - 1) * GAP}px`;
    } else {
      style.removeProperty("--tile-width");
      style.removeProperty("--tile-height");
      style.maxWidth = "";
    }
  }
}
