import type { Participant } from "@stoa/js-sdk";
import { element, play, show } from "./dom";

const SOUNDS = ["audio", "shareAudio"] as const;

/** Plays what the others say and what comes with shared screens. */
export class Sounds {
  readonly view = element("div", { hidden: true });
  private readonly players = new Map<string, HTMLAudioElement>();

  /** `blocked` is called when the browser wants a click before it plays sound. */
  constructor(private readonly blocked: () => void) {}

  refresh(participant: Participant): void {
    if (participant.local) return;
    for (const kind of SOUNDS) {
      const key = `${kind} ${participant.id}`;
      const track = participant.streamOf(kind)?.track ?? null;
      let player = this.players.get(key);
      if (!track) {
        if (player) this.drop(key, player);
        continue;
      }
      if (!player) {
        player = element("audio", { autoplay: true });
        this.players.set(key, player);
        this.view.append(player);
      }
      show(player, track);
      play(player, this.blocked);
    }
  }

  remove(participant: Participant): void {
    for (const kind of SOUNDS) {
      const key = `${kind} ${participant.id}`;
      const player = this.players.get(key);
      if (player) this.drop(key, player);
    }
  }

  /** After a click: everything that was refused. */
  resume(): void {
    for (const player of this.players.values()) play(player);
  }

  close(): void {
    for (const [key, player] of [...this.players]) this.drop(key, player);
  }

  private drop(key: string, player: HTMLAudioElement): void {
    show(player, null);
    player.remove();
    this.players.delete(key);
  }
}
