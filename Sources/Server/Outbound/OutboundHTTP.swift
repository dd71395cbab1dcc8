package import Control
import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

/// Makes requests to URLs that strangers wrote: to where the policy permits, and nowhere else.
///
/// A host is looked up once, every address is judged, and the connection is made to an address
/// that was judged. Redirects are answers like others: they are not followed.
package struct OutboundHTTP: Sendable {
  /// Bytes of a reply that are read.
  package static let maximumReply = 64 * 1_024
  /// What is waited for in addition to the timeout while a body is sent: 64 kB/s.
  private static let slowestBytesPerMillisecond = 64

  private let policy: OutboundTargetPolicy
  private let timeout: TimeAmount
  private let maximumReply: Int
  private let tls: NIOSSLContext
  private let resolver = OutboundResolver()

  /// - Parameters:
  ///   - policy: where requests may go.
  ///   - timeout: for all of a request, the look-up included.
  ///   - maximumReply: bytes of a reply that are read; what follows is left unread.
  ///   - roots: certificates that are trusted besides the system's.
  /// - Throws: if the system's TLS cannot be set up.
  package init(
    policy: OutboundTargetPolicy, timeout: TimeAmount = .seconds(15),
    maximumReply: Int = Self.maximumReply, trusting roots: [NIOSSLCertificate] = []
  ) throws {
    self.policy = policy
    self.timeout = timeout
    self.maximumReply = maximumReply
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    if !roots.isEmpty { configuration.additionalTrustRoots = [.certificates(roots)] }
    tls = try NIOSSLContext(configuration: configuration)
  }

  /// Posts `body`; `host`, `content-length` and `connection` are added to the headers.
  ///
  /// - Throws: `OutboundFailure`, after `timeout` at the latest.
  package func post(
    _ text: String, headers: [(name: String, value: String)], body: [UInt8]
  ) async throws(OutboundFailure) -> OutboundReply {
    try await send(
      "POST", text, headers: headers, body: .bytes(body), maximumURL: OutboundURL.maximumLength)
  }

  /// Sends a request whose body may be a file, no faster than it is taken.
  ///
  /// - Throws: `OutboundFailure`, after `timeout` and what a slow line needs for the body at the latest.
  package func send(
    _ method: String, _ text: String, headers: [(name: String, value: String)],
    body: OutboundBody, maximumURL: Int = 4_096
  ) async throws(OutboundFailure) -> OutboundReply {
    let url: OutboundURL
    let opened: OutboundBody.Opened
    do {
      url = try policy.url(text, maximumLength: maximumURL)
    } catch {
      throw .refused(error.problem)
    }
    do {
      opened = try body.open()
    } catch {
      throw .unreachable("the file to be sent cannot be read")
    }
    var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
    fields.replaceOrAdd(name: "host", value: url.authority)
    fields.replaceOrAdd(name: "content-length", value: String(opened.count))
    fields.replaceOrAdd(name: "connection", value: "close")
    let head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method), uri: url.target, headers: fields)

    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: OutboundReply.self)
    let deadline =
      NIODeadline.now() + timeout
      + .milliseconds(Int64(opened.count / Self.slowestBytesPerMillisecond))
    // Only what comes before the connection; after that it is the collector's to give up.
    let timer = loop.scheduleTask(deadline: deadline + .milliseconds(100)) {
      promise.fail(OutboundFailure.timeout)
    }
    targets(url, on: loop).flatMap { addresses in
      connect(addresses[...], url, deadline: deadline, promise, on: loop)
    }.whenComplete { result in
      switch result {
      case .success(let channel):
        promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        opened.write(to: channel).whenComplete { written in
          switch written {
          case .success: channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
          case .failure(let error): promise.fail(error)
          }
        }
      case .failure(let error): promise.fail(error)
      }
    }
    do {
      let reply = try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        promise.fail(OutboundFailure.unreachable("the server stops"))
      }
      timer.cancel()
      return reply
    } catch let failure as OutboundFailure {
      timer.cancel()
      throw failure
    } catch {
      timer.cancel()
      throw .unreachable(Self.words(for: error))
    }
  }

  /// The addresses to connect to, every one of them judged.
  private func targets(
    _ url: OutboundURL, on loop: any EventLoop
  ) -> EventLoopFuture<[NetworkNumber]> {
    if let address = url.address { return loop.makeSucceededFuture([address]) }  // judged already
    return resolver.addresses(of: url.host, on: loop).flatMapThrowing { addresses in
      for address in addresses {
        if let refusal = policy.refusal(of: address) {
          throw OutboundFailure.refused(refusal.problem)
        }
      }
      return addresses
    }
  }

  /// Connects to the first address that takes a connection.
  private func connect(
    _ addresses: ArraySlice<NetworkNumber>, _ url: OutboundURL, deadline: NIODeadline,
    _ promise: EventLoopPromise<OutboundReply>, on loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    guard let address = addresses.first else {
      return loop.makeFailedFuture(OutboundResolver.NotFound())
    }
    let target: SocketAddress
    do {
      target = try SocketAddress(ipAddress: address.description, port: url.port)
    } catch {
      return loop.makeFailedFuture(error)
    }
    // Half of what is left, if there is another address to try.
    let left = max(deadline - .now(), .milliseconds(1))
    let patience = addresses.count > 1 ? .nanoseconds(left.nanoseconds / 2) : left
    let isSecure = url.scheme == "https"
    return ClientBootstrap(group: loop)
      .connectTimeout(patience)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if isSecure {
            // Without a name the certificate is held against the address.
            let name = url.address == nil ? url.host : nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(
            OutboundReplyCollector(promise, limit: maximumReply, deadline: deadline))
        }
      }
      .connect(to: target)
      .flatMapError { error in
        addresses.count > 1
          ? connect(addresses.dropFirst(), url, deadline: deadline, promise, on: loop)
          : loop.makeFailedFuture(error)
      }
  }

  private static func words(for error: any Error) -> String {
    switch error {
    case is OutboundResolver.NotFound: "the host's name leads to no address"
    case is NIOConnectionError: "the host does not take connections"
    case let error as IOError where error.errnoCode == ECONNREFUSED: "the connection was refused"
    case let error as IOError where error.errnoCode == ECONNRESET: "the connection was broken off"
    case is ChannelError: "the host does not answer"
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
      "the secure connection failed: is the certificate valid for the host?"
    case is HTTPParserError: "the answer is not HTTP"
    default: "the connection failed"
    }
  }
}

extension OutboundURL {
  /// As the `Host` header has it.
  fileprivate var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let isStandard = (scheme == "https" && port == 443) || (scheme == "http" && port == 80)
    return isStandard ? name : "\(name):\(port)"
  }
}
