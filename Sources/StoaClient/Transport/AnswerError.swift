/// Why a server's answer cannot be used.
package enum AnswerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not SDP; the reason in words.
  case malformed(String)
  /// A part without which there is no transport: "ICE user fragment", "fingerprint", "candidate".
  case missing(String)
  /// Its m-lines are not those of the offer.
  case otherLines

  package var description: String {
    switch self {
    case .malformed(let reason): "the server's answer is malformed: \(reason)"
    case .missing(let what): "the server's answer has no \(what)"
    case .otherLines: "the server's answer is to another offer"
    }
  }
}
