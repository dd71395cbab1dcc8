package import Signal

/// Outputs and their files, as stored.
package protocol OutputStore: Sendable {
  func output(_ id: String, tenant: TenantID) async throws(StoreError) -> OutputRecord?

  /// Newest first.
  func outputs(
    tenant: TenantID, _ filter: OutputFilter, _ page: PageRequest
  ) async throws(StoreError) -> Listing<OutputRecord>

  /// Those that are not over, of all tenants, oldest first.
  func openOutputs() async throws(StoreError) -> [OutputRecord]

  /// Forgets an output that is over; gives it as it was, `nil` if it is not there or goes on.
  func deleteOutput(
    _ id: String, tenant: TenantID, _ audit: AuditRecord
  ) async throws(StoreError) -> OutputRecord?

  /// A file of an output with the output, whoever's it is.
  func outputFile(
    _ fileID: String, of outputID: String
  ) async throws(StoreError) -> UploadTask?

  /// Where a key's files go; `nil`: they stay here.
  func storage(of key: String) async throws(StoreError) -> KeyStorage?

  /// Says where a key's files go from now on; false if there is no such key.
  func setStorage(
    _ storage: KeyStorage?, of key: String, _ audit: AuditRecord
  ) async throws(StoreError) -> Bool

  /// How far the upload of a file is, as its uploader wrote it.
  func uploadProgress(of fileID: String) async throws(StoreError) -> String?

  /// - Parameter progress: `nil` forgets it.
  func keepUploadProgress(_ progress: String?, of fileID: String) async throws(StoreError)

  /// Files that are to be put into somebody's storage, oldest first.
  func filesToUpload(limit: Int) async throws(StoreError) -> [UploadTask]

  /// HLS of keys that want it copied into their storage, newest first.
  func streamsToCopy(limit: Int) async throws(StoreError) -> [OutputRecord]

  /// Notes what became of a file's upload.
  func note(
    _ storage: OutputFileRecord.Storage, of fileID: String, remoteURL: String?
  ) async throws(StoreError)
}

/// Which outputs a list has.
package struct OutputFilter: Sendable, Equatable {
  package var type: OutputType
  package var roomID: RoomID?
  package var sessionID: SessionID?
  package var participantID: String?
  /// Only those that go on.
  package var isLive: Bool

  package init(
    _ type: OutputType, roomID: RoomID? = nil, sessionID: SessionID? = nil,
    participantID: String? = nil, isLive: Bool = false
  ) {
    self.type = type
    self.roomID = roomID
    self.sessionID = sessionID
    self.participantID = participantID
    self.isLive = isLive
  }
}

/// A file on its way into somebody's storage.
package struct UploadTask: Sendable, Equatable {
  package var file: OutputFileRecord
  package var output: OutputRecord
  /// Where its output's request wants it, a secret; `nil`: where the key's configuration does.
  package var preSignedURL: String?

  package init(file: OutputFileRecord, output: OutputRecord, preSignedURL: String? = nil) {
    self.file = file
    self.output = output
    self.preSignedURL = preSignedURL
  }

  /// The path in the bucket: the request's folder, or session, participant and track.
  package var objectName: String {
    var parts: [String] = []
    if let folder = output.bucketFolder {
      parts += folder.split(separator: "/").map(String.init)
    }
    switch output.specification.kind {
    case .participantRecording(let participant, _):
      parts += [output.sessionID.rawValue, participant]
    case .trackRecording(let participant, let kind, _):
      parts += [output.sessionID.rawValue, participant, kind.rawValue]
    case .recording, .rtmp, .hls, .compositeRecording, .merge:
      parts += [output.sessionID.rawValue]
    }
    return (parts + ["\(output.id)-\(file.name)"]).joined(separator: "/")
  }
}
