import RTC
import Wire

/// STUN and DTLS: how a peer gets, and keeps, a path to its endpoint.
extension Shard {
  mutating func receiveSTUN(
    _ datagram: RawSpan, from address: TransportAddress, at now: MonotonicTime,
    into outbox: inout Outbox
  ) throws(Refused) {
    let message: STUNMessageView
    do { message = try STUNMessageView(parsing: datagram) } catch { throw Refused(.malformedSTUN) }
    guard message.isRequest else { throw Refused(.notBindingRequest) }
    guard let user = message.usernameFragments, let slot = users[user.local] else {
      throw Refused(.unknownUser)
    }
    let endpoint = Int(slot)
    // A check overheard and sent again must not take over the address of a peer that is there.
    if let owner = paths[address], owner != slot, isPresent(Int(owner), at: now) {
      throw Refused(.pathTaken)
    }
    let change: ICELiteAgent.Change
    do {
      change = try endpoints[endpoint].ice.handle(message, from: address, at: now, into: &outbox)
    } catch {
      switch error {
      case .malformed: throw Refused(.malformedSTUN)
      case .notBindingRequest: throw Refused(.notBindingRequest)
      case .unknownUser: throw Refused(.unknownUser)
      case .badIntegrity: throw Refused(.badIntegrity)
      }
    }
    if let forgotten = change.forgottenPath { paths[forgotten] = nil }
    if let path = change.newPath {
      paths[path] = Int32(endpoint)
    }
    if change.selectionChanged {
      endpoints[endpoint].secure.start(at: now, path: address, into: &outbox)
    }
    schedule(.consent, of: endpoint, by: now + ICELiteAgent.interruptionTimeout)
    if endpoints[endpoint].isInterrupted {
      endpoints[endpoint].isInterrupted = false
      events.append(.connected(endpoints[endpoint].number))
    }
  }

  private func isPresent(_ endpoint: Int, at now: MonotonicTime) -> Bool {
    endpoints[endpoint].ice.lastCheck.map { now - $0 < ICELiteAgent.interruptionTimeout } ?? false
  }

  mutating func receiveDTLS(
    _ datagram: RawSpan, from address: TransportAddress, at now: MonotonicTime,
    into outbox: inout Outbox
  ) throws(Refused) {
    guard let slot = paths[address] else { throw Refused(.unknownSource) }
    let endpoint = Int(slot)
    let changed = endpoints[endpoint].secure.handleDTLS(
      datagram, at: now, path: address, into: &outbox)
    if let deadline = endpoints[endpoint].secure.deadline {
      endpoints[endpoint].timers[.dtls] = deadline
      wake(by: deadline)
    }
    if changed { secureTransportChanged(endpoint, at: now, into: &outbox) }
  }

  /// Acts on a new state of an endpoint's DTLS.
  mutating func secureTransportChanged(
    _ endpoint: Int, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    switch endpoints[endpoint].secure.state {
    case .new, .handshaking: break
    case .connected:
      events.append(.connected(endpoints[endpoint].number))
      beginQuality(of: endpoint, at: now)
      schedule(.receiverReport, of: endpoint, by: now + Self.reportInterval)
      // What this endpoint waits to see can be decoded from here on.
      for subscription in endpoints[endpoint].subscriptions {
        retarget(Int(subscription), at: now)
      }
    case .closed: close(endpoint, reason: "closed by the peer", at: now, into: &outbox)
    case .failed(let reason): close(endpoint, reason: reason, at: now, into: &outbox)
    }
  }

  /// Removes an endpoint whose transport is gone and says so.
  mutating func close(
    _ endpoint: Int, reason: String, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    events.append(.closed(endpoints[endpoint].number, reason: reason))
    removeEndpoint(endpoint, at: now, into: &outbox)
  }
}
