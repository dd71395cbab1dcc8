/// Why a broadcast does not reach its server, in words without keys.
package enum RTMPFailure: Error, Equatable, Sendable {
  /// The URL or the key cannot be read.
  case malformedURL
  /// No connection at all; what the system says.
  case unreachable(String)
  /// The server's certificate is not trusted, or is another host's.
  case untrusted
  /// Something answered that does not speak RTMP.
  case notRTMP
  /// The server does not know the application in the URL.
  case unknownApplication
  /// The server does not take this stream: a wrong key, or one in use.
  case refused
  /// It was live; what the system says.
  case lost(String)
  /// It was live, and took no data for that long.
  case stalled(seconds: Int)

  /// The SDK's error code: 4015 if the URL or key is at fault, else 5002.
  package var code: Int {
    switch self {
    case .malformedURL, .untrusted, .notRTMP, .unknownApplication, .refused: 4015
    case .unreachable, .lost, .stalled: 5002
    }
  }

  package var reason: String {
    switch self {
    case .malformedURL:
      "the URL cannot be read: rtmp://host/application or rtmps://host/application, and a stream key"
    case .unreachable(let text): "the server cannot be reached: \(text)"
    case .untrusted: "the server's certificate is not trusted, or is not for this host"
    case .notRTMP: "the server answers, but not as an RTMP server does: is it the right port?"
    case .unknownApplication: "the server refuses the application, which is the path of the URL"
    case .refused: "the server refuses the stream: a wrong stream key, or one already in use"
    case .lost(let text): "the connection was lost: \(text)"
    case .stalled(let seconds): "the server has taken no data for \(seconds) seconds"
    }
  }
}

/// What happened to one output of a broadcast.
package struct RTMPEvent: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case connecting
    case live
    /// Off the air; a next attempt follows.
    case retrying(RTMPFailure)
    /// Given up.
    case failed(RTMPFailure)
    /// Ended as asked.
    case ended
  }

  /// Which of the targets.
  package var index: Int
  package var state: State

  package init(index: Int, state: State) {
    self.index = index
    self.state = state
  }
}
