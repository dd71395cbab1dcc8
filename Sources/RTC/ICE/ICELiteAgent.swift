public import Wire

/// The server's side of ICE: it answers checks and never sends any (RFC 8445 §2.5, ICE-lite).
///
/// A path exists once a check with the right password came over it; the latest nominated one is
/// selected, so a peer that moves to a new address (NAT rebinding, another network) is followed on its
/// next check. Checks also count as consent (RFC 7675): without one for `consentTimeout` nothing may
/// be sent any more.
public struct ICELiteAgent: Sendable {
  /// RFC 7675 §5.1.
  public static let consentTimeout = Nanoseconds.seconds(30)
  /// Browsers check every 2.5 s (Chrome) or 5 s (Firefox): two missed are a sign.
  public static let interruptionTimeout = Nanoseconds.seconds(11)
  /// A peer has a handful of interfaces; more paths are an attack or stale.
  public static let maximumPaths = 8
  /// Without a check for this long the selected path yields to any other that is checked.
  private static let stalePath = Nanoseconds.seconds(3)

  public enum Refusal: Error, Sendable {
    case malformed, notBindingRequest, unknownUser, badIntegrity
  }

  /// What a check changed.
  public struct Change: Sendable, Equatable {
    /// The check came over a path that was not known before.
    public var newPath: TransportAddress?
    /// The oldest path made room for it.
    public var forgottenPath: TransportAddress?
    public var selectionChanged = false
  }

  private struct Path {
    var address: TransportAddress
    var lastCheck: MonotonicTime
  }

  public private(set) var local: ICECredentials
  /// Still honoured while a restart (RFC 8445 §9) has not brought a check with the new ones.
  public private(set) var previous: ICECredentials?
  private var paths: [Path] = []
  public private(set) var selected: TransportAddress?
  /// The last valid check; `nil` before the first.
  public private(set) var lastCheck: MonotonicTime?

  public init(local: ICECredentials) {
    self.local = local
  }

  public var addresses: [TransportAddress] { paths.map(\.address) }

  /// Takes new credentials for an ICE restart; media goes on over the old path.
  public mutating func restart(with credentials: ICECredentials) {
    previous = local
    local = credentials
  }

  /// Answers one STUN message from the network, if it deserves an answer.
  public mutating func handle(
    _ message: borrowing STUNMessageView, from address: TransportAddress,
    at now: MonotonicTime, into outbox: inout Outbox
  ) throws(Refusal) -> Change {
    guard message.isRequest, message.method == .binding else { throw .notBindingRequest }
    guard let user = message.usernameFragments else { throw .unknownUser }
    let credentials: ICECredentials
    if user.local == local.fragment {
      credentials = local
    } else if let previous, user.local == previous.fragment {
      credentials = previous
    } else {
      throw .unknownUser
    }
    guard credentials.signed(message) else { throw .badIntegrity }
    guard message.hasValidFingerprint != false else { throw .malformed }

    let isRestarted = user.local == local.fragment && previous != nil
    if isRestarted { previous = nil }
    respond(to: message, from: address, signedBy: credentials, into: &outbox)
    return noteCheck(
      from: address, nominated: message.useCandidate, isRestarted: isRestarted, at: now)
  }

  private func respond(
    to message: borrowing STUNMessageView, from address: TransportAddress,
    signedBy credentials: ICECredentials, into outbox: inout Outbox
  ) {
    var response: STUNMessageWriter
    if message.unknownRequiredAttribute != nil {
      response = STUNMessageWriter(.error, transactionID: message.transactionID)
      response.appendErrorCode(420, reason: "Unknown Attribute")
    } else if message.iceControlled != nil {
      // A lite agent is always the controlled one (RFC 8445 §7.3.1.1).
      response = STUNMessageWriter(.error, transactionID: message.transactionID)
      response.appendErrorCode(487, reason: "Role Conflict")
    } else {
      response = STUNMessageWriter(.success, transactionID: message.transactionID)
      response.appendXORMappedAddress(address)
    }
    credentials.sign(&response)
    unsafe outbox.append(response.bytes.span.bytes, to: address)
  }

  private mutating func noteCheck(
    from address: TransportAddress, nominated: Bool, isRestarted: Bool, at now: MonotonicTime
  ) -> Change {
    var change = Change()
    lastCheck = now
    if let known = paths.firstIndex(where: { $0.address == address }) {
      paths[known].lastCheck = now
    } else {
      if paths.count == Self.maximumPaths,
        let oldest = paths.indices.filter({ paths[$0].address != selected })
          .min(by: { paths[$0].lastCheck < paths[$1].lastCheck })
      {
        change.forgottenPath = paths.remove(at: oldest).address
      }
      paths.append(Path(address: address, lastCheck: now))
      change.newPath = address
    }
    let selectedCheck = paths.first { $0.address == selected }?.lastCheck
    let isStale = selectedCheck.map { now - $0 > Self.stalePath } ?? true
    if address != selected, nominated || isStale || isRestarted {
      selected = address
      change.selectionChanged = true
    }
    return change
  }
}
