import GRDB

/// The tables, as a list of migrations; one that was released is never changed.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 rooms and sessions") { db in
      try db.execute(sql: first)
    }
    migrator.registerMigration("keys, quotas and audit") { db in
      try db.execute(sql: keysQuotasAndAudit)
    }
    migrator.registerMigration("modes of participants") { db in
      try db.execute(sql: modes)
    }
    migrator.registerMigration("sessions by their end") { db in
      try db.execute(sql: "CREATE INDEX sessionByEnd ON session (end) WHERE end IS NOT NULL")
    }
    migrator.registerMigration("events and webhooks") { db in
      try db.execute(sql: eventsAndWebhooks)
    }
    migrator.registerMigration("insights") { db in
      try db.execute(sql: insights)
    }
    migrator.registerMigration("outputs") { db in
      try db.execute(sql: outputs)
    }
    migrator.registerMigration("storage of keys") { db in
      try db.execute(sql: storage)
    }
    return migrator
  }

  // Times are milliseconds since 1970. `number` columns keep the order in which rows came.
  private static let first = """
    CREATE TABLE tenant (
      tenantId TEXT PRIMARY KEY NOT NULL,
      createdAt INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE apiKey (
      key TEXT PRIMARY KEY NOT NULL,
      tenantId TEXT NOT NULL REFERENCES tenant,
      createdAt INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE room (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      roomId TEXT NOT NULL UNIQUE,
      objectId TEXT NOT NULL UNIQUE,
      tenantId TEXT NOT NULL REFERENCES tenant,
      customRoomId TEXT,
      isDisabled INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      UNIQUE (tenantId, customRoomId)
    ) STRICT;
    CREATE INDEX roomByTenant ON room (tenantId, number);
    CREATE TABLE session (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      sessionId TEXT NOT NULL UNIQUE,
      roomId TEXT NOT NULL REFERENCES room (roomId),
      tenantId TEXT NOT NULL REFERENCES tenant,
      apiKey TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER,
      endReason TEXT
    ) STRICT;
    CREATE INDEX sessionByTenant ON session (tenantId, number);
    CREATE INDEX sessionByRoom ON session (roomId, number);
    CREATE INDEX sessionOpen ON session (number) WHERE end IS NULL;
    CREATE TABLE participant (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      objectId TEXT NOT NULL,
      sessionId TEXT NOT NULL REFERENCES session (sessionId),
      participantId TEXT NOT NULL,
      name TEXT NOT NULL,
      mode TEXT NOT NULL,
      sdk TEXT,
      sdkVersion TEXT,
      userAgent TEXT,
      UNIQUE (sessionId, participantId)
    ) STRICT;
    CREATE TABLE presence (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      participant INTEGER NOT NULL REFERENCES participant,
      start INTEGER NOT NULL,
      end INTEGER,
      leaveReason INTEGER
    ) STRICT;
    CREATE INDEX presenceByParticipant ON presence (participant, number);
    CREATE INDEX presenceOpen ON presence (participant) WHERE end IS NULL;
    CREATE TABLE stream (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      participant INTEGER NOT NULL REFERENCES participant,
      kind TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER
    ) STRICT;
    CREATE INDEX streamByParticipant ON stream (participant, number);
    CREATE INDEX streamOpen ON stream (participant) WHERE end IS NULL;
    CREATE TABLE message (
      sessionId TEXT NOT NULL REFERENCES session (sessionId),
      ordinal INTEGER NOT NULL,
      content TEXT NOT NULL,
      sendOnly TEXT,
      PRIMARY KEY (sessionId, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ban (
      roomId TEXT NOT NULL REFERENCES room (roomId),
      participantId TEXT NOT NULL,
      until INTEGER NOT NULL,
      PRIMARY KEY (roomId, participantId)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE heartbeat (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      time INTEGER NOT NULL
    ) STRICT;
    """

  // A key without a secret is the configuration's. The triggers count rooms whoever changes them.
  private static let keysQuotasAndAudit = """
    ALTER TABLE apiKey ADD COLUMN secret TEXT;
    ALTER TABLE apiKey ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE apiKey ADD COLUMN isAdmin INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE apiKey ADD COLUMN revokedAt INTEGER;
    ALTER TABLE apiKey ADD COLUMN lastUsedAt INTEGER;
    CREATE TABLE keyVersion (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL
    ) STRICT;
    INSERT INTO keyVersion VALUES (1, 1);
    ALTER TABLE tenant ADD COLUMN rooms INTEGER NOT NULL DEFAULT 0;
    UPDATE tenant SET rooms = (
      SELECT count(*) FROM room r WHERE r.tenantId = tenant.tenantId AND NOT isDisabled);
    CREATE TRIGGER roomMade AFTER INSERT ON room WHEN NOT new.isDisabled BEGIN
      UPDATE tenant SET rooms = rooms + 1 WHERE tenantId = new.tenantId;
    END;
    CREATE TRIGGER roomSwitched AFTER UPDATE OF isDisabled ON room
    WHEN old.isDisabled <> new.isDisabled BEGIN
      UPDATE tenant SET rooms = rooms + old.isDisabled - new.isDisabled
      WHERE tenantId = new.tenantId;
    END;
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      time INTEGER NOT NULL,
      tenantId TEXT NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX auditByTenant ON audit (tenantId, number);
    """

  // What a participant was allowed to exchange when; none for those stored before this table was.
  private static let modes = """
    CREATE TABLE modeSpan (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      participant INTEGER NOT NULL REFERENCES participant,
      mode TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER
    ) STRICT;
    CREATE INDEX modeSpanByParticipant ON modeSpan (participant, number);
    CREATE INDEX modeSpanOpen ON modeSpan (participant) WHERE end IS NULL;
    """

  // `webhook`, `autoCloseConfig`, `allowedParticipantIds` and `data` hold JSON. An event's public
  // id is made of its session and sequence, so no column and no index is spent on it.
  private static let eventsAndWebhooks = """
    ALTER TABLE room ADD COLUMN webhook TEXT;
    ALTER TABLE room ADD COLUMN webhookIsGone INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE room ADD COLUMN autoCloseConfig TEXT;
    ALTER TABLE room ADD COLUMN allowedParticipantIds TEXT;
    CREATE TABLE event (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      sessionId TEXT NOT NULL REFERENCES session (sessionId),
      sequence INTEGER NOT NULL,
      type TEXT NOT NULL,
      time INTEGER NOT NULL,
      data TEXT NOT NULL,
      UNIQUE (sessionId, sequence)
    ) STRICT;
    CREATE TABLE webhookDelivery (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      event INTEGER NOT NULL REFERENCES event (number),
      roomId TEXT NOT NULL,
      tenantId TEXT NOT NULL,
      endPoint TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
      attempts INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      firstAttemptAt INTEGER,
      nextAttemptAt INTEGER,
      deliveredAt INTEGER,
      lastStatus INTEGER,
      lastError TEXT
    ) STRICT;
    CREATE INDEX webhookDeliveryByEvent ON webhookDelivery (event);
    CREATE INDEX webhookDeliveryWaiting ON webhookDelivery (roomId, endPoint, number)
      WHERE state = 'waiting';
    CREATE INDEX webhookDeliveryDead ON webhookDelivery (tenantId, number) WHERE state = 'dead';
    CREATE INDEX webhookDeliveryByTenant ON webhookDelivery (tenantId, number);
    CREATE TABLE webhookSecret (
      tenantId TEXT PRIMARY KEY NOT NULL REFERENCES tenant,
      secret TEXT NOT NULL,
      createdAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  // Kept small, for there is a row for every five seconds of every call: times in microseconds, rates
  // in bits per second, scores in hundredths. Level 0 is what was measured, level 1 a minute of it.
  private static let insights = """
    CREATE TABLE sample (
      participant INTEGER NOT NULL REFERENCES participant,
      level INTEGER NOT NULL,
      time INTEGER NOT NULL,
      span INTEGER NOT NULL,
      sentAudioLost INTEGER NOT NULL,
      sentVideoLost INTEGER NOT NULL,
      receivedAudioLost INTEGER NOT NULL,
      receivedVideoLost INTEGER NOT NULL,
      audioRoundTrip INTEGER,
      videoRoundTrip INTEGER,
      audioJitter INTEGER,
      videoJitter INTEGER,
      sentAudioRate INTEGER NOT NULL,
      sentVideoRate INTEGER NOT NULL,
      receivedAudioRate INTEGER NOT NULL,
      receivedVideoRate INTEGER NOT NULL,
      audioScore INTEGER,
      videoScore INTEGER,
      freezes INTEGER NOT NULL,
      frozen INTEGER NOT NULL,
      shown180 INTEGER NOT NULL,
      shown360 INTEGER NOT NULL,
      shown720 INTEGER NOT NULL,
      shown1080 INTEGER NOT NULL,
      shown1440 INTEGER NOT NULL,
      shown2160 INTEGER NOT NULL,
      PRIMARY KEY (participant, level, time)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sampleByAge ON sample (level, time);
    CREATE TABLE stay (
      participant INTEGER NOT NULL REFERENCES participant,
      start INTEGER NOT NULL,
      joinMilliseconds INTEGER,
      reconnects INTEGER NOT NULL,
      freezes INTEGER NOT NULL,
      frozen INTEGER NOT NULL,
      audioScoreSum REAL NOT NULL,
      audioSpan INTEGER NOT NULL,
      videoScoreSum REAL NOT NULL,
      videoSpan INTEGER NOT NULL,
      network TEXT,
      PRIMARY KEY (participant, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sessionSummary (
      sessionId TEXT PRIMARY KEY NOT NULL REFERENCES session (sessionId),
      participants INTEGER NOT NULL,
      peakParticipants INTEGER NOT NULL,
      durationSeconds INTEGER NOT NULL,
      messages INTEGER NOT NULL,
      audioScore REAL,
      videoScore REAL,
      reconnects INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  // `specification` and `file` hold JSON. An output outlives its session: no reference leads there.
  private static let outputs = """
    ALTER TABLE room ADD COLUMN outputOptions TEXT;
    CREATE TABLE output (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      outputId TEXT NOT NULL UNIQUE,
      sessionId TEXT NOT NULL,
      roomId TEXT NOT NULL,
      tenantId TEXT NOT NULL REFERENCES tenant,
      apiKey TEXT NOT NULL,
      type TEXT NOT NULL,
      state TEXT NOT NULL,
      specification TEXT NOT NULL,
      participantId TEXT,
      webhookUrl TEXT,
      bucketFolder TEXT,
      uploadUrl TEXT,
      createdAt INTEGER NOT NULL,
      start INTEGER,
      end INTEGER,
      errorCode INTEGER,
      error TEXT
    ) STRICT;
    CREATE INDEX outputByTenant ON output (tenantId, type, number);
    CREATE INDEX outputByRoom ON output (roomId, type, number);
    CREATE INDEX outputBySession ON output (sessionId, type, number);
    CREATE INDEX outputOpen ON output (number) WHERE end IS NULL;
    CREATE TABLE outputFile (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      fileId TEXT NOT NULL UNIQUE,
      outputId TEXT NOT NULL REFERENCES output (outputId),
      file TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      storage TEXT NOT NULL,
      remoteUrl TEXT
    ) STRICT;
    CREATE INDEX outputFileByOutput ON outputFile (outputId, number);
    CREATE INDEX outputFileWaiting ON outputFile (number) WHERE storage = 'uploading';
    """

  // `configuration` and `progress` hold JSON, the first with secrets.
  private static let storage = """
    CREATE TABLE keyStorage (
      apiKey TEXT PRIMARY KEY NOT NULL REFERENCES apiKey (key),
      configuration TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE uploadProgress (
      fileId TEXT PRIMARY KEY NOT NULL REFERENCES outputFile (fileId),
      progress TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
