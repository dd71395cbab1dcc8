// Joins a Janus VideoRoom as its own demo does: publishes, then subscribes to whom it finds.
'use strict';
(() => {
  let leave = () => {};
  window.janusLeave = () => leave();

  window.janusJoin = async ({ url, name }, stream) => {
    const socket = new WebSocket(url, 'janus-protocol');
    await new Promise((resolve) => { socket.onopen = resolve; });
    const waiting = new Map();
    const handlers = new Map();  // handle id → function of an event of that handle
    let next = 0;
    let session;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      const { transaction } = message;
      if (transaction && waiting.has(transaction)) {
        if (message.janus === 'ack') return;
        waiting.get(transaction)(message);
        waiting.delete(transaction);
      } else if (message.sender) handlers.get(message.sender)?.(message);
    };
    const request = (message) => new Promise((resolve) => {
      const transaction = String(++next);
      waiting.set(transaction, resolve);
      socket.send(JSON.stringify({ ...message, session_id: session, transaction }));
    });
    session = (await request({ janus: 'create' })).data.id;
    const attach = async () => (await request({ janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id;
    const say = (handle, body, jsep) => request({ janus: 'message', handle_id: handle, body, jsep });
    const trickle = (connection, handle) => {
      connection.onicecandidate = ({ candidate }) => socket.send(JSON.stringify({
        janus: 'trickle', session_id: session, handle_id: handle, transaction: String(++next),
        candidate: candidate ?? { completed: true },
      }));
    };
    const keepAlive = setInterval(() => request({ janus: 'keepalive' }), 20000);

    const subscribe = async (publishers) => {
      for (const { id } of publishers ?? []) {
        const handle = await attach();
        const offered = await say(handle, { request: 'join', room: 1234, ptype: 'subscriber', streams: [{ feed: id }] });
        const connection = new RTCPeerConnection();
        trickle(connection, handle);
        await connection.setRemoteDescription(offered.jsep);
        await connection.setLocalDescription();
        await say(handle, { request: 'start' }, connection.localDescription);
      }
    };

    const handle = await attach();
    handlers.set(handle, (message) => subscribe(message.plugindata?.data?.publishers));
    const joined = await say(handle, { request: 'join', room: 1234, ptype: 'publisher', display: name });
    const connection = new RTCPeerConnection();
    trickle(connection, handle);
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    await connection.setLocalDescription();
    const publishing = say(handle, { request: 'configure', audio: true, video: true }, connection.localDescription)
      .then((answer) => connection.setRemoteDescription(answer.jsep));
    await Promise.all([publishing, subscribe(joined.plugindata.data.publishers)]);
    leave = () => {
      clearInterval(keepAlive);
      socket.close();
    };
  };
})();
