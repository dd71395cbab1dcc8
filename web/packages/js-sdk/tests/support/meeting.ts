import { Meeting } from "../../src/meeting";
import { MeetingParameters, readOptions } from "../../src/meeting-options";
import { FakeDevices, FakePeerConnection } from "./peer-connection";
import { Client, Message, Server } from "./server";
import { FAST } from "./timings";
import { openSocket } from "./web-socket";

/** A meeting at a server that lets it in, with everything it told in order. */
export class Visit {
  readonly log: unknown[][] = [];
  readonly connections: FakePeerConnection[] = [];
  readonly devices = new FakeDevices();
  readonly meeting: Meeting;
  /** What `joined` has beside the usual. */
  joined: object = {};
  /** Stands in for the server's REST interface. */
  fetch: (url: string, init: RequestInit) => Promise<Response> = () => Promise.reject("no network");
  private streamNumber = 0;

  private constructor(readonly server: Server, parameters: Partial<MeetingParameters>) {
    server.answer = (client, message) => this.answer(client, message);
    const options = readOptions(
      { meetingId: "m", name: "Ann", participantId: "ann", ...parameters },
      "token",
    );
    this.meeting = new Meeting(
      options,
      server.url,
      {
        webSocket: openSocket,
        peerConnection: () => {
          const made = new FakePeerConnection();
          this.connections.push(made);
          return made as unknown as RTCPeerConnection;
        },
        mediaDevices: () => this.devices as unknown as MediaDevices,
        userAgent: () => "test",
        fetch: (url, init) => this.fetch(url, init),
        networkType: () => "wifi",
      },
      FAST,
    );
    const { meeting, log } = this;
    meeting.on("meeting-joined", () => log.push(["meeting-joined"]));
    meeting.on("meeting-left", (reason) => log.push(["meeting-left", reason.code]));
    meeting.on("participant-left", (one, reason) => log.push(["left", one.id, reason?.code]));
    meeting.on("speaker-changed", (id) => log.push(["speaker", id]));
    meeting.on("presenter-changed", (id) => log.push(["presenter", id]));
    meeting.on("meeting-state-changed", ({ state }) => log.push(["state", state]));
    meeting.on("error", (error) => log.push(["error", error.code]));
    meeting.on("entry-waiting", ({ participantId }) => log.push(["waiting", participantId]));
    meeting.on("entry-requested", ({ participantId, name }) =>
      log.push(["entry-requested", participantId, name]),
    );
    meeting.on("entry-responded", (id, decision, by) =>
      log.push(["entry-responded", id, decision, by]),
    );
    meeting.on("entry-withdrawn", (id) => log.push(["entry-withdrawn", id]));
    meeting.on("mic-requested", ({ participantId }) => log.push(["mic-requested", participantId]));
    meeting.on("webcam-requested", ({ participantId }) =>
      log.push(["webcam-requested", participantId]),
    );
    meeting.on("media-disabled", ({ kind, disabledBy }) =>
      log.push(["media-disabled", kind, disabledBy]),
    );
    meeting.on("pin-state-changed", ({ participantId, state, pinnedBy }) =>
      log.push(["pin", participantId, state, pinnedBy]),
    );
    meeting.on("participant-mode-changed", ({ participantId, mode }) =>
      log.push(["mode", participantId, mode]),
    );
    meeting.on("participant-joined", (one) => {
      log.push(["joined", one.id]);
      this.watch(one);
    });
    this.watch(meeting.localParticipant);
  }

  static async with(
    parameters: Partial<MeetingParameters>,
    body: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    const server = await Server.start();
    const visit = new Visit(server, parameters);
    try {
      await body(visit);
    } finally {
      await visit.meeting.leave();
      server.stop();
    }
  }

  get connection(): FakePeerConnection {
    return this.connections[this.connections.length - 1]!;
  }

  /** Sends events, numbered from `from`. */
  events(from: number, ...events: Message[]): void {
    events.forEach((event, index) => this.server.last.send({ ...event, seq: from + index }));
  }

  async logged(...entry: unknown[]): Promise<void> {
    const text = JSON.stringify(entry);
    for (let tries = 0; tries < 2_000; tries += 1) {
      if (this.log.some((one) => JSON.stringify(one) === text)) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`never happened: ${text}; but ${JSON.stringify(this.log)}`);
  }

  private watch(one: Meeting["localParticipant"]): void {
    one.on("stream-enabled", (stream) => this.log.push(["on", one.id, stream.kind, stream.id]));
    one.on("stream-disabled", (stream) => this.log.push(["off", one.id, stream.kind, stream.id]));
    one.on("media-status-changed", ({ kind, peerId, newStatus }) =>
      this.log.push(["status", peerId, kind, newStatus]),
    );
  }

  private answer(client: Client, message: Message): void {
    const { id, type } = message;
    switch (type) {
      case "join":
        client.send({
          type: "joined",
          id,
          meetingId: "m",
          sessionId: "s",
          participantId: "ann",
          resumeToken: "secret",
          mode: message.mode,
          answer: message.offer ? "answer" : null,
          streams: ((message.streams as { kind: string }[] | undefined) ?? []).map(({ kind }) => ({
            kind,
            streamId: `own-${kind}`,
          })),
          participants: [],
          activeSpeakerId: null,
          presenterId: null,
          ...this.joined,
        });
        return;
      case "stream-enable":
        this.streamNumber += 1;
        return client.send({ type: "stream", id, streamId: `${message.kind}${this.streamNumber}` });
      case "offer":
        return client.send({ type: "answer", id, sdp: "answer" });
      case "subscribe":
        return client.send({ type: "history", id, topic: message.topic, messages: [] });
      case "publish":
        return client.send({ type: "published", id, messageId: "x", timestamp: 1 });
      case "resume":
        return client.send({ type: "resumed", id: 0, seq: 0 });
      default:
        return client.send({ type: "ok", id });
    }
  }
}
