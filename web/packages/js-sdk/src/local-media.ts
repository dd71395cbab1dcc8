import {
  AudioEncoderConfig,
  DEFAULT_CAMERA,
  LayerEncoding,
  layerEncodings,
  MICROPHONE_CONFIGS,
  SCREEN_CONFIGS,
  singleEncoding,
  VideoEncoderConfig,
} from "./encoder-config";
import { sdkError } from "./errors";
import { Quality, StreamInfo, StreamKind } from "./messages";
import { PeerTransport } from "./peer-transport";
import { SupersededError } from "./requests";
import { Stream } from "./stream";
import { profileOf } from "./tracks";

export interface LocalMediaHost {
  transport(): PeerTransport | null;
  /** While the m-lines to send on are being negotiated anew; `null` if they are not. */
  negotiating(): Promise<void> | null;
  enable(kind: StreamKind, mid: string): Promise<string>;
  disable(kind: StreamKind): Promise<void>;
  opened(stream: Stream): void;
  closed(stream: Stream): void;
  /** The device went away or the person stopped sharing in the browser's own bar. */
  trackEnded(kind: StreamKind): void;
}

interface Slot {
  track: MediaStreamTrack | null;
  stream: Stream | null;
  /** Grows with every start and stop: work begun under an older number is void. */
  generation: number;
  starting: Promise<void> | null;
  /** The server may know of a stream here. */
  told: boolean;
}

export const KINDS: readonly StreamKind[] = ["audio", "video", "share", "shareAudio"];

/** The four streams this participant may send: their tracks, senders and names at the server. */
export class LocalMedia {
  private readonly slots = new Map<StreamKind, Slot>();
  private quality: Quality = "high";

  constructor(
    private readonly host: LocalMediaHost,
    private readonly camera: VideoEncoderConfig,
    private readonly multiStream: boolean,
    /** False for a participant who only receives or signals. */
    public canSend: boolean,
  ) {
    for (const kind of KINDS) {
      this.slots.set(kind, {
        track: null,
        stream: null,
        generation: 0,
        starting: null,
        told: false,
      });
    }
  }

  sending(): StreamKind[] {
    return KINDS.filter((kind) => this.slot(kind).track !== null);
  }

  track(kind: StreamKind): MediaStreamTrack | null {
    return this.slot(kind).track;
  }

  stream(kind: StreamKind): Stream | null {
    return this.slot(kind).stream;
  }

  /** Starts sending what `source` gives; resolves when the server knows. */
  start(kind: StreamKind, source: () => Promise<MediaStreamTrack>): Promise<void> {
    if (!this.canSend) {
      return Promise.reject(sdkError("NOT_PERMITTED", "In this mode nothing can be sent."));
    }
    const slot = this.slot(kind);
    if (slot.starting) return slot.starting;
    if (slot.track) return Promise.resolve();
    const generation = (slot.generation += 1);
    const work = async (): Promise<void> => {
      const track = await source();
      if (generation !== slot.generation) return track.stop();
      this.adopt(kind, track);
      await this.announce(kind, generation);
    };
    const starting = work().finally(() => {
      if (slot.starting === starting) slot.starting = null;
    });
    slot.starting = starting;
    return starting;
  }

  /** As `stop`, of a stream that the server itself has taken off. */
  silenced(kind: StreamKind): MediaStreamTrack | null {
    const slot = this.slot(kind);
    // One that is only just being announced is another than the one taken off: it is told.
    if (slot.stream) slot.told = false;
    return this.stop(kind);
  }

  /** Stops sending at once; the server is told when it can be. Returns the track, still live. */
  stop(kind: StreamKind): MediaStreamTrack | null {
    const slot = this.slot(kind);
    slot.generation += 1;
    slot.starting = null;
    const { track, stream } = slot;
    slot.track = slot.stream = null;
    if (track) track.onended = null;
    replaceTrack(this.host.transport()?.sender(kind), null);
    if (slot.told) {
      slot.told = false;
      this.host.disable(kind).catch(() => {}); // a rejoin says the same by leaving it out
    }
    if (stream) {
      stream.ended();
      this.host.closed(stream);
    }
    return track;
  }

  /** Sends another track under the same stream. */
  switch(kind: StreamKind, track: MediaStreamTrack): void {
    const slot = this.slot(kind);
    const before = slot.track;
    if (!before) return track.stop(); // switched off while the new one was opened
    this.adopt(kind, track);
    if (before !== track) {
      before.onended = null;
      before.stop();
    }
    const { stream } = slot;
    if (!stream) return;
    this.host.closed(stream);
    stream.track = track;
    this.host.opened(stream);
  }

  setQuality(quality: Quality): void {
    this.quality = quality;
    const transport = this.host.transport();
    const { track } = this.slot("video");
    if (transport && track) this.configure(transport, "video", track);
  }

  /** Puts every track on its sender. */
  attach(transport: PeerTransport): void {
    for (const kind of KINDS) {
      const { track, stream } = this.slot(kind);
      const sender = transport.sender(kind);
      if (!sender || !track) continue;
      replaceTrack(sender, stream?.paused ? null : track);
      this.configure(transport, kind, track);
    }
  }

