import { LAYERS, layerEncodings, VideoEncoderConfig } from "./encoder-config";
import { SentStream, StreamKind } from "./messages";

export type VideoCodec = "VP8" | "VP9" | "H264" | "AV1";

export interface TransportOptions {
  /** False for a participant who only receives. */
  sends: boolean;
  multiStream: boolean;
  codec: VideoCodec;
  camera: VideoEncoderConfig;
  /** Pairs of receiving m-lines to start with. */
  seats: number;
}

/** Seats of the first offer; the server asks for more when it needs them. */
export const FIRST_SEATS = 4;

/**
 * One `RTCPeerConnection` with its m-lines in a fixed order: microphone, camera, share and share
 * sound to send, then seats to receive. The order makes mids equal on each new connection.
 */
export class PeerTransport {
  private readonly senders = new Map<StreamKind, RTCRtpTransceiver>();
  private readonly receivers: RTCRtpTransceiver[] = [];
  private seats = 0;
  private answered = false;
  private closed = false;

  constructor(
    readonly connection: RTCPeerConnection,
    private readonly options: TransportOptions,
    stateChanged: (state: RTCPeerConnectionState) => void,
  ) {
    connection.onconnectionstatechange = () => {
      if (!this.closed) stateChanged(connection.connectionState);
    };
    if (options.sends) this.addSenders();
    this.addSeats(options.seats);
  }

  /** Whether there are m-lines to send on. */
  get sends(): boolean {
    return this.senders.size > 0;
  }

  get isAnswered(): boolean {
    return this.answered;
  }

  get seatCount(): number {
    return this.seats;
  }

  /**
   * An offer, already set as the local description.
   *
   * Candidates are not waited for: the server learns ours from the checks we send.
   */
  async offer(): Promise<string> {
    const offer = await this.connection.createOffer();
    await this.connection.setLocalDescription(offer);
    return offer.sdp ?? "";
  }

  async accept(sdp: string): Promise<void> {
    if (this.closed) return;
    await this.connection.setRemoteDescription({ type: "answer", sdp });
    this.answered = true;
  }

  addSeats(total: number): void {
    for (; this.seats < total; this.seats += 1) {
      this.receivers.push(this.connection.addTransceiver("audio", { direction: "recvonly" }));
      const video = this.connection.addTransceiver("video", { direction: "recvonly" });
      preferCodecs(video, usefulReceiveCodecs());
      this.receivers.push(video);
    }
  }

  sender(kind: StreamKind): RTCRtpSender | null {
    return this.senders.get(kind)?.sender ?? null;
  }

  mid(kind: StreamKind): string | null {
    return this.senders.get(kind)?.mid ?? null;
  }

  /** The kinds among `kinds` with their m-lines. */
  sent(kinds: Iterable<StreamKind>): SentStream[] {
    const streams: SentStream[] = [];
    for (const kind of kinds) {
      const mid = this.mid(kind);
      if (mid !== null) streams.push({ kind, mid });
    }
    return streams;
  }

  receiver(mid: string): RTCRtpReceiver | null {
    return this.receivers.find((one) => one.mid === mid)?.receiver ?? null;
  }

  close(): void {
    this.closed = true;
    this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  private addSenders(): void {
    const { connection, options } = this;
    const add = (kind: StreamKind, init: RTCRtpTransceiverInit = {}): RTCRtpTransceiver => {
      const media = kind === "audio" || kind === "shareAudio" ? "audio" : "video";
      const transceiver = connection.addTransceiver(media, { ...init, direction: "sendonly" });
      this.senders.set(kind, transceiver);
      return transceiver;
    };
    add("audio");
    const encodings = layerEncodings(options.camera, options.camera).map((layer, index) => ({
      rid: LAYERS[index]!,
      ...layer,
      active: true, // an inactive one would be offered as paused
    }));
    const camera = add("video", options.multiStream ? { sendEncodings: encodings } : {});
    const share = add("share");
    add("shareAudio");
    for (const video of [camera, share]) preferCodecs(video, preferred(options.codec));
  }
}

type Capability = RTCRtpCodecCapability;

function preferCodecs(transceiver: RTCRtpTransceiver, codecs: Capability[]): void {
  if (codecs.length === 0 || typeof transceiver.setCodecPreferences !== "function") return;
  try {
    transceiver.setCodecPreferences(codecs);
  } catch {
    // Some browsers refuse lists taken from the other direction; their own order works as well.
  }
}

function preferred(codec: VideoCodec): Capability[] {
  const codecs = capabilities("sender");
  const rank = (one: Capability): number => {
    const name = one.mimeType.toLowerCase();
    if (name === `video/${codec.toLowerCase()}`) return 0;
    return name === "video/vp8" ? 1 : 2;
  };
  return [...codecs].sort((one, other) => rank(one) - rank(other));
}

/** Without those that no camera here would send: an offer with many seats stays small. */
function usefulReceiveCodecs(): Capability[] {
  return capabilities("receiver").filter((codec) => {
    const name = codec.mimeType.toLowerCase();
    const parameters = codec.sdpFmtpLine ?? "";
    switch (name) {
      case "video/vp8":
      case "video/rtx":
        return true;
      case "video/vp9":
        return !/profile-id=[1-9]/.test(parameters);
      case "video/av1":
        return !/profile=[1-9]/.test(parameters);
      case "video/h264":
        return /packetization-mode=1/.test(parameters) && !/=f4/.test(parameters);
      default:
        return false;
    }
  });
}

function capabilities(side: "sender" | "receiver"): Capability[] {
  const source =
    side === "sender"
      ? typeof RTCRtpSender === "undefined"
        ? null
        : RTCRtpSender
      : typeof RTCRtpReceiver === "undefined"
      ? null
      : RTCRtpReceiver;
  return source?.getCapabilities?.("video")?.codecs ?? [];
}
