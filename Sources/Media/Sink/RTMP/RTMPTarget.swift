/// A server to broadcast to, as its owner names it.
package struct RTMPTarget: Sendable, Equatable {
  /// `rtmp://host[:port]/application` or `rtmps://…`.
  package var url: String
  /// Secret; empty if the URL's last component is the key.
  package var streamKey: String
  /// The IP address to connect to, resolved and checked beforehand; nil lets the system resolve the host.
  package var address: String?

  package init(url: String, streamKey: String, address: String? = nil) {
    self.url = url
    self.streamKey = streamKey
    self.address = address
  }
}

/// What is in an RTMP URL.
package struct RTMPLocation: Sendable, Equatable {
  package var isEncrypted: Bool
  /// Name or address, without brackets.
  package var host: String
  package var port: Int
  /// First part of the path, and what belongs to it.
  package var application: String
  /// Secret.
  package var streamKey: String
  /// What the server is told that the client asked for: keeps the host's name.
  package var tcURL: String

  /// Reads a target.
  ///
  /// - Returns: nil if the URL is none of RTMP, has no host or application, or there is no key.
  package init?(_ target: RTMPTarget) {
    let text = Substring(target.url.trimmingSpaces)
    let rest: Substring
    if let found = text.dropping("rtmps://") {
      (isEncrypted, rest) = (true, found)
    } else if let found = text.dropping("rtmp://") {
      (isEncrypted, rest) = (false, found)
    } else {
      return nil
    }
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    let authority = rest[..<slash]
    // User and password in a URL are for other schemes of authentication.
    guard !authority.contains("@") else { return nil }
    let hostText: Substring
    let portText: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      hostText = authority[authority.index(after: authority.startIndex)..<end]
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { return nil }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let first = parts.first else { return nil }
      hostText = first
      portText = parts.count == 2 ? parts[1] : nil
    }
    guard !hostText.isEmpty, hostText.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return nil
    }
    var port = isEncrypted ? 443 : 1935
    if let portText {
      guard let number = Int(portText), (1...65_535).contains(number) else { return nil }
      port = number
    }
    var path = String(rest[rest.index(after: slash)...])
    var key = target.streamKey.trimmingSpaces
    if key.isEmpty {
      guard let last = path.lastIndex(of: "/") else { return nil }
      key = String(path[path.index(after: last)...])
      path = String(path[..<last])
    }
    while path.hasSuffix("/") { path.removeLast() }
    // libav's buffer for the application has 128 bytes.
    guard !path.isEmpty, path.utf8.count < 127, !key.isEmpty, key.utf8.count <= 1024,
      (path + key).utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { return nil }
    host = String(hostText)
    self.port = port
    application = path
    streamKey = key
    tcURL = "\(isEncrypted ? "rtmps" : "rtmp")://\(authority)/\(path)"
  }

  /// Where to connect to: nothing in it but address and port.
  func connectURL(address: String?) -> String {
    let address = address ?? host
    let isIPv6 = address.contains(":")
    return
      "\(isEncrypted ? "rtmps" : "rtmp")://\(isIPv6 ? "[\(address)]" : address):\(port)/"
  }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }

  /// What follows a scheme, in whichever case that is written; nil if it is another.
  fileprivate func dropping(_ scheme: String) -> SubSequence? {
    prefix(scheme.count).lowercased() == scheme ? dropFirst(scheme.count) : nil
  }
}
