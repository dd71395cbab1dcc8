/** How many columns give `count` tiles of 16:9 the most space in an area, with gaps between. */
export function bestColumns(count: number, width: number, height: number, gap: number): Layout {
  let best: Layout = { columns: 1, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const freeWidth = (width - gap * (columns - 1)) / columns;
    const freeHeight = (height - gap * (rows - 1)) / rows;
    const ratio = tileRatio(freeWidth / Math.max(1, freeHeight), width > height);
    const tileWidth = Math.floor(Math.min(freeWidth, freeHeight * ratio));
    if (tileWidth * (tileWidth / ratio) > best.tileWidth * best.tileHeight) {
      best = { columns, tileWidth, tileHeight: Math.floor(tileWidth / ratio) };
    }
  }
  return best;
}

export interface Layout {
  columns: number;
  tileWidth: number;
  tileHeight: number;
}

/** Tiles follow the space they have, up to 16:9; portrait ones only in a portrait window. */
function tileRatio(free: number, landscape: boolean): number {
  return Math.min(16 / 9, Math.max(landscape ? 4 / 3 : 3 / 4, free));
}
