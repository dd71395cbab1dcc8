import Foundation
import Testing

/// The layers of docs/ARCHITECTURE.md, read from the imports.
@Suite struct LayeringTests {
  /// What each target may import of ours, and of others.
  static let allowed: [String: Set<String>] = [
    "Wire": [],
    // Glibc only for `timeval`, in which BoringSSL asks for the time.
    "RTC": ["Wire", "CNIOBoringSSL", "Glibc"],
    "SFU": ["Wire", "RTC"],
    // FoundationEssentials for the JSON between our processes.
    "UDP": ["Wire", "CLinux", "FoundationEssentials", "Glibc", "Synchronization"],
    "Signal": ["FoundationEssentials"],
    "Control": [
      "Signal", "SFU", "Wire", "GRDB", "JWTKit", "Crypto", "CryptoExtras", "Logging",
      "FoundationEssentials", "Foundation", "Synchronization",
    ],
    "Server": [
      "Control", "Signal", "SFU", "RTC", "UDP", "Wire", "CLinux", "Hummingbird", "HummingbirdCore",
      "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOHTTPTypes",
      "NIOHTTPTypesHTTP1", "HTTPTypes", "NIOSSL", "Logging", "ServiceLifecycle",
      "UnixSignals", "Crypto", "FoundationEssentials", "Foundation", "Glibc", "Synchronization",
    ],
    "StoaClient": [
      "RTC", "Signal", "UDP", "Wire", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL",
      "FoundationEssentials", "Foundation", "Glibc", "Synchronization", "Logging",
    ],
    "Media": [
      "Wire", "CFFmpeg", "COpus", "CPangoCairo", "FoundationEssentials", "Foundation", "Glibc",
      "Synchronization",
    ],
    "Composer": [
      "StoaClient", "Media", "Signal", "UDP", "Wire", "RTC", "CLinux", "NIOCore",
      "FoundationEssentials", "Foundation", "Glibc", "Synchronization",
    ],
    "TestSupport": ["Wire"],
  ]

  static let sources = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  static func imports(of target: String) throws -> [(file: String, module: String)] {
    let folder = sources.appending(path: target)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var result: [(String, String)] = []
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        let access: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
        guard let position = words.firstIndex(of: "import"), position <= 1,
          position == 0 || access.contains(words[0]), words.count > position + 1
        else { continue }
        let name = words.dropFirst(position + 1).first { $0 != "struct" && $0 != "enum" } ?? ""
        let module = name.prefix { $0 != "." }
        result.append((file.lastPathComponent, String(module)))
      }
    }
    return result
  }

  @Test(arguments: allowed.keys.sorted())
  func `a layer imports only what lies below it`(target: String) throws {
    let imports = try Self.imports(of: target)
    for (file, module) in imports {
      #expect(
        Self.allowed[target]?.contains(module) == true,
        "\(target)/\(file) imports \(module), which does not lie below \(target)")
    }
  }

  @Test func `the reader finds the imports of every form`() throws {
    let modules = try Set(Self.imports(of: "Server").map(\.module))

    #expect(modules.isSuperset(of: ["Control", "Hummingbird", "NIOCore"]))
  }

  @Test func `every folder of Sources has its place in the layers`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)

    let known = Set(Self.allowed.keys).union([
      "stoa", "CLinux", "CFFmpeg", "COpus", "CPangoCairo",
    ])
    #expect(Set(folders).subtracting(known).isEmpty)
  }

  @Test func `the steps of the packet walk in ARCHITECTURE are names in the code`() throws {
    let document = Self.sources.deletingLastPathComponent().appending(path: "docs/ARCHITECTURE.md")
    let text = try String(contentsOf: document, encoding: .utf8)
    guard
      let walk = text.components(separatedBy: "## The packet walk").last?
        .components(separatedBy: "\n## ").first
    else { return }
    let paths = walk.matches(of: /`Sources\/([A-Za-z\/+]+\.swift)`/).map { String($0.output.1) }
    #expect(paths.count >= 8, "the walk names too few files to follow a packet by")

    for path in paths {
      #expect(
        FileManager.default.fileExists(atPath: Self.sources.appending(path: path).path),
        "ARCHITECTURE names Sources/\(path), which is gone")
    }
  }
}
