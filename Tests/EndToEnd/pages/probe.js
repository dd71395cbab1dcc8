// Runs before a page's own scripts. Keeps the page's peer connections and sockets in sight, and
// recognises pictures and tones (support/media.py tells what they are).
'use strict';
(() => {
  const probe = { connections: [], sockets: [], errors: [], tcpOnly: false };
  window.stoaProbe = probe;
  addEventListener('error', (event) => probe.errors.push(String(event.message)));
  addEventListener('unhandledrejection', (event) => probe.errors.push(String(event.reason)));

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...parameters) {
      super(...parameters);
      probe.connections.push(this);
    }
    setRemoteDescription(description) {
      if (!probe.tcpOnly) return super.setRemoteDescription(description);
      const sdp = description.sdp.replace(/a=candidate:\S+ \d+ udp .*\r\n/gi, '');
      return super.setRemoteDescription({ type: description.type, sdp });
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...parameters) {
      super(...parameters);
      probe.sockets.push(this);
    }
  };

  // The newest connection that is still open.
  probe.connection = () =>
    probe.connections.filter((each) => each.connectionState !== 'closed').at(-1);

  // Remote tracks of a kind that may carry something.
  probe.remoteTracks = (kind) =>
    (probe.connection()?.getReceivers() ?? [])
      .map((receiver) => receiver.track)
      .filter((track) => track && track.kind === kind && track.readyState === 'live' && !track.muted);

  const videos = new Map();
  const videoOf = async (track) => {
    let video = videos.get(track);
    if (!video) {
      video = document.createElement('video');
      video.muted = true;
      video.playsInline = true;
      video.srcObject = new MediaStream([track]);
      videos.set(track, video);
      video.play().catch(() => {});
    }
    return video;
  };

  // Mean colour of the field and the counter of what a video element shows now; null before the
  // first picture.
  probe.readPicture = (video) => {
    if (video.readyState < 2 || video.videoWidth === 0) return null;
    const canvas = probe.canvas ??= new OffscreenCanvas(192, 108);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const mean = (x, y, width, height) => {
      const { data } = context.getImageData(x, y, width, height);
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
      return sum.map((value) => Math.round((4 * value) / data.length));
    };
    let counter = 0;
    for (let bit = 0; bit < 6; bit++) {
      if (mean(32 * bit + 10, 82, 12, 16)[1] > 128) counter |= 1 << bit;
    }
    return { rgb: mean(48, 10, 96, 48), counter, width: video.videoWidth, height: video.videoHeight };
  };

  // What every remote video track shows: rgb, and how many different counters in `milliseconds`.
  probe.pictures = async (milliseconds) => {
    const tracks = probe.remoteTracks('video');
    const seen = new Map(tracks.map((track) => [track, { counters: new Set(), rgb: null }]));
    const until = performance.now() + milliseconds;
    while (performance.now() < until) {
      for (const track of tracks) {
        const picture = probe.readPicture(await videoOf(track));
        if (!picture) continue;
        const state = seen.get(track);
        state.counters.add(picture.counter);
        Object.assign(state, { rgb: picture.rgb, width: picture.width, height: picture.height });
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return [...seen.values()].filter((state) => state.rgb)
      .map(({ counters, ...rest }) => ({ ...rest, moved: counters.size }));
  };

  const listeners = new Map();
  const listenerOf = (track) => {
    let listener = listeners.get(track);
    if (!listener) {
      const audio = new Audio();  // Chromium decodes a remote track only if an element plays it
      audio.srcObject = new MediaStream([track]);
      audio.volume = 0;
      audio.play().catch(() => {});
      probe.audio ??= new AudioContext();
      const analyser = probe.audio.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      probe.audio.createMediaStreamSource(audio.srcObject).connect(analyser);
      listener = { analyser, audio };
      listeners.set(track, listener);
    }
    return listener;
  };

  // The loudest frequency (Hz) and its level (dB) of every remote audio track in `milliseconds`.
  probe.tones = async (milliseconds) => {
    const tracks = probe.remoteTracks('audio');
    for (const track of tracks) listenerOf(track);
    await Promise.race([probe.audio?.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
    // Without a sound device Firefox runs no AudioContext; it still records.
    const listened = probe.audio?.state === 'running'
      ? await analysed(tracks, milliseconds)
      : await Promise.all(tracks.map((track) => recorded(track, milliseconds)));
    return listened.filter((tone) => tone.level > -60);
  };

  const analysed = async (tracks, milliseconds) => {
    const best = new Map(tracks.map((track) => [track, { hertz: 0, level: -Infinity }]));
    const until = performance.now() + milliseconds;
    while (performance.now() < until) {
      for (const track of tracks) {
        const { analyser } = listenerOf(track);
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        let peak = 10;  // below 60 Hz there is only hum
        for (let i = peak; i < bins.length; i++) if (bins[i] > bins[peak]) peak = i;
        if (bins[peak] > best.get(track).level) {
          const hertz = (peak * probe.audio.sampleRate) / analyser.fftSize;
          best.set(track, { hertz, level: bins[peak] });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return [...best.values()];
  };

  const recorded = async (track, milliseconds) => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const chunks = [];
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    recorder.stop();
    await stopped;
    const context = new OfflineAudioContext(1, 1, 48000);
    const sound = await new Blob(chunks).arrayBuffer()
      .then((bytes) => context.decodeAudioData(bytes)).catch(() => null);
    if (!sound) return { hertz: 0, level: -Infinity };
    const samples = sound.getChannelData(0);
    let best = { hertz: 0, level: -Infinity };
    for (let hertz = 200; hertz <= 1700; hertz += 5) {
      const step = (2 * Math.PI * hertz) / sound.sampleRate;
      let real = 0;
      let imaginary = 0;
      for (let i = 0; i < samples.length; i++) {
        real += samples[i] * Math.cos(step * i);
        imaginary += samples[i] * Math.sin(step * i);
      }
      const level = 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length + 1e-9);
      if (level > best.level) best = { hertz, level };
    }
    return best;
  };

  // Received video streams with their counts of decoded pictures, and the pair in use.
  probe.statistics = async () => {
    const connection = probe.connection();
    if (!connection) return null;
    const report = [...(await connection.getStats()).values()];
    const byID = new Map(report.map((each) => [each.id, each]));
    const transport = report.find((each) => each.type === 'transport');
    const pair = byID.get(transport?.selectedCandidatePairId)
      ?? report.find((each) => each.type === 'candidate-pair' && (each.selected || (each.nominated && each.state === 'succeeded')));
    const local = byID.get(pair?.localCandidateId);
    const remote = byID.get(pair?.remoteCandidateId);
    return {
      now: performance.now(),
      state: connection.connectionState,
      videos: report.filter((each) => each.type === 'inbound-rtp' && each.kind === 'video')
        .map((each) => ({
          mid: each.mid, ssrc: each.ssrc, decoded: each.framesDecoded ?? 0, height: each.frameHeight,
          freezes: each.freezeCount ?? 0, lost: each.packetsLost ?? 0,
        })),
      audios: report.filter((each) => each.type === 'inbound-rtp' && each.kind === 'audio')
        .map((each) => ({ mid: each.mid, received: each.packetsReceived ?? 0 })),
      sent: report.filter((each) => each.type === 'outbound-rtp')
        .map((each) => ({ kind: each.kind, mid: each.mid, rid: each.rid, packets: each.packetsSent ?? 0 })),
      pair: pair && {
        protocol: local?.protocol, tcpType: local?.tcpType, localAddress: local?.address,
        remotePort: remote?.port, remoteAddress: remote?.address,
      },
      dtls: transport && { version: transport.tlsVersion, srtp: transport.srtpCipher },
    };
  };

  // Resolves with the time (performance.now) of the first decoded picture of any remote video.
  probe.firstPicture = () => new Promise((resolve) => {
    const watched = new Set();
    const look = async () => {
      for (const connection of probe.connections) {
        for (const receiver of connection.getReceivers()) {
          const { track } = receiver;
          if (track.kind !== 'video' || watched.has(track)) continue;
          watched.add(track);
          (await videoOf(track)).requestVideoFrameCallback((now) => resolve(now));
        }
      }
      setTimeout(look, 5);
    };
    look();
  });
})();
