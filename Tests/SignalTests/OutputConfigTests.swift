import Signal
import Testing

@Suite struct OutputConfigTests {
  private func read(_ text: String) throws -> StartOutputRequest {
    try SignalJSON.decode(StartOutputRequest.self, from: text.utf8)
  }

  @Test(arguments: ["{}", #"{"config":null,"webhookUrl":null,"awsDirPath":"","outputs":null}"#])
  func `what is left out has its default`(text: String) throws {
    let request = try read(text)

    #expect(request == StartOutputRequest())
    #expect(request.config.composition.layout == .grid)
    #expect(request.config.composition.priority == .speaker)
    #expect(request.config.composition.quality == .med)
    #expect(request.config.composition.mode == .videoAndAudio)
  }

  @Test func `case and older spellings do not matter, numbers are clamped`() throws {
    let config = try read(
      """
      {"config":{"layout":{"type":"spotlight","priority":"pin","gridSize":"99"},"theme":"dark",
       "mode":"AUDIO","quality":"fhd","orientation":"Portrait","recording":{"enabled":true}}}
      """
    ).config
    let older = try read(#"{"config":{"layout":"SIDEBAR","priority":"PIN","gridSize":-3.4}}"#)

    #expect(
      config.composition
        == CompositionSpecification(
          layout: .spotlight, priority: .pin, gridSize: 25, theme: .dark, mode: .audio,
          quality: .high, orientation: .portrait))
    #expect(config.alsoRecords)
    #expect(older.config.composition.layout == .sidebar)
    #expect(older.config.composition.gridSize == 1)
  }

  @Test(arguments: [
    #"{"config":{"theme":"PINK"}}"#, #"{"config":{"layout":{"type":7}}}"#,
    #"{"config":{"quality":"huge"}}"#, #"{"config":[]}"#, #"{"fileFormat":"avi"}"#,
    #"{"kind":"smell"}"#, #"{"config":{"theme":""}}"#,
    #"{"config":{"layout":{"gridSize":"many"}}}"#,
    #"{"config":{"layout":{"gridSize":""}}}"#, #"{"config":{"background":{"color":"red"}}}"#,
    #"{"config":{"logo":"https://example.com/logo.png"}}"#, #"{"outputs":[{"url":"rtmp://x"}]}"#,
  ])
  func `what is not known is refused in words`(text: String) throws {
    let error = #expect(throws: (any Error).self) { try read(text) }

    #expect(try SignalJSON.explanation(of: #require(error)) != "cannot be read")
  }

  @Test func `all names of the path in the bucket are understood`() throws {
    for name in ["awsDirPath", "bucketDirPath", "dirPath"] {
      #expect(try read(#"{"\#(name)":"a/b"}"#).folder == "a/b")
    }
  }

  @Test func `a request comes back from its own text`() throws {
    let request = StartOutputRequest(
      config: OutputConfig(
        composition: CompositionSpecification(
          layout: .sidebar, gridSize: 4, backgroundColor: "#102030",
          logoURL: "https://example.com/l.png", backgroundURL: "https://example.com/b.png"),
        alsoRecords: true),
      webhookURL: "https://example.com", folder: "a", fileFormat: .webm,
      targets: [.init(url: "rtmp://h/a", streamKey: "k")], participantID: "ann",
      trackKind: .screenAudio,
      participants: [CompositeParticipant(participantID: "bob", kinds: [.audio])],
      watermarks: [.init(text: "hello")])

    let text = SignalJSON.encode(request)

    #expect(try SignalJSON.decode(StartOutputRequest.self, from: text) == request)
  }
}
