import { sdkError, VideoSDKError } from "./errors";
import {
  HLSStatus,
  LivestreamStatus,
  LivestreamTarget,
  OutputConfig,
  OutputInfo,
  RecordingStatus,
  TranscriptionConfig,
} from "./messages";
import { HLSURLs, Outputs, urls } from "./outputs";
import { RoomActions } from "./room-actions";

/** Recording and broadcasting the meeting; to begin and to end needs the permission `allow_mod`. */
export abstract class OutputActions extends RoomActions {
  private readonly outputs = new Outputs();

  /** One of `Constants.recordingEvents`. */
  get recordingState(): RecordingStatus {
    return this.outputs.recordingState;
  }

  /** One of `Constants.livestreamEvents`. */
  get livestreamState(): LivestreamStatus {
    return this.outputs.livestreamState;
  }

  /** One of `Constants.hlsEvents`. */
  get hlsState(): HLSStatus {
    return this.outputs.hlsState;
  }

  /** Since when the meeting is recorded, in milliseconds since 1970; `null` while it is not. */
  get recordingStartedAt(): number | null {
    return this.outputs.startedAt("recording");
  }

  get livestreamStartedAt(): number | null {
    return this.outputs.startedAt("livestream");
  }

  get hlsStartedAt(): number | null {
    return this.outputs.startedAt("hls");
  }

  /** Where the meeting can be seen while it is streamed by HLS. */
  get hlsUrls(): HLSURLs {
    return this.outputs.hlsUrls;
  }

  /** Records the meeting as one file; `null` stands for what is not wanted. */
  startRecording(
    webhookUrl?: string | null,
    awsDirPath?: string | null,
    config?: OutputConfig | null,
    transcription?: TranscriptionConfig | null,
  ): Promise<void> {
    return this.action(() =>
      this.request({ type: "recording-start", ...given({ webhookUrl, awsDirPath, config, transcription }) }),
    );
  }

  stopRecording(): Promise<void> {
    return this.action(() => this.request({ type: "recording-stop" }));
  }

  /** Sends the meeting to one or more RTMP servers at once. */
  startLivestream(outputs: LivestreamTarget[], config?: OutputConfig | null): Promise<void> {
    return this.action(async () => {
      if (!isTargets(outputs)) {
        throw sdkError("INVALID_LIVESTREAM_CONFIG", "A livestream needs outputs with a url and a streamKey.");
      }
      const plain = outputs.map(({ url, streamKey }) => ({ url, streamKey }));
      await this.request({ type: "livestream-start", outputs: plain, ...given({ config }) });
    });
  }

  /** The same under its other name. */
  startLiveStream(outputs: LivestreamTarget[], config?: OutputConfig | null): Promise<void> {
    return this.startLivestream(outputs, config);
  }

  stopLivestream(): Promise<void> {
    return this.action(() => this.request({ type: "livestream-stop" }));
  }

  /** The same under its other name. */
  stopLiveStream(): Promise<void> {
    return this.stopLivestream();
  }

  /** Streams the meeting to any number of viewers; `hlsUrls` says where once it has started. */
  startHls(config?: OutputConfig | null, transcription?: TranscriptionConfig | null): Promise<void> {
    return this.action(() => this.request({ type: "hls-start", ...given({ config, transcription }) }));
  }

  stopHls(): Promise<void> {
    return this.action(() => this.request({ type: "hls-stop" }));
  }

  /** What goes on in the room just entered. Returns what tells the differences to before. */
  protected enteredWith(outputs: readonly OutputInfo[]): () => void {
    const changes = this.outputs.replaceAll(outputs);
    return () => {
      for (const change of changes) this.tellOutput(change);
    };
  }

  protected outputChanged(output: OutputInfo): void {
    this.outputs.changed(output);
    this.tellOutput(output);
  }

  private tellOutput(output: OutputInfo): void {
    const { outputId, status, error } = output;
    switch (status) {
      case "RECORDING_STARTING":
      case "RECORDING_STARTED":
      case "RECORDING_STOPPING":
      case "RECORDING_STOPPED":
        this.emit("recording-state-changed", { status, outputId });
        if (status === "RECORDING_STARTED") this.emit("recording-started");
        if (status === "RECORDING_STOPPED") this.emit("recording-stopped");
        break;
      case "LIVESTREAM_STARTING":
      case "LIVESTREAM_STARTED":
      case "LIVESTREAM_STOPPING":
      case "LIVESTREAM_STOPPED":
        this.emit("livestream-state-changed", { status, outputId });
        if (status === "LIVESTREAM_STARTED") this.emit("livestream-started");
        if (status === "LIVESTREAM_STOPPED") this.emit("livestream-stopped");
        break;
      case "HLS_STARTING":
      case "HLS_STARTED":
      case "HLS_PLAYABLE":
      case "HLS_STOPPING":
      case "HLS_STOPPED":
        this.emit("hls-state-changed", { status, outputId, ...urls(output) });
        if (status === "HLS_STARTED") this.emit("hls-started", urls(output));
        if (status === "HLS_STOPPED") this.emit("hls-stopped");
        break;
    }
    if (error) this.emit("error", new VideoSDKError(error.code, error.name, error.message));
  }
}

function isTargets(outputs: unknown): boolean {
  const isText = (text: unknown): boolean => typeof text === "string" && text !== "";
  return (
    Array.isArray(outputs) &&
    outputs.length > 0 &&
    outputs.every((one: Partial<LivestreamTarget> | null) => isText(one?.url) && isText(one?.streamKey))
  );
}

/** Without what was not given. */
function given<Values extends object>(values: Values): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  const some = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(some) as { [Key in keyof Values]?: NonNullable<Values[Key]> };
}
