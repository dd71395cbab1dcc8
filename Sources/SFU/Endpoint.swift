import RTC
import Wire

/// What an SSRC of a publisher carries.
struct SourceBinding {
  var ssrc: UInt32
  var stream: Int32
  /// Retransmissions of the stream (RFC 4588).
  var isRepair: Bool
}

/// What an SSRC said of itself while it still did.
///
/// Browsers stop sending mid and rid once they know them received. A camera that is switched off and
/// on again goes on under the same SSRCs, as another track, and is recognised by these alone.
struct SourceName {
  var ssrc: UInt32
  var mid: ShortToken?
  var rid: ShortToken?
}

/// Which track an m-line of a publisher carries.
struct Publication {
  /// Index of the m-line in the agreed session.
  var line: Int
  var track: Int32
}

/// One participant's peer connection: its transport, what it publishes, what it is shown.
struct Endpoint: ~Copyable {
  /// SSRCs one peer may use at a time; four streams with layers and repairs need 14.
  static let maximumSources = 64

  let number: EndpointNumber
  /// The slot of its room.
  let room: Int
  /// Names us in RTCP.
  let ssrc: UInt32
  let createdAt: MonotonicTime
  var ice: ICELiteAgent
  var secure: SecureTransport
  var session: AgreedSession
  var bindings: [SourceBinding] = []
  var names: [SourceName] = []
  var publications: [Publication] = []
  var subscriptions: [Int32] = []
  /// Slots of outgoing streams by m-line; -1 for lines that do not send.
  var outgoing: [Int32] = []
  var seats = SeatTable()
  var timers = TimerTable()
  var feedback: TransportFeedbackRecorder
  var allocator = BandwidthAllocator()
  /// To this peer, from reports about what it is sent.
  var roundTrip: Nanoseconds?
  var isInterrupted = false
  var quality = QualityTally()

  init(
    number: EndpointNumber, room: Int, ssrc: UInt32, ice: ICELiteAgent,
    secure: consuming SecureTransport, session: AgreedSession, at now: MonotonicTime
  ) {
    self.number = number
    self.room = room
    self.ssrc = ssrc
    createdAt = now
    self.ice = ice
    self.secure = secure
    self.session = session
    feedback = TransportFeedbackRecorder(senderSSRC: ssrc)
  }

  /// Where media goes; `nil` until ICE and DTLS are through, and when consent has run out.
  var mediaPath: TransportAddress? {
    secure.state == .connected ? ice.selected : nil
  }

  func binding(of ssrc: UInt32) -> SourceBinding? {
    for binding in bindings where binding.ssrc == ssrc { return binding }
    return nil
  }

  /// Keeps the names that a packet of a new SSRC carries, and adds those carried before.
  mutating func name(_ ssrc: UInt32, _ extensions: inout RTPExtensions) {
    let known = names.firstIndex { $0.ssrc == ssrc }
    var name = known.map { names[$0] } ?? SourceName(ssrc: ssrc)
    name.mid = extensions.mid ?? name.mid
    name.rid = extensions.rid ?? extensions.repairedRid ?? name.rid
    guard name.mid != nil || name.rid != nil else { return }
    extensions.mid = name.mid
    extensions.rid = name.rid
    if let known {
      names[known] = name
    } else {
      if names.count >= Self.maximumSources { names.removeFirst() }
      names.append(name)
    }
  }

  /// The slot of the track published on a line, if any.
  func publication(ofLine line: Int) -> Int? {
    for publication in publications where publication.line == line {
      return Int(publication.track)
    }
    return nil
  }
}
