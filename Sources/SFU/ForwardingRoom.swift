/// Who is in a room, as far as the shard has to know: endpoints and who speaks.
struct ForwardingRoom {
  let number: RoomNumber
  var endpoints: [Int32] = []
  var speaker = ActiveSpeaker()
}
