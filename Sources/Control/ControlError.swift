package import Signal

/// Everything a control-plane call can refuse to do.
///
/// Clients switch on `code`: messages may change, codes may not.
package enum ControlError: Error, Equatable, Sendable {
  /// The token is absent or not valid; the code says how.
  case unauthorized(ErrorCode, String)
  case forbidden(String)
  case invalidParameter(String)
  case roomNotFound
  case sessionNotFound
  case participantNotFound
  case deliveryNotFound
  case fileNotFound
  case roomDisabled
  /// A customRoomId that belongs to a room that was disabled.
  case conflict(String)
  case keyNotFound
  case tenantNotFound
  /// Something was asked for too often, or too much of it.
  case quotaExceeded(String, retryAfterSeconds: Int)
  case outputNotFound
  /// A recording, livestream or HLS may not begin, or none is there to be stopped.
  case outputRefused(OutputRefusal)
  /// The store cannot write or read now.
  case storeUnavailable
  /// The server is being stopped and begins nothing new.
  case draining

  package var code: String {
    switch self {
    case .unauthorized(let code, _): code.name
    case .forbidden: "NOT_PERMITTED"
    case .invalidParameter: "INVALID_PARAMETER"
    case .roomNotFound: "ROOM_NOT_FOUND"
    case .sessionNotFound: "SESSION_NOT_FOUND"
    case .participantNotFound: "PARTICIPANT_NOT_FOUND"
    case .deliveryNotFound: "DELIVERY_NOT_FOUND"
    case .fileNotFound: "FILE_NOT_FOUND"
    case .roomDisabled: "ROOM_DISABLED"
    case .conflict: "CONFLICT"
    case .keyNotFound: "KEY_NOT_FOUND"
    case .tenantNotFound: "TENANT_NOT_FOUND"
    case .quotaExceeded: "QUOTA_EXCEEDED"
    case .outputNotFound: "OUTPUT_NOT_FOUND"
    case .outputRefused(let refusal): refusal.code.name
    case .storeUnavailable: "STORE_UNAVAILABLE"
    case .draining: "SERVER_DRAINING"
    }
  }

  /// The HTTP status of the refusal.
  package var statusCode: Int {
    switch self {
    case .unauthorized: 401
    case .forbidden: 403
    case .invalidParameter: 400
    case .roomNotFound, .sessionNotFound, .participantNotFound, .keyNotFound, .tenantNotFound,
      .deliveryNotFound, .fileNotFound, .outputNotFound:
      404
    case .roomDisabled, .conflict: 409
    case .quotaExceeded: 429
    case .outputRefused(let refusal): refusal.statusCode
    case .storeUnavailable, .draining: 503
    }
  }

  package var message: String {
    switch self {
    case .unauthorized(_, let message), .forbidden(let message), .invalidParameter(let message),
      .conflict(let message), .quotaExceeded(let message, _):
      message
    case .roomNotFound: "There is no such room."
    case .sessionNotFound: "There is no such session."
    case .participantNotFound: "There is no such participant in the session."
    case .keyNotFound: "There is no such key."
    case .tenantNotFound: "There is no such tenant; leave it out for a new one."
    case .deliveryNotFound: "There is no such delivery."
    case .outputNotFound: "There is no such recording or stream."
    case .outputRefused(let refusal): refusal.message
    case .fileNotFound: "There is no such file, or the session it was for is over."
    case .roomDisabled: "The room is disabled."
    case .storeUnavailable: "The server cannot store anything now; try again."
    case .draining: "The server is being stopped and begins nothing new; try another."
    }
  }

  /// When it is worth trying again; `nil` if time alone changes nothing.
  package var retryAfterSeconds: Int? {
    switch self {
    case .quotaExceeded(_, let seconds): seconds
    case .outputRefused(let refusal): refusal.retryAfterSeconds
    default: nil
    }
  }

  package var body: ErrorBody {
    ErrorBody(statusCode: statusCode, code: code, message: message)
  }
}
