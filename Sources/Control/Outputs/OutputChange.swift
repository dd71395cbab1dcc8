package import Signal

/// One change of an output, with what the session's log and webhooks say of it.
package struct OutputChange: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    case began(OutputRecord)
    /// The output goes on in another state.
    case entered(OutputState)
    /// The output is over; these are its files.
    case finished(OutputState, errorCode: Int?, error: String?, [OutputFileRecord])
  }

  package var outputID: String
  package var sessionID: SessionID
  package var content: Content
  package var event: Event
  package var time: Timestamp

  /// What the log says.
  package struct Event: Sendable, Equatable {
    package var type: String
    package var data: [String: JSONValue]
    /// Gets it besides the room's webhook.
    package var webhookURL: String?
  }

  /// - Parameter output: as it is after the change.
  package init(
    _ output: OutputRecord, _ content: Content, publicURL: String, links: OutputLinks,
    at time: Timestamp
  ) {
    outputID = output.id
    sessionID = output.sessionID
    self.content = content
    self.time = time
    event = Event(
      type: "\(output.type.rawValue)-\(output.state.rawValue)",
      data: output.eventData(publicURL: publicURL, links: links, at: time),
      webhookURL: output.webhookURL)
  }
}

extension OutputRecord {
  fileprivate func eventData(
    publicURL: String, links: OutputLinks, at now: Timestamp
  ) -> [String: JSONValue] {
    var data: [String: JSONValue] = ["outputId": .string(id)]
    if let participantID { data["participantId"] = .string(participantID) }
    if case .trackRecording(_, let kind, _) = specification.kind {
      data["kind"] = .string(kind.rawValue)
    }
    if type == .hls, state == .started || state == .playable || state == .stopped {
      let playback = JSONValue.string(Self.playbackURL(id, publicURL))
      data["downstreamUrl"] = playback
      data["playbackHlsUrl"] = playback
      data["livestreamUrl"] = .string(Self.livestreamURL(id, publicURL))
    }
    if state.isOver, type != .livestream, type != .hls {
      let urls = files.map {
        JSONValue.string(publicURL + links.path(outputID: id, fileID: $0.id, at: now))
      }
      if let first = files.first, let url = urls.first {
        data["filePath"] = .string(first.name)
        data["fileUrl"] = url
      }
      if files.count > 1 { data["fileUrls"] = .array(urls) }
    }
    if state == .failed {
      data["code"] = errorCode.map { .integer(Int64($0)) } ?? .null
      data["reason"] = .string(error ?? "")
    }
    return data
  }
}
