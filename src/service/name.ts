/** The service, and the source of its records in the event log. */
export const SERVICE_NAME = 'ras_exporter';
