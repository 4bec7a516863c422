// The parts of winston that are loaded alone, see create_log.ts.
declare module 'winston/lib/winston/create-logger' {
  export { createLogger as default } from 'winston';
}
declare module 'winston/lib/winston/transports/stream' {
  import { transports } from 'winston';
  export default transports.Stream;
}
