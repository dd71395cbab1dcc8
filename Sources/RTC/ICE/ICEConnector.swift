public import Wire

/// The client's side of ICE towards an ICE-lite server: it checks the server's candidates, takes the
/// first that answers, and keeps its consent (RFC 8445 §7.2, RFC 7675).
public struct ICEConnector: Sendable {
  /// Between first checks of different candidates (RFC 8445 §14.2).
  private static let pacing = Nanoseconds.milliseconds(20)
  private static let retransmission = Nanoseconds.milliseconds(100)
  /// RFC 7675 §5.1 asks for about 5 s; more often tells NAT rebinding sooner.
  private static let keepalive = Nanoseconds.milliseconds(2_500)
  public static let consentTimeout = ICELiteAgent.consentTimeout

  private struct Check {
    var id: STUNTransactionID
    var address: TransportAddress
  }

  public let local: ICECredentials
  private let remote: ICECredentials
  private let tieBreaker: UInt64
  private var candidates: [TransportAddress]
  private var nextCandidate = 0
  private var pending: [Check] = []
  private var transactionSeed: UInt64
  public private(set) var selected: TransportAddress?
  public private(set) var lastAnswer: MonotonicTime?
  public private(set) var deadline: MonotonicTime

  /// - Parameters:
  ///   - candidates: the server's, best first.
  ///   - random: seeds transaction ids, which an off-path attacker must not guess.
  public init(
    local: ICECredentials, remote: ICECredentials, candidates: [TransportAddress],
    at now: MonotonicTime, using random: inout some RandomNumberGenerator
  ) {
    self.local = local
    self.remote = remote
    self.candidates = candidates
    tieBreaker = random.next()
    transactionSeed = random.next()
    deadline = now
  }

  /// Sends the checks that are due.
  public mutating func handleTimeout(at now: MonotonicTime, into outbox: inout Outbox) {
    guard deadline <= now, !candidates.isEmpty else { return }
    if let selected {
      check(selected, into: &outbox)
      deadline = now + Self.keepalive
    } else {
      check(candidates[nextCandidate % candidates.count], into: &outbox)
      nextCandidate += 1
      deadline = now + (nextCandidate < candidates.count ? Self.pacing : Self.retransmission)
    }
  }

  /// Takes a response; true if it selected a path.
  public mutating func handle(_ message: borrowing STUNMessageView, at now: MonotonicTime) -> Bool {
    let id = message.transactionID
    guard message.isSuccess, let answered = pending.firstIndex(where: { $0.id == id }),
      remote.signed(message)
    else { return false }
    let check = pending.remove(at: answered)
    lastAnswer = now
    guard selected == nil else { return false }
    selected = check.address
    deadline = now + Self.keepalive
    return true
  }

  private mutating func check(_ address: TransportAddress, into outbox: inout Outbox) {
    // Weyl sequence: distinct ids from one random seed, without keeping a generator.
    transactionSeed = transactionSeed &+ 0x9E37_79B9_7F4A_7C15
    let id = STUNTransactionID(
      high: UInt32(truncatingIfNeeded: transactionSeed >> 17), low: transactionSeed)
    var request = STUNMessageWriter(.request, transactionID: id)
    request.appendUsername("\(remote.fragment.string):\(local.fragment.string)")
    request.appendPriority(0x6E00_01FF)  // a peer-reflexive UDP candidate's (RFC 8445 §5.1.2)
    request.appendICEControlling(tieBreaker)
    request.appendUseCandidate()
    remote.sign(&request)
    unsafe outbox.append(request.bytes.span.bytes, to: address)
    if pending.count == 16 { pending.removeFirst() }
    pending.append(Check(id: id, address: address))
  }
}
