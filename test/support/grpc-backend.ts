/** A server that takes pushes over gRPC and keeps their bytes, with TLS and client certificates where a test wants them. */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';

export interface GrpcBackend {
  readonly port: number;
  readonly pushes: readonly { readonly body: Buffer; readonly metadata: Readonly<Record<string, unknown>> }[];
  close(): void;
}

const bytes = (message: Buffer) => message;
const SERVICE = {
  export: {
    path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
} as const;

export async function startGrpcBackend({
  credentials = ServerCredentials.createInsecure(),
  port = 0,
}: {
  readonly credentials?: ServerCredentials;
  readonly port?: number;
} = {}): Promise<GrpcBackend> {
  const pushes: { readonly body: Buffer; readonly metadata: Readonly<Record<string, unknown>> }[] = [];
  const server = new Server();
  server.addService(SERVICE, {
    export({ request, metadata }: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
      pushes.push({ body: request, metadata: metadata.getMap() });
      done(null, Buffer.alloc(0));
    },
  });
  const bound = await new Promise<number>((listening, fail) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, actual) =>
      error === null ? listening(actual) : fail(error),
    );
  });
  return { port: bound, pushes, close: () => server.forceShutdown() };
}
