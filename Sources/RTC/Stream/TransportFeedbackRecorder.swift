public import Wire

/// Collects when packets arrived, for transport-wide feedback to their sender
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01).
public struct TransportFeedbackRecorder: Sendable {
  /// Feedback this often lets a browser's estimator follow within a round trip or two, for under 5 % of
  /// a small stream's bytes.
  public static let interval = Nanoseconds.milliseconds(50)
  /// More between two reports is a flood; what is beyond is reported as lost.
  public static let maximumArrivals = 1_000

  private var arrivals: [TransportArrival] = []
  private var next: SequenceNumber?
  private var writer: TransportFeedbackWriter

  /// - Parameter senderSSRC: who reports.
  public init(senderSSRC: UInt32) {
    writer = TransportFeedbackWriter(senderSSRC: senderSSRC, mediaSSRC: 0)
  }

  /// Which stream the feedback names; any of the sender's will do.
  public var mediaSSRC: UInt32 {
    get { writer.mediaSSRC }
    set { writer.mediaSSRC = newValue }
  }

  public var isEmpty: Bool { arrivals.isEmpty }

  /// Notes a packet; true if it is the first since the last report.
  public mutating func packetReceived(_ sequence: UInt16, at now: MonotonicTime) -> Bool {
    guard arrivals.count < Self.maximumArrivals else { return false }
    let arrival = TransportArrival(sequence: SequenceNumber(sequence), time: now)
    var position = arrivals.count
    while position > 0, arrivals[position - 1].sequence.distance(from: arrival.sequence) > 0 {
      position -= 1
    }
    arrivals.insert(arrival, at: position)
    return arrivals.count == 1
  }

  /// Appends one feedback packet; true if there is more to report than fitted.
  public mutating func write(to output: inout ByteWriter) -> Bool {
    guard let first = arrivals.first?.sequence else { return false }
    // Those missing between two reports are named by the second; what comes late goes back.
    var base = first
    if let next, next.distance(from: first) < 0, first.distance(from: next) < 0x1000 { base = next }
    var numbered = writer  // a copy: the arrivals are borrowed from self meanwhile
    let done = numbered.write(arrivals.span, from: base, to: &output)
    writer = numbered
    guard done > 0 else {
      arrivals.removeAll(keepingCapacity: true)
      return false
    }
    next = arrivals[done - 1].sequence.advanced(by: 1)
    arrivals.removeFirst(done)
    return !arrivals.isEmpty
  }
}
