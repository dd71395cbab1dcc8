import assert from "node:assert/strict";
import { test } from "node:test";
import { Constants } from "../src/constants";
import { Visit } from "./support/meeting";

const QUIET = { micEnabled: false, webcamEnabled: false };
const URLS = {
  playbackHlsUrl: "https://a/hls/h1/index.m3u8",
  livestreamUrl: "https://a/hls/h1/live.m3u8",
  downstreamUrl: "https://a/hls/h1/index.m3u8",
};
const NO_URLS = { playbackHlsUrl: null, livestreamUrl: null, downstreamUrl: null };

/** Adds what a meeting tells of its outputs to the log, under the events' own names. */
function listen({ meeting, log }: Visit): void {
  meeting.on("recording-state-changed", ({ status }) => log.push([status]));
  meeting.on("livestream-state-changed", ({ status }) => log.push([status]));
  meeting.on("hls-state-changed", ({ status, playbackHlsUrl }) => log.push([status, playbackHlsUrl]));
  meeting.on("recording-started", () => log.push(["recording-started"]));
  meeting.on("recording-stopped", () => log.push(["recording-stopped"]));
  meeting.on("livestream-started", () => log.push(["livestream-started"]));
  meeting.on("livestream-stopped", () => log.push(["livestream-stopped"]));
  meeting.on("hls-started", ({ downstreamUrl }) => log.push(["hls-started", downstreamUrl]));
  meeting.on("hls-stopped", () => log.push(["hls-stopped"]));
}

test("what is asked for goes out with what was given, and nothing else", async () => {
  await Visit.with(QUIET, async (visit) => {
    const { meeting, server } = visit;
    await meeting.join();
    const config = { layout: { type: "SIDEBAR", priority: "PIN", gridSize: 4 }, quality: "high" } as const;
    const outputs = [{ url: "rtmp://a/live", streamKey: "k", name: "ours" }];
    await meeting.startRecording(null, "calls", config);
    await meeting.stopRecording();
    await meeting.startLivestream(outputs, config);
    await meeting.startLiveStream(outputs);
    await meeting.stopLivestream();
    await meeting.startHls();
    await meeting.startHls(config, { enabled: true });
    await meeting.stopHls();

    const kinds = /^(recording|livestream|hls)-/;
    const sent = server.log.filter(({ type }) => kinds.test(type)).map(({ id, ...rest }) => rest);
    assert.deepEqual(sent, [
      { type: "recording-start", awsDirPath: "calls", config },
      { type: "recording-stop" },
      { type: "livestream-start", outputs: [{ url: "rtmp://a/live", streamKey: "k" }], config },
      { type: "livestream-start", outputs: [{ url: "rtmp://a/live", streamKey: "k" }] },
      { type: "livestream-stop" },
      { type: "hls-start" },
      { type: "hls-start", config, transcription: { enabled: true } },
      { type: "hls-stop" },
    ]);
  });
});

test("a livestream to nowhere is refused without asking the server", async () => {
  await Visit.with(QUIET, async (visit) => {
    await visit.meeting.join();
    const wrong: unknown[] = [undefined, [], [{ url: "rtmp://a" }], [{ url: "", streamKey: "k" }], [null], "rtmp://a"];
    for (const outputs of wrong) {
      await assert.rejects(visit.meeting.startLivestream(outputs as never), {
        code: 4015,
        name: "INVALID_LIVESTREAM_CONFIG",
      });
    }
    assert.equal(visit.log.filter(([name]) => name === "error").length, wrong.length);
    assert(!visit.server.log.some(({ type }) => type === "livestream-start"));
  });
});

test("a refusal rejects the promise and is told as an error", async () => {
  await Visit.with(QUIET, async (visit) => {
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type !== "recording-start") return usual(client, message);
      const refusal = { code: 4018, name: "PREV_RECORDING_PROCESSING", message: "A recording goes on." };
      client.send({ type: "error", id: message.id, ...refusal });
    };
    await visit.meeting.join();
    await assert.rejects(visit.meeting.startRecording(), {
      code: 4018,
      name: "PREV_RECORDING_PROCESSING",
      message: "A recording goes on.",
    });
    await visit.logged("error", 4018);
    assert.equal(visit.meeting.recordingState, "RECORDING_STOPPED");
  });
});

test("nothing can be recorded before the meeting is joined", async () => {
  await Visit.with(QUIET, async ({ meeting }) => {
    await assert.rejects(meeting.startRecording(), { code: 3035 });
    assert.deepEqual(
      [meeting.recordingState, meeting.livestreamState, meeting.hlsState],
      ["RECORDING_STOPPED", "LIVESTREAM_STOPPED", "HLS_STOPPED"],
    );
    assert.deepEqual(meeting.hlsUrls, NO_URLS);
  });
});

