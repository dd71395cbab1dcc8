package import Signal

/// Why a socket does not become a participant.
package struct SignallingRefusal: Error, Equatable, Sendable {
  package var code: ErrorCode
  package var message: String

  package init(_ code: ErrorCode, _ message: String? = nil) {
    self.code = code
    self.message = message ?? code.defaultMessage
  }

  init(_ error: ControlError) {
    switch error {
    case .unauthorized(let code, let message): self.init(code, message)
    case .forbidden(let message): self.init(.notPermitted, message)
    case .invalidParameter(let message): self.init(.invalidParameter, message)
    case .roomNotFound, .roomDisabled: self.init(.invalidMeetingID)
    case .sessionNotFound, .participantNotFound, .keyNotFound, .tenantNotFound,
      .deliveryNotFound, .fileNotFound, .outputNotFound:
      self.init(.notFound)
    case .quotaExceeded(let message, _): self.init(.quotaExceeded, message)
    case .outputRefused(let refusal): self.init(refusal.code, refusal.message)
    case .conflict, .storeUnavailable: self.init(.internalError)
    case .draining: self.init(.mediaUnavailable, error.message)
    }
  }
}
