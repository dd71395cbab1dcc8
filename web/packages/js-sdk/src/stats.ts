/** Figures of one layer of a stream; `null` where the browser is silent. */
export interface StreamStats {
  /** kbit/s since the reading before. */
  bitrate: number | null;
  /** Milliseconds. */
  rtt: number | null;
  network: string | null;
  codec: string | null;
  /** Milliseconds. */
  jitter: number | null;
  /** Why less is sent than could be: `none`, `cpu`, `bandwidth` or `other`. */
  limitation: string | null;
  totalPackets: number;
  packetsLost: number | null;
  concealmentEvents?: number;
  insertedSamplesForDecelaration?: number;
  removedSamplesForAccelaration?: number;
  size: { width: number | null; height: number | null; framerate: number | null } | null;
  /** Name of the layer when several are sent. */
  rid?: string;
}

interface Sample {
  bytes: number;
  time: number;
}

type Report = Record<string, unknown> & { id: string; type: string; timestamp: number };

/** Reads the figures of one sender or receiver; bitrates come from two readings. */
export class StatsReader {
  private before = new Map<string, Sample>();

  constructor(readonly side: RTCRtpSender | RTCRtpReceiver, private readonly sending: boolean) {}

  async read(): Promise<StreamStats[]> {
    if (this.before.size === 0) {
      await this.sample();
      await new Promise((resolve) => setTimeout(resolve, 250)); // there is no rate in one reading
    }
    return this.sample();
  }

  private async sample(): Promise<StreamStats[]> {
    const reports: Report[] = [];
    (await this.side.getStats()).forEach((report: unknown) => reports.push(report as Report));
    const byId = new Map(reports.map((report) => [report.id, report]));
    const type = this.sending ? "outbound-rtp" : "inbound-rtp";
    const pair = reports.find(
      (report) => report.type === "candidate-pair" && (report.nominated || report.selected),
    );
    const candidate = byId.get(String(pair?.localCandidateId));
    return reports
      .filter((report) => report.type === type && report.active !== false)
      .map((report) => this.figures(report, byId, pair, candidate));
  }

  private figures(
    report: Report,
    byId: Map<string, Report>,
    pair: Report | undefined,
    candidate: Report | undefined,
  ): StreamStats {
    const remote = byId.get(String(report.remoteId)); // what the other end says of our sending
    const codec = byId.get(String(report.codecId));
    const trip = number(remote?.roundTripTime) ?? number(pair?.currentRoundTripTime);
    const jitter = number(this.sending ? remote?.jitter : report.jitter);
    const stats: StreamStats = {
      bitrate: this.bitrate(report),
      rtt: trip === null ? null : trip * 1_000,
      network: text(candidate?.networkType) ?? text(candidate?.protocol),
      codec: text(codec?.mimeType)?.split("/")[1] ?? null,
      jitter: jitter === null ? null : jitter * 1_000,
      limitation: text(report.qualityLimitationReason),
      totalPackets: number(this.sending ? report.packetsSent : report.packetsReceived) ?? 0,
      packetsLost: number(this.sending ? remote?.packetsLost : report.packetsLost),
      size: null,
    };
    if (report.kind === "video") {
      stats.size = {
        width: number(report.frameWidth),
        height: number(report.frameHeight),
        framerate: number(report.framesPerSecond),
      };
    } else if (!this.sending) {
      stats.concealmentEvents = number(report.concealmentEvents) ?? 0;
      stats.insertedSamplesForDecelaration = number(report.insertedSamplesForDeceleration) ?? 0;
      stats.removedSamplesForAccelaration = number(report.removedSamplesForAcceleration) ?? 0;
    }
    if (typeof report.rid === "string") stats.rid = report.rid;
    return stats;
  }

  private bitrate(report: Report): number | null {
    const bytes = number(this.sending ? report.bytesSent : report.bytesReceived) ?? 0;
    const before = this.before.get(report.id);
    const elapsed = report.timestamp - (before?.time ?? 0);
    this.before.set(report.id, { bytes, time: report.timestamp });
    if (!before || elapsed <= 0) return null;
    return Math.max(0, ((bytes - before.bytes) * 8) / elapsed); // bits per ms = kbit/s
  }
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
