import ServiceLifecycle

/// Does what is due, each piece in a task of its own, and looks again after a while, until the server stops.
///
/// - Parameters:
///   - interval: between two looks; a piece may take longer.
///   - due: what is to be done now, and is not being done.
func performRounds<Item: Sendable>(
  every interval: Duration, due: @escaping @Sendable () async -> [Item],
  _ perform: @escaping @Sendable (Item) async -> Void
) async {
  await cancelWhenGracefulShutdown {
    await withDiscardingTaskGroup { group in
      repeat {
        for item in await due() {
          group.addTask { await perform(item) }
        }
      } while (try? await Task.sleep(for: interval)) != nil
      group.cancelAll()
    }
  }
}
