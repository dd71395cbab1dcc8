import Logging
package import Signal
import Wire

/// API keys and what was done with them, over REST and from beside.
extension RoomDirectory {
  /// `GET /v2/keys`.
  package func keys(
    _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<KeyResource> {
    let stored = try await stored { () throws(StoreError) in try await store.keys() }
    // Keys that an older configuration named are of no use to anybody.
    let records = stored.records.filter { $0.secret != nil || verifier.ring.isConfigured($0.key) }
    return Page(
      records.dropFirst(page.offset).prefix(page.perPage).map { record in
        var resource = KeyResource(of: record)
        if verifier.ring.isConfigured(record.key) {
          resource.name = "configuration"
          resource.isAdmin = true
          resource.revokedAt = nil
        }
        return resource
      },
      pageInfo: PageInfo(page, total: records.count))
  }

  /// `POST /v2/keys`; the only answer with the secret in it.
  package func createKey(
    _ request: CreateKeyRequest, _ access: AccessToken
  ) async throws(ControlError) -> KeyResource {
    guard KeyNameRule.allows(request.name) else {
      throw .invalidParameter("'name': \(KeyNameRule.explanation)")
    }
    let now = time().wall
    var random = SystemRandomNumberGenerator()
    let tenant = request.tenantId ?? RandomText.hex(24, using: &random)
    let key = KeyRecord.random(
      name: request.name, tenant: TenantID(tenant), isAdmin: request.isAdmin ?? false, at: now)
    let audit = AuditRecord(
      time: now, tenant: key.tenant, actor: access.apiKey, action: .keyCreated, target: key.key,
      detail: key.name)
    let isMade = try await stored { () throws(StoreError) in
      try await store.create(key, inNewTenant: request.tenantId == nil, audit)
    }
    guard isMade else { throw .tenantNotFound }
    await refreshKeys()
    return KeyResource(of: key, secret: key.secret)
  }

  /// `POST /v2/keys/{key}/revoke`; answers when its tokens are worth nothing.
  package func revokeKey(
    _ key: String, _ access: AccessToken
  ) async throws(ControlError) -> KeyResource {
    guard !verifier.ring.isConfigured(key) else {
      throw .conflict("This key is the configuration's; change it there.")
    }
    let now = time().wall
    let revoked = try await stored { () throws(StoreError) in
      try await store.revoke(key: key, by: access.apiKey, at: now)
    }
    guard let revoked else { throw .keyNotFound }
    await refreshKeys()
    return KeyResource(of: revoked)
  }

  /// `GET /v2/audit`, newest first; of all tenants for an admin key.
  package func audit(
    _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<AuditResource> {
    let records = try await stored { () throws(StoreError) in
      try await store.audit(tenant: access.isAdmin ? nil : access.tenant, page)
    }
    return Page(
      records.elements.map(AuditResource.init(of:)), pageInfo: PageInfo(page, total: records.total))
  }

  /// Reads the keys anew and takes out the participants of those that were revoked.
  package func refreshKeys() async {
    let gone: Set<String>
    do {
      let keys = try await store.keys()
      gone = try await verifier.ring.replace(keys.records, version: keys.version)
    } catch {
      logger.error("the keys cannot be read", metadata: ["error": "\(error)"])
      return  // the next tick tries again, for the version is the old one
    }
    guard !gone.isEmpty else { return }
    logger.info("keys were revoked", metadata: ["keys": "\(gone.sorted())"])
    for room in live.values { await room.expel(bearersOf: gone) }
  }

  /// Notices what another process did with the keys, and says which were used.
  func noticeKeys(_ now: Moment) async {
    do {
      let version = try await store.keyVersion()
      if version != verifier.ring.version { await refreshKeys() }
      let uses = verifier.ring.takeUses()
      if !uses.isEmpty { try await store.noteUses(uses) }
    } catch {
      logger.error("the store failed", metadata: ["reason": "\(error.reason)"])
    }
  }
}

extension KeyResource {
  package init(of record: KeyRecord, secret: String? = nil) {
    self.init(
      key: record.key, name: record.name, tenantId: record.tenant.rawValue,
      isAdmin: record.isAdmin, createdAt: record.createdAt, revokedAt: record.revokedAt,
      lastUsedAt: record.lastUsedAt, secret: secret)
  }
}

extension AuditResource {
  init(of record: AuditRecord) {
    self.init(
      time: record.time, actor: record.actor, action: record.action.rawValue,
      target: record.target, detail: record.detail)
  }
}
