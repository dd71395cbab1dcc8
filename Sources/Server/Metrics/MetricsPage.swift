import Control
import Glibc
import SFU
import Signal

/// Puts together what `GET /metrics` answers (docs/operations.md lists it).
struct MetricsPage: Sendable {
  let directory: RoomDirectory
  let store: SQLiteStore
  let http: HTTPMetrics
  let media: any MediaPlane
  let time: TimeSource

  func text() async -> String {
    var text = PrometheusText()
    await writeRooms(&text)
    writeSignalling(&text)
    writeHTTP(&text)
    writeStore(&text)
    await writeWebhooks(&text)
    await writeShards(&text)
    writeProcesses(&text)
    return text.text
  }

  private func writeRooms(_ text: inout PrometheusText) async {
    let status = await directory.status()
    text.write("stoa_rooms", .gauge, "Rooms with somebody in them.", status.rooms)
    text.write(
      "stoa_participants", .gauge, "Participants in all rooms.", status.participants)
    text.write(
      "stoa_draining", .gauge, "1 while the server waits for its sessions to end.",
      status.isDraining ? 1 : 0)
    text.write("stoa_shards", .gauge, "Media processes there should be.", status.shards)
    text.write("stoa_shards_live", .gauge, "Media processes that run.", status.liveShards)
    text.write(
      "stoa_live_objects", .gauge, "Objects in memory, by kind; 0 when nobody is connected.",
      LiveObjects.Kind.allCases.map {
        .init(directory.registry.live.count(of: $0), [("kind", $0.rawValue)])
      } + [.init(directory.registry.endpointCount, [("kind", "endpoint")])])
  }

  private func writeSignalling(_ text: inout PrometheusText) {
    let metrics = directory.metrics
    text.write(
      "stoa_signalling_messages_total", .counter, "Messages of clients, by type.",
      SignallingMetrics.MessageKind.allCases.map {
        .init(metrics.messages($0), [("type", $0.rawValue)])
      })
    text.write(
      "stoa_signalling_frames_sent_total", .counter, "Frames queued for clients.",
      metrics.framesSent.value)
    text.write(
      "stoa_signalling_frames_refused_total", .counter,
      "Frames that found a client's queue full, whereupon it is closed (4408).",
      metrics.framesRefused.value)
  }

  private func writeHTTP(_ text: inout PrometheusText) {
    text.write(
      "stoa_http_requests_total", .counter, "Answered requests.",
      http.counts.map {
        .init(
          $0.count,
          [
            ("method", $0.request.method), ("route", $0.request.route),
            ("status", "\($0.request.status)"),
          ])
      })
    text.write(
      "stoa_http_request_duration_seconds", "From the head of a request to its answer.",
      http.durations.map { (labels: [("route", $0.route)], reading: $0.reading) })
  }

  private func writeStore(_ text: inout PrometheusText) {
    let metrics = store.metrics
    text.write(
      "stoa_sessions_started_total", .counter, "Sessions that began.",
      metrics.sessionsStarted.value)
    text.write(
      "stoa_participants_joined_total", .counter, "Participants that joined.",
      metrics.participantsJoined.value)
    text.write(
      "stoa_messages_stored_total", .counter, "Messages that were published to persist.",
      metrics.messagesStored.value)
    text.write(
      "stoa_store_commit_duration_seconds", "From asking to commit to the disk's confirmation.",
      [(labels: [], reading: metrics.commits.reading)])
    text.write(
      "stoa_store_commit_failures_total", .counter, "Commits that the store could not take.",
      metrics.failures.value)
    text.write(
      "stoa_store_purged_rows_total", .counter, "Rows that were deleted because of their age.",
      metrics.purgedRows.value)
    text.write(
      "stoa_store_bytes", .gauge, "Size of the store's files.",
      [("database", ""), ("wal", "-wal")].compactMap { name, suffix in
        store.path.flatMap { FileFacts($0 + suffix)?.size }.map { .init($0, [("file", name)]) }
      })
  }

  private func writeWebhooks(_ text: inout PrometheusText) async {
    let metrics = store.metrics
    text.write(
      "stoa_webhook_attempts_total", .counter, "Attempts to deliver events, by what came of them.",
      [
        .init(metrics.webhooksDelivered.value, [("outcome", "delivered")]),
        .init(metrics.webhooksFailed.value, [("outcome", "failed")]),
        .init(metrics.webhooksDead.value, [("outcome", "dead")]),
      ])
    guard let waiting = try? await store.waitingDeliveries() else { return }
    text.write("stoa_webhooks_waiting", .gauge, "Events still to be delivered.", waiting.count)
    let age = waiting.oldest.map { time().wall.milliseconds &- $0.milliseconds } ?? 0
    text.write(
      "stoa_webhooks_oldest_waiting_seconds", .gauge, "Age of the oldest of them.",
      [.init(Double(max(age, 0)) / 1_000)])
  }

  private func writeProcesses(_ text: inout PrometheusText) {
    var processes = [(name: "serve", reading: ProcessReading(processID: getpid()))]
    for shard in 0..<media.shards {
      guard let id = media.processID(of: ShardNumber(shard)) else { continue }
      processes.append(("shard-\(shard)", ProcessReading(processID: id)))
    }
    func write(
      _ name: String, _ kind: PrometheusText.Kind, _ help: String,
      _ value: (ProcessReading) -> Double
    ) {
      text.write(
        name, kind, help,
        processes.compactMap { process in
          process.reading.map { .init(value($0), [("process", process.name)]) }
        })
    }
    write("stoa_process_resident_bytes", .gauge, "Memory in use.") { Double($0.residentBytes) }
    write("stoa_process_open_fds", .gauge, "Open descriptors.") { Double($0.openDescriptors) }
    write("stoa_process_threads", .gauge, "Threads.") { Double($0.threads) }
    write("stoa_process_cpu_seconds_total", .counter, "Processor time.") { $0.cpuSeconds }
  }
}
