/** Statistics that say nothing but what a test says. */
import type { RasStatistics } from '../../src/ras/api.ts';

export function statisticsRecord(part: Partial<RasStatistics> = {}): RasStatistics {
  return {
    bytesTransmitted: 0,
    bytesReceived: 0,
    framesTransmitted: 0,
    framesReceived: 0,
    crcErrors: 0,
    timeoutErrors: 0,
    alignmentErrors: 0,
    hardwareOverrunErrors: 0,
    framingErrors: 0,
    bufferOverrunErrors: 0,
    compressionIn: 0,
    compressionOut: 0,
    bitsPerSecond: 0,
    connectDuration: 0,
    ...part,
  };
}
