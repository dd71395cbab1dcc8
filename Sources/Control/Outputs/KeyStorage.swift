package import Signal

/// Where the finished files of one API key go; has secrets.
package enum KeyStorage: Codable, Equatable, Sendable {
  case s3(S3)
  case azure(Azure)

  /// A bucket of S3, or of what speaks its language.
  package struct S3: Codable, Equatable, Sendable {
    package var bucket: String
    package var region: String
    package var accessKeyID: String
    package var secretAccessKey: String
    /// Scheme, host and port of a store that is not Amazon's.
    package var endpoint: String?
    /// Before every object's name.
    package var prefix: String?
    /// A canned ACL: `private`, `public-read`.
    package var acl: String?
    /// HLS streams are copied there while they run; `nil` is false.
    package var copiesHLS: Bool?

    package init(
      bucket: String, region: String, accessKeyID: String, secretAccessKey: String,
      endpoint: String? = nil, prefix: String? = nil, acl: String? = nil, copiesHLS: Bool? = nil
    ) {
      self.bucket = bucket
      self.region = region
      self.accessKeyID = accessKeyID
      self.secretAccessKey = secretAccessKey
      self.endpoint = endpoint
      self.prefix = prefix
      self.acl = acl
      self.copiesHLS = copiesHLS
    }
  }

  /// A container of Azure Blob Storage.
  package struct Azure: Codable, Equatable, Sendable {
    package enum Credential: Codable, Equatable, Sendable {
      /// In Base64.
      case key(String)
      /// A shared access signature, without its question mark.
      case sharedAccess(String)
    }

    package var account: String
    package var container: String
    package var credential: Credential
    package var endpoint: String?
    package var prefix: String?
    /// HLS streams are copied there while they run; `nil` is false.
    package var copiesHLS: Bool?

    package init(
      account: String, container: String, credential: Credential, endpoint: String? = nil,
      prefix: String? = nil, copiesHLS: Bool? = nil
    ) {
      self.account = account
      self.container = container
      self.credential = credential
      self.endpoint = endpoint
      self.prefix = prefix
      self.copiesHLS = copiesHLS
    }
  }

  /// HLS streams are copied there while they run.
  package var copiesHLS: Bool {
    switch self {
    case .s3(let bucket): bucket.copiesHLS ?? false
    case .azure(let container): container.copiesHLS ?? false
    }
  }

  /// What may be shown of it.
  package var summary: String {
    place + (copiesHLS ? ", with HLS" : "")
  }

  private var place: String {
    switch self {
    case .s3(let s3):
      "s3 \(s3.endpoint ?? "amazonaws.com")/\(s3.bucket)" + (s3.prefix.map { "/\($0)" } ?? "")
    case .azure(let azure):
      "azure \(azure.endpoint ?? azure.account)/\(azure.container)"
        + (azure.prefix.map { "/\($0)" } ?? "")
    }
  }
}
