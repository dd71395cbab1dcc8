import GRDB

/// The tables, as a list of migrations; one that was released is never changed.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 rooms and sessions") { db in
      try db.execute(sql: first)
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
}