  /** The server's names of the streams that came with a join. */
  joined(streams: StreamInfo[]): void {
    for (const kind of KINDS) {
      const slot = this.slot(kind);
      const known = streams.find((one) => one.kind === kind);
      if (slot.stream && slot.stream.id !== known?.streamId) {
        const old = slot.stream;
        slot.stream = null;
        this.host.closed(old);
      }
      if (known && slot.track) {
        slot.told = true;
        this.opened(kind, known.streamId);
      } else if (known) {
        this.host.disable(kind).catch(() => {});
      } else if (slot.track && !slot.starting) {
        this.announce(kind, slot.generation).catch(() => {});
      }
    }
  }

  /** Stops everything and lets go of the devices. */
  close(): void {
    for (const kind of KINDS) {
      const slot = this.slot(kind);
      slot.generation += 1;
      if (slot.track) slot.track.onended = null;
      slot.track?.stop();
      const stream = slot.stream;
      slot.track = slot.stream = null;
      if (stream) this.host.closed(stream);
    }
  }

  private slot(kind: StreamKind): Slot {
    return this.slots.get(kind)!;
  }

  private adopt(kind: StreamKind, track: MediaStreamTrack): void {
    this.slot(kind).track = track;
    track.onended = () => {
      if (this.slot(kind).track === track) this.host.trackEnded(kind);
    };
    const transport = this.host.transport();
    if (!transport) return;
    replaceTrack(transport.sender(kind), track);
    this.configure(transport, kind, track);
  }

  private async announce(kind: StreamKind, generation: number): Promise<void> {
    const slot = this.slot(kind);
    // A join that overtook us may have carried the stream, or not: then it is asked for again.
    for (let tries = 0; tries < 8; tries += 1) {
      const pending = this.host.negotiating();
      if (pending) await pending;
      if (generation !== slot.generation || slot.stream) return;
      const mid = this.host.transport()?.mid(kind);
      if (mid == null) return; // not negotiated yet: the join will carry it
      slot.told = true;
      try {
        const streamId = await this.host.enable(kind, mid);
        if (generation === slot.generation) this.opened(kind, streamId);
        return;
      } catch (error) {
        if (error instanceof SupersededError) continue;
        if (generation === slot.generation) this.stop(kind)?.stop();
        throw error;
      }
    }
  }

  private opened(kind: StreamKind, streamId: string): void {
    const slot = this.slot(kind);
    if (!slot.track || slot.stream?.id === streamId) return;
    const stream: Stream = new Stream(streamId, kind, slot.track, {
      track: () => slot.track,
      codec: () => codecName(this.host.transport()?.sender(kind)),
      setPaused: async (paused) => {
        replaceTrack(this.host.transport()?.sender(kind), paused ? null : slot.track);
      },
    });
    slot.stream = stream;
    this.host.opened(stream);
  }

  private configure(transport: PeerTransport, kind: StreamKind, track: MediaStreamTrack): void {
    const sender = transport.sender(kind);
    // Layers switched off before the first answer would be offered as paused, and some browsers
    // then drop others; after the answer `attach` comes here again.
    if (!sender || !transport.isAnswered) return;
    const profile = profileOf(track) ?? {};
    let encodings: Partial<LayerEncoding>[];
    if (kind === "audio" || kind === "shareAudio") {
      const config: AudioEncoderConfig =
        profile.audio ??
        MICROPHONE_CONFIGS[kind === "audio" ? "speech_standard" : "standard_stereo"];
      encodings = [{ maxBitrate: config.bitrate }];
    } else if (kind === "share") {
      const config = profile.video ?? SCREEN_CONFIGS.h720p_15fps;
      encodings = [{ maxBitrate: config.bitrate, maxFramerate: config.framesPerSecond }];
    } else {
      const config = profile.video ?? this.camera ?? DEFAULT_CAMERA.sd;
      const settings = track.getSettings?.() ?? {};
      const picture = {
        width: settings.width ?? config.width,
        height: settings.height ?? config.height,
      };
      // An answer without simulcast leaves one encoding, which then has the full picture.
      const offered = this.multiStream && layersOf(sender) > 1;
      const layered = offered && profile.multiStream !== false;
      encodings = layered
        ? layerEncodings(config, picture, this.quality)
        : [singleEncoding(config, this.quality)];
      if (offered && !layered) {
        // One layer only, in an offer made for three.
        encodings = [...encodings, { active: false }, { active: false }];
      }
    }
    setEncodings(sender, encodings);
  }
}

function layersOf(sender: RTCRtpSender): number {
  return sender.getParameters?.().encodings?.length ?? 0;
}

function setEncodings(sender: RTCRtpSender, wanted: Partial<LayerEncoding>[]): void {
  if (typeof sender.getParameters !== "function") return;
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return; // Firefox before negotiation: set again after it
  parameters.encodings.forEach((encoding, index) => Object.assign(encoding, wanted[index]));
  // Refused while a negotiation is under way; it is set again when the answer is in.
  sender.setParameters(parameters).catch(() => {});
}

function replaceTrack(
  sender: RTCRtpSender | null | undefined,
  track: MediaStreamTrack | null,
): void {
  // Fails only on a connection that was closed meanwhile; its successor gets the track itself.
  sender?.replaceTrack(track).catch(() => {});
}

/** `VP8` of `video/VP8`, from what was negotiated. */
export function codecName(
  side: RTCRtpSender | RTCRtpReceiver | null | undefined,
): string | undefined {
  try {
    return side?.getParameters?.().codecs?.[0]?.mimeType.split("/")[1];
  } catch {
    return undefined;
  }
}
