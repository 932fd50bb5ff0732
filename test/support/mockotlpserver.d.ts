/** The part of @elastic/mockotlpserver that tests use; it comes without declarations. */
declare module '@elastic/mockotlpserver' {
  export class MockOtlpServer {
    constructor(options: {
      readonly logLevel: string;
      readonly services: readonly ('http' | 'grpc')[];
      readonly httpHostname: string;
      readonly httpPort: number;
      readonly grpcHostname: string;
      readonly grpcPort: number;
      readonly onMetrics: (request: unknown) => void;
      readonly onRequest?: (request: { readonly headers?: Readonly<Record<string, string>> }) => void;
    });
    readonly httpUrl: URL;
    readonly grpcUrl: URL;
    start(): Promise<void>;
    close(): Promise<void>;
  }
}
