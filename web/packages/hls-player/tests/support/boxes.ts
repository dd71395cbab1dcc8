/** An ISO box of a type around its content. */
export function box(type: string, ...content: (number[] | Uint8Array)[]): Uint8Array {
  const size = 8 + content.reduce((sum, each) => sum + each.length, 0);
  const made = new Uint8Array(size);
  new DataView(made.buffer).setUint32(0, size);
  for (let index = 0; index < 4; index += 1) made[4 + index] = type.charCodeAt(index);
  let at = 8;
  for (const each of content) {
    made.set(each, at);
    at += each.length;
  }
  return made;
}

export function uint32(...values: number[]): number[] {
  return values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

/** An initialization segment with an H.264 track 1 at 90 kHz and an AAC track 2 at 48 kHz. */
export function initialization(): Uint8Array {
  const track = (id: number, timescale: number, handler: string, entry: Uint8Array): Uint8Array =>
    box(
      "trak",
      box("tkhd", uint32(0, 0, 0, id)),
      box(
        "mdia",
        box("mdhd", uint32(0, 0, 0, timescale, 0)),
        box("hdlr", uint32(0, 0), [...handler].map((letter) => letter.charCodeAt(0))),
        box("minf", box("stbl", box("stsd", uint32(0, 1), entry))),
      ),
    );
  const avc1 = box("avc1", zeros(78), box("avcC", [1, 0x64, 0x00, 0x1f]));
  const mp4a = box("mp4a", zeros(28), box("esds", uint32(0)));
  return box("moov", track(1, 90_000, "vide", avc1), track(2, 48_000, "soun", mp4a));
}

/** A fragment whose tracks begin at these ticks. */
export function fragment(video: number, audio: number): Uint8Array {
  const traf = (id: number, ticks: number): Uint8Array =>
    box(
      "traf",
      box("tfhd", uint32(0, id)),
      box("tfdt", uint32(0x01000000, Math.floor(ticks / 2 ** 32), ticks % 2 ** 32)),
    );
  return box("moof", traf(1, video), traf(2, audio));
}
