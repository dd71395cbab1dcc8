/// Where requests may go that the server makes because a stranger wrote a URL: to the internet,
/// never into the network around the server.
///
/// Two steps, both needed: `url(_:)` judges the text; `refusal(of:)` judges each address that its
/// host resolves to, and the caller connects to exactly the address that was judged.
package struct OutboundTargetPolicy: Sendable, Equatable {
  /// Why a target is refused.
  package struct Refusal: Error, Equatable, Sendable {
    /// For whoever wrote the URL.
    package var problem: String

    package init(problem: String) { self.problem = problem }
  }

  /// In development: this machine's loopback is a target, and plain protocols are good enough.
  package var allowsLoopback: Bool
  /// Which schemes may be used; plain ones only with `allowsLoopback`.
  package var schemes: Set<String>

  /// - Parameters:
  ///   - allowsLoopback: for development on one machine.
  ///   - schemes: all that may be used.
  package init(allowsLoopback: Bool = false, schemes: Set<String> = ["https", "http"]) {
    self.allowsLoopback = allowsLoopback
    self.schemes = schemes
  }

  private static let plain: Set = ["http"]

  /// Reads a URL and judges what can be judged without asking for addresses.
  ///
  /// - Throws: `Refusal` for what is malformed, plain, on a port of other services, or an address
  ///   that is not one of the internet.
  package func url(
    _ text: String, maximumLength: Int = OutboundURL.maximumLength
  ) throws(Refusal) -> OutboundURL {
    let url: OutboundURL
    do {
      url = try OutboundURL(text, maximumLength: maximumLength)
    } catch {
      throw Refusal(problem: error.problem)
    }
    guard schemes.contains(url.scheme) else {
      throw Refusal(problem: "has a scheme that is not used here")
    }
    guard allowsLoopback || !Self.plain.contains(url.scheme) else {
      throw Refusal(problem: "must start with https://")
    }
    guard Self.permits(port: url.port) else {
      throw Refusal(problem: "names port \(url.port), where other services are")
    }
    if let address = url.address, let refusal = refusal(of: address) { throw refusal }
    let isLocal = url.host == "localhost" || url.host.hasSuffix(".localhost")
    guard allowsLoopback || !isLocal else {
      throw Refusal(problem: "names this machine")
    }
    return url
  }

  /// Why no connection may be made to this address; `nil` if one may.
  package func refusal(of address: NetworkNumber) -> Refusal? {
    switch address.specialty {
    case nil: nil
    case .loopback where allowsLoopback: nil
    case .loopback: Refusal(problem: "leads to this machine (\(address))")
    case .privateUse: Refusal(problem: "leads into a private network (\(address))")
    case .multicast, .reserved: Refusal(problem: "leads to a special address (\(address))")
    }
  }

  /// Ports that are left to their services: all below 1024 but the web's, and above it those whose
  /// services believe what they are sent (Fetch §2.9 has most of them).
  private static let services: Set = [
    1_719, 1_720, 1_723, 2_049, 2_375, 2_376, 2_379, 2_380, 3_306, 3_389, 3_659, 4_045, 4_190,
    5_060, 5_061, 5_432, 5_672, 5_900, 5_984, 6_000, 6_379, 6_443, 6_566, 6_665, 6_666, 6_667,
    6_668, 6_669, 6_679, 6_697, 9_042, 9_092, 9_200, 9_300, 10_080, 10_250, 11_211, 27_017,
  ]

  static func permits(port: Int) -> Bool {
    port == 80 || port == 443 || (port >= 1_024 && !services.contains(port))
  }
}
