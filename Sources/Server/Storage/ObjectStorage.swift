package import Control
import Crypto
import FoundationEssentials
import Glibc
import NIOPosix
package import Signal

/// Stores of objects outside: S3 and what is like it, Azure Blob, or any address that takes a PUT.
package struct ObjectStorage: Sendable {
  /// Bytes of a part; a larger file goes in several, and a broken upload goes on after the last.
  private static let partSize = 8 << 20
  /// Parts that S3 allows.
  private static let maximumParts = 10_000

  private let http: OutboundHTTP
  private let store: any Store

  package init(http: OutboundHTTP, store: any Store) {
    self.http = http
    self.store = store
  }

  /// Puts a file where it belongs.
  ///
  /// - Returns: its address there, without what signs it.
  /// - Throws: `StorageFailure`.
  package func put(
    _ task: UploadTask, at now: Timestamp
  ) async throws(StorageFailure) -> String {
    if let url = task.preSignedURL {
      let reply = try await send("PUT", url, body: .file(path: task.file.file.path))
      try check(reply)
      return String(url.prefix { $0 != "?" })
    }
    switch try await configured(task.output.apiKey) {
    case .s3(let bucket): return try await put(task, into: bucket, at: now)
    case .azure(let container): return try await put(task, into: container, at: now)
    }
  }

  func configured(_ key: String) async throws(StorageFailure) -> KeyStorage {
    let configured: KeyStorage?
    do {
      configured = try await store.storage(of: key)
    } catch {
      throw StorageFailure("the store failed", isTemporary: true)
    }
    guard let configured else {
      throw StorageFailure("the key has no storage any more", isTemporary: false)
    }
    return configured
  }

  /// An address under which whoever has it can fetch the file for a while; `nil` if the plain one is all
  /// there is.
  package func downloadURL(
    _ task: UploadTask, at now: Timestamp
  ) async -> String? {
    guard case .s3(let bucket)? = try? await store.storage(of: task.output.apiKey) else {
      return nil
    }
    let request = bucket.request("GET", task.objectName)
    let target = bucket.signature.presignedTarget(of: request, validFor: 3_600, at: now)
    return bucket.origin + target
  }

  // MARK: S3

  private func put(
    _ task: UploadTask, into bucket: KeyStorage.S3, at now: Timestamp
  ) async throws(StorageFailure) -> String {
    let path = task.file.file.path
    let size = try Self.size(of: path)
    let type = OutputFiles.mediaType(of: task.file)
    if size <= Int64(Self.partSize) {
      var request = bucket.request("PUT", task.objectName)
      request.headers = [("content-type", type)] + bucket.accessHeaders
      let reply = try await s3(
        bucket, request, .file(path: path), hash: S3Signature.unsignedPayload, at: now)
      try check(reply)
      return bucket.origin + request.path
    }
    return try await putParts(task, bucket, size: size, type: type, at: now)
  }

  private func putParts(
    _ task: UploadTask, _ bucket: KeyStorage.S3, size: Int64, type: String, at now: Timestamp
  ) async throws(StorageFailure) -> String {
    var progress = await progress(of: task.file.id)
    // Larger parts for what would need too many.
    let partSize = max(
      Int64(Self.partSize), (size + Int64(Self.maximumParts) - 1) / Int64(Self.maximumParts))
    if progress == nil || progress?.partSize != partSize {
      var request = bucket.request("POST", task.objectName)
      request.query = [("uploads", "")]
      request.headers = [("content-type", type)] + bucket.accessHeaders
      let reply = try await s3(bucket, request, .bytes([]), hash: S3Signature.hash([]), at: now)
      try check(reply)
      guard let id = Self.element("UploadId", of: reply.body) else {
        throw StorageFailure("the storage gave no upload id", isTemporary: true)
      }
      progress = UploadProgress(uploadID: id, partSize: partSize, tags: [])
      await keep(progress, task.file.id)
    }
    guard var going = progress else {
      throw StorageFailure("the upload could not begin", isTemporary: true)
    }
    var offset = Int64(going.tags.count) * partSize
    while offset < size {
      let count = min(partSize, size - offset)
      var request = bucket.request("PUT", task.objectName)
      request.query = [
        ("partNumber", "\(going.tags.count + 1)"), ("uploadId", going.uploadID),
      ]
      let reply = try await s3(
        bucket, request,
        .part(path: task.file.file.path, offset: Int(offset), count: Int(count)),
        hash: S3Signature.unsignedPayload, at: now)
      if reply.status == 404 { await keep(nil, task.file.id) }  // begin anew next time
      guard reply.status != 404 else {
        throw StorageFailure("the storage forgot the upload", isTemporary: true)
      }
      try check(reply)
      guard let tag = reply.header("etag") else {
        throw StorageFailure("the storage gave no tag of a part", isTemporary: true)
      }
      going.tags.append(tag)
      await keep(going, task.file.id)
      offset += count
    }
    try await complete(task, bucket, going, at: now)
    return bucket.origin + bucket.request("PUT", task.objectName).path
  }

  private func complete(
    _ task: UploadTask, _ bucket: KeyStorage.S3, _ progress: UploadProgress, at now: Timestamp
  ) async throws(StorageFailure) {
    var xml = "<CompleteMultipartUpload>"
    for (index, tag) in progress.tags.enumerated() {
      let escaped = tag.replacing("\"", with: "&quot;")
      xml += "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(escaped)</ETag></Part>"
    }
    let body = Array((xml + "</CompleteMultipartUpload>").utf8)
    var request = bucket.request("POST", task.objectName)
    request.query = [("uploadId", progress.uploadID)]
    request.headers = [("content-type", "application/xml")]
    let reply = try await s3(
      bucket, request, .bytes(body), hash: S3Signature.hash(body), at: now)
    // Put together before, and the answer was lost, or thrown away: begin anew next time.
    if reply.status == 404 {
      await keep(nil, task.file.id)
      throw StorageFailure("the storage forgot the upload", isTemporary: true)
    }
    try check(reply)
    // S3 answers 200 at once and says in the body what became of it.
    guard Self.element("ETag", of: reply.body) != nil else {
      throw StorageFailure("the storage did not put the parts together", isTemporary: true)
    }
    await keep(nil, task.file.id)
  }

  func s3(
    _ bucket: KeyStorage.S3, _ request: S3Signature.Request, _ body: OutboundBody, hash: String,
    at now: Timestamp
  ) async throws(StorageFailure) -> OutboundReply {
    let headers = bucket.signature.headers(of: request, payloadHash: hash, at: now)
    return try await send(
      request.method, bucket.origin + request.target, headers: request.headers + headers,
      body: body)
  }

  private func progress(of fileID: String) async -> UploadProgress? {
    guard let text = try? await store.uploadProgress(of: fileID) else { return nil }
    return try? SignalJSON.decode(UploadProgress.self, from: text.utf8)
  }

  private func keep(_ progress: UploadProgress?, _ fileID: String) async {
    let text = progress.map { String(decoding: SignalJSON.encode($0), as: UTF8.self) }
    try? await store.keepUploadProgress(text, of: fileID)
  }

  /// The text of the first element of this name; the answers of S3 have no attributes where we look.
  private static func element(_ name: String, of body: [UInt8]) -> String? {
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.firstRange(of: "<\(name)>"),
      let end = text[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return String(text[start.upperBound..<end.lowerBound])
  }

  // MARK: Azure

  private func put(
    _ task: UploadTask, into container: KeyStorage.Azure, at now: Timestamp
  ) async throws(StorageFailure) -> String {
    // Blocks of one blob, put together by a list: the same for small and large files.
    let path = task.file.file.path
    let size = try Self.size(of: path)
    let partSize = max(Int64(Self.partSize), (size + 49_999) / 50_000)
    var ids: [String] = []
    var offset: Int64 = 0
    while offset < size {
      let count = min(partSize, size - offset)
      let id = Data("block-\(100_000 + ids.count)".utf8).base64EncodedString()
      try check(
        try await azure(
          container, task.objectName, query: [("blockid", id), ("comp", "block")],
          .part(path: path, offset: Int(offset), count: Int(count)), length: count, type: nil,
          at: now))
      ids.append(id)
      offset += count
    }
    let list =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"
      + ids.map { "<Latest>\($0)</Latest>" }.joined() + "</BlockList>"
    let body = Array(list.utf8)
    try check(
      try await azure(
        container, task.objectName, query: [("comp", "blocklist")], .bytes(body),
        length: Int64(body.count), type: OutputFiles.mediaType(of: task.file), at: now))
    return container.url(of: task.objectName)
  }

  func azure(
    _ container: KeyStorage.Azure, _ name: String, query: [(name: String, value: String)],
    _ body: OutboundBody, length: Int64, type: String?,
    headers more: [(name: String, value: String)] = [], at now: Timestamp
  ) async throws(StorageFailure) -> OutboundReply {
    var headers: [(name: String, value: String)] = [
      ("x-ms-date", AzureSignature.date(now)), ("x-ms-version", "2021-08-06"),
    ]
    headers += more
    if let type { headers.append(("x-ms-blob-content-type", type)) }
    var url = container.url(of: name)
    let asked = query.map { "\($0.name)=\(S3Signature.encoded($0.value))" }.joined(separator: "&")
    switch container.credential {
    case .key(let key):
      headers.append(
        (
          "authorization",
          AzureSignature.authorization(
            account: container.account, key: key, method: "PUT",
            path: container.path(of: name), query: query, headers: headers, length: length)
        ))
      if !asked.isEmpty { url += "?" + asked }
    case .sharedAccess(let token):
      url += "?" + (asked.isEmpty ? "" : asked + "&") + token
    }
    return try await send("PUT", url, headers: headers, body: body)
  }

  // MARK: HTTP

  private func send(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: OutboundBody
  ) async throws(StorageFailure) -> OutboundReply {
    do {
      return try await http.send(method, url, headers: headers, body: body)
    } catch {
      switch error {
      case .refused(let problem):
        throw StorageFailure("the address \(problem)", isTemporary: false)
      case .unreachable, .timeout: throw StorageFailure(error.problem, isTemporary: true)
      }
    }
  }

  /// 2xx is done; what the owner has to mend is for good, all else may pass.
  func check(_ reply: OutboundReply) throws(StorageFailure) {
    guard !(200..<300).contains(reply.status) else { return }
    let isTemporary = reply.status >= 500 || [408, 409, 425, 429].contains(reply.status)
    let code = Self.element("Code", of: reply.body).map { " \($0)" } ?? ""
    throw StorageFailure(
      "the storage answered \(reply.status)\(code.prefix(60))", isTemporary: isTemporary)
  }

  static func size(of path: String) throws(StorageFailure) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw StorageFailure("the file is gone", isTemporary: false)
    }
    return Int64(status.st_size)
  }
}

