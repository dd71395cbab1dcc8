// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
/// The layers that handle bytes from the network: every unsafe operation is marked as such.
let pure: [SwiftSetting] = strict + [.strictMemorySafety()]

let boringSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
  name: "stoa",
  products: [
    .executable(name: "stoa", targets: ["stoa"]),
    .library(name: "StoaClient", targets: ["StoaClient"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Pure: no clock, socket, task, lock or log.
    .target(name: "Wire", swiftSettings: pure),
    .target(name: "RTC", dependencies: ["Wire", boringSSL], swiftSettings: pure),
    .target(name: "SFU", dependencies: ["Wire", "RTC"], swiftSettings: pure),

    // Values and actors.
    .target(name: "Signal", swiftSettings: strict),
    .target(
      name: "Control",
      dependencies: [
        "Signal", "SFU", "Wire",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    // Packets to pictures to files: no sockets of ours.
    .systemLibrary(
      name: "CFFmpeg", path: "Sources/CFFmpeg",
      providers: [
        .apt([
          "libavcodec-dev", "libavformat-dev", "libavutil-dev", "libswresample-dev",
          "libswscale-dev",
        ])
      ]),
    .systemLibrary(name: "COpus", path: "Sources/COpus", providers: [.apt(["libopus-dev"])]),
    .systemLibrary(
      name: "CPangoCairo", path: "Sources/CPangoCairo", pkgConfig: "pangocairo",
      providers: [.apt(["libpango1.0-dev"])]),
    .target(
      name: "Media", dependencies: ["Wire", "CFFmpeg", "COpus", "CPangoCairo"],
      swiftSettings: strict),

    // Edges: sockets, processes, files.
    .target(name: "CLinux"),
    .target(name: "UDP", dependencies: ["Wire", "CLinux"], swiftSettings: pure),
    .target(
      name: "Server",
      dependencies: [
        "Control", "Signal", "SFU", "RTC", "UDP", "Wire", "CLinux",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "StoaClient",
      dependencies: [
        "RTC", "Signal", "UDP", "Wire",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "Composer",
      dependencies: ["StoaClient", "Media", "Signal", "UDP", "Wire", "RTC", "CLinux"],
      swiftSettings: strict),
    .executableTarget(
      name: "stoa",
      dependencies: [
        "Server", "Composer", "Control", "Signal", "StoaClient", "SFU", "UDP", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),

    // What forwarding costs, without sockets (Benchmarks/instructions/run).
    .target(name: "CAllocationCounter", path: "Benchmarks/instructions/CAllocationCounter"),
    .executableTarget(
      name: "forwarding-cost",
      dependencies: ["SFU", "RTC", "StoaClient", "Wire", "CAllocationCounter"],
      path: "Benchmarks/instructions/Sources", swiftSettings: strict),

    // Every layout as PNG files, and what composing costs (Benchmarks/frames/run).
    .executableTarget(
      name: "composed-frames", dependencies: ["Media", "Wire", "CPangoCairo"],
      path: "Benchmarks/frames/Sources", swiftSettings: strict),

    // Tests. One configuration builds and runs them all: nothing needs @testable.
    .target(
      name: "TestSupport", dependencies: ["Wire"], path: "Sources/TestSupport",
      swiftSettings: strict),
    .systemLibrary(
      name: "CSRTP2", path: "Tests/Oracle/CSRTP2", pkgConfig: "libsrtp2",
      providers: [.apt(["libsrtp2-dev"])]),
    .testTarget(
      name: "ShapeTests", dependencies: ["Control", "Signal"], swiftSettings: strict),
    .testTarget(
      name: "WireTests", dependencies: ["Wire"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "RTCTests", dependencies: ["RTC", "Wire", "TestSupport", boringSSL],
      swiftSettings: strict),
    .testTarget(
      name: "OracleTests", dependencies: ["RTC", "Wire", "TestSupport", "CSRTP2"],
      path: "Tests/Oracle/OracleTests", swiftSettings: strict),
    .testTarget(
      name: "SFUTests", dependencies: ["SFU", "RTC", "Wire", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "UDPTests", dependencies: ["UDP", "Wire", "CLinux"], swiftSettings: strict),
    .testTarget(
      name: "MediaTests", dependencies: ["Media", "Wire", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "SignalTests", dependencies: ["Signal"], swiftSettings: strict),
    .testTarget(
      name: "ControlTests",
      dependencies: [
        "Control", "Signal", "SFU", "Wire",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "stoa", "Control", "Signal", "SFU", "RTC", "UDP", "Wire", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ComposerTests", dependencies: ["Composer", "Wire"], swiftSettings: strict),
    .testTarget(
      name: "StoaClientTests",
      dependencies: [
        "StoaClient", "SFU", "RTC", "Signal", "UDP", "Wire", "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