test("states are told in order, under their new names and their old ones", async () => {
  await Visit.with(QUIET, async (visit) => {
    const { meeting, log } = visit;
    await meeting.join();
    listen(visit);
    log.length = 0;
    visit.events(
      1,
      { type: "recording-state-changed", outputId: "r1", status: "RECORDING_STARTING" },
      { type: "recording-state-changed", outputId: "r1", status: "RECORDING_STARTED" },
      { type: "livestream-state-changed", outputId: "l1", status: "LIVESTREAM_STARTED" },
      { type: "hls-state-changed", outputId: "h1", status: "HLS_STARTED", ...URLS },
      { type: "hls-state-changed", outputId: "h1", status: "HLS_PLAYABLE", ...URLS },
    );
    await visit.logged("HLS_PLAYABLE", URLS.playbackHlsUrl);
    assert.deepEqual(
      [meeting.recordingState, meeting.livestreamState, meeting.hlsState],
      ["RECORDING_STARTED", "LIVESTREAM_STARTED", Constants.hlsEvents.HLS_PLAYABLE],
    );
    assert.deepEqual(meeting.hlsUrls, URLS);

    visit.events(
      6,
      { type: "hls-state-changed", outputId: "h1", status: "HLS_STOPPED" },
      { type: "livestream-state-changed", outputId: "l1", status: "LIVESTREAM_STOPPED" },
      { type: "recording-state-changed", outputId: "r1", status: "RECORDING_STOPPED" },
    );
    await visit.logged("recording-stopped");
    assert.deepEqual(log, [
      ["RECORDING_STARTING"],
      ["RECORDING_STARTED"],
      ["recording-started"],
      ["LIVESTREAM_STARTED"],
      ["livestream-started"],
      ["HLS_STARTED", URLS.playbackHlsUrl],
      ["hls-started", URLS.downstreamUrl],
      ["HLS_PLAYABLE", URLS.playbackHlsUrl],
      ["HLS_STOPPED", null],
      ["hls-stopped"],
      ["LIVESTREAM_STOPPED"],
      ["livestream-stopped"],
      ["RECORDING_STOPPED"],
      ["recording-stopped"],
    ]);
    assert.deepEqual(meeting.hlsUrls, NO_URLS);
  });
});

test("who comes later knows what goes on as soon as it is in, and is told nothing of before", async () => {
  await Visit.with(QUIET, async (visit) => {
    const { meeting } = visit;
    visit.joined = {
      outputs: [
        { outputId: "r1", kind: "recording", status: "RECORDING_STARTED", startedAt: 1_764_164_123_456 },
        { outputId: "h1", kind: "hls", status: "HLS_PLAYABLE", ...URLS },
      ],
    };
    listen(visit);
    let atOnce: unknown[] = [];
    meeting.on("meeting-joined", () => {
      atOnce = [meeting.recordingState, meeting.hlsState, meeting.hlsUrls.playbackHlsUrl];
    });
    await meeting.join();
    assert.deepEqual(atOnce, ["RECORDING_STARTED", "HLS_PLAYABLE", URLS.playbackHlsUrl]);
    assert.deepEqual(
      [meeting.recordingStartedAt, meeting.hlsStartedAt, meeting.livestreamStartedAt],
      [1_764_164_123_456, null, null],
    );
    assert(!visit.log.some(([name]) => /^[A-Z]+_/.test(String(name))));
  });
});

test("what breaks off is told with its reason", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { outputs: [{ outputId: "r1", kind: "recording", status: "RECORDING_STARTED" }] };
    await visit.meeting.join();
    listen(visit);
    const error = { code: 5001, name: "RECORDING_FAILED", message: "The disk is full." };
    visit.events(1, { type: "recording-state-changed", outputId: "r1", status: "RECORDING_STOPPED", error });
    await visit.logged("error", 5001);
    assert.equal(visit.meeting.recordingState, "RECORDING_STOPPED");
  });
});

test("of several outputs of a kind the newest that goes on is the meeting's state", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { outputs: [{ outputId: "r1", kind: "recording", status: "RECORDING_STARTED" }] };
    await visit.meeting.join();
    listen(visit);
    visit.events(1, { type: "recording-state-changed", outputId: "r2", status: "RECORDING_STARTING" });
    await visit.logged("RECORDING_STARTING");
    assert.equal(visit.meeting.recordingState, "RECORDING_STARTING");
    visit.events(2, { type: "recording-state-changed", outputId: "r2", status: "RECORDING_STOPPED" });
    await visit.logged("RECORDING_STOPPED");
    assert.equal(visit.meeting.recordingState, "RECORDING_STARTED");
  });
});

test("what changed while the session was lost is told when it is joined anew", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = {
      outputs: [
        { outputId: "r1", kind: "recording", status: "RECORDING_STARTED" },
        { outputId: "l1", kind: "livestream", status: "LIVESTREAM_STARTED" },
      ],
    };
    await visit.meeting.join();
    listen(visit);
    visit.joined = {
      outputs: [
        { outputId: "l1", kind: "livestream", status: "LIVESTREAM_STARTED" },
        { outputId: "h1", kind: "hls", status: "HLS_PLAYABLE", ...URLS },
      ],
    };
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type !== "resume") return usual(client, message);
      client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
    };
    visit.log.length = 0;
    visit.server.last.cut();
    await visit.logged("HLS_PLAYABLE", URLS.playbackHlsUrl);

    const told = visit.log.filter(([name]) => /^[A-Z]+_/.test(String(name)));
    assert.deepEqual(told, [["RECORDING_STOPPED"], ["HLS_PLAYABLE", URLS.playbackHlsUrl]]);
    assert.equal(visit.meeting.livestreamState, "LIVESTREAM_STARTED");
  });
});