/// How far an upload in parts is.
private struct UploadProgress: Codable {
  var uploadID: String
  var partSize: Int64
  var tags: [String]
}

extension KeyStorage.S3 {
  var signature: S3Signature {
    S3Signature(accessKeyID: accessKeyID, secret: secretAccessKey, region: region)
  }

  var accessHeaders: [(name: String, value: String)] {
    acl.map { [("x-amz-acl", $0)] } ?? []
  }

  /// Scheme and host, without a slash at the end.
  var origin: String {
    endpoint ?? "https://\(bucket).s3.\(region).amazonaws.com"
  }

  func request(_ method: String, _ name: String) -> S3Signature.Request {
    let host = origin.firstRange(of: "://").map { String(origin[$0.upperBound...]) } ?? origin
    let object = ([prefix, name].compactMap(\.self).joined(separator: "/"))
    // An endpoint of one's own has the bucket in the path: its name need not be in the DNS.
    let path = endpoint == nil ? "/\(object)" : "/\(bucket)/\(object)"
    return S3Signature.Request(
      method: method, host: host, path: S3Signature.encoded(path, isPath: true))
  }
}

extension KeyStorage.Azure {
  private var origin: String { endpoint ?? "https://\(account).blob.core.windows.net" }

  func path(of name: String) -> String {
    let object = ([prefix, name].compactMap(\.self).joined(separator: "/"))
    return "/\(container)/" + S3Signature.encoded(object, isPath: true)
  }

