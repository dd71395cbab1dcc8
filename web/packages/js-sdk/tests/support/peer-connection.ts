// Node has no WebRTC. This stands in for a browser's connection: m-lines, mids, senders and
// receivers behave as specified, no media flows. Real ones are used in the end-to-end tests.

class FakeTrack {
  enabled = true;
  readyState = "live";
  onended: (() => void) | null = null;

  constructor(readonly kind: "audio" | "video", readonly label = "") {}

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): object {
    return this.kind === "video" ? { width: 640, height: 360 } : {};
  }
}

class FakeTransceiver {
  mid: string | null = null;
  direction: string;
  readonly sender: {
    track: unknown;
    encodings: object[];
    replaceTrack(track: unknown): Promise<void>;
    getParameters(): { encodings: object[] };
    setParameters(parameters: { encodings: object[] }): Promise<void>;
  };
  readonly receiver: { track: FakeTrack };

  constructor(readonly kind: "audio" | "video", init: RTCRtpTransceiverInit) {
    this.direction = init.direction ?? "sendrecv";
    this.receiver = { track: new FakeTrack(kind) };
    const sender = {
      track: null as unknown,
      encodings: (init.sendEncodings as object[] | undefined) ?? [{ active: true }],
      replaceTrack: async (track: unknown) => {
        sender.track = track;
      },
      getParameters: () => ({ encodings: sender.encodings.map((one) => ({ ...one })) }),
      setParameters: async ({ encodings }: { encodings: object[] }) => {
        sender.encodings = encodings;
      },
    };
    this.sender = sender;
  }
}

export class FakePeerConnection {
  connectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  readonly transceivers: FakeTransceiver[] = [];
  answers: string[] = [];
  isClosed = false;

  addTransceiver(kind: "audio" | "video", init: RTCRtpTransceiverInit = {}): FakeTransceiver {
    const made = new FakeTransceiver(kind, init);
    this.transceivers.push(made);
    return made;
  }

  async createOffer(): Promise<{ type: "offer"; sdp: string }> {
    const lines = this.transceivers.map((one, index) => `m=${one.kind} ${index} ${one.direction}`);
    return { type: "offer", sdp: lines.join("\r\n") };
  }

  async setLocalDescription(): Promise<void> {
    this.transceivers.forEach((one, index) => (one.mid = String(index)));
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    if (this.isClosed) throw new Error("closed");
    this.answers.push(sdp);
    this.become("connected");
  }

  /** Changes the state as the network would. */
  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.isClosed = true;
  }
}

export class FakeStream {
  constructor(private readonly tracks: FakeTrack[]) {}

  getTracks(): FakeTrack[] {
    return this.tracks;
  }

  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === "audio");
  }

  getVideoTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === "video");
  }
}

/** Devices that always work, until `refusal` is set. */
export class FakeDevices {
  refusal: object | null = null;
  opened: FakeTrack[] = [];

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    return this.open(constraints.audio ? ["audio"] : ["video"]);
  }

  async getDisplayMedia(): Promise<FakeStream> {
    return this.open(["video", "audio"]);
  }

  private open(kinds: ("audio" | "video")[]): FakeStream {
    if (this.refusal) throw this.refusal;
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    this.opened.push(...tracks);
    return new FakeStream(tracks);
  }
}
