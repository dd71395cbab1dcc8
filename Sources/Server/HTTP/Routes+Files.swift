import Control
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// Temporary files: `/v2/files`.
  static func files(_ directory: RoomDirectory, _ files: TemporaryFiles) -> [Route] {
    [
      Route(
        .post, "/v2/files", .uploadFile,
        .init(
          "Keep a file for as long as the session lasts.", in: .files, body: .uploadFile,
          answer: .json(.file), refusals: [404])
      ) { request in
        try await files.beginUpload()
        do {
          let response = try await upload(request, directory, files)
          await files.endUpload()
          return response
        } catch {
          await files.endUpload()
          throw error
        }
      },
      Route(
        .get, "/v2/files/{fileId}", .downloadFile,
        .init(
          "Fetch a file.", in: .files,
          query: [.init("base64", .oneOf(["true", "false"]), "As JSON with `base64Data`.")],
          answer: .content(TemporaryFileType.mediaTypes))
      ) { request in
        guard let file = await files.file(request.parameter("fileId")),
          try request.access.permits(file.session), await directory.isLive(file.session),
          let bytes = try await files.bytes(of: file)
        else { throw ControlError.fileNotFound }
        if request.target.query["base64"] == "true" {
          return .json(FileContent(base64Data: Data(bytes).base64EncodedString()))
        }
        return Response(
          status: .ok, headers: headers(of: file),
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
      },
    ]
  }

  /// Bytes of an upload's body: Base64 has four for three, and there is a name.
  private static let maximumBody = TemporaryFiles.maximumSize / 3 * 4 + 16 * 1_024

  private static func upload(
    _ request: APIRequest, _ directory: RoomDirectory, _ files: TemporaryFiles
  ) async throws -> Response {
    let body = try await request.decode(FileUpload.self, upTo: maximumBody)
    guard (1...255).contains(body.fileName.utf8.count),
      !body.fileName.unicodeScalars.contains(where: {
        $0.properties.generalCategory == .control || $0 == "/" || $0 == "\\"
      })
    else {
      throw HTTPFailure.invalidParameter("'fileName' has 1 to 255 bytes, without '/' and '\\'.")
    }
    guard let type = TemporaryFileType(fileName: body.fileName) else {
      let known = TemporaryFileType.allCases.map(\.rawValue).joined(separator: ", ")
      throw HTTPFailure.invalidParameter("'fileName' ends in one of \(known).")
    }
    guard let data = Data(base64Encoded: body.base64) else {
      throw HTTPFailure.invalidParameter("'base64Data' is not Base64.")
    }
    guard data.count <= TemporaryFiles.maximumSize else {
      throw HTTPFailure.bodyTooLarge("A file may have at most 10 MiB.")
    }
    let session = try await directory.liveSession(body.roomId, try request.access)
    let file = try await files.add(Array(data), named: body.fileName, type, for: session)
    return .json(
      FileResource(
        fileId: file.id, url: "\(directory.configuration.publicURL)/v2/files/\(file.id)",
        fileName: file.name, size: file.size))
  }

  private static func headers(of file: TemporaryFiles.File) -> HTTPFields {
    var headers: HTTPFields = [
      .contentType: file.type.mediaType, .cacheControl: "private, no-store",
      .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'; sandbox",
    ]
    let disposition = file.type.isShown ? "inline" : "attachment"
    headers[.contentDisposition] = "\(disposition); filename*=UTF-8''\(file.name.percentEncoded)"
    return headers
  }

  private struct FileUpload: Decodable {
    var roomId: String
    var base64Data: String
    var fileName: String

    /// Without the head of a data URL, which browsers' readers give.
    var base64: String {
      guard base64Data.hasPrefix("data:"), let comma = base64Data.firstIndex(of: ",") else {
        return base64Data
      }
      return String(base64Data[comma...].dropFirst())
    }
  }

  private struct FileResource: Encodable {
    let fileId: String
    let url: String
    let fileName: String
    let size: Int
    let expires = "session end"
  }

  private struct FileContent: Encodable {
    let base64Data: String
  }
}

extension String {
  /// As the value of an extended parameter (RFC 8187 §3.2.1).
  fileprivate var percentEncoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
