import assert from "node:assert/strict";
import { test } from "node:test";
import { Download } from "../src/adaptation";
import { startTime } from "../src/schedule";
import { Track } from "../src/track";
import { FakeSink, Origin, OriginOptions } from "./support/origin";
import { VirtualClock } from "./support/virtual-clock";

const LIVE: OriginOptions = { segment: 2, part: 0, window: 5, length: Infinity, rates: [500_000, 2_000_000], clockStart: 0 };

/** A track that plays from the moment there is something, in virtual time. */
class Playing {
  readonly clock = new VirtualClock();
  readonly origin: Origin;
  readonly sink = new FakeSink();
  readonly track: Track;
  readonly failures: string[] = [];
  readonly offsets = new Map<number, number>();
  hasFinished = false;
  isBroken = false;
  wanted = 0;
  goal = 20;
  instead: (download: Download, buffered: number) => string | null = () => null;
  /** Where playing began, and when. */
  private begun: { position: number; at: number } | null = null;

  constructor(options: Partial<OriginOptions> = {}) {
    this.origin = new Origin(this.clock, { ...LIVE, ...options });
    this.track = new Track(this.uri(0), {
      clock: this.clock,
      transport: this.origin,
      offsets: this.offsets,
      position: () => this.position,
      goal: () => this.goal,
      measured: () => {},
      choose: () => this.uri(this.wanted),
      instead: (download, buffered) => this.instead(download, buffered),
      failed: (error) => this.failures.push(error.message),
      recovered: () => {},
      reloaded: () => {
        if (this.begun) return;
        this.begun = { position: startTime(this.track.timeline), at: this.clock.now() };
        this.track.fill(this.sink);
      },
      appended: () => {},
      finished: () => (this.hasFinished = true),
      broken: () => (this.isBroken = true),
    });
  }

  /** Begins to play when the stream has gone on for so long. */
  static async after(seconds: number, options: Partial<OriginOptions> = {}): Promise<Playing> {
    const made = new Playing(options);
    await made.clock.advance(seconds);
    made.track.open();
    return made;
  }

  uri(variant: number): string {
    return `${Origin.base}v${variant}/index.m3u8`;
  }

  get position(): number {
    return this.begun ? this.begun.position + this.clock.now() - this.begun.at : 0;
  }

  set position(to: number) {
    this.begun = { position: to, at: this.clock.now() };
    this.track.seek();
  }

  get media(): string[] {
    return this.origin.asked.filter((name) => name.endsWith(".m4s"));
  }

  /** What is there to play. */
  get ahead(): number {
    const range = this.sink.buffered.find(({ start, end }) => start <= this.position + 0.01 && end >= this.position);
    return range ? range.end - this.position : 0;
  }
}

test("a live stream is followed for minutes without a hole, each segment asked for once", async () => {
  const playing = await Playing.after(60);
  for (let second = 0; second < 180; second += 1) {
    await playing.clock.advance(1);
    if (second > 0) assert(playing.ahead > 0, `nothing to play after ${second} s`);
  }
  assert.equal(playing.sink.buffered.length, 1);
  assert.equal(new Set(playing.media).size, playing.media.length);
  // One reload for each segment, not more.
  const reloads = playing.origin.asked.filter((name) => name.endsWith(".m3u8")).length;
  assert(reloads >= 88 && reloads <= 100, `${reloads} reloads`);
  playing.track.close();
});

test("playing begins three segments from the end, on the player's own clock", async () => {
  const playing = await Playing.after(60, { clockStart: 90_000 });
  await playing.clock.advance(1);
  assert.deepEqual(playing.media.slice(0, 3), ["v0/27.m4s", "v0/28.m4s", "v0/29.m4s"]);
  // The window began 10 s before the end: that is 0.
  const [there, ...others] = playing.sink.buffered;
  assert(Math.abs(there!.start - 4.1) < 1e-6 && Math.abs(there!.end - 10.1) < 1e-6 && others.length === 0);
  assert(Math.abs(playing.offsets.get(0)! + 90_049.9) < 1e-6);
  playing.track.close();
});

test("a stream with a past can be gone back in to its beginning, and what is there is not loaded again", async () => {
  const playing = await Playing.after(60, { window: 0 });
  await playing.clock.advance(2);
  playing.position = 0;
  await playing.clock.advance(2);
  assert(playing.ahead > 10, `${playing.ahead}`);
  assert(playing.media.includes("v0/0.m4s"));
  const before = playing.media.length;
  playing.position = 54.5;
  await playing.clock.advance(0.5);
  assert(playing.media.slice(before).every((name) => Number(name.slice(3, -4)) >= 30), playing.media.slice(before).join());
  playing.track.close();
});

test("a stream whose clock is a little late begins where it should, not before 0", async () => {
  const playing = await Playing.after(60, { window: 0, clockStart: 0.02 });
  await playing.clock.advance(2);
  assert.equal(playing.offsets.get(0), 0);
  const other = await Playing.after(60, { window: 0, clockStart: 5_000.02 });
  await other.clock.advance(2);
  other.position = 0;
  await other.clock.advance(2);
  assert(other.sink.buffered[0]!.start >= 0, `${other.sink.buffered[0]!.start}`);
  playing.track.close();
  other.track.close();
});

