import type { Meeting } from "@stoa/js-sdk";
import type { OutputKind } from "./choices";

/** How far one is, without the name of what it is. */
export type Phase = "off" | "starting" | "on" | "stopping";

/** Recording, livestream and HLS of a meeting, with the time each has run. */
export class OutputStates {
  /** Called when one of them changed; `byOthers` tells how it was before. */
  onchange: (kind: OutputKind, phase: Phase, before: Phase) => void = () => {};
  private readonly phases: Record<OutputKind, Phase> = { recording: "off", livestream: "off", hls: "off" };
  private readonly since: Record<OutputKind, number | null> = { recording: null, livestream: null, hls: null };

  constructor(private readonly meeting: Meeting) {
    meeting.on("recording-state-changed", () => this.look("recording"));
    meeting.on("livestream-state-changed", () => this.look("livestream"));
    meeting.on("hls-state-changed", () => this.look("hls"));
    // Of another room nothing is known but what goes on.
    meeting.on("meeting-joined", () => this.lookAtAll());
    this.lookAtAll();
  }

  phase(kind: OutputKind): Phase {
    return this.phases[kind];
  }

  /** Milliseconds since it began; `null` if it is off, or an older server does not say. */
  elapsed(kind: OutputKind, now: number): number | null {
    const since = this.since[kind];
    return since === null ? null : now - since;
  }

  /** Whether a player finds something. */
  get isPlayable(): boolean {
    return this.meeting.hlsState === "HLS_PLAYABLE";
  }

  private lookAtAll(): void {
    for (const kind of ["recording", "livestream", "hls"] as const) this.look(kind);
  }

  private look(kind: OutputKind): void {
    const before = this.phases[kind];
    const phase = phaseOf(this.status(kind));
    this.phases[kind] = phase;
    this.since[kind] = sinceWhen(phase, before, this.since[kind], this.startedAt(kind), Date.now());
    this.onchange(kind, phase, before);
  }

  private startedAt(kind: OutputKind): number | null {
    const { recordingStartedAt, livestreamStartedAt, hlsStartedAt } = this.meeting;
    return kind === "recording" ? recordingStartedAt : kind === "livestream" ? livestreamStartedAt : hlsStartedAt;
  }

  private status(kind: OutputKind): string {
    const { recordingState, livestreamState, hlsState } = this.meeting;
    return kind === "recording" ? recordingState : kind === "livestream" ? livestreamState : hlsState;
  }
}

/**
 * When one began by this machine's clock, which need not be the server's: who saw it begin knows by itself, who came
 * later takes the server's word, if that is not in the future.
 */
export function sinceWhen(
  phase: Phase,
  before: Phase,
  known: number | null,
  told: number | null,
  now: number,
): number | null {
  if (phase === "off" || phase === "starting") return null;
  if (phase === "on" && before === "starting") return now;
  return known ?? (told === null ? null : Math.min(told, now));
}

export function phaseOf(status: string): Phase {
  if (status.endsWith("_STARTING")) return "starting";
  if (status.endsWith("_STARTED") || status.endsWith("_PLAYABLE")) return "on";
  return status.endsWith("_STOPPING") ? "stopping" : "off";
}
