import { ClientReport } from "./messages";

export interface QualityReportHost {
  /** Of the media connection there is now. */
  stats(): Promise<RTCStatsReport> | null;
  networkType(): string | undefined;
  send(report: ClientReport): Promise<unknown>;
}

/** Milliseconds after the join, when the first pictures have arrived. */
const FIRST_REPORT = 3_000;
const REPORT_INTERVAL = 30_000;
/** Streams of past connections whose counters are remembered; beyond it all are forgotten. */
const REMEMBERED_STREAMS = 1_000;

interface Freezes {
  count: number;
  seconds: number;
}

/** Tells the server what only this side can see: how long joining took, and pictures that froze. */
export class QualityReport {
  private began = Date.now();
  private joinMilliseconds: number | null = null;
  private readonly total: Freezes = { count: 0, seconds: 0 };
  private readonly before = new Map<string, Freezes>();
  private last = "";
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly host: QualityReportHost) {}

  /** The join begins; for a guest again when it is let in, since waiting is no fault of the network. */
  joining(): void {
    this.began = Date.now();
  }

  /** Media flows, or the meeting is joined without; only the first time counts. */
  arrived(): void {
    this.joinMilliseconds ??= Math.max(0, Date.now() - this.began);
  }

  start(): void {
    this.timer ??= setTimeout(() => void this.report(), FIRST_REPORT);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** One report, if there is something new; then the next. */
  async report(): Promise<void> {
    const running = this.timer;
    await this.readFreezes();
    const report = this.current();
    const text = JSON.stringify(report);
    if (text !== this.last) {
      try {
        await this.host.send(report);
        this.last = text;
      } catch {
        return; // a server that does not want reports, or the end of the meeting
      }
    }
    if (running === null || running !== this.timer) return;
    this.timer = setTimeout(() => void this.report(), REPORT_INTERVAL);
  }

  private current(): ClientReport {
    const report: ClientReport = {
      freezes: this.total.count,
      freezeMilliseconds: Math.round(this.total.seconds * 1_000),
    };
    if (this.joinMilliseconds !== null) report.joinMilliseconds = this.joinMilliseconds;
    const network = this.host.networkType();
    if (network !== undefined) report.network = networkName(network);
    return report;
  }

  private async readFreezes(): Promise<void> {
    const stats = await this.host.stats()?.catch(() => null);
    if (this.before.size > REMEMBERED_STREAMS) this.before.clear();
    stats?.forEach((one: Record<string, unknown>) => {
      if (one.type !== "inbound-rtp" || typeof one.freezeCount !== "number") return;
      const now = { count: one.freezeCount, seconds: Number(one.totalFreezesDuration) || 0 };
      // The counters of a new connection begin at zero under names that were used before.
      const known = this.before.get(String(one.id));
      const fresh = !known || now.count < known.count || now.seconds < known.seconds;
      this.total.count += now.count - (fresh ? 0 : known!.count);
      this.total.seconds += now.seconds - (fresh ? 0 : known!.seconds);
      this.before.set(String(one.id), now);
    });
  }
}

function networkName(type: string): ClientReport["network"] {
  return type === "wifi" || type === "cellular" || type === "ethernet" ? type : "unknown";
}