test("what is there already is not loaded again when one goes back to before it", async () => {
  const playing = await Playing.after(60, { window: 0 });
  playing.goal = 8;
  await playing.clock.advance(2);
  playing.position = 49;
  await playing.clock.advance(12);
  assert.equal(new Set(playing.media).size, playing.media.length, playing.media.join());
  assert.equal(playing.sink.buffered.length, 1);
  playing.track.close();
});

test("with parts playing is a second behind, and each part is asked for before it is there", async () => {
  const playing = await Playing.after(60.1, { part: 0.5 });
  await playing.clock.advance(20);
  assert(playing.ahead > 0);
  const latency = playing.track.timeline.end - playing.position;
  assert(latency < 2.2, `${latency} s behind`);
  assert.equal(playing.sink.buffered.length, 1);
  assert.equal(new Set(playing.media).size, playing.media.length);
  assert(playing.media.filter((name) => /\.\d\.m4s$/.test(name)).length > 35);
  // Blocking reloads: as many as there were parts.
  const reloads = playing.origin.asked.filter((name) => name.includes("_HLS_part")).length;
  assert(reloads > 35 && reloads < 48, `${reloads} reloads`);
  playing.track.close();
});

test("another variant goes on at the next segment", async () => {
  const playing = await Playing.after(60);
  await playing.clock.advance(5);
  playing.wanted = 1;
  await playing.clock.advance(20);
  assert.equal(playing.sink.buffered.length, 1);
  const variants = playing.sink.pieces.map(({ variant }) => variant);
  assert.deepEqual(variants, [...variants].sort()); // first all of one, then all of the other
  assert(variants.filter((each) => each === 1).length > 5);
  assert.equal(playing.origin.asked.filter((name) => name === "v1/init.mp4").length, 1);
  playing.track.close();
});

test("a download that takes too long is given up for the same segment in another variant", async () => {
  const playing = await Playing.after(60);
  playing.wanted = 1;
  await playing.clock.advance(4);
  playing.origin.network = 600_000; // too little for 2 Mbit/s, enough for 500 kbit/s
  let given = "";
  playing.instead = (download) => {
    if (given !== "" || download.seconds < 1 || download.bytes === download.expected) return null;
    given = playing.media[playing.media.length - 1]!;
    playing.wanted = 0;
    return playing.uri(0);
  };
  await playing.clock.advance(12);
  assert(given.startsWith("v1/"));
  assert(playing.media.includes(given.replace("v1", "v0")));
  assert.equal(playing.sink.buffered.length, 1);
  playing.track.close();
});

test("a server that is away for a while is asked again, less and less often, and playing goes on", async () => {
  const playing = await Playing.after(60, { window: 0 });
  await playing.clock.advance(4);
  playing.origin.broken = () => 503;
  const before = playing.origin.asked.length;
  await playing.clock.advance(30);
  const asked = playing.origin.asked.length - before;
  assert(asked > 4 && asked < 24, `${asked} requests in half a minute`);
  assert(playing.failures.length > 3);
  playing.origin.broken = () => null;
  await playing.clock.advance(15);
  assert(playing.ahead > 0);
  assert.equal(playing.sink.buffered.length, 1);
  playing.track.close();
});

test("a segment that the server lost is left out after a few tries", async () => {
  const playing = await Playing.after(60);
  playing.origin.broken = (name) => (name === "v0/32.m4s" ? 404 : null);
  await playing.clock.advance(20);
  assert.equal(playing.media.filter((name) => name === "v0/32.m4s").length, 3);
  const [first, second] = playing.sink.buffered;
  assert.deepEqual([Math.round(first!.end), Math.round(second!.start)], [14, 16]);
  playing.track.close();
});

test("a stream that ends is loaded to its end, told once, and not asked for again", async () => {
  const playing = await Playing.after(60, { length: 70 });
  await playing.clock.advance(25);
  assert(playing.hasFinished);
  assert.equal(Math.round(playing.sink.buffered[0]!.end), 20);
  const asked = playing.origin.asked.length;
  await playing.clock.advance(600);
  assert.equal(playing.origin.asked.length, asked);
  playing.track.close();
});

test("no more is loaded than is wanted in store", async () => {
  const playing = await Playing.after(0, { length: 0.001, window: 0 });
  playing.track.close();
  const recorded = await Playing.after(600, { length: 600, window: 0 });
  recorded.goal = 20;
  await recorded.clock.advance(10);
  assert(recorded.ahead >= 18 && recorded.ahead <= 23, `${recorded.ahead}`);
  assert(recorded.media.length <= 17, `${recorded.media.length}`);
  recorded.track.close();
});

test("a window that slid on while nothing was loaded is taken up where it is", async () => {
  const playing = await Playing.after(60);
  await playing.clock.advance(2);
  playing.origin.broken = () => 0;
  await playing.clock.advance(40);
  playing.origin.broken = () => null;
  await playing.clock.advance(10);
  const { timeline } = playing.track;
  assert(timeline.start > 35, `${timeline.start}`);
  const last = playing.sink.buffered[playing.sink.buffered.length - 1]!;
  assert(Math.abs(last.end - timeline.end) < 2.1);
  playing.track.close();
});
