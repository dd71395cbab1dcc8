import Control
import Signal

extension ObjectStorage {
  /// Something to put under a name of its own, in one request.
  struct Object: Sendable {
    /// After the prefix of the storage.
    var name: String
    var body: OutboundBody
    var mediaType: String
    /// What caches between the storage and players are told.
    var cacheControl: String
  }

  /// Puts an object into the storage of a key, over one that may be there.
  ///
  /// - Throws: `StorageFailure`.
  func put(
    _ object: Object, of key: String, at now: Timestamp
  ) async throws(StorageFailure) {
    switch try await configured(key) {
    case .s3(let bucket):
      var request = bucket.request("PUT", object.name)
      request.headers =
        [("cache-control", object.cacheControl), ("content-type", object.mediaType)]
        + bucket.accessHeaders
      try check(
        try await s3(
          bucket, request, object.body, hash: S3Signature.unsignedPayload, at: now))
    case .azure(let container):
      let headers = [
        (name: "x-ms-blob-type", value: "BlockBlob"),
        (name: "x-ms-blob-cache-control", value: object.cacheControl),
      ]
      try check(
        try await azure(
          container, object.name, query: [], object.body, length: try Self.length(of: object.body),
          type: object.mediaType, headers: headers, at: now))
    }
  }

  private static func length(of body: OutboundBody) throws(StorageFailure) -> Int64 {
    switch body {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let path): try size(of: path)
    case .part(_, _, let count): Int64(count)
    }
  }
}
