/// Why an offer cannot be answered; the text is for the client's developer.
public enum NegotiationError: Error, Equatable, Sendable, CustomStringConvertible {
  case noMedia
  case notBundled
  case noMultiplexing(mid: String)
  case noCredentials
  case noFingerprint
  case badMid
  case changedLines

  public var description: String {
    switch self {
    case .noMedia: "the offer has no audio or video line"
    case .notBundled: "all audio and video lines must be in one BUNDLE group"
    case .noMultiplexing(let mid): "line \(mid) lacks rtcp-mux"
    case .noCredentials: "the offer lacks ice-ufrag or ice-pwd"
    case .noFingerprint: "the offer lacks a sha-256, sha-384 or sha-512 fingerprint"
    case .badMid: "every line needs a mid of 1 to 16 ASCII characters"
    case .changedLines: "a further offer must keep the lines of the one before, in order"
    }
  }
}
