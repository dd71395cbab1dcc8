import Foundation
import Signal
import Testing

/// What goes between the server and a composer, as text: both may be of different builds.
@Suite struct ComposerMessageTests {
  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static let commands: [(ComposerCommand, String)] = [
    (
      .configure(
        ComposerConfiguration(
          signallingURL: "ws://127.0.0.1:8000/signal", roomID: "abc-defg-hij", sessionID: "5f",
          token: "t", dataFolder: "/data")),
      #"{"configure":{"_0":{"dataFolder":"/data","limits":{"encoderThreads":2,"minimumFreeBytes":268435456,"stopMilliseconds":8000},"roomId":"abc-defg-hij","sessionId":"5f","signallingUrl":"ws://127.0.0.1:8000/signal","token":"t"}}}"#
    ),
    (
      .start(
        OutputSpecification(
          id: "a1", attempt: 2, kind: .recording(format: .mp4, audioOnly: false),
          composition: CompositionSpecification(
            layout: .sidebar, priority: .pin, gridSize: 4, theme: .dark, quality: .high,
            orientation: .portrait, logoPath: "/data/logo.png"), folder: "/data/outputs/5f/a1",
          limits: OutputLimits(maximumSeconds: 60, maximumBytes: 1_000))),
      #"{"start":{"_0":{"attempt":2,"composition":{"gridSize":4,"layout":"SIDEBAR","logoPath":"/data/logo.png","mode":"video-and-audio","orientation":"portrait","priority":"PIN","quality":"high","theme":"DARK"},"folder":"/data/outputs/5f/a1","id":"a1","kind":{"recording":{"audioOnly":false,"format":"mp4"}},"limits":{"maximumBytes":1000,"maximumSeconds":60}}}}"#
    ),
    (
      .start(
        OutputSpecification(
          id: "a2",
          kind: .rtmp(targets: [
            RTMPTarget(url: "rtmp://h/live", streamKey: "k", address: "192.0.2.1")
          ]), folder: "/f")),
      #"{"start":{"_0":{"attempt":0,"folder":"/f","id":"a2","kind":{"rtmp":{"targets":[{"address":"192.0.2.1","streamKey":"k","url":"rtmp://h/live"}]}},"limits":{"maximumBytes":68719476736,"maximumSeconds":86400}}}}"#
    ),
    (
      .start(
        OutputSpecification(
          id: "a3",
          kind: .hls(renditions: [
            HLSRendition(name: "720p", width: 1_280, height: 720, bitsPerSecond: 2_500_000)
          ]), folder: "/f")),
      #"{"start":{"_0":{"attempt":0,"folder":"/f","id":"a3","kind":{"hls":{"renditions":[{"bitsPerSecond":2500000,"height":720,"name":"720p","width":1280}]}},"limits":{"maximumBytes":68719476736,"maximumSeconds":86400}}}}"#
    ),
    (
      .start(
        OutputSpecification(
          id: "a4",
          kind: .trackRecording(participantID: "ann", kind: .screenVideo, format: .webm),
          folder: "/f")),
      #"{"start":{"_0":{"attempt":0,"folder":"/f","id":"a4","kind":{"trackRecording":{"format":"webm","kind":"screen_video","participantID":"ann"}},"limits":{"maximumBytes":68719476736,"maximumSeconds":86400}}}}"#
    ),
    (.stop(outputID: "a1"), #"{"stop":{"outputID":"a1"}}"#),
    (
      .capture(CaptureSpecification(requestID: "r", outputID: "a3", width: 320, path: "/f/1.jpg")),
      #"{"capture":{"_0":{"format":"jpg","outputID":"a3","path":"/f/1.jpg","requestID":"r","width":320}}}"#
    ),
    (.end, #"{"end":{}}"#),
  ]

  @Test(arguments: commands)
  func `a command is this text and comes back`(command: ComposerCommand, golden: String) throws {
    #expect(try text(command) == golden)
    #expect(try JSONDecoder().decode(ComposerCommand.self, from: Data(golden.utf8)) == command)
  }

  static let events: [(ComposerEvent, String)] = [
    (.ready, #"{"ready":{}}"#),
    (.started(outputID: "a1"), #"{"started":{"outputID":"a1"}}"#),
    (.playable(outputID: "a3"), #"{"playable":{"outputID":"a3"}}"#),
    (
      .stopped(
        outputID: "a1",
        files: [
          OutputFile(
            path: "/f/recording.mp4", size: 12, durationMilliseconds: 1_500, width: 1_280,
            height: 720, format: "mp4", kind: .video, startedAt: 1_700_000_000_000)
        ]),
      #"{"stopped":{"files":[{"durationMilliseconds":1500,"format":"mp4","height":720,"kind":"video","path":"/f/recording.mp4","size":12,"startedAt":1700000000000,"width":1280}],"outputID":"a1"}}"#
    ),
    (
      .failed(outputID: "a1", code: 5_001, reason: "the disk is full", files: []),
      #"{"failed":{"code":5001,"files":[],"outputID":"a1","reason":"the disk is full"}}"#
    ),
    (
      .target(outputID: "a2", index: 1, state: .retrying, reason: "refused"),
      #"{"target":{"index":1,"outputID":"a2","reason":"refused","state":"retrying"}}"#
    ),
    (
      .warning(outputID: "a1", kind: .diskFull, detail: "no room"),
      #"{"warning":{"detail":"no room","kind":"diskFull","outputID":"a1"}}"#
    ),
    (
      .pulse(ComposerPulse(cpuSeconds: 1.5, residentBytes: 1_024, outputs: 2)),
      #"{"pulse":{"_0":{"cpuSeconds":1.5,"outputs":2,"residentBytes":1024}}}"#
    ),
    (
      .captured(requestID: "r", width: 320, height: 180, size: 9),
      #"{"captured":{"height":180,"requestID":"r","size":9,"width":320}}"#
    ),
  ]

  @Test(arguments: events)
  func `an event is this text and comes back`(event: ComposerEvent, golden: String) throws {
    #expect(try text(event) == golden)
    #expect(try JSONDecoder().decode(ComposerEvent.self, from: Data(golden.utf8)) == event)
  }

  @Test func `a composition's size follows quality and orientation`() {
    let portrait = CompositionSpecification(quality: .low, orientation: .portrait)

    #expect((portrait.width, portrait.height) == (480, 854))
    #expect(CompositionSpecification(gridSize: 99).gridSize == 25)
    #expect(CompositionSpecification(quality: .high).width == 1_920)
  }
}
