import type { Participant } from "@stoa/js-sdk";
import { element, play, show } from "./dom";
import { bestColumns } from "./layout";
import { shownName, Tile, TileMenu } from "./tile";

const GAP = 12;
/** Pixels; smaller tiles show nothing useful, so the grid scrolls instead. */
const SMALLEST_TILE = 140;
/** Width below which tiles go under a shared screen, not beside it, if there is height for it. */
const NARROW = 720;

/**
 * The tiles of all participants. A shared screen, or pinned tiles, take the space and have the
 * other tiles at their side.
 */
export class Stage {
  readonly view: HTMLElement;
  private readonly tiles = new Map<string, Tile>();
  private readonly grid: HTMLElement;
  private readonly spotlight: HTMLElement;
  private readonly screen: HTMLElement;
  private readonly screenVideo: HTMLVideoElement;
  private readonly screenName: HTMLElement;
  private readonly alone: HTMLElement;
  private readonly watcher: ResizeObserver;

  constructor(private readonly copyInvitation: () => void, private readonly menu: TileMenu) {
    this.grid = element("div", { class: "grid", "data-testid": "grid" });
    this.spotlight = element("section", {
      class: "grid spotlight",
      hidden: true,
      "data-testid": "spotlight",
      "aria-label": "Pinned",
    });
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
    this.view = element("div", { class: "stage-area" }, this.screen, this.spotlight, this.grid, this.alone);
    this.watcher = new ResizeObserver(() => this.layOut());
    this.watcher.observe(this.view);
  }

  add(participant: Participant): void {
    if (this.tiles.has(participant.id)) return;
    const tile = new Tile(participant, this.menu);
    this.tiles.set(participant.id, tile);
    this.arrange();
  }

  remove(participantId: string): void {
    this.tiles.get(participantId)?.close();
    this.tiles.delete(participantId);
    this.arrange();
  }

  refresh(participantId: string): void {
    this.tiles.get(participantId)?.refresh();
  }

  /** Pins or modes changed: pinned tiles come first, viewers last. */
  arrange(): void {
    const tiles = [...this.tiles.values()];
    const rank = (tile: Tile): number => (tile.isPinned ? 0 : tile.isOnStage ? 1 : 2);
    tiles.sort((one, other) => rank(one) - rank(other)); // stable: else in order of arrival
    const pinned = tiles.filter((tile) => tile.isPinned);
    const apart = this.screen.hidden && pinned.length > 0 && pinned.length < tiles.length;
    const shown = apart ? pinned : [];
    this.spotlight.hidden = !apart;
    fill(this.spotlight, shown);
    fill(this.grid, tiles.filter((tile) => !shown.includes(tile)));
    this.layOut();
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
    this.arrange();
  }

  close(): void {
    this.watcher.disconnect();
    for (const tile of this.tiles.values()) tile.close();
    show(this.screenVideo, null);
  }

  private layOut(): void {
    const sharing = !this.screen.hidden;
    const apart = sharing || !this.spotlight.hidden;
    const { clientWidth, clientHeight } = this.view;
    const narrow = clientWidth < NARROW && clientHeight > clientWidth / 1.5;
    this.alone.hidden = sharing || this.tiles.size !== 1;
    this.view.classList.toggle("apart", apart);
    this.view.classList.toggle("narrow", narrow);
    if (clientWidth === 0) return;
    if (!apart) return size(this.grid, this.tiles.size, clientWidth, clientHeight);
    size(this.grid, 0, 0, 0);
    if (sharing) return;
    const { clientWidth: width, clientHeight: height } = this.spotlight;
    size(this.spotlight, this.spotlight.childElementCount, width, height);
  }
}

/** Puts tiles in an area in this order, moving none that is already there. */
function fill(area: HTMLElement, tiles: Tile[]): void {
  tiles.forEach((tile, index) => {
    const there = area.children[index] ?? null;
    if (there !== tile.view) tile.moveTo(area, there);
  });
}

/** The size of `count` tiles in an area; with 0 the style sheet decides. */
function size(area: HTMLElement, count: number, width: number, height: number): void {
  const { style } = area;
  if (count === 0 || width === 0) {
    style.removeProperty("--tile-width");
    style.removeProperty("--tile-height");
    style.maxWidth = "";
    return;
  }
  let best = bestColumns(count, width, height, GAP);
  if (best.tileWidth < SMALLEST_TILE) {
    const columns = Math.max(2, Math.floor(width / (SMALLEST_TILE + GAP)));
    const tileWidth = Math.floor((width - GAP * (columns - 1)) / columns);
    best = { columns, tileWidth, tileHeight: tileWidth };
  }
  style.setProperty("--tile-width", `${best.tileWidth}px`);
  style.setProperty("--tile-height", `${best.tileHeight}px`);
  if (area.classList.contains("spotlight")) return; // its width is what is left beside the others
  style.maxWidth = `${best.columns * best.tileWidth + (best.columns - 1) * GAP}px`;
}
