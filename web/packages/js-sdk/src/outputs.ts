import { HLSStatus, LivestreamStatus, OutputInfo, OutputKind, OutputStatus, RecordingStatus } from "./messages";

/** Where a stream can be seen; `null` while there is none. */
export interface HLSURLs {
  /** The older name of `playbackHlsUrl`. */
  downstreamUrl: string | null;
  /** From its beginning: live with a past, and afterwards. */
  playbackHlsUrl: string | null;
  /** What happens now. */
  livestreamUrl: string | null;
}

/** What a meeting is recorded and broadcast as, as far as it was told. */
export class Outputs {
  /** Those that go on, oldest first. */
  private going: OutputInfo[] = [];

  get recordingState(): RecordingStatus {
    return (this.newest("recording")?.status as RecordingStatus | undefined) ?? "RECORDING_STOPPED";
  }

  get livestreamState(): LivestreamStatus {
    return (this.newest("livestream")?.status as LivestreamStatus | undefined) ?? "LIVESTREAM_STOPPED";
  }

  get hlsState(): HLSStatus {
    return (this.newest("hls")?.status as HLSStatus | undefined) ?? "HLS_STOPPED";
  }

  get hlsUrls(): HLSURLs {
    return urls(this.newest("hls"));
  }

  /** Since when the newest of a kind goes on, in milliseconds since 1970; `null` while it does not. */
  startedAt(kind: OutputKind): number | null {
    return this.newest(kind)?.startedAt ?? null;
  }

  /** Takes what goes on in the room just entered; the differences to before, as if they were told. */
  replaceAll(outputs: readonly OutputInfo[]): OutputInfo[] {
    const before = this.going;
    this.going = outputs.filter(({ status }) => !isOver(status));
    const known = (list: readonly OutputInfo[], id: string): OutputInfo | undefined =>
      list.find(({ outputId }) => outputId === id);
    const ended = before
      .filter(({ outputId }) => !known(this.going, outputId))
      .map(({ outputId, kind }): OutputInfo => ({ outputId, kind, status: stopped(kind) }));
    const changed = this.going.filter((each) => known(before, each.outputId)?.status !== each.status);
    return [...ended, ...changed];
  }

  changed(output: OutputInfo): void {
    const index = this.going.findIndex(({ outputId }) => outputId === output.outputId);
    if (isOver(output.status)) {
      if (index >= 0) this.going.splice(index, 1);
    } else if (index >= 0) {
      this.going[index] = output;
    } else {
      this.going.push(output);
    }
  }

  private newest(kind: OutputKind): OutputInfo | undefined {
    return [...this.going].reverse().find((each) => each.kind === kind);
  }
}

export function urls(output: Partial<HLSURLs> | undefined): HLSURLs {
  const { downstreamUrl, playbackHlsUrl, livestreamUrl } = output ?? {};
  return {
    downstreamUrl: downstreamUrl ?? playbackHlsUrl ?? null,
    playbackHlsUrl: playbackHlsUrl ?? downstreamUrl ?? null,
    livestreamUrl: livestreamUrl ?? null,
  };
}

function isOver(status: OutputStatus): boolean {
  return status.endsWith("_STOPPED");
}

function stopped(kind: OutputKind): OutputStatus {
  switch (kind) {
    case "recording":
      return "RECORDING_STOPPED";
    case "livestream":
      return "LIVESTREAM_STOPPED";
    case "hls":
      return "HLS_STOPPED";
  }
}
