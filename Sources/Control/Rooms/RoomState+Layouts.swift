import Signal

extension RoomState {
  /// A message on a topic of layouts is for the composer as well, if its sender may start outputs.
  ///
  /// Its text is the `layout` of a `config`, as `{"type":"SPOTLIGHT","priority":"PIN","gridSize":4}`; what is
  /// left out has its default. Another text is a message as any other.
  mutating func obeyLayout(_ request: PublishRequest, of key: ParticipantKey, _ now: Moment) {
    guard let (type, start) = Self.layoutTopics[request.topic],
      let access = participants[key]?.access, (try? access.require(start)) != nil,
      let wanted = Self.layout(request.message)
    else { return }
    for index in outputs.indices {
      let record = outputs[index].record
      guard record.type == type, record.sessionID == session?.id, record.state != .stopping,
        var composition = record.specification.composition
      else { continue }
      composition.layout = wanted.layout
      composition.priority = wanted.priority
      composition.gridSize = wanted.gridSize
      guard composition != record.specification.composition else { continue }
      outputs[index].record.specification.composition = composition
      effects.append(
        .compose(
          ComposerOrder(
            record.session, .relayout(outputID: record.id, composition: composition))))
      note(
        "output-layout-changed",
        [
          "outputId": .string(record.id), "type": .string(composition.layout.rawValue),
          "priority": .string(composition.priority.rawValue),
          "gridSize": .integer(Int64(composition.gridSize)),
        ], now)
    }
  }

  /// Which outputs' layout is told in a topic, and what its sender must be allowed to do.
  private static let layoutTopics: [String: (OutputType, Operation)] = [
    "RECORDING_LAYOUT": (.recording, .startRecording),
    "LIVE_STREAM_LAYOUT": (.livestream, .startLivestream),
    "HLS_LAYOUT": (.hls, .startHLS),
  ]

  private static func layout(_ message: JSONValue) -> CompositionSpecification? {
    guard let text = message.string,
      let layout = try? SignalJSON.decode(JSONValue.self, from: text.utf8),
      let config = try? SignalJSON.decode(
        OutputConfig.self, from: SignalJSON.encode(JSONValue.object(["layout": layout])))
    else { return nil }
    return config.composition
  }
}