  func url(of name: String) -> String { origin + path(of: name) }
}

/// Shared Key of Azure Storage.
package enum AzureSignature {
  /// The `Authorization` header of a request with these `x-ms-` headers.
  ///
  /// - Parameter key: in Base64, as the portal shows it.
  package static func authorization(
    account: String, key: String, method: String, path: String,
    query: [(name: String, value: String)], headers: [(name: String, value: String)],
    length: Int64
  ) -> String {
    let extra = headers.map { "\($0.name.lowercased()):\($0.value)\n" }.sorted().joined()
    let asked = query.map { "\n\($0.name.lowercased()):\($0.value)" }.sorted().joined()
    // Fields that we do not send stand empty, each on a line of its own.
    let text =
      "\(method)\n\n\n\(length > 0 ? "\(length)" : "")\n\n\n\n\n\n\n\n\n\(extra)/\(account)\(path)\(asked)"
    let secret = Data(base64Encoded: key) ?? Data()
    let code = HMAC<SHA256>.authenticationCode(
      for: Array(text.utf8), using: SymmetricKey(data: secret))
    return "SharedKey \(account):\(Data(code).base64EncodedString())"
  }

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
  package static func date(_ now: Timestamp) -> String {
    let text = now.text
    let day = days[Int(max(0, now.milliseconds) / 86_400_000 % 7)]
    let month = Int(text.dropFirst(5).prefix(2)).map { months[$0 - 1] } ?? "Jan"
    return "\(day), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) "
      + "\(text.dropFirst(11).prefix(8)) GMT"
  }
}
