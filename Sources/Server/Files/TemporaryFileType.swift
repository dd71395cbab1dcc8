/// What may be uploaded, by the extension of its name, and how a browser is given it.
enum TemporaryFileType: String, CaseIterable, Sendable {
  case png, jpg, jpeg, gif, webp, pdf, txt, csv, mp3, mp4, webm, zip, json, docx, xlsx, pptx

  /// The type of a name's extension; `nil` for all that may not be uploaded.
  init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: "."), dot > fileName.startIndex else { return nil }
    self.init(rawValue: fileName[fileName.index(after: dot)...].lowercased())
  }

  var mediaType: String {
    switch self {
    case .png: "image/png"
    case .jpg, .jpeg: "image/jpeg"
    case .gif: "image/gif"
    case .webp: "image/webp"
    case .pdf: "application/pdf"
    case .txt: "text/plain; charset=utf-8"
    case .csv: "text/csv; charset=utf-8"
    case .mp3: "audio/mpeg"
    case .mp4: "video/mp4"
    case .webm: "video/webm"
    case .zip: "application/zip"
    case .json: "application/json"
    case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case .pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    }
  }

  /// The media types of all of them, without parameters.
  static var mediaTypes: [String] {
    Set(allCases.map { String($0.mediaType.prefix { $0 != ";" }) }).sorted()
  }

  /// Whether a browser may show it on a page of its own: pictures, sound, film and plain text, in
  /// which nothing can run.
  var isShown: Bool {
    switch self {
    case .png, .jpg, .jpeg, .gif, .webp, .txt, .mp3, .mp4, .webm: true
    case .pdf, .csv, .zip, .json, .docx, .xlsx, .pptx: false
    }
  }
}
