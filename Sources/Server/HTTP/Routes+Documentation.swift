import Control
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// All routes of the API, with the one that describes them: `/openapi.json`.
  static func described(_ routes: [Route]) -> RouteTable {
    let blank = description([])
    let document = OpenAPIDocument(routes + [blank])
    return RouteTable(routes + [description(SignalJSON.encode(document.json))])
  }

  private static func description(_ bytes: [UInt8]) -> Route {
    Route(
      .get, "/openapi.json", .describeAPI,
      .init("This description.", in: .operation, answer: .json(.anything))
    ) { _ in
      Response(
        status: .ok,
        headers: [
          .contentType: "application/json; charset=utf-8", .cacheControl: "no-cache",
          .xContentTypeOptions: "nosniff",
        ],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
  }
}
