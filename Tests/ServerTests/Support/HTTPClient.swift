import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Signal

/// What a server answered.
struct HTTPReply: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]

  var json: JSONValue {
    (try? SignalJSON.decode(JSONValue.self, from: body)) ?? .null
  }
  subscript(_ header: String) -> String? { headers.first(name: header) }
}

extension JSONValue {
  subscript(_ key: String) -> JSONValue? { object?[key] }
}

/// A plain HTTP client: one connection, one request.
enum HTTPClient {
  struct NoReply: Error {}

  static func request(
    port: Int, _ method: String, _ path: String, headers: [(String, String)], body: [UInt8]?,
    trusting certificate: NIOSSLCertificate? = nil
  ) async throws -> HTTPReply {
    let tls = try certificate.map {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.trustRoots = .certificates([$0])
      return try NIOSSLContext(configuration: configuration)
    }
    typealias Channel = NIOAsyncChannel<
      HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>
    >
    let channel: Channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              try NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(HTTPByteBufferRequestPartHandler())
          return try Channel(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var fields = HTTPHeaders(headers)
      fields.replaceOrAdd(name: "connection", value: "close")
      if let body, !fields.contains(name: "transfer-encoding") {
        fields.replaceOrAdd(name: "content-length", value: String(body.count))
      }
      let head = HTTPRequestHead(
        version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: fields)
      // At once: an answer, and with it the end of the connection, may come before the end is sent.
      var parts: [HTTPPart<HTTPRequestHead, ByteBuffer>] = [.head(head)]
      if let body { parts.append(.body(ByteBuffer(bytes: body))) }
      try await outbound.write(contentsOf: parts + [.end(nil)])
      var reply: HTTPResponseHead?
      var bytes: [UInt8] = []
      for try await part in inbound {
        switch part {
        case .head(let head): reply = head
        case .body(let buffer): bytes += buffer.readableBytesView
        case .end:
          guard let reply else { throw NoReply() }
          return HTTPReply(
            status: Int(reply.status.code), headers: reply.headers, body: bytes)
        }
      }
      throw NoReply()
    }
  }
}

/// Lets the async side speak in `ByteBuffer`s instead of `IOData`.
private final class HTTPByteBufferRequestPartHandler: ChannelOutboundHandler {
  typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
  typealias OutboundOut = HTTPClientRequestPart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPClientRequestPart =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let buffer): .body(.byteBuffer(buffer))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
