package import Signal

/// Pictures that somebody named by a URL, as files for composers.
package protocol ImageSource: Sendable {
  /// Fetches a picture, unless it is there already.
  ///
  /// - Returns: an absolute path of a PNG, JPEG or WebP.
  /// - Throws: what is wrong with the URL or what is there, in words that name `field`.
  func path(of url: String, for field: String) async throws(OutputRefusal) -> String
}

/// A server that fetches no pictures.
package struct NoImages: ImageSource {
  package init() {}

  package func path(of url: String, for field: String) async throws(OutputRefusal) -> String {
    throw OutputRefusal(.invalidParameter, "'\(field)': this server fetches no pictures.")
  }
}

extension OutputSpecification {
  /// There is a picture whose file is not known yet.
  package var needsImages: Bool {
    if composition?.logoURL != nil || composition?.backgroundURL != nil { return true }
    guard case .compositeRecording(_, let watermarks, _) = kind else { return false }
    return watermarks.contains { $0.imageURL != nil }
  }

  /// The same with files in place of URLs.
  package func withImages(
    from source: any ImageSource
  ) async throws(OutputRefusal) -> OutputSpecification {
    var copy = self
    if let url = composition?.logoURL {
      copy.composition?.logoPath = try await source.path(of: url, for: "config.logo.url")
      copy.composition?.logoURL = nil
    }
    if let url = composition?.backgroundURL {
      copy.composition?.backgroundPath = try await source.path(
        of: url, for: "config.background.url")
      copy.composition?.backgroundURL = nil
    }
    guard case .compositeRecording(let participants, var watermarks, let format) = kind else {
      return copy
    }
    for (index, watermark) in watermarks.enumerated() {
      guard let url = watermark.imageURL else { continue }
      watermarks[index].imagePath = try await source.path(
        of: url, for: "watermarks[\(index)].imageUrl")
      watermarks[index].imageURL = nil
    }
    copy.kind = .compositeRecording(
      participants: participants, watermarks: watermarks, format: format)
    return copy
  }
}

extension StartOutputRequest {
  /// Fetches all pictures that are named, so that what is wrong with one is told to who asked.
  func fetchImages(from source: any ImageSource) async throws(OutputRefusal) {
    if let url = config.composition.logoURL {
      _ = try await source.path(of: url, for: "config.logo.url")
    }
    if let url = config.composition.backgroundURL {
      _ = try await source.path(of: url, for: "config.background.url")
    }
    for (index, watermark) in watermarks.enumerated() {
      guard let url = watermark.imageUrl else { continue }
      _ = try await source.path(of: url, for: "watermarks[\(index)].imageUrl")
    }
  }
}
